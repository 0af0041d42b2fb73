import { any, both, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { MethodPolicy, NestedMembership } from "../impact/inventory.js";
import { allows, otherMethods } from "../impact/methods.js";
import type { MethodContext, OtherMethods } from "../impact/methods.js";
import type { NormalPolicy } from "../normalize.js";
import { SignIn } from "../signIn.js";
import { asReason, PASS_POLICY, PASSKEY_POLICY } from "./finding.js";
import type { AccessReason, AccessRule, Part } from "./finding.js";
import { isMultifactor } from "./grants.js";
import type { PassKind, Proof } from "./grants.js";
import { partsOf } from "./keys.js";
import type {
  AuthenticationStrength,
  ConditionalAccessPolicy,
  Device,
  KeyModel,
  TemporaryAccessPassPolicy,
} from "./model.js";
import { conditionalAccessParts, reportOnlyNotes } from "./registering.js";

/** What decides over a first key. An absent document is unknown: nothing is accepted then. */
export interface FirstKeyDocuments {
  readonly policy: NormalPolicy;
  readonly temporaryAccessPass?: TemporaryAccessPassPolicy | undefined;
  readonly conditionalAccess?: readonly ConditionalAccessPolicy[] | undefined;
  readonly strengths?: readonly AuthenticationStrength[] | undefined;
  /** The policies of the other methods; needed only for people who have one. */
  readonly methods?: readonly MethodPolicy[] | undefined;
  /** Default `unknown`. */
  readonly nestedMembership?: NestedMembership | undefined;
}

/** Somebody without a passkey. */
export interface Newcomer {
  /** Object id. */
  readonly user: string;
  /** Object ids of all their groups. */
  readonly groups: readonly string[];
  /** Those of `groups` that they are in through nested groups only. Default: none. */
  readonly nested?: readonly string[];
  /** `member` (default) or `guest`. */
  readonly userType?: string;
  /** Whether they have a directory role. Absent: unknown. */
  readonly isAdmin?: boolean;
  /** Absent: unknown. */
  readonly hasPassword?: boolean;
  /** All other methods that they have, certificates included, in Graph's words of `methodsRegistered`. Absent: unknown. */
  readonly otherMethods?: readonly string[];
}

export interface FirstKeyAnswer {
  readonly answer: Acceptance;
  /** What stands in the way, and otherwise how it goes; then notes. */
  readonly reasons: readonly AccessReason[];
}

/** One way to prove oneself, and what the documents say of it. */
interface Way {
  readonly answer: Acceptance;
  readonly proof: Proof;
  readonly parts: readonly Part[];
  readonly words: string;
}

/**
 * Whether somebody without a passkey can register a first key by themselves: the passkey policy lets them register this
 * key, they can prove several factors with a Temporary Access Pass or a method that they have, and each Conditional Access
 * policy that is asked on the way is satisfied by that. Report-only policies never change the answer; they are named where
 * they would.
 *
 * @param device what the key is registered on; absent: unknown
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-authentication-passkeys-fido2
 */
export function canRegisterFirstKey(
  documents: FirstKeyDocuments,
  person: Newcomer,
  key: KeyModel,
  device?: Device,
): FirstKeyAnswer {
  const somebody = lowerCased(person);
  const { policy, nestedMembership = "unknown" } = documents;
  const signIn = new SignIn(policy, { nestedMembership });
  const type = somebody.userType.toLowerCase();
  const member = part(
    type === "member" || type === "guest" ? yes(type === "member") : "unknown",
    "userType",
    "guests cannot register passkeys in this tenant",
    "Register the key in the guest's home tenant",
  );
  const common = [member, ...partsOf(signIn, signIn.standing(somebody), key, "register")];
  const context = {
    nestedMembership,
    groupsRead: undefined,
    policies: documents.methods,
    countLocalCredentials: true,
  };
  const proofs = proofsOf(documents, somebody, context);
  const question = { documents, person: somebody, key, device, context };
  const ways = proofs.map((way): Way => {
    const parts = [way.part, ...conditionalAccessParts(question, way.proof)];
    return { answer: parts.map(({ answer }) => answer).reduce(both), proof: way.proof, parts, words: way.words };
  });
  const best = bestOf(ways);
  const answer = [...common.map((one) => one.answer), any(ways.map((way) => way.answer))].reduce(both);
  const obstacles = [...common, ...best.parts].filter((one) => one.answer !== "accepted").map(asReason);
  const passed = answer === "accepted" ? [accepted(common.at(-1)!, best)] : obstacles;
  return { answer, reasons: [...passed, ...notes(answer, best), ...reportOnlyNotes(question, best.proof)] };
}

type Somebody = Newcomer & { readonly userType: string };

function lowerCased(person: Newcomer): Somebody {
  const lower = (ids: readonly string[] = []) => ids.map((id) => id.toLowerCase());
  return { userType: "member", ...person, groups: lower(person.groups), nested: lower(person.nested) };
}

function part(answer: Acceptance, rule: AccessRule, reason: string, wayOut: string, document = PASSKEY_POLICY): Part {
  return { answer, rule, document, reason, wayOut };
}

/** A way that works; else one that may, or has the fewest obstacles, the first in both cases. */
function bestOf(ways: readonly Way[]): Way {
  // A way that is closed from the start tells less than one on which somebody gets stuck.
  const obstacles = ({ parts }: Way) => parts.filter(({ answer }) => answer === "rejected").length + closed(parts[0]!);
  const closed = ({ answer }: Part) => (answer === "rejected" ? 0.5 : 0);
  const rank = (way: Way) => (way.answer === "accepted" ? -2 : way.answer === "unknown" ? -1 : obstacles(way));
  return ways.reduce((best, way) => (rank(way) < rank(best) ? way : best));
}

const ONCE: PassKind = "temporaryAccessPassOneTime";
const OFTEN: PassKind = "temporaryAccessPassMultiUse";

interface Candidate {
  readonly proof: Proof;
  readonly part: Part;
  readonly words: string;
}

/** The ways to prove several factors, each with what says whether it is open: a pass of either kind, and what one has. */
function proofsOf(documents: FirstKeyDocuments, person: Somebody, context: MethodContext): Candidate[] {
  const { hasPassword } = person;
  const others = othersOf(person, context);
  const own: Proof = { pass: undefined, hasPassword, others };
  const mine = isMultifactor(own);
  const { temporaryAccessPass } = documents;
  const isUsableOnce = temporaryAccessPass?.isUsableOnce;
  const allowed = temporaryAccessPass === undefined ? "unknown" : allows(temporaryAccessPass, person, context);
  const passPart = (answer: Acceptance): Part => {
    const off = temporaryAccessPass?.state === "disabled" ? "its state is disabled" : "it does not mean the person";
    const alone = mine === "rejected" ? ", and the person has no other method that proves several factors" : "";
    const reason = answer === "rejected" ? `${off}${alone}` : "whether it allows the person a pass is not known";
    const wayOut =
      "Enable Temporary Access Pass for a group of the person, or let an administrator register the key on their behalf";
    return part(answer, "proof", reason, wayOut, PASS_POLICY);
  };
  const oftenPart = (): Part =>
    allowed === "accepted" && isUsableOnce !== false
      ? part(
          isUsableOnce === true ? "rejected" : "unknown",
          "proof",
          `isUsableOnce ${isUsableOnce === true ? "is true, so every pass works once" : "could not be read"}`,
          "Set isUsableOnce to false, or let the strength take temporaryAccessPassOneTime",
          PASS_POLICY,
        )
      : passPart(allowed);
  const ownPart = part(
    mine,
    "proof",
    `${mine === "rejected" ? "the person has no" : "it is not known whether the person has a"} method that proves several factors`,
    "Issue a Temporary Access Pass, or let an administrator register the key on their behalf",
    "the person's methods",
  );
  return [
    { proof: { ...own, pass: ONCE }, part: passPart(allowed), words: "a Temporary Access Pass that works once" },
    { proof: { ...own, pass: OFTEN }, part: oftenPart(), words: "a Temporary Access Pass that works more than once" },
    { proof: own, part: ownPart, words: "a method that they have" },
  ];
}

/** A described person has what is said, and nothing else: certificates, too. */
function othersOf(person: Somebody, context: MethodContext): OtherMethods {
  const others = otherMethods(person, context);
  const words = person.otherMethods?.map((word) => word.toLowerCase());
  if (words === undefined || words.includes("x509certificate")) return others;
  return { ...others, each: new Map([...others.each, ["x509certificate", "rejected"]]) };
}

function accepted(profile: Part, way: Way): AccessReason {
  return {
    effect: "accepted",
    rule: "profile",
    document: PASSKEY_POLICY,
    reason: `${profile.reason}, and the person proves themselves with ${way.words}`,
    wayOut: "Register the key within five minutes of that",
  };
}

function notes(answer: Acceptance, way: Way): AccessReason[] {
  if (answer !== "accepted") {
    return [
      {
        effect: "note",
        rule: "onBehalf",
        document: PASSKEY_POLICY,
        reason: "an administrator may register a key on behalf of the person, which is not counted here",
        wayOut: "Look at Graph's fido2Methods: creationOptions; the policy has to accept the key there, too",
      },
    ];
  }
  if (way.proof.pass !== ONCE) return [];
  return [
    {
      effect: "note",
      rule: "inTime",
      document: PASS_POLICY,
      reason: "after five minutes several factors are asked for again, and a pass that works once is spent",
      wayOut: "Have the key at hand before the person signs in; issue another pass where it took longer",
    },
  ];
}
