/**
 * The keys that an administrator may use: a named list of hardware keys, each certified at FIDO level 2 or better and
 * known as a FIPS model. Never a phone, never a synced passkey.
 *
 * The question to the catalogue was `select({ transports: ["usb"], certified: "L2", fips: true, biometric: false })`. The
 * answer is pinned because a model that falls out of an allow list locks its holders out, and a model that comes into it
 * is one that nobody here has looked at.
 */
export const adminKeys = [
  "Swissbit iShield Key 2 FIPS",
  "YubiKey 5 FIPS Series",
  "YubiKey 5 FIPS Series with NFC",
  "YubiKey 5 FIPS Series with Lightning",
];

/** Named hardware keys that prove their model when they are registered. */
export const adminRule = {
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  keyRestrictions: {
    isEnforced: true,
    enforcementType: "allow",
    models: adminKeys,
    microsoftAuthenticator: false,
    windowsHello: false,
  },
} as const;
