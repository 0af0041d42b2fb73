import { both, not } from "../acceptance.js";
import { normalizePolicy } from "../normalize.js";
import type { Fido2Policy } from "../model.js";
import { SignIn } from "../signIn.js";
import type { Impact } from "./assess.js";
import type { BreakGlass, BreakGlassAccount } from "./breakGlass.js";
import type {
  Inventory,
  Passkey,
  NestedMembership,
  Person,
  StrengthLimits,
  StrengthRequirement,
  TenantMethods,
} from "./inventory.js";
import type { Outcome, PersonLoss, ReasonCount } from "./loss.js";
import { otherMethods } from "./methods.js";
import type { Reason } from "./reasons.js";
import { isRequired, satisfies } from "./strengths.js";
import { sameUser } from "./users.js";

/** A change of one strength, of which Conditional Access asks for it. */
export interface StrengthChange {
  /** The enabled policies that ask for the strength at sign-in. */
  readonly requirements: readonly StrengthRequirement[];
  readonly before: StrengthLimits;
  readonly after: StrengthLimits;
}

export interface StrengthOptions {
  readonly tenant: TenantMethods;
  readonly countLocalCredentials?: boolean | undefined;
  /** Default `unknown`. */
  readonly nestedMembership?: NestedMembership | undefined;
  readonly breakGlass?: BreakGlass | undefined;
}

/** Whether whatever satisfied a strength before satisfies it afterwards. */
export function narrows(before: StrengthLimits, after: StrengthLimits): boolean {
  const word = (combination: string) => combination.toLowerCase();
  const combinations = new Set(after.allowedCombinations.map(word));
  if (before.allowedCombinations.some((combination) => !combinations.has(word(combination)))) return true;
  if (after.allowedAaguids === undefined || !combinations.has("fido2")) return false;
  const models = new Set(after.allowedAaguids.map((aaguid) => aaguid.toLowerCase()));
  return (
    before.allowedAaguids === undefined || before.allowedAaguids.some((aaguid) => !models.has(aaguid.toLowerCase()))
  );
}

/** What satisfies a strength afterwards and did not before: models, combinations, and whether models count no more. */
export function widening(
  before: StrengthLimits,
  after: StrengthLimits,
): { models: string[]; combinations: string[]; anyModel: boolean } {
  const old = new Set(before.allowedCombinations.map((one) => one.toLowerCase()));
  const known =
    before.allowedAaguids === undefined ? undefined : new Set(before.allowedAaguids.map((one) => one.toLowerCase()));
  return {
    combinations: after.allowedCombinations.filter((one) => !old.has(one.toLowerCase())),
    models: known === undefined ? [] : (after.allowedAaguids ?? []).filter((one) => !known.has(one.toLowerCase())),
    anyModel: known !== undefined && after.allowedAaguids === undefined,
  };
}

/**
 * Assesses who cannot sign in any more when a strength is changed that Conditional Access asks for, under a passkey
 * policy that stays as it is. Whoever satisfied the strength and does not any more is locked out of what the policies are
 * about, whatever else they keep. Pure: whatever was not read is unknown.
 */
export function assessStrengthChange(
  policy: Fido2Policy,
  change: StrengthChange,
  inventory: Inventory,
  { tenant, countLocalCredentials = false, nestedMembership = "unknown", breakGlass }: StrengthOptions,
): Impact {
  const { groupsRead } = inventory;
  const signIn = new SignIn(normalizePolicy(policy), { groupsRead, nestedMembership });
  const context = { nestedMembership, groupsRead };
  const losesCombination = narrows({ ...change.before, allowedAaguids: [] }, { ...change.after, allowedAaguids: [] });
  const counts: Record<Outcome, number> = { lockedOut: 0, stranded: 0, unknown: 0, reduced: 0, keeps: 0 };
  const disabled = { withoutKey: 0, unknown: 0 };
  const affected: PersonLoss[] = [];
  const accounts: BreakGlassAccount[] = [];
  let guests = 0;

  for (const person of inventory.people) {
    const { outcome, reason, before, after } = assess(person);
    if (isBreakGlass(person, breakGlass) && outcome !== undefined) {
      const known = { excluded: "rejected", covered: "accepted", affected: true } as const;
      // Not how many passkeys it has: another method may have satisfied the strength.
      accounts.push({ user: person.user, before, after, ...known });
    }
    if (person.userType?.toLowerCase() === "guest") {
      if (outcome !== undefined) guests += 1;
    } else if (person.enabled === false) {
      if (outcome !== undefined) disabled[outcome === "lockedOut" ? "withoutKey" : "unknown"] += 1;
    } else {
      counts[outcome ?? "keeps"] += 1;
      if (outcome !== undefined) affected.push({ person, outcome, reasons: [reason!] });
    }
  }
  const loss = { counts, reasons: countReasons(affected), disabled, guests, notProven: 0, affected };
  const named = change.requirements.some(({ includeUsers, includesRoles }) => includeUsers.length > 0 || includesRoles);
  const groups = [...new Set(change.requirements.flatMap(({ includeGroups }) => includeGroups))].sort();
  const reach = { everyone: named, groups, users: [] };
  const { scope } = inventory;
  const outside = scope === "everyone" ? [] : groups.filter((group) => !scope.has(group));
  const outOfScope = scope !== "everyone" && named ? ["all_users", ...outside] : outside;
  accounts.push(...unreadAccounts());
  return { reach, outOfScope, loss, exposure: [], breakGlass: accounts, excludedBreakGlass: [] };

  /** Declared emergency accounts that the inventory does not have, unless every policy leaves out just them. */
  function unreadAccounts(): BreakGlassAccount[] {
    const unread = {
      before: "unknown",
      after: "unknown",
      excluded: "rejected",
      covered: "accepted",
      affected: true,
    } as const;
    const there = new Set(inventory.people.map(({ user }) => user.toLowerCase()));
    const users = (breakGlass?.users ?? []).filter(
      (user) =>
        !there.has(user.toLowerCase()) &&
        change.requirements.some(
          ({ excludeUsers }) => !excludeUsers.some((left) => sameUser(left, user) === "accepted"),
        ),
    );
    const asked = (breakGlass?.groups ?? []).filter(
      (group) =>
        groupsRead?.has(group) === false &&
        change.requirements.some(({ excludeGroups }) => !excludeGroups.includes(group)),
    );
    return [
      ...users.map((user) => ({ user, ...unread })),
      ...asked.map((user) => ({ user, unreadGroup: true as const, ...unread })),
    ];
  }

  function assess(person: Person) {
    const none = { outcome: undefined, reason: undefined, before: "unknown", after: "unknown" } as const;
    let found:
      ({ outcome: "lockedOut" | "unknown"; reason: Reason } & Pick<BreakGlassAccount, "before" | "after">) | undefined;
    for (const requirement of change.requirements) {
      const required = isRequired(requirement, person, context);
      if (required === "rejected") continue;
      const reason: Reason = { rule: "strength", policy: requirement.policy, strength: requirement.strength };
      // Without a key only a combination that goes can be missed.
      if (person.passkeys?.length === 0 && !losesCombination) continue;
      const standing = signIn.standing(person);
      const passkeys = (person.passkeys ?? [UNREAD_KEY]).map((key) => ({
        aaguid: key.aaguid,
        usable: key === UNREAD_KEY ? ("unknown" as const) : signIn.accepts(standing, key),
      }));
      const others = otherMethods(person, {
        policies: tenant.methods,
        countLocalCredentials,
        nestedMembership,
        groupsRead,
      });
      const [before, after] = [change.before, change.after].map((limits) => satisfies(limits, passkeys, others));
      if (after === "accepted" || before === "rejected") continue;
      const blocked = both(both(required, before!), not(after!)) === "accepted";
      if (found === undefined || blocked) {
        found = { outcome: blocked ? "lockedOut" : "unknown", reason, before: before!, after: after! };
      }
      if (blocked) break;
    }
    return found ?? none;
  }
}

/** Stands for keys that could not be read. */
const UNREAD_KEY: Passkey = {};

const isBreakGlass = (person: Person, breakGlass: BreakGlass | undefined): boolean =>
  breakGlass !== undefined &&
  (breakGlass.users.some((user) => user.toLowerCase() === person.user.toLowerCase()) ||
    breakGlass.groups.some((group) => person.groups.includes(group)));

function countReasons(affected: readonly PersonLoss[]): ReasonCount[] {
  const counted = new Map<string, ReasonCount>();
  for (const { outcome, reasons } of affected) {
    for (const reason of reasons) {
      const key = JSON.stringify([outcome, reason]);
      counted.set(key, { outcome, reason, people: (counted.get(key)?.people ?? 0) + 1 });
    }
  }
  return [...counted.values()].sort((one, other) => other.people - one.people);
}
