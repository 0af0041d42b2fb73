import { DEFAULT_PROFILE } from "../model.js";
import type { Fido2Policy, KeyRestrictions } from "../model.js";
import { policyMode } from "../normalize.js";

type Change = (restrictions: KeyRestrictions, profile: string) => KeyRestrictions;

/** A policy with the key restrictions of each profile changed; the tenant-wide ones in legacy mode. */
export function withRestrictions(policy: Fido2Policy, change: Change): Fido2Policy {
  if (policyMode(policy) === "legacy") {
    return { ...policy, keyRestrictions: change(policy.keyRestrictions ?? {}, DEFAULT_PROFILE) };
  }
  const defaultId = policy.defaultPasskeyProfile?.toLowerCase();
  return {
    ...policy,
    passkeyProfiles: (policy.passkeyProfiles ?? []).map((profile) => {
      const id = profile.id.toLowerCase();
      return {
        ...profile,
        keyRestrictions: change(profile.keyRestrictions ?? {}, id === defaultId ? DEFAULT_PROFILE : id),
      };
    }),
  };
}

/** A policy in which these profiles accept these models and no other. */
export function withAllowList(
  policy: Fido2Policy,
  profiles: ReadonlySet<string>,
  aaguids: readonly string[],
): Fido2Policy {
  return withRestrictions(policy, (restrictions, profile) =>
    profiles.has(profile)
      ? { ...restrictions, isEnforced: true, enforcementType: "allow", aaGuids: [...aaguids] }
      : restrictions,
  );
}

/** A policy whose enforced lists let these models through, too: on allow lists, off block lists. */
export function withModels(policy: Fido2Policy, models: ReadonlyMap<string, ReadonlySet<string>>): Fido2Policy {
  return withRestrictions(policy, (restrictions, profile) => {
    const further = models.get(profile);
    const list = restrictions.aaGuids ?? undefined;
    if (further === undefined || restrictions.isEnforced !== true || list === undefined) return restrictions;
    if (restrictions.enforcementType === "block") {
      return { ...restrictions, aaGuids: list.filter((aaguid) => !further.has(aaguid.toLowerCase())) };
    }
    const listed = new Set(list.map((aaguid) => aaguid.toLowerCase()));
    const added = [...further].filter((aaguid) => !listed.has(aaguid)).sort();
    return restrictions.enforcementType === "allow" ? { ...restrictions, aaGuids: [...list, ...added] } : restrictions;
  });
}
