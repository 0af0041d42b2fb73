import { GraphHttpError, PERSISTENCE_PREFIX } from "../errors.js";
import { sameId } from "../guid.js";
import type { Switches } from "../switches.js";
import { orBadRequest } from "../readers.js";
import { storedUnknown } from "../unknown-properties.js";
import { readBody, type SentPolicy } from "./body.js";
import {
  defaultPolicy,
  inProfileMode,
  migrateToProfiles,
  mirrorDefaultProfile,
  writeLegacyFields,
} from "./document.js";
import { writeProfiles } from "./profiles.js";
import { writeRestrictions, type Refuse } from "./restrictions.js";
import { writeExcludeTargets, writeIncludeTargets, type TargetLookup } from "./targets.js";
import type { Fido2Policy, KeyRestrictions } from "./types.js";

/** What a write needs besides the policy. */
export interface WriteContext {
  switches: Switches;
  directory: TargetLookup;
  /** Whether the legacy fields are retired in this tenant. */
  legacyFieldsStopped: boolean;
  /** Size of the GET that would answer this policy, in bytes. */
  measure(policy: Fido2Policy): number;
}

/**
 * Applies a PATCH: properties that are not sent keep their values, arrays are replaced whole.
 *
 * @returns the policy to store
 * @throws GraphHttpError with status 400, and nothing is stored
 */
export function patchPolicy(before: Fido2Policy, body: unknown, context: WriteContext): Fido2Policy {
  const { switches } = context;
  const refuse: Refuse = (message) => {
    throw new GraphHttpError(400, switches.validationErrorCode, PERSISTENCE_PREFIX + message);
  };
  const sent = orBadRequest(() => readBody(body, JSON.stringify(before)));
  let after = structuredClone(before);

  if (sent.state !== undefined) {
    after.state = sent.state;
  }
  if (sent.isSelfServiceRegistrationAllowed !== undefined) {
    after.isSelfServiceRegistrationAllowed = sent.isSelfServiceRegistrationAllowed;
  }
  Object.assign(after, storedUnknown(sent.unknown, switches));
  const sameDefault = (sent.defaultPasskeyProfile ?? null) === before.defaultPasskeyProfile;
  if (sent.defaultPasskeyProfile !== undefined && !sameDefault && switches.writtenDefaultProfile === "refused") {
    refuse("defaultPasskeyProfile is read-only");
  }

  after = writeDialects(after, sent, context, refuse);
  if (sent.includeTargets !== undefined) {
    const mode = inProfileMode(after);
    after.includeTargets = writeIncludeTargets(after, sent.includeTargets, mode, context.directory, switches, refuse);
  }
  if (sent.excludeTargets !== undefined) {
    after.excludeTargets = writeExcludeTargets(after, sent.excludeTargets, context.directory, switches, refuse);
  }
  after = mirrorDefaultProfile(after);
  if (sent.includeTargets !== undefined || sent.passkeyProfiles !== undefined) {
    checkReferences(before, after, switches, refuse);
  }
  if (sent.passkeyProfiles !== undefined && after.passkeyProfiles.length > switches.profileLimit) {
    refuse(`${after.passkeyProfiles.length} passkey profiles are more than the limit of ${switches.profileLimit}`);
  }
  const bytes = context.measure(after);
  if (bytes > switches.policySizeLimitBytes) {
    refuse(`the policy would have ${bytes} bytes, the limit is ${switches.policySizeLimitBytes}`);
  }
  return after;
}

/**
 * What DELETE leaves behind; the object itself cannot go away.
 *
 * @throws GraphHttpError with status 400 when the switch `deleteAfterOptIn` refuses
 */
export function resetPolicy(before: Fido2Policy, switches: Switches): Fido2Policy {
  const fresh = defaultPolicy(switches.stateAfterDelete);
  if (!inProfileMode(before)) {
    return fresh;
  }
  const migrated = migrateToProfiles(fresh);
  switch (switches.deleteAfterOptIn) {
    case "refused":
      throw new GraphHttpError(400, switches.validationErrorCode, `${PERSISTENCE_PREFIX}profiles cannot be deleted`);
    case "resetsDefaultProfile":
      return mirrorDefaultProfile(migrated);
    case "keepsProfiles":
      return mirrorDefaultProfile({
        ...migrated,
        defaultPasskeyProfile: before.defaultPasskeyProfile,
        passkeyProfiles: structuredClone(before.passkeyProfiles),
        includeTargets: migrated.includeTargets.map((target) => ({
          ...target,
          allowedPasskeyProfiles: before.defaultPasskeyProfile === null ? [] : [before.defaultPasskeyProfile],
        })),
      });
  }
}

/** The settings of the default profile can be said in two dialects; here they become one. */
function writeDialects(policy: Fido2Policy, sent: SentPolicy, context: WriteContext, refuse: Refuse): Fido2Policy {
  const { switches } = context;
  const legacy = readLegacy(sent, context, refuse);
  let after = policy;
  let profiles = sent.passkeyProfiles;

  if (!inProfileMode(after) && profiles !== undefined && profiles.length > 0) {
    switch (switches.profilesInLegacyMode) {
      case "refused":
        return refuse("passkeyProfiles cannot be set before the tenant has opted in to passkey profiles");
      case "ignored":
        profiles = undefined;
        break;
      case "optsIn":
        after = migrateToProfiles(after);
    }
  }
  if (!inProfileMode(after)) {
    if (legacy.isAttestationEnforced !== undefined) {
      after.isAttestationEnforced = legacy.isAttestationEnforced;
    }
    if (legacy.keyRestrictions !== undefined) {
      after.keyRestrictions = restrict(after.keyRestrictions, legacy.keyRestrictions, context, refuse);
    }
    return after;
  }

  if (profiles?.length === 0) {
    switch (switches.emptyProfilesInProfileMode) {
      case "refused":
        return refuse("passkeyProfiles cannot be empty");
      case "ignored":
        break;
      case "destructive":
        after = dropExtraProfiles(after);
    }
    profiles = undefined;
  }
  const stored = after.keyRestrictions;
  if (profiles !== undefined) {
    after = { ...after, passkeyProfiles: writeProfiles(after, profiles, switches, refuse) };
    if (switches.bothDialects === "profilesWin") {
      return after;
    }
  }
  const keyRestrictions =
    legacy.keyRestrictions === undefined ? undefined : restrict(stored, legacy.keyRestrictions, context, refuse);
  return writeLegacyFields(after, { ...legacy, keyRestrictions }, switches.legacyAttestationWrite);
}

function restrict(
  stored: KeyRestrictions | null,
  sent: SentPolicy["keyRestrictions"],
  context: WriteContext,
  refuse: Refuse,
): KeyRestrictions | null {
  return writeRestrictions(stored, sent ?? null, "keyRestrictions", context.switches, refuse);
}

function readLegacy(
  sent: SentPolicy,
  context: WriteContext,
  refuse: Refuse,
): Pick<SentPolicy, "isAttestationEnforced" | "keyRestrictions"> {
  const { isAttestationEnforced, keyRestrictions } = sent;
  if (!context.legacyFieldsStopped) {
    return { isAttestationEnforced, keyRestrictions };
  }
  const present = isAttestationEnforced !== undefined || keyRestrictions !== undefined;
  if (present && context.switches.legacyFieldsAfterRetirement === "refused") {
    refuse("isAttestationEnforced and keyRestrictions are retired; use passkeyProfiles");
  }
  return {};
}

function dropExtraProfiles(policy: Fido2Policy): Fido2Policy {
  const id = policy.defaultPasskeyProfile ?? "";
  return {
    ...policy,
    passkeyProfiles: policy.passkeyProfiles.filter((profile) => sameId(profile.id, id)),
    includeTargets: policy.includeTargets.map((target) => ({ ...target, allowedPasskeyProfiles: [id] })),
  };
}

/** A profile may only go when no include target refers to it, and a target may only refer to a profile that exists. */
function checkReferences(before: Fido2Policy, after: Fido2Policy, switches: Switches, refuse: Refuse): void {
  const exists = (id: string) => after.passkeyProfiles.some((profile) => sameId(profile.id, id));
  const dangling = after.includeTargets.flatMap((target) => target.allowedPasskeyProfiles).find((id) => !exists(id));
  if (dangling !== undefined) {
    refuse(`an include target refers to passkey profile ${dangling}, which does not exist`);
  }
  if (switches.untargetAndRemoveInOnePatch === "accepted") {
    return;
  }
  const removed = before.passkeyProfiles.filter((profile) => !exists(profile.id));
  const targeted = before.includeTargets.flatMap((target) => target.allowedPasskeyProfiles);
  const inUse = removed.find((profile) => targeted.some((id) => sameId(id, profile.id)));
  if (inUse !== undefined) {
    refuse(`passkey profile ${inUse.id} is still targeted`);
  }
}
