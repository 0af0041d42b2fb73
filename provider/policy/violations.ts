import type { Fido2Policy } from "./model.js";
import type { NormalPolicy } from "./normalize.js";
import { normalizePolicy } from "./normalize.js";
import type { Problem } from "./problem.js";
import { OTHER_METHODS_SIZE, POLICY_SIZE_LIMIT, PROFILE_LIMIT, policySize, sizeText } from "./size.js";

export interface PolicyLimits {
  /** Passkey profiles, the default one included. Default 3. */
  readonly profiles?: number | undefined;
  /** Bytes of the policy as JSON. Default 20,480. */
  readonly policyBytes?: number | undefined;
}

/**
 * A rule that a policy breaks. `weight` says how badly, so that a change which makes it worse can be told from one that
 * leaves it as it was.
 */
export interface Violation extends Problem {
  readonly weight: number;
}

/** Every rule that a policy breaks as a whole, whoever is the cause. */
export function findViolations(policy: Fido2Policy, limits: PolicyLimits = {}): Violation[] {
  const normal = normalizePolicy(policy);
  return [...profileViolations(normal), ...limitViolations(policy, normal, limits)];
}

function profileViolations(policy: NormalPolicy): Violation[] {
  const found: Violation[] = [];
  for (const profile of policy.profiles) {
    const place = `profiles.${profile.id}`;
    const { isEnforced, enforcementType, aaGuids } = profile.keyRestrictions;
    if (isEnforced === true && enforcementType === "allow" && aaGuids?.length === 0) {
      found.push({
        code: "emptyAllowList",
        place: `${place}.keyRestrictions`,
        reason: "an enforced allow list without any model means that no passkey works for anyone with this profile",
        wayOut: "List at least one model, or set isEnforced to false",
        weight: 1,
      });
    }
    if (policy.mode !== "profiles") continue;
    if (profile.attestationEnforcement === "registrationOnly" && profile.passkeyTypes?.has("synced")) {
      found.push({
        code: "attestationWithSynced",
        place: `${place}.attestationEnforcement`,
        reason: "synced passkeys never attest, so a profile that enforces attestation cannot register them",
        wayOut: "Take synced out of passkeyTypes, or set attestationEnforcement to disabled",
        weight: 1,
      });
    }
    if (profile.passkeyTypes?.size === 0) {
      found.push({
        code: "noPasskeyTypes",
        place: `${place}.passkeyTypes`,
        reason: "a profile without any passkey type accepts no passkey at all",
        wayOut: "Name deviceBound, synced or both",
        weight: 1,
      });
    }
  }
  const names = policy.profiles.flatMap(({ name }) => (name ? [name] : []));
  const twice = names.filter(
    (name, index) => names.findIndex((one) => one.toLowerCase() === name.toLowerCase()) < index,
  );
  if (twice.length > 0) {
    const called = [...new Set(twice)].map((name) => JSON.stringify(name)).join(" and ");
    found.push({
      code: "nameInUse",
      place: "profiles",
      reason: `two passkey profiles are called ${called}, so that nobody can tell them apart`,
      wayOut: "Choose another name",
      weight: twice.length,
    });
  }
  const known = new Set(policy.profiles.map((profile) => profile.id));
  for (const target of policy.includeTargets) {
    for (const profile of target.profiles.filter((id) => !known.has(id))) {
      found.push({
        code: "missingProfile",
        place: `includeTargets[${target.id}].profiles[${profile}]`,
        reason: `the target names the passkey profile ${profile}, which does not exist`,
        wayOut: "Declare the profile, or take it off the target",
        weight: 1,
      });
    }
  }
  return found;
}

function limitViolations(policy: Fido2Policy, normal: NormalPolicy, limits: PolicyLimits): Violation[] {
  const found: Violation[] = [];
  const mostProfiles = limits.profiles ?? PROFILE_LIMIT;
  if (normal.mode === "profiles" && normal.profiles.length > mostProfiles) {
    found.push({
      code: "tooManyProfiles",
      place: "profiles",
      reason: `${normal.profiles.length} passkey profiles, but a tenant may have ${mostProfiles}, the default one included`,
      wayOut: "Share a profile between groups, or set profileLimit if Microsoft allows this tenant more",
      weight: normal.profiles.length,
    });
  }
  const size = policySize(policy);
  const most = limits.policyBytes ?? POLICY_SIZE_LIMIT;
  if (size.bytes > most) {
    found.push({
      code: "overSize",
      place: size.parts[0]?.part ?? "policy",
      reason: `the policy would be ${size.bytes} bytes, over Microsoft's limit of ${most} (largest parts: ${sizeText(size)})`,
      wayOut: "List fewer models, or put several groups into one",
      weight: size.bytes,
    });
  }
  return found;
}

/** A policy that fits by itself but may not fit together with the other authentication methods. */
export function nearSizeLimit(policy: Fido2Policy, limits: PolicyLimits = {}): Problem | undefined {
  const most = limits.policyBytes ?? POLICY_SIZE_LIMIT;
  const size = policySize(policy);
  if (size.bytes > most || size.bytes + OTHER_METHODS_SIZE <= most) return undefined;
  return {
    code: "nearSize",
    place: size.parts[0]?.part ?? "policy",
    reason:
      `the policy would be ${size.bytes} bytes; with the other methods the whole authentication methods policy would be ` +
      `over ${most}, which some of Microsoft's pages give as its limit (largest parts: ${sizeText(size)})`,
    wayOut: "List fewer models, or put several groups into one",
  };
}

/** The violations that `after` has and `before` has not, or has less badly: these are refused. */
export function newViolations(before: readonly Violation[], after: readonly Violation[]): Violation[] {
  const key = (violation: Violation) => `${violation.code} ${violation.code === "overSize" ? "" : violation.place}`;
  const known = new Map(before.map((violation) => [key(violation), violation.weight]));
  return after.filter((violation) => violation.weight > (known.get(key(violation)) ?? 0));
}
