import { DEFAULT_PROFILE } from "./model.js";
import type { EnforcementType, Fido2Policy, KeyRestrictions, MethodState, Open, PasskeyType } from "./model.js";

/**
 * How a tenant speaks: `legacy` has tenant-wide settings only, `profiles` has opted in to passkey profiles, `unknown`
 * answered neither (nothing may be written then).
 */
export type PolicyMode = "legacy" | "profiles" | "unknown";

/** Key restrictions without a dialect. `undefined` is unknown: never "off" and never "safe". */
export interface NormalRestrictions {
  readonly isEnforced: boolean | undefined;
  readonly enforcementType: Open<EnforcementType> | undefined;
  /** As stored: order, duplicates and letter case kept. */
  readonly aaGuids: readonly string[] | undefined;
}

/** A passkey profile without a dialect; in legacy mode the tenant-wide settings are the profile `default`. */
export interface NormalProfile {
  /** `default`, or the profile's id in lower case. */
  readonly id: string;
  readonly name: string | undefined;
  /** Members of the flags enum, or `undefined` where they could not be read. */
  readonly passkeyTypes: ReadonlySet<string> | undefined;
  readonly attestationEnforcement: string | undefined;
  readonly keyRestrictions: NormalRestrictions;
}

export interface NormalIncludeTarget {
  readonly id: string;
  readonly targetType: string;
  /** Profile ids in lower case, the tenant's default profile as `default`. */
  readonly profiles: readonly string[];
}

export interface NormalExcludeTarget {
  readonly id: string;
  readonly targetType: string;
}

/** The policy in one form for both dialects, so that what was written in legacy mode can be read in profile mode. */
export interface NormalPolicy {
  readonly mode: PolicyMode;
  readonly state: Open<MethodState> | undefined;
  readonly isSelfServiceRegistrationAllowed: boolean | undefined;
  /** The default profile's own id, in profile mode. */
  readonly defaultProfileId: string | undefined;
  readonly profiles: readonly NormalProfile[];
  readonly includeTargets: readonly NormalIncludeTarget[];
  readonly excludeTargets: readonly NormalExcludeTarget[];
}

/** Which dialect a policy speaks. */
export function policyMode(policy: Fido2Policy): PolicyMode {
  const hasDefault = typeof policy.defaultPasskeyProfile === "string" && policy.defaultPasskeyProfile !== "";
  const profiles = policy.passkeyProfiles ?? [];
  const defaultId = policy.defaultPasskeyProfile?.toLowerCase();
  if (hasDefault && profiles.some((profile) => profile.id.toLowerCase() === defaultId)) return "profiles";
  // A default that is none of the profiles, or profiles without a default: a document that this version does not
  // understand. Sending its profiles back could remove the one that was not answered.
  if (hasDefault || profiles.length > 0) return "unknown";
  const legacy = typeof policy.isAttestationEnforced === "boolean" || policy.keyRestrictions != null;
  return legacy ? "legacy" : "unknown";
}

const PASSKEY_TYPES: readonly PasskeyType[] = ["deviceBound", "synced"];

/** The type that `flag` names in any letter case, or `undefined` for one that this version does not know. */
export function knownPasskeyType(flag: string | undefined): PasskeyType | undefined {
  return PASSKEY_TYPES.find((type) => type.toLowerCase() === flag?.toLowerCase());
}

/** The members of `passkeyTypes` as Graph writes them: comma-joined, blanks allowed, known ones in any letter case. */
export function splitFlags(flags: string | null | undefined): ReadonlySet<string> | undefined {
  if (typeof flags !== "string") return undefined;
  return new Set(
    flags
      .split(",")
      .map((flag) => flag.trim())
      .filter((flag) => flag !== "")
      .map((flag) => knownPasskeyType(flag) ?? flag),
  );
}

/** The wire form of passkey types: comma-joined without blanks, in Graph's order. */
export function joinPasskeyTypes(types: Iterable<string>): string {
  const order: readonly string[] = PASSKEY_TYPES;
  const rank = (type: string) => (order.includes(type) ? order.indexOf(type) : order.length);
  return [...new Set(types)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).join(",");
}

function normalRestrictions(raw: KeyRestrictions | null | undefined): NormalRestrictions {
  return {
    isEnforced: raw?.isEnforced ?? undefined,
    enforcementType: raw?.enforcementType ?? undefined,
    aaGuids: raw?.aaGuids ?? undefined,
  };
}

/**
 * Which types a tenant without profiles accepts: synced passkeys too, unless attestation is enforced.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-authentication-passkeys-fido2
 */
export function legacyPasskeyTypes(isAttestationEnforced: boolean): ReadonlySet<string> {
  return new Set(isAttestationEnforced ? ["deviceBound"] : ["deviceBound", "synced"]);
}

function legacyProfile(policy: Fido2Policy): NormalProfile {
  const attested = policy.isAttestationEnforced ?? undefined;
  return {
    id: DEFAULT_PROFILE,
    name: undefined,
    passkeyTypes: attested === undefined ? undefined : legacyPasskeyTypes(attested),
    attestationEnforcement: attested === undefined ? undefined : attested ? "registrationOnly" : "disabled",
    keyRestrictions: normalRestrictions(policy.keyRestrictions),
  };
}

/**
 * Reads a policy into one form for both dialects. In profile mode the legacy fields are not looked at: they only mirror
 * the default profile and stop being answered in October 2027.
 */
export function normalizePolicy(policy: Fido2Policy): NormalPolicy {
  const mode = policyMode(policy);
  const defaultId = mode === "profiles" ? policy.defaultPasskeyProfile!.toLowerCase() : undefined;
  const profileId = (id: string) => (id.toLowerCase() === defaultId ? DEFAULT_PROFILE : id.toLowerCase());
  const profiles =
    mode === "profiles"
      ? policy.passkeyProfiles!.map((profile) => ({
          id: profileId(profile.id),
          name: profile.name ?? undefined,
          passkeyTypes: splitFlags(profile.passkeyTypes),
          attestationEnforcement: profile.attestationEnforcement ?? undefined,
          keyRestrictions: normalRestrictions(profile.keyRestrictions),
        }))
      : mode === "legacy"
        ? [legacyProfile(policy)]
        : [];
  return {
    mode,
    state: policy.state ?? undefined,
    isSelfServiceRegistrationAllowed: policy.isSelfServiceRegistrationAllowed ?? undefined,
    defaultProfileId: defaultId,
    profiles,
    includeTargets: (policy.includeTargets ?? []).map((target) => ({
      id: target.id.toLowerCase(),
      targetType: target.targetType,
      profiles: mode === "legacy" ? [DEFAULT_PROFILE] : (target.allowedPasskeyProfiles ?? []).map(profileId),
    })),
    excludeTargets: (policy.excludeTargets ?? []).map((target) => ({
      id: target.id.toLowerCase(),
      targetType: target.targetType,
    })),
  };
}
