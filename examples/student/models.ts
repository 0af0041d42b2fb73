/**
 * The keys that a pupil may use: ten AAGUIDs, chosen by capability from the FIDO metadata and then pinned by name.
 *
 * The question to the catalogue was `selectModels({ transports: ["usb", "nfc"], certified: "L2", biometric: false,
 * vendor })`, one vendor after the other: USB for a computer, NFC for a tablet or a tap reader, and a PIN instead of a
 * fingerprint. The answer is pinned because a model that falls out of an allow list locks its holders out.
 */
export const studentKeys: string[] = [
  "Security Key NFC by Yubico",
  "Feitian ePass FIDO-NFC(CTAP2.1, CTAP2.0, U2F)",
  "GoTrust Idem Key",
  "Hyper FIDO Pro NFC",
  "Swissbit iShield Key 2",
  "Thetis Pro FIDO2 Key",
  "TOKEN2 PIN Plus Security Key Series",
];
