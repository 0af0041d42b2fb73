import { both, not, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { NestedMembership } from "../impact/inventory.js";
import type { MembershipContext } from "../impact/membership.js";
import type { NormalPolicy } from "../normalize.js";
import { SignIn } from "../signIn.js";
import { asksAlways, isAboutAction, isOn, isReportOnly, means } from "./applies.js";
import { isBlock } from "./deviceFilter.js";
import { conditionalAccessNamed, decisive, PASSKEY_POLICY } from "./finding.js";
import type { Part } from "./finding.js";
import { hasAlternative, hasOtherControls, strengthOf, strengthTakesKey } from "./grants.js";
import { partsOf } from "./keys.js";
import type { AuthenticationStrength, ConditionalAccessPolicy, GrantControls, KeyModel } from "./model.js";

/** People of whom the documents say the same, such as a persona. */
export interface MatrixRow {
  readonly name: string;
  /** Object ids of all groups that they are in. */
  readonly groups: readonly string[];
  /** Object id, where the row is one person. Default: somebody whom no document names one by one. */
  readonly user?: string;
  /** `member` (default) or `guest`. */
  readonly userType?: string;
  /** Whether they have directory roles. Absent: unknown. */
  readonly isAdmin?: boolean;
}

/** A column of the matrix. */
export interface MatrixKey extends KeyModel {
  readonly name: string;
}

/** What else decides over a sign-in. Without it the matrix says what the passkey policy alone says. */
export interface MatrixContext {
  /** Absent: not looked at. */
  readonly conditionalAccess?: readonly ConditionalAccessPolicy[] | undefined;
  readonly strengths?: readonly AuthenticationStrength[] | undefined;
  /** Default `unknown`. */
  readonly nestedMembership?: NestedMembership | undefined;
}

export interface MatrixVerdict {
  readonly answer: Acceptance;
  /** The rule that decides, in one sentence without a full stop at the end. */
  readonly reason: string;
  /** What policies that only report will or may change once they are enabled, in the same form. Absent: nothing. */
  readonly later?: readonly string[];
}

export interface MatrixCell {
  readonly row: MatrixRow;
  readonly key: MatrixKey;
  /** As far as the passkey policy decides; see `canRegisterFirstKey` for the rest. */
  readonly register: MatrixVerdict;
  readonly signIn: MatrixVerdict;
}

/** Graph's word for nobody: an id that no document means. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * What each kind of people may do with each key: register it, and sign in with it, and why. Cells come row by row, keys
 * in their order. Sign-in counts the Conditional Access policies that are enabled and refuse the key itself: by a strength
 * that does not take its model, or by a block that always holds. Devices, places and other conditions are not counted,
 * but where one of them decides whether a strength is asked for, the answer is unknown.
 */
export function keyMatrix(
  policy: NormalPolicy,
  rows: readonly MatrixRow[],
  keys: readonly MatrixKey[],
  context: MatrixContext = {},
): MatrixCell[] {
  const { conditionalAccess = [], strengths, nestedMembership = "unknown" } = context;
  const signIn = new SignIn(policy, { nestedMembership });
  const membership: MembershipContext = { nestedMembership, groupsRead: undefined };
  return rows.flatMap((row) => {
    const groups = row.groups.map((group) => group.toLowerCase());
    const person = { ...row, user: row.user ?? NOBODY, userType: row.userType ?? "member", groups };
    const standing = signIn.standing(person);
    const meaning = (on: (document: ConditionalAccessPolicy) => Acceptance) =>
      conditionalAccess
        .map((document) => ({ document, meant: both(on(document), means(document, person, membership)) }))
        .filter(({ document, meant }) => meant !== "rejected" && !isAboutAction(document));
    const asked = meaning(isOn);
    const reporting = meaning((document) => yes(isReportOnly(document)));
    return keys.map((key): MatrixCell => {
      const own = partsOf(signIn, standing, key, "signIn");
      const others = asked.map(({ document, meant }) => refusal(document, meant, strengths, key));
      return {
        row,
        key,
        register: verdict(partsOf(signIn, standing, key, "register")),
        signIn: { ...verdict([...own, ...others]), ...laterOf(reporting, strengths, key) },
      };
    });
  });
}

/** The first part that refuses, else the first that is unknown, else what the profile says. */
function verdict(parts: readonly Part[]): MatrixVerdict {
  const deciding = decisive(parts) ?? parts.find(({ rule }) => rule === "profile") ?? parts.at(-1)!;
  const { answer, document, reason } = deciding;
  return { answer, reason: document === PASSKEY_POLICY ? reason : `${document}: ${reason}` };
}

interface Meaning {
  readonly document: ConditionalAccessPolicy;
  readonly meant: Acceptance;
}

/** What the policies that only report will make of a key. */
function laterOf(
  reporting: readonly Meaning[],
  strengths: readonly AuthenticationStrength[] | undefined,
  key: KeyModel,
): Pick<MatrixVerdict, "later"> {
  const later = reporting
    .map(({ document, meant }) => refusal(document, meant, strengths, key))
    .filter(({ answer }) => answer !== "accepted")
    .map(
      ({ answer, document }) => `${document} ${answer === "rejected" ? "will" : "may"} refuse it once it is enabled`,
    );
  return later.length === 0 ? {} : { later };
}

/** What a Conditional Access policy says of a key at sign-in. */
function refusal(
  policy: ConditionalAccessPolicy,
  meant: Acceptance,
  strengths: readonly AuthenticationStrength[] | undefined,
  key: KeyModel,
): Part {
  const document = conditionalAccessNamed(policy.displayName);
  const always = both(meant, asksAlways(policy) ? "accepted" : "unknown");
  const say = (answer: Acceptance, rule: Part["rule"], reason: string, wayOut: string): Part => ({
    answer,
    rule,
    document,
    reason,
    wayOut,
  });
  const { grantControls } = policy;
  const blocks = isBlock(policy);
  if (blocks === "unknown" || (grantControls && asksForNothing(grantControls))) {
    return say("unknown", "unreadable", "what it asks for could not be read", "Read it again");
  }
  if (blocks === "accepted") {
    // A block under conditions is about devices and places: it is the same for every key.
    const answer = asksAlways(policy) ? not(meant) : "accepted";
    return say(answer, "block", "it blocks every sign-in", "Take the people out of it");
  }
  if (grantControls?.authenticationStrength == null) return say("accepted", "strength", "it asks for no strength", "");
  const strength = strengthOf(grantControls, strengths);
  const name =
    strength === undefined ? "its strength, which could not be read" : `the strength "${strength.displayName}"`;
  const takes = strengthTakesKey(strength, key);
  if (takes === "accepted") return say(takes, "strength", `${name} takes the key`, "");
  const sure = takes === "rejected" && always === "accepted" && !hasAlternative(grantControls);
  const reason = sure
    ? `${name} does not take the key`
    : takes === "rejected"
      ? `${name} does not take the key, and whether it is always asked for is not known`
      : `whether ${name} takes the key is not known`;
  return say(
    sure ? "rejected" : "unknown",
    "strength",
    reason,
    "Use a model that the strength lists, or add its AAGUID",
  );
}

/** The service has no such policy: what it asks for was not answered. */
const asksForNothing = (controls: GrantControls): boolean =>
  controls.authenticationStrength === null && !hasOtherControls(controls);
