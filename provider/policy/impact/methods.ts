import { any, both, not, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { MethodPolicy, Person } from "./inventory.js";
import { means } from "./membership.js";
import type { MembershipContext } from "./membership.js";

/** Credentials that belong to one device and do not go along to another one. */
const LOCAL: ReadonlySet<string> = new Set(["windowshelloforbusiness", "macossecureenclavekey"]);

/**
 * Registered methods that nobody signs in with: for password reset only, or made to end soon.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/concept-authentication-methods
 */
const NEVER: ReadonlySet<string> = new Set([
  "temporaryaccesspass",
  "email",
  "securityquestion",
  "apppassword",
  "none",
  "password",
]);

/** The policies of which one has to allow a registered method. Words are Graph's `methodsRegistered`. */
const POLICIES: ReadonlyMap<string, readonly string[]> = new Map([
  ["microsoftauthenticatorpush", ["MicrosoftAuthenticator"]],
  ["microsoftauthenticatorpasswordless", ["MicrosoftAuthenticator"]],
  ["appnotification", ["MicrosoftAuthenticator"]],
  ["softwareonetimepasscode", ["SoftwareOath"]],
  ["appcode", ["SoftwareOath"]],
  ["hardwareonetimepasscode", ["HardwareOath"]],
  ["mobilephone", ["Sms", "Voice"]],
  ["alternatemobilephone", ["Sms", "Voice"]],
  ["sms", ["Sms"]],
  ["mobilesms", ["Sms"]],
  ["mobilecall", ["Voice"]],
  ["alternatemobilecall", ["Voice"]],
  ["officephone", ["Voice"]],
  ["qrcode", ["QRCodePin"]],
  ["qrcodepin", ["QRCodePin"]],
]);

/** Whether a word of `methodsRegistered` is a kind of passkey, a newer one included: these are assessed key by key. */
export function isPasskeyWord(word: string): boolean {
  return /^(passkey|fido)/i.test(word);
}

export interface MethodContext extends MembershipContext {
  readonly policies: readonly MethodPolicy[] | undefined;
  readonly countLocalCredentials: boolean;
}

/** Of a person, what decides which methods work. */
type Methods = Pick<Person, "user" | "groups" | "nested" | "otherMethods">;

/** What a person can use besides passkeys. */
export interface OtherMethods {
  /** Any method at all. */
  readonly usable: Acceptance;
  /** One that cannot be phished. */
  readonly phishingResistant: Acceptance;
  /** The methods by Graph's words, in lower case, each with whether it works. */
  readonly each: ReadonlyMap<string, Acceptance>;
  /** Whether the registered methods could be read. */
  readonly read: boolean;
}

/** Whether a method's own policy allows it for a person. */
export function allows(
  policy: Omit<MethodPolicy, "id">,
  person: Pick<Person, "user" | "groups" | "nested">,
  context: MembershipContext,
): Acceptance {
  const { state } = policy;
  if (state === undefined) return "unknown"; // its targets may not be all, either
  const on = state === "enabled" || state === "disabled" ? yes(state === "enabled") : "unknown";
  const included = any(policy.includeTargets.map((target) => means(target, person, context)));
  const excluded = any(policy.excludeTargets.map((target) => means(target, person, context)));
  return both(on, both(included, not(excluded)));
}

function works(word: string, person: Methods, context: MethodContext): Acceptance {
  if (NEVER.has(word)) return "rejected";
  if (LOCAL.has(word)) return yes(context.countLocalCredentials);
  const ids = POLICIES.get(word);
  if (ids === undefined) return "unknown"; // a newer method: neither taken for one that works, nor for none
  if (context.policies === undefined) return "unknown";
  const policies = context.policies.filter(({ id }) => ids.some((wanted) => wanted.toLowerCase() === id.toLowerCase()));
  return policies.length === 0 ? "unknown" : any(policies.map((policy) => allows(policy, person, context)));
}

/** Certificates are registered nowhere: whoever may use one may have one. */
function certificate(person: Methods, context: MethodContext): Acceptance {
  if (context.policies === undefined) return "unknown";
  const policies = context.policies.filter(({ id }) => id.toLowerCase() === "x509certificate");
  return both("unknown", any(policies.map((policy) => allows(policy, person, context))));
}

/** What someone can sign in with besides passkeys; unknown where it could not be read. */
export function otherMethods(person: Methods, context: MethodContext): OtherMethods {
  const each = new Map<string, Acceptance>([["x509certificate", certificate(person, context)]]);
  if (person.otherMethods === undefined) return { usable: "unknown", phishingResistant: "unknown", each, read: false };
  for (const method of person.otherMethods) {
    if (!isPasskeyWord(method)) each.set(method.toLowerCase(), works(method.toLowerCase(), person, context));
  }
  const resistant = [...each].filter(([word]) => LOCAL.has(word) || isNew(word)).map(([, verdict]) => verdict);
  return { usable: any([...each.values()]), phishingResistant: any(resistant), each, read: true };
}

/** Whether a method can be phished is not known of a word that this version does not know. */
function isNew(word: string): boolean {
  return !NEVER.has(word) && !LOCAL.has(word) && !POLICIES.has(word);
}
