import type { Fido2Policy } from "./model.js";
import { policyMode } from "./normalize.js";

/**
 * In profile mode Graph answers the legacy fields as a mirror of the default profile, for as long as it answers them.
 * Takes into `policy` what a write of that profile changes there.
 */
export function mirrorDefaultProfile(before: Fido2Policy, policy: Fido2Policy): void {
  if (policyMode(policy) !== "profiles") return;
  const id = policy.defaultPasskeyProfile!.toLowerCase();
  const own = ({ passkeyProfiles }: Fido2Policy) => passkeyProfiles?.find((profile) => profile.id.toLowerCase() === id);
  const profile = own(policy);
  if (profile === undefined || JSON.stringify(profile) === JSON.stringify(own(before))) return;
  if (typeof policy.isAttestationEnforced === "boolean" && profile.attestationEnforcement != null) {
    policy.isAttestationEnforced = profile.attestationEnforcement === "registrationOnly";
  }
  if (policy.keyRestrictions != null && profile.keyRestrictions != null) {
    policy.keyRestrictions = structuredClone(profile.keyRestrictions);
  }
}
