/**
 * The keys that a nurse may use: six AAGUIDs, chosen by capability from the FIDO metadata and then pinned by name.
 *
 * The question to the catalogue was `select({ transports: ["usb", "nfc"], certified: "L2", fips: true, biometric: false })`:
 * tapped or plugged in at a shared workstation, and a PIN instead of a fingerprint, because of the gloves. The answer is
 * pinned because a model that falls out of an allow list locks its holders out.
 */
export const nurseKeys: string[] = [
  "HID Crescendo Key V3 FIPS",
  "Swissbit iShield Key 2 FIPS",
  "Swissbit iShield Key 2 FIPS Enterprise",
  "YubiKey 5 FIPS Series with NFC",
  "YubiKey 5 FIPS Series with NFC (Enterprise Profile)",
];
