import { DEFAULT_PROFILE, isGuid, UNKNOWN } from "../../policy/index.js";
import type { DesiredKeyRestrictions, DesiredPolicy, DesiredProfile, Problem, Unknown } from "../../policy/index.js";
import type { CheckedInputs, KeyRestrictionsInputs, PasskeyPolicyInputs, ProfileInputs, Resolved } from "./inputs.js";
import { readOwner } from "./owner.js";
import { inPart } from "./places.js";
import { hasUnknown, ifKnown, known, UNKNOWN_VALUE } from "./unknown.js";

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

/** The object id that a group of the program stands for. */
function groupId(reference: string, resolved: Resolved): string | Unknown {
  const value = known(reference);
  if (value === UNKNOWN) return UNKNOWN;
  return resolved.groups[reference] ?? reference;
}

/** The id of a profile that a target of the program names by key or id. */
function profileId(reference: string, resolved: Resolved, unplanned: ReadonlySet<string>): string | Unknown {
  const value = known(reference);
  if (value === UNKNOWN || unplanned.has(reference)) return UNKNOWN;
  return resolved.profileIds[reference] ?? reference;
}

/**
 * What the planner is asked for: the program's inputs with names looked up.
 *
 * @param unplanned keys of profiles that are left out, because they are not known well enough yet.
 */
export function toDesired(
  inputs: PasskeyPolicyInputs,
  resolved: Resolved,
  unplanned: ReadonlySet<string> = new Set(),
): DesiredPolicy {
  const groups = (list: readonly string[] | undefined) =>
    ifKnown(list)?.map((reference) => groupId(reference, resolved));
  return defined({
    state: ifKnown(inputs.state),
    isSelfServiceRegistrationAllowed: ifKnown(inputs.isSelfServiceRegistrationAllowed),
    profiles:
      inputs.profiles &&
      Object.entries(inputs.profiles)
        .filter(([key]) => !unplanned.has(key))
        .map(([key, profile]) => toProfile(key, profile, resolved)),
    includeTargets: inputs.includeTargets?.map((target) =>
      defined({
        id: groupId(target.group, resolved),
        profiles: hasUnknown(target.profiles)
          ? [UNKNOWN]
          : target.profiles?.map((reference) => profileId(reference, resolved, unplanned)),
      }),
    ),
    excludeTargets: groups(inputs.excludeTargets)?.map((id) => ({ id })),
    removedIncludeTargets: groups(inputs.removedIncludeTargets),
    removedExcludeTargets: groups(inputs.removedExcludeTargets),
  }) as DesiredPolicy;
}

function toProfile(key: string, profile: ProfileInputs, resolved: Resolved): DesiredProfile {
  return defined({
    id: resolved.profileIds[key] ?? key,
    key,
    name: ifKnown(profile.name),
    passkeyTypes: hasUnknown(profile.passkeyTypes) ? undefined : profile.passkeyTypes,
    attestationEnforcement: ifKnown(profile.attestationEnforcement),
    exclusive: ifKnown(profile.exclusive),
    keyRestrictions: profile.keyRestrictions && toRestrictions(key, profile.keyRestrictions, resolved),
  }) as DesiredProfile;
}

function toRestrictions(key: string, inputs: KeyRestrictionsInputs, resolved: Resolved): DesiredKeyRestrictions {
  const ownsList = inputs.models !== undefined || inputs.select !== undefined;
  const unknownList = hasUnknown(inputs.models) || hasUnknown(inputs.select);
  return defined({
    isEnforced: ifKnown(inputs.isEnforced),
    enforcementType: ifKnown(inputs.enforcementType),
    aaGuids: unknownList ? UNKNOWN : ownsList ? (resolved.aaGuids[key] ?? []) : undefined,
    microsoftAuthenticator: ifKnown(inputs.microsoftAuthenticator),
    windowsHello: ifKnown(inputs.windowsHello),
  }) as DesiredKeyRestrictions;
}

/**
 * A problem's place as it stands in the program: `models` for the list, the number of a target for its group, and in a
 * resource that declares one part only, the property of that part.
 */
export function inProgram(problem: Problem, inputs: CheckedInputs | PasskeyPolicyInputs, resolved: Resolved): Problem {
  let place = problem.place.replace(/\.aaGuids\b/, ".models");
  const target = /^(includeTargets|excludeTargets)\[([^\]]+)\]/.exec(place);
  if (target !== null && (isGuid(target[2]) || target[2] === "all_users")) {
    const list =
      target[1] === "includeTargets" ? inputs.includeTargets?.map(({ group }) => group) : inputs.excludeTargets;
    const index = list?.findIndex((group) => (resolved.groups[group] ?? group).toLowerCase() === target[2]) ?? -1;
    if (index >= 0) place = place.replace(target[0], `${target[1]}[${index}]`);
  }
  let { reason, wayOut } = problem;
  const { type } = "owner" in inputs ? readOwner(inputs.owner) : { type: "PasskeyPolicy" as const };
  for (const [key, id] of Object.entries(resolved.profileIds)) {
    if (id === DEFAULT_PROFILE) continue;
    place = place.replace(`profiles.${id}`, `profiles.${key}`);
    if (type === "PasskeyPolicy") [reason, wayOut] = [reason.replaceAll(id, key), wayOut.replaceAll(id, key)];
  }
  for (const [name, id] of Object.entries(resolved.groups)) {
    if (name !== id) [reason, wayOut] = [reason.replaceAll(id, `${name} (${id})`), wayOut.replaceAll(id, name)];
  }
  if ("owner" in inputs) ({ place } = inPart({ ...problem, place }, inputs.owner));
  return { ...problem, place, reason: reason.replaceAll(UNKNOWN_VALUE, "a value not known yet"), wayOut };
}
