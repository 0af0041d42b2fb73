/**
 * Who has which passkeys: what an assessment of people is made on. Nobody's name is in it.
 *
 * Whatever could not be read is absent or `undefined`, and counts as unknown: never as "has none" and never as "safe".
 */

/** One registered passkey. */
export interface Passkey {
  /** Any id that is unique within the inventory. Only kept where it is asked for. */
  readonly id?: string;
  /** The authenticator model, in either letter case; absent where it could not be read. */
  readonly aaguid?: string;
  /** `deviceBound` or `synced`; absent, or a newer word, where it is not known. */
  readonly passkeyType?: string;
  /** `attested` or `notAttested`: whether the model was proven when the passkey was registered. */
  readonly attestationLevel?: string;
  /** ISO 8601. */
  readonly created?: string;
  /** ISO 8601; only Graph's beta version tells it. */
  readonly lastUsed?: string;
}

/** One person (or other account) of the tenant. */
export interface Person {
  /** A pseudonym that stays the same from inventory to inventory, or an object id. */
  readonly user: string;
  /** `member` or `guest`, in either letter case; absent where it could not be read. */
  readonly userType?: string;
  /** Whether the account can sign in; absent where it could not be read, which counts as enabled. */
  readonly enabled?: boolean;
  /** Whether the account has an administrator's role; absent where it could not be read. */
  readonly isAdmin?: boolean;
  /** Object ids, in lower case, of the groups that the person is in, through nested groups too. */
  readonly groups: readonly string[];
  /** Those of `groups` that the person is in through nested groups only. Default: none. */
  readonly nested?: readonly string[];
  /**
   * The other methods that are registered, in Graph's words of `methodsRegistered`; passkeys are not among them. Absent
   * where they could not be read.
   */
  readonly otherMethods?: readonly string[];
  /** Absent where they could not be read. */
  readonly passkeys?: readonly Passkey[];
}

/** People with their passkeys, and how far one may trust that nobody is missing. */
export interface Inventory {
  readonly people: readonly Person[];
  /**
   * Whom it was read for: everyone in the tenant, or the members of these groups (object ids in lower case) and nobody
   * else. Whoever is not in it and should be has no passkey.
   */
  readonly scope: "everyone" | ReadonlySet<string>;
  /**
   * The groups (object ids in lower case) whose members were read. Whether someone is in any other group is not known.
   * Absent where `groups` of each person has all of them.
   */
  readonly groupsRead?: ReadonlySet<string>;
}

/** A target of an authentication method's policy. */
export interface MethodTarget {
  readonly id: string;
  readonly targetType: string;
}

/** The policy of an authentication method other than passkeys, as far as it says who may use it. */
export interface MethodPolicy {
  /** Graph's id, such as `MicrosoftAuthenticator`. */
  readonly id: string;
  readonly state: string | undefined;
  readonly includeTargets: readonly MethodTarget[];
  readonly excludeTargets: readonly MethodTarget[];
}

/** Whom a Conditional Access policy means. */
export interface UserScope {
  /** Object ids in lower case, `all`, or `guestsorexternalusers`. */
  readonly includeUsers: readonly string[];
  readonly excludeUsers: readonly string[];
  readonly includeGroups: readonly string[];
  readonly excludeGroups: readonly string[];
  /** Whether directory roles decide, too: who has which is not known. */
  readonly includesRoles: boolean;
  readonly excludesRoles: boolean;
}

/** What an authentication strength takes. */
export interface StrengthLimits {
  /** Combinations in Graph's words, such as `fido2` or `password,microsoftAuthenticatorPush`. */
  readonly allowedCombinations: readonly string[];
  /** The AAGUIDs that `fido2` is limited to, in lower case; absent where every model will do. */
  readonly allowedAaguids?: readonly string[];
}

/** A Conditional Access policy that asks some people for an authentication strength. */
export interface StrengthRequirement extends UserScope, StrengthLimits {
  /** Display name of the Conditional Access policy. */
  readonly policy: string;
  /** Display name of the authentication strength. */
  readonly strength: string;
  /** Its id in lower case; absent in older inventories. */
  readonly strengthId?: string;
  /**
   * Whether it asks always, or only under conditions such as platforms, locations, devices or risk, of which it is not
   * known whether they are met.
   */
  readonly conditional: boolean;
}

/** What else decides whether a method works for someone. Absent parts are unknown. */
export interface TenantMethods {
  /** All method policies but the one of passkeys; absent where they could not be read. */
  readonly methods?: readonly MethodPolicy[];
  /** Enabled Conditional Access policies with a strength; absent where they could not be read. */
  readonly strengths?: readonly StrengthRequirement[];
}

/**
 * How the service treats people who are in a targeted group through a nested group only. Microsoft's pages do not say
 * it for this policy, so they count as unknown unless one knows better.
 */
export type NestedMembership = "unknown" | "covered" | "notCovered";
