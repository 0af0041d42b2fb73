import { sameId } from "../guid.js";
import type { Switches } from "../switches.js";
import { unreadMembers } from "./annotations.js";
import type { SentExclude, SentInclude } from "./body.js";
import type { Refuse } from "./restrictions.js";
import { ALL_USERS, PASSKEY_TARGET_TYPE, type ExcludeTarget, type Fido2Policy, type IncludeTarget } from "./types.js";

/** What the validation of targets has to know of the directory. */
export interface TargetLookup {
  /** Undefined when there is no such group. */
  group(id: string): { securityEnabled: boolean } | undefined;
  hasUser(id: string): boolean;
}

/** Writes the include targets; the collection is replaced as a whole, its order and duplicates are kept. */
export function writeIncludeTargets(
  policy: Fido2Policy,
  sent: SentInclude[],
  profileMode: boolean,
  directory: TargetLookup,
  switches: Switches,
  refuse: Refuse,
): IncludeTarget[] {
  return sent.map((target, index) => {
    const at = `includeTargets[${index}]`;
    if (target.id !== ALL_USERS) {
      const known = policy.includeTargets.some((other) => sameId(other.id, target.id));
      checkTarget(target, at, known, directory, switches, refuse);
    }
    const profiles = target.allowedPasskeyProfiles;
    const annotated = target["@odata.type"] === PASSKEY_TARGET_TYPE;
    if (profiles !== undefined && !annotated && switches.targetTypeAnnotation === "required") {
      refuse(`${at} has allowedPasskeyProfiles but no "@odata.type": "${PASSKEY_TARGET_TYPE}"`);
    }
    return {
      targetType: target.targetType,
      id: target.id,
      isRegistrationRequired: target.isRegistrationRequired ?? false,
      allowedPasskeyProfiles: profileMode
        ? allowedInProfileMode(policy, profiles ?? [], at, switches, refuse)
        : allowedInLegacyMode(profiles ?? [], at, switches, refuse),
      ...unreadMembers(target, ["targetType", "id", "isRegistrationRequired", "allowedPasskeyProfiles"]),
    };
  });
}

/** Writes the exclude targets; `all_users` cannot be excluded. */
export function writeExcludeTargets(
  policy: { excludeTargets: readonly ExcludeTarget[] },
  sent: SentExclude[],
  directory: TargetLookup,
  switches: Switches,
  refuse: Refuse,
): ExcludeTarget[] {
  return sent.map((target, index) => {
    const at = `excludeTargets[${index}]`;
    if (target.id === ALL_USERS) {
      refuse(`${at}: ${ALL_USERS} cannot be excluded`);
    }
    const known = policy.excludeTargets.some((other) => sameId(other.id, target.id));
    checkTarget(target, at, known, directory, switches, refuse);
    return { id: target.id, targetType: target.targetType, ...unreadMembers(target, ["id", "targetType"]) };
  });
}

/** Refuses a target whose object does not exist or is no security group, where the switches say so. */
export function checkTarget(
  target: { id: string; targetType: string },
  at: string,
  known: boolean,
  directory: TargetLookup,
  switches: Switches,
  refuse: Refuse,
): void {
  const group = target.targetType === "group" ? directory.group(target.id) : undefined;
  const exists = target.targetType === "user" ? directory.hasUser(target.id) : group !== undefined;
  const tolerated = switches.unknownGroup === "accepted" || (switches.unknownGroup === "refusedWhenAdded" && known);
  if (!exists && !tolerated) {
    refuse(`${at}: there is no ${target.targetType} ${target.id}`);
  }
  if (group?.securityEnabled === false && switches.nonSecurityGroup === "refused") {
    refuse(`${at}: group ${target.id} is not a security group`);
  }
}

function allowedInProfileMode(
  policy: Fido2Policy,
  profiles: string[],
  at: string,
  switches: Switches,
  refuse: Refuse,
): string[] {
  if (profiles.length === 0) {
    switch (switches.emptyAllowedProfiles) {
      case "refused":
        return refuse(`${at} has no allowedPasskeyProfiles`);
      case "stored":
        return [];
      case "defaultProfile":
        return policy.defaultPasskeyProfile === null ? [] : [policy.defaultPasskeyProfile];
    }
  }
  // Edm.Guid has one canonical form on the wire, unlike the strings in aaGuids.
  return profiles.map((id) => id.toLowerCase());
}

function allowedInLegacyMode(profiles: string[], at: string, switches: Switches, refuse: Refuse): string[] {
  if (profiles.length > 0 && switches.profilesInLegacyMode !== "ignored") {
    refuse(`${at}.allowedPasskeyProfiles refers to profiles, which this tenant does not have`);
  }
  return [];
}
