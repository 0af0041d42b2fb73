import type { Problem } from "../problem.js";
import type { Acknowledgement } from "./acknowledgement.js";
import { acknowledgementFor } from "./acknowledgement.js";
import type { Impact } from "./assess.js";
import type { BreakGlassAccount } from "./breakGlass.js";
import type { Exposure } from "./exposure.js";
import { exposureText, peopleText, reasonsText } from "./words.js";

/** `enforce` refuses; `warn` says the same as warnings; `off` says nothing. Break-glass accounts are kept always. */
export type LockoutGuard = "enforce" | "warn" | "off";

export interface GuardRules {
  readonly mode: LockoutGuard;
  readonly acknowledge: readonly Acknowledgement[];
  /** The digest of the plan, or another one that an acknowledgement of it may name. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How an acknowledgement is proposed: as program code, or as an environment variable for a destroy. */
  readonly form?: "program" | { readonly variable: string } | undefined;
}

export interface GuardVerdict {
  readonly refusals: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** How long an acknowledgement is proposed for, in days. */
const DAYS = 7;

/** Judges what a plan does to people: more than what was acknowledged is refused. */
export function judgeImpact(impact: Impact, rules: GuardRules): GuardVerdict {
  const standing = acknowledgementFor(rules.acknowledge, rules.digest, rules.now);
  const given = standing !== undefined && "holds" in standing ? standing.holds : undefined;
  const why = standing !== undefined && "void" in standing ? ` (${standing.void})` : "";
  const found = [...lossProblems(impact, given), ...exposureProblems(impact, given), ...scopeProblems(impact)];
  const last = found.findLastIndex(({ acknowledgeable }) => acknowledgeable);
  const told = found.map(({ acknowledgeable, ...problem }, index): Problem => {
    if (!acknowledgeable) return problem;
    // One acknowledgement covers all of it, and is proposed once.
    const how = index === last ? proposed(impact, rules) : "the plan as proposed below";
    return { ...problem, reason: problem.reason + why, wayOut: `${problem.wayOut}, or acknowledge ${how}` };
  });
  const always = [...impact.excludedBreakGlass.flatMap(excludedGroup), ...impact.breakGlass.flatMap(breakGlassProblem)];
  const refused = always.filter(({ refuse }) => refuse).map(({ problem }) => problem);
  const warned = always.filter(({ refuse }) => !refuse).map(({ problem }) => problem);
  switch (rules.mode) {
    case "enforce":
      return { refusals: [...refused, ...told], warnings: warned };
    case "warn":
      return { refusals: refused, warnings: [...warned, ...told] };
    case "off":
      return { refusals: refused, warnings: warned };
  }
}

interface Finding extends Problem {
  readonly acknowledgeable: boolean;
}

const GUARDED = [
  ["lockedOut", "locked out: no method to sign in with is left"],
  ["stranded", "stranded: no phishing-resistant method is left"],
  ["unknown", "affected in a way that could not be told"],
] as const;

function lossProblems({ loss }: Impact, given: Acknowledgement | undefined): Finding[] {
  if (loss === undefined) return [];
  return GUARDED.flatMap(([outcome, words]) => {
    const count = loss.counts[outcome];
    const most = given?.[outcome] ?? 0;
    if (count <= most) return [];
    const acknowledged = most > 0 ? `, of whom ${most} were acknowledged` : "";
    return {
      code: outcome === "unknown" ? "impactUnknown" : outcome,
      place: "lockoutGuard",
      reason: `${peopleText(count)} would be ${words}${acknowledged} (${reasonsText(loss, outcome)})`,
      wayOut:
        outcome === "unknown"
          ? "Read the inventory again, with the groups and permissions that it names"
          : "Keep what they use, let them register another key first",
      acknowledgeable: true,
    };
  });
}

function exposureProblems({ exposure }: Impact, given: Acknowledgement | undefined): Finding[] {
  if (given?.exposure === true) return [];
  const why: Readonly<Record<NonNullable<Exposure["guarded"]>, string>> = {
    exclusive: "whose profile is exclusive",
    adminGroup: "which is a group of administrators",
    admins: "which has administrators in it",
  };
  return exposure.flatMap((found) =>
    found.guarded === undefined
      ? []
      : {
          code: "exposure" as const,
          place: `includeTargets[${found.group}]`,
          reason: `${exposureText(found)}, ${why[found.guarded]}`,
          wayOut: "Leave it out",
          acknowledgeable: true,
        },
  );
}

function scopeProblems({ outOfScope }: Impact): Finding[] {
  if (outOfScope.length === 0) return [];
  return [
    {
      code: "inventoryUnusable",
      place: "inventory",
      reason: `the change can take keys from ${outOfScope.join(", ")}, and the inventory was not read for them`,
      wayOut: "Read it for everyone, or for these groups (entra-passkeys inventory --group)",
      acknowledgeable: false,
    },
  ];
}

interface BreakGlassFinding {
  readonly refuse: boolean;
  readonly problem: Problem;
}

const INCLUDE =
  "Include break-glass accounts in the policy, with a profile that accepts their keys; this cannot be acknowledged";

function excludedGroup(group: string): BreakGlassFinding[] {
  const reason = `the break-glass group ${group} would be excluded, and its accounts could use no passkey`;
  return [{ refuse: true, problem: { code: "breakGlass", place: "breakGlass", reason, wayOut: INCLUDE } }];
}

function breakGlassProblem(account: BreakGlassAccount): BreakGlassFinding[] {
  const { user, before, after, excluded, covered } = account;
  const who = account.unreadGroup ? `whoever is in the group ${user}` : `the account ${user}`;
  const tell = (refuse: boolean, reason: string, wayOut: string) => [
    {
      refuse,
      problem: { code: "breakGlass" as const, place: "breakGlass", reason: `${who} ${reason}`, wayOut },
    },
  ];
  if (excluded === "accepted") {
    return tell(true, "would be in an excluded group, and could use no passkey", INCLUDE);
  }
  if (after === "accepted") return account.enabled === false ? tell(false, "is disabled", "Enable it") : [];
  if (before === "rejected" && after === "rejected" && covered === "rejected") {
    const none = account.passkeys === 0 ? "has no passkey" : "has no passkey that works";
    return tell(true, `${none}, and no target covers it`, INCLUDE);
  }
  if (account.passkeys === 0) return tell(false, "has no passkey", "Register a security key for it");
  if (after === "rejected") {
    return before === "rejected"
      ? tell(false, "has no passkey that works, before and after", INCLUDE)
      : tell(true, "would have no passkey that works", INCLUDE);
  }
  return tell(
    account.affected,
    "may have no passkey that works: what decides could not be read",
    "Grant what is needed to read it; it cannot be acknowledged",
  );
}

/** The acknowledgement that would let this plan through. */
function proposed({ loss, exposure }: Impact, { digest, now, form = "program" }: GuardRules): string {
  const counts = GUARDED.flatMap(([outcome]) => {
    const count = loss?.counts[outcome] ?? 0;
    return count > 0 ? [[outcome, count] as const] : [];
  });
  const value = {
    plan: digest,
    ...Object.fromEntries(counts),
    ...(exposure.some(({ guarded }) => guarded !== undefined) && { exposure: true }),
    until: new Date(now + DAYS * 86_400_000).toISOString().slice(0, 10),
    reason: "...",
  };
  if (form !== "program") return `this plan: ${form.variable}='${JSON.stringify(value)}'`;
  const members = Object.entries(value).map(([name, member]) => `${name}: ${JSON.stringify(member)}`);
  return `this plan: acknowledge: { ${members.join(", ")} }`;
}
