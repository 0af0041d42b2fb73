import { DEFAULT_PROFILE } from "./model.js";
import type { AttestationEnforcement, EnforcementType, MethodState, PasskeyType } from "./model.js";

/**
 * A value that is not known yet: a group that the same `pulumi up` creates. The planner leaves out what depends on it
 * and says so; it is never guessed.
 */
export const UNKNOWN: unique symbol = Symbol.for("pulumi-entra-passkeys/unknown");
export type Unknown = typeof UNKNOWN;

export function isUnknown(value: unknown): value is Unknown {
  return value === UNKNOWN;
}

/** Key restrictions as they are wanted; what is left out is not managed and stays as it is. */
export interface DesiredKeyRestrictions {
  /** Graph's "Enforce key restrictions". While it is off the list restricts nothing. */
  readonly isEnforced?: boolean;
  readonly enforcementType?: EnforcementType;
  /** The whole list. AAGUIDs in either letter case. */
  readonly aaGuids?: readonly (string | Unknown)[] | Unknown;
  /**
   * `true`: an allow list has both AAGUIDs of Microsoft Authenticator, a block list neither; `false`: the reverse. With
   * enforcement off, `true` lists them and warns, `false` is refused.
   */
  readonly microsoftAuthenticator?: boolean;
  /** The same for the three AAGUIDs of Windows Hello. */
  readonly windowsHello?: boolean;
}

/** A passkey profile as it is wanted. */
export interface DesiredProfile {
  /** `default`, or the id (GUID) of the profile. */
  readonly id: string;
  /** How the program calls it; for messages. Default: the id. */
  readonly key?: string;
  /** Not for `default`, whose name cannot change. */
  readonly name?: string;
  readonly passkeyTypes?: readonly PasskeyType[];
  readonly attestationEnforcement?: AttestationEnforcement;
  readonly keyRestrictions?: DesiredKeyRestrictions;
  /**
   * Refuse every plan after which a user of this profile is also covered by a profile that accepts a key which this one
   * does not. Profiles are a union, so without it the weaker profile wins. Default false.
   */
  readonly exclusive?: boolean;
  /** A profile that does not exist yet may be created without key restrictions: it accepts no passkey until then. */
  readonly closed?: boolean;
}

export interface DesiredIncludeTarget {
  /** Object id of a security group, or `all_users`. */
  readonly id: string | Unknown;
  /** Profile ids, `default` for the default profile. Default: `["default"]`. */
  readonly profiles?: readonly (string | Unknown)[];
}

/** `desired` with the tenant's default profile called `default`, where the program gives its id. */
export function nameDefaultProfile(desired: DesiredPolicy, defaultId: string | undefined): DesiredPolicy {
  if (defaultId === undefined) return desired;
  const named = (id: string) => (id.toLowerCase() === defaultId ? DEFAULT_PROFILE : id);
  const { profiles, includeTargets } = desired;
  return {
    ...desired,
    ...(profiles && { profiles: profiles.map((profile) => ({ ...profile, id: named(profile.id) })) }),
    ...(includeTargets && {
      includeTargets: includeTargets.map((target) => ({
        ...target,
        ...(target.profiles && { profiles: target.profiles.map((id) => (isUnknown(id) ? id : named(id))) }),
      })),
    }),
  };
}

/** The managed part of the policy. Whatever is left out is not looked at, not changed and never drift. */
export interface DesiredPolicy {
  readonly state?: MethodState;
  readonly isSelfServiceRegistrationAllowed?: boolean;
  readonly profiles?: readonly DesiredProfile[];
  /** Groups that must be targets. Other targets stay. */
  readonly includeTargets?: readonly DesiredIncludeTarget[];
  /** Groups that must be excluded: their members cannot use any passkey. Other excludes stay. */
  readonly excludeTargets?: readonly { readonly id: string | Unknown }[];
  /** Targets that must not be there, `all_users` for one. */
  readonly removedIncludeTargets?: readonly (string | Unknown)[];
  /** Excludes that must not be there. */
  readonly removedExcludeTargets?: readonly (string | Unknown)[];
}
