import type { OtherMethods } from "../policy/impact/methods.js";

/** What an authentication method is worth to somebody who attacks a sign-in. */
export type Worth =
  /** It can be phished or intercepted. */
  | "weak"
  /** It cannot be phished. */
  | "strong"
  /** It is for a short while, and needed for a first key. */
  | "start"
  /** Members reset passwords with it, and do not sign in. */
  | "reset"
  /** This version does not know it. */
  | "unknown";

/** An authentication method of the tenant's policy. */
export interface MethodFacts {
  readonly title: string;
  readonly worth: Worth;
  /** The words of `methodsRegistered` that stand for it, in lower case. */
  readonly words: readonly string[];
}

/** @see https://learn.microsoft.com/entra/identity/authentication/concept-authentication-methods */
const METHODS: ReadonlyMap<string, MethodFacts> = new Map<string, MethodFacts>([
  ["sms", { title: "SMS", worth: "weak", words: ["mobilephone", "alternatemobilephone", "sms", "mobilesms"] }],
  [
    "voice",
    {
      title: "voice call",
      worth: "weak",
      words: ["mobilephone", "alternatemobilephone", "officephone", "mobilecall", "alternatemobilecall"],
    },
  ],
  [
    "microsoftauthenticator",
    {
      title: "Microsoft Authenticator (push)",
      worth: "weak",
      words: ["microsoftauthenticatorpush", "microsoftauthenticatorpasswordless", "appnotification"],
    },
  ],
  ["softwareoath", { title: "software OATH codes", worth: "weak", words: ["softwareonetimepasscode", "appcode"] }],
  ["hardwareoath", { title: "hardware OATH codes", worth: "weak", words: ["hardwareonetimepasscode"] }],
  ["qrcodepin", { title: "QR code with PIN", worth: "weak", words: ["qrcode", "qrcodepin"] }],
  ["x509certificate", { title: "certificates", worth: "strong", words: ["x509certificate"] }],
  ["temporaryaccesspass", { title: "Temporary Access Pass", worth: "start", words: ["temporaryaccesspass"] }],
  ["email", { title: "e-mail codes", worth: "reset", words: ["email"] }],
]);

export function methodFacts(id: string): MethodFacts {
  return METHODS.get(id.toLowerCase()) ?? { title: id, worth: "unknown", words: [] };
}

/** Somebody who has this method and a password, and nothing else. */
export function onlyThis({ words }: MethodFacts): OtherMethods {
  const each = new Map(words.map((word) => [word, "accepted"] as const));
  return { usable: "accepted", phishingResistant: "unknown", each, read: true };
}
