import { AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS, type PasskeyInput } from "../people/types.js";

/** Passkeys of several models; AAGUIDs and names as their makers publish them, mostly in the FIDO Metadata Service. */
export const MODELS = {
  yubiKey5: { aaGuid: "2fc0579f-8113-47ea-b116-bb5a8db9202a", model: "YubiKey 5 Series with NFC" },
  yubiKey57: { aaGuid: "a25342c0-3cdc-4414-8e46-f4807fca511c", model: "YubiKey 5 Series with NFC" },
  securityKey: { aaGuid: "a4e9fc6d-4cbe-4758-b8ba-37598bb5bbaa", model: "Security Key NFC by Yubico" },
  fips: { aaGuid: "c1f9a0bc-1dd2-404a-b27f-8e29047a43fd", model: "YubiKey 5 FIPS Series with NFC" },
  bio: { aaGuid: "7409272d-1ff9-4e10-9fc9-ac0019c124fd", model: "YubiKey Bio Series - FIDO Edition" },
  ePass: { aaGuid: "ee041bce-25e5-4cdb-8f86-897fd6418464", model: "Feitian ePass FIDO2-NFC Authenticator" },
  card: { aaGuid: "8d1b1fcb-3c76-49a9-9129-5515b346aa02", model: "IDEMIA ID-ONE Card" },
  /** Revoked in the metadata service since December 2023. */
  revoked: { aaGuid: "ba86dc56-635f-4141-aef6-00227b1b9af6", model: "TruU Windows Authenticator" },
  iPhone: { aaGuid: AUTHENTICATOR_AAGUIDS.ios, model: "Microsoft Authenticator" },
  android: { aaGuid: AUTHENTICATOR_AAGUIDS.android, model: "Microsoft Authenticator" },
  windowsHello: { aaGuid: WINDOWS_HELLO_AAGUIDS[0], model: "Windows Hello", attestationLevel: "notAttested" },
  iCloud: { aaGuid: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", model: "iCloud Keychain", passkeyType: "synced" },
  google: { aaGuid: "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", model: "Google Password Manager", passkeyType: "synced" },
} as const satisfies Record<string, PasskeyInput>;

/** Name of one of {@link MODELS}. */
export type ModelName = keyof typeof MODELS;

/**
 * A passkey of a model.
 *
 * @param day day of 2026 on which it was registered, from 0
 */
export function passkey(name: ModelName, day: number, more: Partial<PasskeyInput> = {}): PasskeyInput {
  const createdDateTime = dayOf2026(day);
  return { ...MODELS[name], displayName: MODELS[name].model, createdDateTime, ...more };
}

/** The same model, registered while nobody asked for attestation. */
export function unproven(name: ModelName, day: number): PasskeyInput {
  return passkey(name, day, { attestationLevel: "notAttested" });
}

/** Morning of a day of 2026, counted from 0. */
export function dayOf2026(day: number): string {
  return new Date(Date.UTC(2026, 0, 1 + day, 8)).toISOString().replace(".000Z", "Z");
}
