import { DEFAULT_PROFILE, joinPasskeyTypes, legacyPasskeyTypes, profilePart, sameFacet } from "../policy/index.js";
import type { NormalPolicy } from "../policy/index.js";
import type { Cause, PolicyDrift } from "./model.js";

const TYPES = profilePart(DEFAULT_PROFILE, "passkeyTypes");

/**
 * Who has most likely changed a part. Microsoft's migration to passkey profiles makes the tenant-wide settings the default
 * profile: its passkey types then follow from attestation, and every target gets that profile. Anything else is an edit.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-authentication-passkeys-fido2
 */
export function causeOf({ facet, now, writtenIn }: PolicyDrift, policy: NormalPolicy): Cause {
  if (policy.mode !== "profiles" || !isAsMigrated(facet, now, policy)) return "edit";
  return writtenIn === "legacy" ? "migration" : "unknown";
}

/** Whether a value is what the migration makes of this part. */
function isAsMigrated(facet: string, now: PolicyDrift["now"], policy: NormalPolicy): boolean {
  if (facet === TYPES) {
    const profile = policy.profiles.find(({ id }) => id === DEFAULT_PROFILE);
    const attestation = profile?.attestationEnforcement;
    if (attestation !== "disabled" && attestation !== "registrationOnly") return false;
    return sameFacet(now, joinPasskeyTypes(legacyPasskeyTypes(attestation === "registrationOnly")));
  }
  return facet.startsWith("include/") && sameFacet(now, { profiles: [DEFAULT_PROFILE] });
}

/** What a migration that changed no part is worth a sentence for. */
export function migrationNotes(writtenIn: ReadonlySet<string>, policy: NormalPolicy): string[] {
  if (policy.mode !== "profiles" || !writtenIn.has("legacy")) return [];
  return [
    "The tenant has passkey profiles now, and had tenant-wide settings when it was last written to: Microsoft has migrated " +
      "it, or somebody has opted in. The tenant-wide settings are its default profile; the next update goes on with it.",
  ];
}
