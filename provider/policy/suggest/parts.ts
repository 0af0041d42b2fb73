import { canonicalJson } from "../digest.js";
import type { Fido2Policy, IncludeTarget, PasskeyProfile } from "../model.js";
import { policyMode } from "../normalize.js";

/** A part of a wanted policy that can be applied by itself. */
export interface Part {
  /** Where, by ids. */
  readonly place: string;
  readonly apply: (policy: Fido2Policy) => Fido2Policy;
}

const same = (a: unknown, b: unknown) => canonicalJson(a ?? null) === canonicalJson(b ?? null);
const idOf = ({ id }: { readonly id: string }) => id.toLowerCase();

/** `list` with the entry of that id as it is wanted: changed, added, or taken away. */
function put<T extends { id: string }>(list: readonly T[] | null | undefined, id: string, entry: T | undefined): T[] {
  const all = list ?? [];
  if (entry === undefined) return all.filter((one) => idOf(one) !== id);
  return all.some((one) => idOf(one) === id) ? all.map((one) => (idOf(one) === id ? entry : one)) : [...all, entry];
}

/**
 * The parts in which two policies differ, in an order in which each can stand on the ones before it: profiles before the
 * targets that name them, and removals last. None where the policies are of different modes: that is one step.
 */
export function partsOf(before: Fido2Policy, wanted: Fido2Policy): Part[] {
  if (policyMode(before) !== policyMode(wanted)) return [];
  const parts: Part[] = [];
  for (const name of ["isSelfServiceRegistrationAllowed", "isAttestationEnforced", "keyRestrictions"] as const) {
    // In profile mode the last two only mirror the default profile.
    if (name !== "isSelfServiceRegistrationAllowed" && policyMode(before) === "profiles") continue;
    if (!same(before[name], wanted[name])) {
      parts.push({ place: name, apply: (policy) => ({ ...policy, [name]: wanted[name] }) });
    }
  }
  const removed: Part[] = [];
  for (const [id, profile] of differing<PasskeyProfile>(before.passkeyProfiles, wanted.passkeyProfiles)) {
    const apply = (policy: Fido2Policy) => {
      const named = policy.includeTargets?.some(({ allowedPasskeyProfiles }) =>
        allowedPasskeyProfiles?.some((one) => one.toLowerCase() === id),
      );
      // A profile is untargeted before it is removed.
      if (profile === undefined && named) return policy;
      return { ...policy, passkeyProfiles: put(policy.passkeyProfiles, id, profile) };
    };
    (profile === undefined ? removed : parts).push({ place: `profiles.${id}`, apply });
  }
  for (const [id, target] of differing<IncludeTarget>(before.includeTargets, wanted.includeTargets)) {
    const apply = (policy: Fido2Policy) => ({ ...policy, includeTargets: put(policy.includeTargets, id, target) });
    (target === undefined ? removed : parts).push({ place: `includeTargets[${id}]`, apply });
  }
  for (const [id, target] of differing(before.excludeTargets, wanted.excludeTargets)) {
    const apply = (policy: Fido2Policy) => ({ ...policy, excludeTargets: put(policy.excludeTargets, id, target) });
    parts.push({ place: `excludeTargets[${id}]`, apply });
  }
  if (!same(before.state, wanted.state)) {
    parts.push({ place: "state", apply: (policy) => ({ ...policy, state: wanted.state ?? null }) });
  }
  // Targets go before the profiles that they name.
  return [...parts, ...removed.sort((a, b) => (a.place < b.place ? -1 : 1))];
}

/** Entries that are wanted otherwise than they are, by id in lower case; `undefined` for those that are not wanted. */
function differing<T extends { id: string }>(
  before: readonly T[] | null | undefined,
  wanted: readonly T[] | null | undefined,
): [id: string, entry: T | undefined][] {
  const old = new Map((before ?? []).map((one) => [idOf(one), one]));
  const now = new Map((wanted ?? []).map((one) => [idOf(one), one]));
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((id) => !same(old.get(id), now.get(id)))
    .map((id) => [id, now.get(id)]);
}
