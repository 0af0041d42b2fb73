/**
 * The Passkey (FIDO2) policy as the emulator stores it. These are the emulator's own types on purpose: they follow
 * Graph's published schema and must not follow what the provider believes about it.
 *
 * @see https://learn.microsoft.com/graph/api/resources/fido2authenticationmethodconfiguration
 */

/** Graph's `fido2KeyRestrictions`; the list keeps order and duplicates. */
export interface KeyRestrictions {
  isEnforced: boolean | null;
  /** `allow` or `block`, or a value that came later. */
  enforcementType: string | null;
  aaGuids: string[];
  [unread: string]: unknown;
}

/** Graph's `passkeyProfile`. */
export interface PasskeyProfile {
  /** GUID. */
  id: string;
  name: string | null;
  /** Comma-joined flags: `deviceBound`, `synced`. */
  passkeyTypes: string | null;
  /** `disabled` or `registrationOnly`, or a value that came later. */
  attestationEnforcement: string;
  keyRestrictions: KeyRestrictions | null;
  [unread: string]: unknown;
}

/** Graph's `passkeyAuthenticationMethodTarget`. */
export interface IncludeTarget {
  targetType: string;
  /** Object id of a group or user, or `all_users`. */
  id: string;
  isRegistrationRequired: boolean;
  /** Ids of profiles; empty in legacy mode. */
  allowedPasskeyProfiles: string[];
  [unread: string]: unknown;
}

/** Graph's `excludeTarget`. */
export interface ExcludeTarget {
  id: string;
  targetType: string;
  [unread: string]: unknown;
}

/** What the stored and the answered document have in common. */
interface PolicyMembers {
  state: string | null;
  isSelfServiceRegistrationAllowed: boolean | null;
  /** Null in legacy mode, the id of the default profile in profile mode. */
  defaultPasskeyProfile: string | null;
  excludeTargets: ExcludeTarget[];
  includeTargets: IncludeTarget[];
  passkeyProfiles: PasskeyProfile[];
  /** Members that a seed, an edit by someone else or the switch `unknownProperties` put there. */
  [unread: string]: unknown;
}

/** The stored document, without annotations. In profile mode the two legacy fields mirror the default profile. */
export interface Fido2Policy extends PolicyMembers {
  isAttestationEnforced: boolean | null;
  keyRestrictions: KeyRestrictions | null;
}

/** What a GET answers: the document with Graph's annotations; the legacy fields are absent once they are retired. */
export interface RenderedFido2Policy extends PolicyMembers {
  "@odata.context": string;
  "@odata.type": string;
  id: "Fido2";
  isAttestationEnforced?: boolean | null;
  keyRestrictions?: KeyRestrictions | null;
  "includeTargets@odata.context": string;
}

/** The `@odata.type` that every PATCH must carry. */
export const FIDO2_TYPE = "#microsoft.graph.fido2AuthenticationMethodConfiguration";

/** The type of an include target, needed on the wire where the metadata only knows its base type. */
export const PASSKEY_TARGET_TYPE = "#microsoft.graph.passkeyAuthenticationMethodTarget";

/** The literal target id that means every user. */
export const ALL_USERS = "all_users";

/** Id that the migration gives the default profile (Graph docs sample and live capture). */
export const DEFAULT_PROFILE_ID = "00000000-0000-0000-0000-000000000001";

/** Name that the migration gives the default profile (live capture). */
export const DEFAULT_PROFILE_NAME = "Default passkey profile";
