/**
 * The keys that a nurse may use: six AAGUIDs, chosen by capability from the FIDO metadata and then pinned by name.
 *
 * The question to the catalogue was `select({ transports: ["usb", "nfc"], certified: "L2", fips: true, biometric: false })`:
 * tapped or plugged in at a shared workstation, and a PIN instead of a fingerprint, because of the gloves. The answer is
 * pinned because a model that falls out of an allow list locks its holders out.
 */
export const nurseKeys = [
  "HID Crescendo Key V3 FIPS",
  "Swissbit iShield Key 2 FIPS",
  "Swissbit iShield Key 2 FIPS Enterprise",
  "YubiKey 5 FIPS Series with NFC",
  "YubiKey 5 FIPS Series with NFC (Enterprise Profile)",
];

/** USB keys with a fingerprint reader, for wards without gloves. No model of this list has NFC. */
export const fingerprintKeys = ["YubiKey Bio Series - FIDO Edition"];

/** What office staff may use beside the keys: their phone, as far as Microsoft Authenticator attests it. */
export interface RuleOptions {
  fingerprint?: boolean;
  microsoftAuthenticator?: boolean;
  /** Off only where a tenant without profiles must list Authenticator and restrict nobody. */
  isEnforced?: boolean;
}

/** Device-bound passkeys that prove their model when they are registered. */
export function healthcareRule({
  fingerprint = false,
  microsoftAuthenticator = false,
  isEnforced = true,
}: RuleOptions = {}) {
  return {
    passkeyTypes: ["deviceBound"],
    attestationEnforcement: "registrationOnly",
    keyRestrictions: {
      isEnforced,
      enforcementType: "allow",
      models: bedsideKeys(fingerprint),
      // With a list that is not enforced "not on it" would promise what nobody keeps.
      ...(isEnforced || microsoftAuthenticator ? { microsoftAuthenticator } : {}),
    },
  } as const;
}

/** The models that work at the bedside. */
export function bedsideKeys(fingerprint: boolean): string[] {
  return [...nurseKeys, ...(fingerprint ? fingerprintKeys : [])];
}
