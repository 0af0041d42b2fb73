import type { PersonInput } from "../people/split.js";

/** What a person of a seed has besides a name. */
export type PersonTraits = Omit<Partial<PersonInput>, "displayName">;

/** The user principal name that the directory makes of a plain name. */
export function addressOf(displayName: string, domain: string): string {
  return `${displayName.toLowerCase().replaceAll(" ", ".")}@${domain}`;
}

/** People by name. */
export function peopleOf(traits: Record<string, PersonTraits>, domain: string): PersonInput[] {
  return Object.entries(traits).map(([displayName, more]) => ({
    displayName,
    userPrincipalName: addressOf(displayName, domain),
    ...more,
  }));
}

/** Their user principal names, for memberships. */
export function addressesOf(traits: Record<string, PersonTraits>, domain: string): string[] {
  return Object.keys(traits).map((name) => addressOf(name, domain));
}
