/**
 * The Passkey (FIDO2) policy as Microsoft Graph returns it, and the words that the planner uses for it.
 *
 * Field names are Graph's. Every enum is open: a value that this version does not know is kept as it is and
 * counts as unknown, never as "off".
 *
 * @see https://learn.microsoft.com/graph/api/resources/fido2authenticationmethodconfiguration
 */

/** Members of Graph's flags enum `passkeyTypes`; on the wire one comma-joined string. */
export type PasskeyType = "deviceBound" | "synced";

/** `registrationOnly` asks for attestation when a passkey is registered; it never acts at sign-in. */
export type AttestationEnforcement = "disabled" | "registrationOnly";

export type EnforcementType = "allow" | "block";

export type MethodState = "enabled" | "disabled";

/** A value of `T`, or one that a newer service sent and this version cannot read. */
export type Open<T extends string> = T | (string & {});

/** Graph's `fido2KeyRestrictions`. `aaGuids` keeps order and duplicates as they were stored. */
export interface KeyRestrictions {
  isEnforced?: boolean | null;
  enforcementType?: Open<EnforcementType> | null;
  aaGuids?: string[] | null;
  [unread: string]: unknown;
}

/** Graph's `passkeyProfile`. Every member is required when it is written. */
export interface PasskeyProfile {
  id: string;
  name?: string | null;
  /** Comma-joined flags, for example `"deviceBound,synced"`. */
  passkeyTypes?: string | null;
  attestationEnforcement?: Open<AttestationEnforcement> | null;
  keyRestrictions?: KeyRestrictions | null;
  [unread: string]: unknown;
}

/** Graph's `passkeyAuthenticationMethodTarget`. */
export interface IncludeTarget {
  /** Object id of a security group, or the literal `all_users`. */
  id: string;
  targetType: Open<"group" | "user">;
  isRegistrationRequired?: boolean;
  /** Ids of passkey profiles; empty in a tenant that has not opted in to profiles. */
  allowedPasskeyProfiles?: string[] | null;
  [unread: string]: unknown;
}

/** Graph's `excludeTarget`. */
export interface ExcludeTarget {
  id: string;
  targetType: Open<"group" | "user">;
  [unread: string]: unknown;
}

/** Graph's `fido2AuthenticationMethodConfiguration`, as a GET answers it. */
export interface Fido2Policy {
  "@odata.type"?: string;
  id?: string;
  state?: Open<MethodState> | null;
  isSelfServiceRegistrationAllowed?: boolean | null;
  /** Deprecated by Microsoft; absent from October 2027. Mirrors the default profile in profile mode. */
  isAttestationEnforced?: boolean | null;
  /** Deprecated by Microsoft; absent from October 2027. Mirrors the default profile in profile mode. */
  keyRestrictions?: KeyRestrictions | null;
  defaultPasskeyProfile?: string | null;
  passkeyProfiles?: PasskeyProfile[] | null;
  includeTargets?: IncludeTarget[] | null;
  excludeTargets?: ExcludeTarget[] | null;
  [unread: string]: unknown;
}

/** The `@odata.type` that every PATCH of the policy must carry. */
export const FIDO2_ODATA_TYPE = "#microsoft.graph.fido2AuthenticationMethodConfiguration";

/** The id that a target has when it means every user of the tenant. It cannot be excluded. */
export const ALL_USERS = "all_users";

/** How this product names the tenant's default profile, and in legacy mode the tenant-wide settings. */
export const DEFAULT_PROFILE = "default";
