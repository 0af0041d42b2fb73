import type { Registration } from "./acceptance.js";
import { lists } from "./facets.js";
import { mirrorDefaultProfile } from "./mirror.js";
import { DEFAULT_PROFILE } from "./model.js";
import type { Fido2Policy, KeyRestrictions } from "./model.js";
import { normalizePolicy } from "./normalize.js";
import type { NormalPolicy, NormalProfile } from "./normalize.js";
import type { Problem } from "./problem.js";
import { usable } from "./signIn.js";

/**
 * How models get onto a list that is not enforced afterwards.
 *
 * The admin centre takes Microsoft Authenticator only while "Enforce key restrictions" is on and lets it go off again
 * afterwards. Graph documents no such rule, and lists stored with enforcement off have been seen.
 *
 * - `auto`: one PATCH that lists them without enforcing, read back; the enforced window only where the service refuses
 *   it or drops the list.
 * - `enforceFirst`: always the enforced window.
 * - `direct`: never the enforced window.
 */
export type ToggleMode = "auto" | "enforceFirst" | "direct";

/** A profile that gets models onto a list which is not enforced afterwards. */
export interface Listing {
  readonly profile: string;
  readonly added: readonly string[];
}

/** The profiles for which the question of the toggle arises between two policies. */
export function listings(before: NormalPolicy, after: NormalPolicy): Listing[] {
  return after.profiles.flatMap((profile) => {
    if (profile.keyRestrictions.isEnforced !== false) return [];
    const old = before.profiles.find((candidate) => candidate.id === profile.id)?.keyRestrictions.aaGuids ?? [];
    const added = (profile.keyRestrictions.aaGuids ?? []).filter((aaguid) => !lists(old, aaguid));
    return added.length === 0 ? [] : [{ profile: profile.id, added }];
  });
}

export type Window = { readonly policy: Fido2Policy } | { readonly refusal: Problem };

/**
 * The state between the two steps of the enforced window: everything as it will be in the end, but the lists of these
 * profiles are enforced as allow lists of what is listed, wanted and in use together.
 *
 * It accepts nothing that the end state does not accept, and nobody in the inventory loses a key in it that works both
 * before and after. Where keys outside the lists may be in use and no inventory tells which, it is refused.
 */
export function enforcedWindow(
  current: Fido2Policy,
  target: Fido2Policy,
  profiles: readonly Listing[],
  inventory: readonly Registration[] | undefined,
): Window {
  const before = normalizePolicy(current);
  const after = normalizePolicy(target);
  const policy = structuredClone(target);
  for (const listing of profiles) {
    const used = keysToKeep(before, after, listing, inventory);
    if ("refusal" in used) return used;
    const restrictions = restrictionsIn(policy, listing.profile, after);
    const list = [...listedBefore(before, listing.profile), ...(restrictions.aaGuids ?? []), ...used.aaguids];
    const seen = new Set<string>();
    restrictions.isEnforced = true;
    restrictions.enforcementType = "allow";
    restrictions.aaGuids = list.filter((aaguid) => {
      const known = seen.has(aaguid.toLowerCase());
      seen.add(aaguid.toLowerCase());
      return !known;
    });
  }
  mirrorDefaultProfile(current, policy);
  return { policy };
}

function restrictionsIn(policy: Fido2Policy, id: string, normal: NormalPolicy): KeyRestrictions {
  if (normal.mode === "legacy") return (policy.keyRestrictions ??= {});
  const graphId = id === DEFAULT_PROFILE ? normal.defaultProfileId : id;
  const profile = policy.passkeyProfiles!.find((candidate) => candidate.id.toLowerCase() === graphId)!;
  return (profile.keyRestrictions ??= {});
}

const profileIn = (policy: NormalPolicy, id: string): NormalProfile | undefined =>
  policy.profiles.find((profile) => profile.id === id);

/** What an allow list, or a list that is not enforced, named before. A block list names what is not wanted. */
function listedBefore(before: NormalPolicy, id: string): readonly string[] {
  const restrictions = profileIn(before, id)?.keyRestrictions;
  const blocks = restrictions?.enforcementType === "block";
  return restrictions === undefined || blocks ? [] : (restrictions.aaGuids ?? []);
}

function keysToKeep(
  before: NormalPolicy,
  after: NormalPolicy,
  listing: Listing,
  inventory: readonly Registration[] | undefined,
): { readonly aaguids: readonly string[] } | { readonly refusal: Problem } {
  if (inventory === undefined) {
    if (nobodyCanLose(before, after, listing.profile)) return { aaguids: [] };
    return {
      refusal: {
        code: "toggleNeedsInventory",
        place: `profiles.${listing.profile}.keyRestrictions`,
        reason:
          "the service takes new models only while key restrictions are enforced, and enforcing them for a moment would " +
          "stop every key that is in use and not listed",
        wayOut:
          'Give an inventory of the registered passkeys (inventory: "passkeys.jsonl"), so that the keys in use stay ' +
          "on the list meanwhile, or set isEnforced to true",
      },
    };
  }
  const concerned = inventory.filter(
    (registration) => usable(before, registration) !== "rejected" && usable(after, registration) !== "rejected",
  );
  const unread = concerned.filter((registration) => registration.aaguid === undefined).length;
  if (unread > 0) {
    return {
      refusal: {
        code: "unsafeOrder",
        place: `profiles.${listing.profile}.keyRestrictions`,
        reason: `${unread} passkeys in the inventory have no AAGUID, so no list can keep them while key restrictions are enforced for a moment`,
        wayOut: 'Read the inventory again, or set toggle to "direct"',
      },
    };
  }
  return { aaguids: concerned.map((registration) => registration.aaguid!.toLowerCase()).sort() };
}

/**
 * Whether enforcing the list for a moment can take no key from anyone, whoever has which: an allow list is enforced
 * already, or the profile has no user at all, and the same people are covered by the same profiles before and after, of
 * which no other one changes.
 */
function nobodyCanLose(before: NormalPolicy, after: NormalPolicy, id: string): boolean {
  if (before.state === "disabled" || after.state === "disabled") return true;
  const targeted = after.includeTargets.some((target) => target.profiles.includes(id));
  if (!targeted) return true;
  const restrictions = profileIn(before, id)?.keyRestrictions;
  if (restrictions?.isEnforced !== true || restrictions.enforcementType !== "allow") return false;
  if (restrictions.aaGuids === undefined) return false; // a list that was not answered cannot be kept meanwhile
  // A key that works through another profile now and through this one in the end would find neither in between.
  const others = (policy: NormalPolicy) =>
    JSON.stringify(
      policy.profiles
        .filter((profile) => profile.id !== id)
        .map((profile) => [profile.id, [...(profile.passkeyTypes ?? [])].sort(), profile.keyRestrictions]),
    );
  const people = (policy: NormalPolicy) =>
    JSON.stringify(
      policy.includeTargets.map(({ id: group, profiles }) => `${group} ${[...profiles].sort().join()}`).sort(),
    );
  return people(before) === people(after) && others(before) === others(after);
}
