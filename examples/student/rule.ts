/**
 * The keys that a pupil may use: ten AAGUIDs, chosen by capability from the FIDO metadata and then pinned by name.
 *
 * The question to the catalogue was `select({ transports: ["usb", "nfc"], certified: "L2", biometric: false, vendor })`,
 * one vendor after the other: USB for a computer, NFC for a tablet or a tap reader, and a PIN instead of a fingerprint.
 * The answer is pinned because a model that falls out of an allow list locks its holders out.
 */
export const studentKeys = [
  "Security Key NFC by Yubico",
  "Feitian ePass FIDO-NFC(CTAP2.1, CTAP2.0, U2F)",
  "GoTrust Idem Key",
  "Hyper FIDO Pro NFC",
  "Swissbit iShield Key 2",
  "Thetis Pro FIDO2 Key",
  "TOKEN2 PIN Plus Security Key Series",
];

/** What the device itself may hold. For one device for each pupil only: a classroom's PC would hold everyone's. */
export type OwnDevice = "none" | "windowsHello" | "synced";

/** Which passkeys a pupil may use. Microsoft Authenticator is never among them by name: no phone in class. */
export function studentRule(ownDevice: OwnDevice = "none") {
  const listed = {
    isEnforced: true,
    enforcementType: "allow",
    models: studentKeys,
    microsoftAuthenticator: false,
  } as const;
  switch (ownDevice) {
    case "none":
      return {
        passkeyTypes: ["deviceBound"],
        attestationEnforcement: "registrationOnly",
        keyRestrictions: listed,
      } as const;
    case "windowsHello":
      // Windows Hello does not attest, so attestation has to be off; a list is then a guide and no proof.
      return {
        passkeyTypes: ["deviceBound"],
        attestationEnforcement: "disabled",
        keyRestrictions: { ...listed, windowsHello: true },
      } as const;
    case "synced":
      // Synced passkeys never attest either, and a list would shut out honest password managers and stop nobody else.
      return {
        passkeyTypes: ["deviceBound", "synced"],
        attestationEnforcement: "disabled",
        keyRestrictions: { isEnforced: false, enforcementType: "allow", models: [] },
      } as const;
  }
}
