/**
 * A registered passkey as the emulator stores it, with Graph's member names.
 *
 * @see https://learn.microsoft.com/graph/api/resources/fido2authenticationmethod
 */
export interface Passkey {
  id: string;
  displayName: string;
  /** ISO 8601, UTC. */
  createdDateTime: string;
  /** ISO 8601, UTC; null when it was never used, or nobody knows. Answered under `beta` only. */
  lastUsedDateTime: string | null;
  aaGuid: string;
  model: string | null;
  /** One thumbprint when attested, else none. */
  attestationCertificates: string[];
  /** `attested` or `notAttested`. */
  attestationLevel: string;
  /** `deviceBound` or `synced`. */
  passkeyType: string;
}

/**
 * What a test has to say about a passkey. Default: device-bound, attested exactly if it is device-bound, registered
 * now and never used.
 */
export type PasskeyInput = { aaGuid: string } & Partial<Passkey>;

/** What a user has registered, and what else the registration report says of them. */
export interface Registrations {
  passkeys: Passkey[];
  /** Methods other than passkeys and the password, in the words of `methodsRegistered`. */
  methods: string[];
  /** Whether the user has an administrator's role. */
  isAdmin: boolean;
  /** When one of these changed last. */
  changed: string;
}

/** What a seed or a test says of a user's registrations; it is no part of the user in the directory. */
export interface RegistrationsInput {
  passkeys?: PasskeyInput[];
  methods?: string[];
  isAdmin?: boolean;
}

/** AAGUIDs of the passkeys in Microsoft Authenticator (Entra docs). */
export const AUTHENTICATOR_AAGUIDS = {
  ios: "90a3ccdf-635c-4729-a248-9b709135078f",
  android: "de1e552d-db1d-4423-a619-566b625cdc84",
} as const;

/** AAGUIDs of the passkeys of Windows Hello: hardware, virtualization-based security, software. */
export const WINDOWS_HELLO_AAGUIDS = [
  "08987058-cadc-4b81-b6e1-30de50dcbe96",
  "9ddd1817-af5a-4672-a2b9-3e3dd95000a9",
  "6028b017-b1d4-4c02-b4b3-afcdafc96bb2",
] as const;

/** Words of `methodsRegistered` that can be seeded; those of passkeys follow from the passkeys. */
export const METHOD_WORDS: readonly string[] = [
  "alternateMobilePhone",
  "certificateBasedAuthentication",
  "email",
  "externalAuthMethod",
  "hardwareOneTimePasscode",
  "macOsSecureEnclaveKey",
  "microsoftAuthenticatorPasswordless",
  "microsoftAuthenticatorPush",
  "mobilePhone",
  "officePhone",
  "qrCode",
  "securityQuestion",
  "softwareOneTimePasscode",
  "temporaryAccessPass",
  "windowsHelloForBusiness",
];
