import { joinPasskeyTypes, splitFlags } from "./normalize.js";
import type { NormalPolicy, NormalProfile } from "./normalize.js";

/**
 * A facet is a part of the policy that a resource can own. Its name has no dialect: `profile/default/...` means the
 * tenant-wide settings before, and the default profile after a tenant has opted in to profiles.
 *
 * | facet | value |
 * |---|---|
 * | `state` | `enabled` or `disabled` |
 * | `isSelfServiceRegistrationAllowed` | boolean |
 * | `profile/{id}` | `{ name }`, or `null` where there is no such profile |
 * | `profile/{id}/passkeyTypes` | comma-joined types |
 * | `profile/{id}/attestationEnforcement` | `disabled` or `registrationOnly` |
 * | `profile/{id}/isEnforced` | boolean |
 * | `profile/{id}/enforcementType` | `allow` or `block` |
 * | `profile/{id}/aaGuids` | the whole list |
 * | `profile/{id}/listed/{aaguid}` | boolean: one AAGUID of a list that someone else owns |
 * | `include/{group}` | `{ profiles }`, or `null` where the group is not a target |
 * | `exclude/{group}` | `true`, or `null` where the group is not excluded |
 */
export type FacetName = string;

export interface ProfileFacet {
  readonly name: string;
}

export interface IncludeFacet {
  readonly profiles: readonly string[];
}

/** The value of a facet; JSON, so that it can be kept in state. `null` means that the part is not there. */
export type FacetValue = string | boolean | null | readonly string[] | ProfileFacet | IncludeFacet;

export type Facets = ReadonlyMap<FacetName, FacetValue>;

export const profileFacet = (id: string): FacetName => `profile/${id}`;
export const profilePart = (id: string, part: ProfilePart): FacetName => `profile/${id}/${part}`;
export const listedFacet = (id: string, aaguid: string): FacetName => `profile/${id}/listed/${aaguid.toLowerCase()}`;
export const includeFacet = (group: string): FacetName => `include/${group.toLowerCase()}`;
export const excludeFacet = (group: string): FacetName => `exclude/${group.toLowerCase()}`;

export type ProfilePart = "passkeyTypes" | "attestationEnforcement" | "isEnforced" | "enforcementType" | "aaGuids";

export const PROFILE_PARTS: readonly ProfilePart[] = [
  "passkeyTypes",
  "attestationEnforcement",
  "isEnforced",
  "enforcementType",
  "aaGuids",
];

/** A facet's name taken apart. */
export type ParsedFacet =
  | { readonly kind: "state" | "isSelfServiceRegistrationAllowed" }
  | { readonly kind: "profile"; readonly profile: string }
  | { readonly kind: ProfilePart; readonly profile: string }
  | { readonly kind: "listed"; readonly profile: string; readonly aaguid: string }
  | { readonly kind: "include" | "exclude"; readonly group: string };

/** Takes a facet's name apart. Throws a `TypeError` for a name that this version does not know. */
export function parseFacet(name: FacetName): ParsedFacet {
  const [first, second, third, fourth] = name.split("/");
  if (name === "state" || name === "isSelfServiceRegistrationAllowed") return { kind: name };
  if (first === "include" || first === "exclude") return { kind: first, group: second! };
  if (first === "profile" && second !== undefined) {
    if (third === undefined) return { kind: "profile", profile: second };
    if (third === "listed" && fourth !== undefined) return { kind: "listed", profile: second, aaguid: fourth };
    const part = PROFILE_PARTS.find((candidate) => candidate === third);
    if (part !== undefined) return { kind: part, profile: second };
  }
  throw new TypeError(`"${name}" is not a part of the policy that this version knows`);
}

/** The place of a facet as a property path, with profiles and groups by their ids. */
export function facetPlace(name: FacetName): string {
  const facet = parseFacet(name);
  switch (facet.kind) {
    case "include":
    case "exclude":
      return `${facet.kind}Targets[${facet.group}]`;
    case "profile":
      return `profiles.${facet.profile}`;
    case "passkeyTypes":
    case "attestationEnforcement":
      return `profiles.${facet.profile}.${facet.kind}`;
    case "listed":
      return `profiles.${facet.profile}.keyRestrictions.aaGuids`;
    case "isEnforced":
    case "enforcementType":
    case "aaGuids":
      return `profiles.${facet.profile}.keyRestrictions.${facet.kind}`;
    default:
      return facet.kind;
  }
}

/** The facet of the whole list that a facet of one entry belongs to, with the entry; `undefined` for any other facet. */
export function listOfEntry(name: FacetName): { readonly list: FacetName; readonly aaguid: string } | undefined {
  const facet = parseFacet(name);
  if (facet.kind !== "listed") return undefined;
  return { list: profilePart(facet.profile, "aaGuids"), aaguid: facet.aaguid };
}

/** Whether `list` contains `aaguid`, in either letter case. */
export function lists(list: readonly string[] | undefined, aaguid: string): boolean {
  return list?.some((entry) => entry.toLowerCase() === aaguid.toLowerCase()) ?? false;
}

function readProfilePart(profile: NormalProfile, part: ProfilePart): FacetValue | undefined {
  switch (part) {
    case "passkeyTypes":
      return profile.passkeyTypes === undefined ? undefined : joinPasskeyTypes(profile.passkeyTypes);
    case "attestationEnforcement":
      return profile.attestationEnforcement;
    case "isEnforced":
      return profile.keyRestrictions.isEnforced;
    case "enforcementType":
      return profile.keyRestrictions.enforcementType;
    case "aaGuids":
      return profile.keyRestrictions.aaGuids === undefined ? undefined : [...profile.keyRestrictions.aaGuids];
  }
}

/**
 * The value of a facet in a policy: `null` where the part is not there, `undefined` where it could not be read.
 */
export function readFacet(policy: NormalPolicy, name: FacetName): FacetValue | undefined {
  const facet = parseFacet(name);
  switch (facet.kind) {
    case "state":
      return policy.state;
    case "isSelfServiceRegistrationAllowed":
      return policy.isSelfServiceRegistrationAllowed;
    case "include": {
      const targets = policy.includeTargets.filter((target) => target.id === facet.group);
      return targets.length === 0 ? null : { profiles: [...new Set(targets.flatMap((target) => target.profiles))] };
    }
    case "exclude":
      return policy.excludeTargets.some((target) => target.id === facet.group) ? true : null;
    default: {
      const profile = policy.profiles.find((candidate) => candidate.id === facet.profile);
      if (profile === undefined) return null;
      if (facet.kind === "profile") return { name: profile.name ?? "" };
      if (facet.kind === "listed") {
        const list = profile.keyRestrictions.aaGuids;
        return list === undefined ? undefined : lists(list, facet.aaguid);
      }
      return readProfilePart(profile, facet.kind);
    }
  }
}

const canonicalSet = (values: readonly string[]) => [...new Set(values.map((value) => value.toLowerCase()))].sort();

/** One form for values that mean the same: sets sorted, without duplicates, in lower case. */
export function canonicalFacet(value: FacetValue): FacetValue {
  if (value === null || typeof value === "boolean") return value;
  // Passkey types are the only text with several members; a single word of another kind comes out as it is.
  if (typeof value === "string") return joinPasskeyTypes(splitFlags(value)!);
  if (Array.isArray(value)) return canonicalSet(value as readonly string[]);
  if ("profiles" in value) return { profiles: canonicalSet(value.profiles) };
  return { name: (value as ProfileFacet).name };
}

/** Whether two values of a facet mean the same: lists are sets, and letter case does not count in them. */
export function sameFacet(a: FacetValue | undefined, b: FacetValue | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return JSON.stringify(canonicalFacet(a)) === JSON.stringify(canonicalFacet(b));
}

/** Every facet that a policy has, in the policy's order; parts that could not be read are left out. */
export function allFacets(policy: NormalPolicy): Map<FacetName, FacetValue> {
  const names: FacetName[] = ["state", "isSelfServiceRegistrationAllowed"];
  for (const profile of policy.profiles) {
    if (policy.mode === "profiles") names.push(profileFacet(profile.id));
    names.push(...PROFILE_PARTS.map((part) => profilePart(profile.id, part)));
  }
  names.push(...policy.includeTargets.map((target) => includeFacet(target.id)));
  names.push(...policy.excludeTargets.map((target) => excludeFacet(target.id)));
  const facets = new Map<FacetName, FacetValue>();
  for (const name of names) {
    const value = readFacet(policy, name);
    if (value !== undefined) facets.set(name, value);
  }
  return facets;
}
