import { sameId } from "../guid.js";
import type { Switches } from "../switches.js";
import { unreadMembers } from "./annotations.js";
import {
  ALL_USERS,
  DEFAULT_PROFILE_ID,
  DEFAULT_PROFILE_NAME,
  FIDO2_TYPE,
  type Fido2Policy,
  type KeyRestrictions,
  type PasskeyProfile,
  type RenderedFido2Policy,
} from "./types.js";

/** A change made behind Graph's back: members to set, or a function that edits the copy it gets or returns another. */
export type PolicyEdit = Partial<Fido2Policy> | ((policy: Fido2Policy) => Fido2Policy | void);

/** Where a policy is read: decides the annotations. */
export interface ReadPath {
  /** Scheme, host and port. */
  origin: string;
  version: string;
  /** Whether the path starts with `/policies`. */
  underPolicies: boolean;
}

/** The values of the samples in Graph's documentation, for a tenant that has not opted in to profiles. */
export function defaultPolicy(state: Switches["stateAfterDelete"] = "disabled"): Fido2Policy {
  return {
    state,
    isSelfServiceRegistrationAllowed: true,
    isAttestationEnforced: true,
    defaultPasskeyProfile: null,
    excludeTargets: [],
    keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [] },
    includeTargets: [{ targetType: "group", id: ALL_USERS, isRegistrationRequired: false, allowedPasskeyProfiles: [] }],
    passkeyProfiles: [],
  };
}

/** Whether the tenant has opted in to profiles. */
export function inProfileMode(policy: Fido2Policy): boolean {
  return policy.defaultPasskeyProfile !== null;
}

/** The default profile, or undefined in legacy mode. */
export function defaultProfile(policy: Fido2Policy): PasskeyProfile | undefined {
  const id = policy.defaultPasskeyProfile;
  return id === null ? undefined : policy.passkeyProfiles.find((profile) => sameId(profile.id, id));
}

/**
 * What Microsoft's automatic migration does: the tenant-wide settings move into the default profile, attestation on
 * becomes device-bound only, off becomes both types, every target gets the default profile.
 *
 * A tenant that is already in profile mode stays as it is.
 */
export function migrateToProfiles(policy: Fido2Policy): Fido2Policy {
  if (inProfileMode(policy)) {
    return policy;
  }
  const attested = policy.isAttestationEnforced === true;
  const profile: PasskeyProfile = {
    id: DEFAULT_PROFILE_ID,
    name: DEFAULT_PROFILE_NAME,
    passkeyTypes: attested ? "deviceBound" : "deviceBound,synced",
    attestationEnforcement: attested ? "registrationOnly" : "disabled",
    keyRestrictions: structuredClone(policy.keyRestrictions),
  };
  return {
    ...policy,
    defaultPasskeyProfile: profile.id,
    includeTargets: policy.includeTargets.map((target) => ({ ...target, allowedPasskeyProfiles: [profile.id] })),
    passkeyProfiles: [profile],
  };
}

/** Copies the default profile's settings into the legacy fields, which the service keeps equal in profile mode. */
export function mirrorDefaultProfile(policy: Fido2Policy): Fido2Policy {
  const profile = defaultProfile(policy);
  if (profile === undefined) {
    return policy;
  }
  return {
    ...policy,
    isAttestationEnforced: profile.attestationEnforcement === "registrationOnly",
    keyRestrictions: structuredClone(profile.keyRestrictions),
  };
}

/** The other direction: what writing the legacy fields does to the default profile. */
export function writeLegacyFields(
  policy: Fido2Policy,
  legacy: { isAttestationEnforced?: boolean | null; keyRestrictions?: KeyRestrictions | null },
  attestationWrite: Switches["legacyAttestationWrite"],
): Fido2Policy {
  const id = policy.defaultPasskeyProfile;
  const passkeyProfiles = policy.passkeyProfiles.map((profile) => {
    if (id === null || !sameId(profile.id, id)) {
      return profile;
    }
    const changed = { ...profile };
    if (legacy.isAttestationEnforced !== undefined) {
      const on = legacy.isAttestationEnforced === true;
      changed.attestationEnforcement = on ? "registrationOnly" : "disabled";
      if (attestationWrite === "passkeyTypesToo") {
        changed.passkeyTypes = on ? "deviceBound" : "deviceBound,synced";
      }
    }
    if (legacy.keyRestrictions !== undefined) {
      changed.keyRestrictions = structuredClone(legacy.keyRestrictions);
    }
    return changed;
  });
  return { ...policy, passkeyProfiles };
}

/**
 * Applies a change that does not come through Graph. Nothing is validated: Microsoft itself and newer versions of the
 * service may write what a PATCH may not. Only the mirror of the legacy fields is kept.
 */
export function editPolicy(before: Fido2Policy, edit: PolicyEdit): Fido2Policy {
  const copy = structuredClone(before);
  const edited = typeof edit === "function" ? (edit(copy) ?? copy) : { ...copy, ...structuredClone(edit) };
  const after = unreadMembers(edited, ["id"]) as Fido2Policy;
  const sameProfiles = JSON.stringify(before.passkeyProfiles) === JSON.stringify(after.passkeyProfiles);
  const legacyChanged =
    before.isAttestationEnforced !== after.isAttestationEnforced ||
    JSON.stringify(before.keyRestrictions) !== JSON.stringify(after.keyRestrictions);
  if (inProfileMode(before) && inProfileMode(after) && sameProfiles && legacyChanged) {
    return mirrorDefaultProfile(writeLegacyFields(after, after, "attestationOnly"));
  }
  return mirrorDefaultProfile(after);
}

/** The body of a GET, in the order of properties that Graph's samples have. */
export function renderPolicy(policy: Fido2Policy, path: ReadPath, legacyFieldsStopped: boolean): RenderedFido2Policy {
  const metadata = `${path.origin}/${path.version}/$metadata`;
  const parent = `${path.underPolicies ? "policies/" : ""}authenticationMethodsPolicy/authenticationMethodConfigurations`;
  const {
    state,
    isSelfServiceRegistrationAllowed,
    isAttestationEnforced,
    defaultPasskeyProfile,
    excludeTargets,
    keyRestrictions,
    includeTargets,
    passkeyProfiles,
    ...unread
  } = structuredClone(policy);
  return {
    "@odata.context": `${metadata}#authenticationMethodConfigurations/$entity`,
    "@odata.type": FIDO2_TYPE,
    id: "Fido2",
    state,
    isSelfServiceRegistrationAllowed,
    ...(legacyFieldsStopped ? {} : { isAttestationEnforced }),
    defaultPasskeyProfile,
    excludeTargets,
    ...(legacyFieldsStopped ? {} : { keyRestrictions }),
    ...unread,
    "includeTargets@odata.context": `${metadata}#${parent}('Fido2')/microsoft.graph.fido2AuthenticationMethodConfiguration/includeTargets`,
    includeTargets,
    passkeyProfiles,
  };
}
