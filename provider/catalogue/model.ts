/** How an authenticator can be reached. `smart-card` is the contact interface of a card. */
export type Transport = (typeof TRANSPORTS)[number];

/** Every transport. */
export const TRANSPORTS = ["usb", "lightning", "nfc", "ble", "smart-card", "hybrid", "internal"] as const;

/**
 * What sort of thing an AAGUID stands for. `securityKey` is something to carry: a key, card, ring or fob;
 * `passkeyProvider` is a password manager, or the passkey store of a browser or an operating system, whose passkeys are
 * synced as a rule and never attest; `other` is a phone app, a platform authenticator, or software of another sort.
 */
export type ModelKind = (typeof MODEL_KINDS)[number];

/** Every kind of model. */
export const MODEL_KINDS = [
  "securityKey",
  "microsoftAuthenticator",
  "windowsHello",
  "passkeyProvider",
  "other",
] as const;

/** A level of FIDO authenticator certification, lowest first: `L1`, `L1+`, `L2`, `L2+`, `L3`, `L3+`. */
export type CertificationLevel = (typeof CERTIFICATION_LEVELS)[number];

/** Every certification level, lowest first. */
export const CERTIFICATION_LEVELS = ["L1", "L1+", "L2", "L2+", "L3", "L3+"] as const;

/** One line of a model's history at the FIDO Alliance, such as `FIDO_CERTIFIED_L1` or `REVOKED`. */
export interface StatusReport {
  readonly status: string;
  /** `YYYY-MM-DD`. */
  readonly effectiveDate: string;
}

/** What is known of the authenticators that share one AAGUID. */
export interface AuthenticatorModel {
  /** Lower case. */
  readonly aaguid: string;
  /** The name that the vendor gave to the FIDO Alliance; several AAGUIDs can share one. */
  readonly name: string;
  /** Absent where the name does not tell. */
  readonly vendor?: string;
  readonly kind: ModelKind;
  /** Empty where the metadata does not tell. */
  readonly transports: readonly Transport[];
  /** Has a fingerprint reader or the like; one without asks for a PIN. False also where that is not known. */
  readonly biometric: boolean;
  /** FIDO's words: `hardware`, `secure_element`, `tee`, `software`, `remote_handle`. */
  readonly keyProtection: readonly string[];
  readonly certification: {
    /** Absent where a model is certified without a level, or not at all. */
    readonly level?: CertificationLevel;
    readonly certified: boolean;
  };
  /** True where the name or a status report says FIPS; absent otherwise, which is not a "no". */
  readonly fips?: boolean;
  /** Every status report, good and bad, in the order of the metadata. */
  readonly status: readonly StatusReport[];
  readonly residentKey: boolean;
  readonly hmacSecret: boolean;
  /**
   * Can be registered where a profile enforces attestation: FIDO2 certified, FIDO 2.0 or newer, resident keys,
   * hmac-secret, full attestation. User verification is taken for granted with these, as the metadata at hand does
   * not carry it.
   *
   * @see https://learn.microsoft.com/entra/identity/authentication/concept-fido2-hardware-vendor
   */
  readonly entraEligible: boolean;
  /** A sample, a conformance test or a pre-production unit: known by name, but never selected. */
  readonly sample: boolean;
}
