import type { Acceptance } from "../acceptance.js";

/** Which rule speaks. Words of this product; the field that each is about is named in the reason. */
export type AccessRule =
  | "unreadable"
  | "state"
  | "selfService"
  | "userType"
  | "excluded"
  | "notTargeted"
  | "passkeyType"
  | "keyRestrictions"
  | "attestation"
  | "profile"
  | "proof"
  | "registerSecurityInfo"
  | "circular"
  | "allResources"
  | "strength"
  | "block"
  | "reportOnly"
  | "onBehalf"
  | "inTime";

/** What one rule of one document says. */
export interface AccessReason {
  /** What it makes of the answer; a `note` makes nothing of it, but somebody should know. */
  readonly effect: Acceptance | "note";
  readonly rule: AccessRule;
  /** The document whose rule it is, such as `Conditional Access policy "Register"`. */
  readonly document: string;
  /** One sentence without a full stop at the end. */
  readonly reason: string;
  /** What to do, one sentence without a full stop at the end. */
  readonly wayOut: string;
}

export const PASSKEY_POLICY = "the Passkey (FIDO2) policy";
export const PASS_POLICY = "the Temporary Access Pass policy";
export const conditionalAccessNamed = (displayName: string) => `Conditional Access policy "${displayName}"`;

/** A reason for each answer of one rule. */
export type Part = { readonly answer: Acceptance } & Omit<AccessReason, "effect">;

/** All parts have to accept: what the whole answers, and the first part that says so; undefined where all accept. */
export function decisive<T extends { readonly answer: Acceptance }>(parts: readonly T[]): T | undefined {
  return parts.find(({ answer }) => answer === "rejected") ?? parts.find(({ answer }) => answer === "unknown");
}

/** A part as a reason of its effect. */
export function asReason({ answer, ...rest }: Part): AccessReason {
  return { effect: answer, ...rest };
}
