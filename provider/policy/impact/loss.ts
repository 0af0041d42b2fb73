import { WINDOWS_HELLO_AAGUIDS } from "../../catalogue/wellKnown.js";
import { any, both, not } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { Key, SignIn, Standing } from "../signIn.js";
import { Alike } from "./alike.js";
import type { Inventory, NestedMembership, Passkey, Person, StrengthRequirement, TenantMethods } from "./inventory.js";
import { SignInComparison } from "./kinds.js";
import { otherMethods } from "./methods.js";
import type { OtherMethods } from "./methods.js";
import { whyLost, whyUnknown } from "./reasons.js";
import type { Reason } from "./reasons.js";
import { isRequired, satisfies, satisfiesWith } from "./strengths.js";

/**
 * What a change does to one person, worst first:
 *
 * - `lockedOut`: loses a key, and no method is left, or none that satisfies a strength which they are asked for;
 * - `stranded`: loses a key, and no phishing-resistant method is left;
 * - `unknown`: what decides could not be read;
 * - `reduced`: loses a key, and keeps a portable phishing-resistant one;
 * - `keeps`: loses nothing.
 */
export type Outcome = "lockedOut" | "stranded" | "unknown" | "reduced" | "keeps";

export const OUTCOMES: readonly Outcome[] = ["lockedOut", "stranded", "unknown", "reduced", "keeps"];

/** Someone who loses a key, or may lose one. */
export interface PersonLoss {
  readonly person: Person;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
}

/** How many people have one outcome for one reason. */
export interface ReasonCount {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly people: number;
}

/** What a change takes from people. Whoever has several reasons is counted once for each. */
export interface Loss {
  /** Enabled members of the tenant by outcome. */
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly reasons: readonly ReasonCount[];
  /** Accounts that cannot sign in now, and would have no phishing-resistant method once they can again. */
  readonly disabled: { readonly withoutKey: number; readonly unknown: number };
  /** Guests who lose a key or may lose one. Guests cannot register passkeys in this tenant. */
  readonly guests: number;
  /** Passkeys that are accepted after the change by profiles that ask for attestation, and were never attested. */
  readonly notProven: number;
  /** Everyone with another outcome than `keeps`, disabled accounts and guests left out. */
  readonly affected: readonly PersonLoss[];
}

export interface LossOptions {
  readonly tenant: TenantMethods;
  readonly countLocalCredentials: boolean;
  readonly nestedMembership: NestedMembership;
}

/** What becomes of a kind of key for people with the same standings. */
interface Verdict {
  readonly before: Acceptance;
  readonly after: Acceptance;
  /** Set where the key is lost or may be. */
  readonly reasons: readonly Reason[];
  /** Every profile that accepts it after the change asks for attestation. */
  readonly attested: boolean;
  /** Belongs to one device, and so is none to fall back on elsewhere. */
  readonly local: Acceptance;
}

/** People of whom both policies say the same. */
interface People {
  readonly before: Standing;
  readonly after: Standing;
  readonly losesNothing: boolean;
  readonly verdicts: Map<string | undefined, Map<string | undefined, Verdict>>;
  /** What became of people who are alike in everything else, too. */
  readonly known: Map<string, Found | undefined>;
}

type Found = Omit<PersonLoss, "person">;

type List = readonly string[] | undefined;

const HELLO: ReadonlySet<string> = new Set(WINDOWS_HELLO_AAGUIDS);

/** Whether a key belongs to one device, and so is none to carry to another. */
export function isLocal(key: Key): Acceptance {
  if (key.aaguid === undefined) return "unknown";
  return HELLO.has(key.aaguid.toLowerCase()) ? "accepted" : "rejected";
}

/** Assesses people one by one; what they share is worked out once. */
export class LossAssessment {
  readonly #comparison: SignInComparison;
  readonly #alike: Alike;
  readonly #people = new Map<Standing, Map<Standing, People>>();
  readonly #strengthReasons = new Map<StrengthRequirement, Reason>();
  readonly #others = new Map<List, Map<List, Map<List, OtherMethods>>>();
  readonly #namesUsers: boolean;

  constructor(
    readonly before: SignIn,
    readonly after: SignIn,
    readonly inventory: Inventory,
    readonly options: LossOptions,
  ) {
    this.#comparison = new SignInComparison(before, after);
    this.#alike = new Alike(options.tenant);
    this.#namesUsers = (options.tenant.methods ?? []).some(({ includeTargets, excludeTargets }) =>
      [...includeTargets, ...excludeTargets].some(({ targetType }) => targetType !== "group"),
    );
  }

  run(): Loss {
    const counts: Record<Outcome, number> = { lockedOut: 0, stranded: 0, unknown: 0, reduced: 0, keeps: 0 };
    const disabled = { withoutKey: 0, unknown: 0 };
    const affected: PersonLoss[] = [];
    const times = new Map<Found, number>();
    let [guests, notProven] = [0, 0];
    for (const person of this.inventory.people) {
      const people = this.#of(person);
      notProven += this.#notProven(people, person.passkeys);
      const found = people.losesNothing ? undefined : this.#find(person, people);
      if (person.userType?.toLowerCase() === "guest") {
        if (found !== undefined) guests += 1;
        continue;
      }
      if (person.enabled === false) {
        if (found?.outcome === "lockedOut" || found?.outcome === "stranded") disabled.withoutKey += 1;
        else if (found?.outcome === "unknown") disabled.unknown += 1;
        continue;
      }
      counts[found?.outcome ?? "keeps"] += 1;
      if (found === undefined) continue;
      affected.push({ person, outcome: found.outcome, reasons: found.reasons });
      times.set(found, (times.get(found) ?? 0) + 1);
    }
    return { counts, reasons: countReasons(times), disabled, guests, notProven, affected };
  }

  #of(person: Person): People {
    const before = this.before.standing(person);
    const after = this.after.standing(person);
    let byAfter = this.#people.get(before);
    if (byAfter === undefined) this.#people.set(before, (byAfter = new Map()));
    let people = byAfter.get(after);
    if (people === undefined) {
      const losesNothing = this.#comparison.losesNothing(before, after);
      byAfter.set(after, (people = { before, after, losesNothing, verdicts: new Map(), known: new Map() }));
    }
    return people;
  }

  #verdict(people: People, key: Passkey): Verdict {
    let byType = people.verdicts.get(key.aaguid);
    if (byType === undefined) people.verdicts.set(key.aaguid, (byType = new Map()));
    let verdict = byType.get(key.passkeyType);
    if (verdict === undefined) byType.set(key.passkeyType, (verdict = this.#judge(people, key)));
    return verdict;
  }

  #judge({ before: old, after: now, losesNothing }: People, key: Passkey): Verdict {
    const before = this.before.accepts(old, key);
    const after = this.after.accepts(now, key);
    const lost = before === "accepted" && after === "rejected";
    const mayBeLost = !losesNothing && !lost && before !== "rejected" && after !== "accepted";
    const reason = lost ? whyLost(old, now, key) : mayBeLost ? whyUnknown(old, now, key) : undefined;
    const accepting = now.covers.filter(
      ({ profile, covered }) => covered !== "rejected" && this.after.acceptedBy(profile, key) !== "rejected",
    );
    return {
      before,
      after,
      reasons: reason === undefined ? [] : [reason],
      attested: accepting.every(({ profile }) => profile.attestationEnforcement === "registrationOnly"),
      local: isLocal(key),
    };
  }

  #notProven(people: People, passkeys: readonly Passkey[] | undefined): number {
    let count = 0;
    for (const key of passkeys ?? []) {
      if (key.attestationLevel !== "notAttested") continue;
      const { after, attested } = this.#verdict(people, key);
      if (after === "accepted" && attested) count += 1;
    }
    return count;
  }

  /** What the change does to someone who may lose something; `undefined` where they lose nothing after all. */
  #find(person: Person, people: People): Found | undefined {
    const text = this.#alike.textOf(person);
    if (text === undefined) return this.#assess(person, people);
    if (!people.known.has(text)) people.known.set(text, this.#assess(person, people));
    return people.known.get(text);
  }

  #assess(person: Person, people: People): Found | undefined {
    if (person.passkeys === undefined) return { outcome: "unknown", reasons: PASSKEYS_UNREAD };
    const verdicts = person.passkeys.map((key) => this.#verdict(people, key));
    const gone = verdicts.filter(({ reasons }) => reasons.length > 0);
    if (gone.length === 0) return undefined;
    const surelyLost = gone.some(({ before, after }) => before === "accepted" && after === "rejected");
    const { outcome, reasons } = this.#remaining(person, verdicts, surelyLost);
    const own = gone.length === 1 ? gone[0]!.reasons : distinct(gone.flatMap((verdict) => verdict.reasons));
    return { outcome, reasons: reasons.length === 0 ? own : [...own, ...reasons] };
  }

  /** What is left to someone, and what that makes of the loss. */
  #remaining(
    person: Person,
    verdicts: readonly Verdict[],
    surelyLost: boolean,
  ): { readonly outcome: Outcome; readonly reasons: readonly Reason[] } {
    const { countLocalCredentials } = this.options;
    const others = this.#otherMethods(person);
    const keys = any(verdicts.map(({ after, local }) => both(after, countLocalCredentials ? "accepted" : not(local))));
    const resistant = any([keys, others.phishingResistant]);
    const usable = any([keys, others.usable]);
    const strength = this.#strength(person, verdicts, others);
    if (surelyLost && strength?.blocked === "accepted") return { outcome: "lockedOut", reasons: [strength.reason] };
    if (surelyLost && usable === "rejected") return { outcome: "lockedOut", reasons: [] };
    if (strength === undefined && resistant === "accepted") return { outcome: "reduced", reasons: [] };
    if (strength === undefined && surelyLost && resistant === "rejected" && usable === "accepted") {
      return { outcome: "stranded", reasons: [] };
    }
    const unread: Reason[] = strength === undefined ? [] : [strength.reason];
    if (!others.read) unread.push(OTHERS_UNREAD);
    return { outcome: "unknown", reasons: unread };
  }

  /** The first strength that was satisfied before, or may have been, and is not for sure any more. */
  #strength(
    person: Person,
    verdicts: readonly Verdict[],
    others: OtherMethods,
  ): { readonly blocked: Acceptance; readonly reason: Reason } | undefined {
    let found: { readonly blocked: Acceptance; readonly reason: Reason } | undefined;
    const context = { nestedMembership: this.options.nestedMembership, groupsRead: this.inventory.groupsRead };
    for (const requirement of this.options.tenant.strengths ?? []) {
      const required = isRequired(requirement, person, context);
      if (required === "rejected") continue;
      const keys = person.passkeys!;
      const passkeys = (when: "before" | "after") =>
        verdicts.map((verdict, index) => ({ aaguid: keys[index]!.aaguid, usable: verdict[when] }));
      // Only a key that goes and would have done can be missed.
      const missed = verdicts.some(
        ({ reasons }, index) => reasons.length > 0 && satisfiesWith(requirement, keys[index]!) !== "rejected",
      );
      if (!missed) continue;
      const now = satisfies(requirement, passkeys("after"), others);
      const then = satisfies(requirement, passkeys("before"), others);
      if (now === "accepted" || then === "rejected") continue;
      const blocked = both(both(required, then), not(now));
      if (found === undefined || blocked === "accepted") found = { blocked, reason: this.#strengthReason(requirement) };
      if (blocked === "accepted") break;
    }
    return found;
  }

  #strengthReason(requirement: StrengthRequirement): Reason {
    let reason = this.#strengthReasons.get(requirement);
    if (reason === undefined) {
      const { policy, strength } = requirement;
      this.#strengthReasons.set(requirement, (reason = { rule: "strength", policy, strength }));
    }
    return reason;
  }

  /** Worked out once for people with the same methods and groups, unless a policy names people one by one. */
  #otherMethods(person: Person): OtherMethods {
    const { countLocalCredentials, nestedMembership, tenant } = this.options;
    const { groupsRead } = this.inventory;
    const context = { policies: tenant.methods, countLocalCredentials, nestedMembership, groupsRead };
    if (this.#namesUsers) return otherMethods(person, context);
    let byGroups = this.#others.get(person.otherMethods);
    if (byGroups === undefined) this.#others.set(person.otherMethods, (byGroups = new Map()));
    let byNested = byGroups.get(person.groups);
    if (byNested === undefined) byGroups.set(person.groups, (byNested = new Map()));
    let others = byNested.get(person.nested);
    if (others === undefined) byNested.set(person.nested, (others = otherMethods(person, context)));
    return others;
  }
}

const OTHERS_UNREAD: Reason = { rule: "unread", what: "otherMethods" };
const PASSKEYS_UNREAD: readonly Reason[] = [{ rule: "unread", what: "passkeys" }];

/** How many people have each outcome for each reason: worst outcome first, most people first. */
function countReasons(times: ReadonlyMap<Found, number>): ReasonCount[] {
  const counted = new Map<string, ReasonCount>();
  const texts = new Map<Reason, string>();
  for (const [{ outcome, reasons }, people] of times) {
    for (const reason of reasons) {
      const text = texts.get(reason) ?? JSON.stringify(reason);
      texts.set(reason, text);
      const key = `${OUTCOMES.indexOf(outcome)} ${text}`;
      counted.set(key, { outcome, reason, people: (counted.get(key)?.people ?? 0) + people });
    }
  }
  const rank = ({ outcome }: ReasonCount) => OUTCOMES.indexOf(outcome);
  return [...counted]
    .sort(([a, one], [b, other]) => rank(one) - rank(other) || other.people - one.people || (a < b ? -1 : 1))
    .map(([, count]) => count);
}

function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
