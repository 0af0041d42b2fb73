/**
 * The AAGUIDs of passkeys in Microsoft Authenticator, iOS first. The admin centre's "Microsoft Authenticator" adds these
 * two to a list; Graph has no other switch for it.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-enable-authenticator-passkey
 */
export const MICROSOFT_AUTHENTICATOR_AAGUIDS: readonly string[] = [
  "90a3ccdf-635c-4729-a248-9b709135078f",
  "de1e552d-db1d-4423-a619-566b625cdc84",
];

/** The AAGUIDs of passkeys in Windows Hello: hardware, virtualisation-based security, software. */
export const WINDOWS_HELLO_AAGUIDS: readonly string[] = [
  "08987058-cadc-4b81-b6e1-30de50dcbe96",
  "9ddd1817-af5a-4672-a2b9-3e3dd95000a9",
  "6028b017-b1d4-4c02-b4b3-afcdafc96bb2",
];
