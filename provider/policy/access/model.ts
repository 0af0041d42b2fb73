/**
 * What is needed of the documents beside the passkey policy, in Graph's own names and shapes. `undefined` is what was not
 * answered, or not in a form that this version can read: it is unknown, and never "no". `null` and empty lists are what
 * Graph writes for "not set".
 */
import type { MethodPolicy } from "../impact/inventory.js";
import type { Open } from "../model.js";

export type ConditionalAccessState = "enabled" | "disabled" | "enabledForReportingButNotEnforced";

/**
 * A Conditional Access policy.
 *
 * @see https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy
 */
export interface ConditionalAccessPolicy {
  readonly displayName: string;
  readonly state: Open<ConditionalAccessState> | undefined;
  readonly conditions: ConditionalAccessConditions;
  /** `null`: it grants without asking for anything, as policies do that only control sessions. */
  readonly grantControls: GrantControls | null | undefined;
}

/** @see https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset */
export interface ConditionalAccessConditions {
  readonly users: ConditionalAccessUsers | undefined;
  readonly applications: ConditionalAccessApplications | undefined;
  readonly clientAppTypes: readonly string[] | undefined;
  readonly devices: { readonly deviceFilter: ConditionalAccessFilter | null | undefined };
  /** Names of the other conditions that narrow down when it applies, such as `locations`: whether they are met is unknown. */
  readonly others: readonly string[];
}

/** Ids and words in lower case. @see https://learn.microsoft.com/graph/api/resources/conditionalaccessusers */
export interface ConditionalAccessUsers {
  /** Object ids, `all`, or `guestsorexternalusers`; `none` is left out. */
  readonly includeUsers: readonly string[];
  readonly excludeUsers: readonly string[];
  readonly includeGroups: readonly string[];
  readonly excludeGroups: readonly string[];
  readonly includeRoles: readonly string[];
  readonly excludeRoles: readonly string[];
}

/** Ids and words in lower case. @see https://learn.microsoft.com/graph/api/resources/conditionalaccessapplications */
export interface ConditionalAccessApplications {
  readonly includeApplications: readonly string[];
  readonly excludeApplications: readonly string[];
  readonly includeUserActions: readonly string[];
  readonly includeAuthenticationContextClassReferences: readonly string[];
  readonly applicationFilter: ConditionalAccessFilter | null | undefined;
}

/** @see https://learn.microsoft.com/graph/api/resources/conditionalaccessfilter */
export interface ConditionalAccessFilter {
  readonly mode: Open<"include" | "exclude"> | undefined;
  readonly rule: string | undefined;
}

/** @see https://learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols */
export interface GrantControls {
  readonly operator: Open<"AND" | "OR"> | undefined;
  /** As Graph writes them, such as `block` or `compliantDevice`. */
  readonly builtInControls: readonly string[] | undefined;
  readonly customAuthenticationFactors: readonly string[] | undefined;
  readonly termsOfUse: readonly string[] | undefined;
  readonly authenticationStrength: { readonly id: string | undefined } | null;
}

/**
 * An authentication strength.
 *
 * @see https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy
 */
export interface AuthenticationStrength {
  readonly id: string | undefined;
  readonly displayName: string;
  readonly policyType: Open<"builtIn" | "custom"> | undefined;
  readonly allowedCombinations: readonly string[] | undefined;
  /** Those about `fido2`; absent where the answer did not carry them. Built-in strengths have none. */
  readonly combinationConfigurations: readonly Fido2CombinationConfiguration[] | undefined;
}

/** @see https://learn.microsoft.com/graph/api/resources/fido2combinationconfiguration */
export interface Fido2CombinationConfiguration {
  /** In lower case. */
  readonly allowedAAGUIDs: readonly string[] | undefined;
}

/**
 * The policy of the method Temporary Access Pass. Its state is unknown where it does not say whom it means.
 *
 * @see https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethodconfiguration
 */
export interface TemporaryAccessPassPolicy extends Omit<MethodPolicy, "id"> {
  /** `true`: every pass works once. `false`: whoever issues a pass chooses. */
  readonly isUsableOnce: boolean | undefined;
  /** Minutes. */
  readonly defaultLifetimeInMinutes: number | undefined;
  /** Minutes. */
  readonly minimumLifetimeInMinutes: number | undefined;
  /** Minutes. */
  readonly maximumLifetimeInMinutes: number | undefined;
}

/** A device that somebody signs in or registers from. Absent members are unknown. */
export interface Device {
  /** Whether the directory knows it. Where it does not, it has no properties at all. */
  readonly isRegistered?: boolean | undefined;
  /** By Intune. */
  readonly isManaged?: boolean | undefined;
  readonly isCompliant?: boolean | undefined;
  readonly isHybridJoined?: boolean | undefined;
  /** Such as `{ extensionAttribute1: "PAW" }`; absent attributes are not set. */
  readonly extensionAttributes?: Readonly<Record<string, string | null>> | undefined;
}

/** A key that somebody comes with: its model, its type, and whether it proves its model when it is registered. */
export interface KeyModel {
  readonly aaguid?: string | undefined;
  readonly passkeyType?: string | undefined;
  readonly attested?: boolean | undefined;
}
