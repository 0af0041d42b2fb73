import { DEFAULT_PROFILE, parseFacet } from "../../policy/index.js";
import type { FacetName, NormalPolicy, Problem } from "../../policy/index.js";
import type { PasskeyPolicyInputs, ProfileInputs, Resolved } from "./inputs.js";
import { hasUnknown, UNKNOWN_VALUE } from "./unknown.js";

const isUnknown = (value: unknown): boolean => value === UNKNOWN_VALUE;

/** The single values of a profile that are not known yet. A list of models is the planner's own matter. */
function unknownParts(profile: ProfileInputs): string[] {
  const { name, id, passkeyTypes, attestationEnforcement, exclusive, keyRestrictions = {} } = profile;
  const values = { name, id, passkeyTypes, attestationEnforcement, exclusive };
  const { isEnforced, enforcementType } = keyRestrictions;
  const inner = { "keyRestrictions.isEnforced": isEnforced, "keyRestrictions.enforcementType": enforcementType };
  return Object.entries({ ...values, ...inner }).flatMap(([part, value]) => (hasUnknown(value) ? [part] : []));
}

/** The keys of profiles that cannot be planned yet: new ones, or ones of which the id is not known. */
export function unplannedProfiles(inputs: PasskeyPolicyInputs, resolved: Resolved, policy: NormalPolicy): Set<string> {
  const unplanned = Object.entries(inputs.profiles ?? {}).filter(([key, profile]) => {
    if (key === DEFAULT_PROFILE || unknownParts(profile).length === 0) return false;
    return isUnknown(profile.id) || !policy.profiles.some(({ id }) => id === resolved.profileIds[key]);
  });
  return new Set(unplanned.map(([key]) => key));
}

/** What a preview leaves out because it is not known yet. */
export function unplannedParts(inputs: PasskeyPolicyInputs, profiles: ReadonlySet<string>): Problem[] {
  const lists = ["excludeTargets", "removedIncludeTargets", "removedExcludeTargets"] as const;
  const places = [
    ...(["state", "isSelfServiceRegistrationAllowed", ...lists] as const).filter((part) => isUnknown(inputs[part])),
    ...Object.entries(inputs.profiles ?? {}).flatMap(([key, profile]) =>
      unknownParts(profile).map((part) => `profiles.${key}.${part}`),
    ),
  ];
  return places.map((place) => {
    const whole = [...profiles].some((key) => place.startsWith(`profiles.${key}.`));
    return {
      code: "unknownValue",
      place,
      reason: `the value is not known before the update, so ${whole ? "the profile" : "it"} is not in the plan yet`,
      wayOut: "It is checked again at update, which may still refuse it",
    };
  });
}

/** Whether a part that seems not to be declared any more may be one of those that are not known yet. */
export function mayBeDeclared(name: FacetName, inputs: PasskeyPolicyInputs): boolean {
  const facet = parseFacet(name);
  switch (facet.kind) {
    case "state":
    case "isSelfServiceRegistrationAllowed":
      return isUnknown(inputs[facet.kind]);
    case "include":
      return hasUnknown([inputs.includeTargets, inputs.removedIncludeTargets]);
    case "exclude":
      return hasUnknown([inputs.excludeTargets, inputs.removedExcludeTargets]);
    default:
      return hasUnknown(inputs.profiles);
  }
}
