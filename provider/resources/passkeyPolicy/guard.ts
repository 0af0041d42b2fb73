import { isDeepStrictEqual } from "node:util";
import { FRESH_MS } from "../../apply/index.js";
import { assessChange } from "../../impact/index.js";
import type { Assessment } from "../../impact/index.js";
import {
  acknowledgementFor,
  assessImpact,
  impactLines,
  judgeImpact,
  problemText,
  reachesNobody,
} from "../../policy/index.js";
import type { Acknowledgement, Plan, Problem } from "../../policy/index.js";
import type { Host } from "../host.js";
import { inProgram } from "./desired.js";
import { ACKNOWLEDGE_VARIABLE, acknowledgementsOf } from "./guardInputs.js";
import { breakGlassOf, exclusiveOf, groupIds } from "./guardSettings.js";
import type { CheckedInputs, ProgramGuard } from "./inputs.js";
import { namedInventory } from "./inventory.js";
import { joinGuards, programOf } from "./program.js";

/** What the guard says of a plan. */
export interface GuardAnswer {
  readonly refusals: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What the plan does to people, a line each. */
  readonly lines: readonly string[];
  /** Absent where the guard is off. */
  readonly assessment?: Assessment;
}

export interface GuardedChange {
  /** The declaration whose settings count: the new one, and for a destroy the one in state. */
  readonly inputs: CheckedInputs;
  /** What was declared before; absent for a create. */
  readonly earlier?: CheckedInputs | undefined;
  readonly destroy?: boolean;
}

/** A change with the plan that it has by itself. */
export interface GuardedPart {
  readonly change: GuardedChange;
  readonly plan: Plan;
}

/** Judges the plans of one change of one resource, one after the other where the first one has to be made anew. */
export class PlanGuard {
  /** An acknowledgement of the plan as it was shown covers another way to the same end. */
  #shown: Pick<Plan, "digest" | "before" | "after"> | undefined;

  constructor(
    private readonly host: Host,
    private readonly change: GuardedChange,
  ) {}

  /**
   * @param parts the changes of several resources that the plan is made of; default: this one alone.
   * @param maxAge how old what was read of other methods and of Conditional Access may be, in milliseconds.
   */
  async judge(
    plan: Plan,
    parts: readonly GuardedPart[] = [{ change: this.change, plan }],
    maxAge?: number,
  ): Promise<GuardAnswer> {
    const { host } = this;
    const { mode, breakGlass, adminGroups, exclusive, destroy, inputs } = settingsOf(parts, programGuard(host, parts));
    if (plan.steps.length === 0 || (mode === "off" && breakGlass === undefined)) {
      return { refusals: [], warnings: [], lines: [] };
    }
    const { digest, before, after } = plan;
    const shown = this.#shown;
    if (shown === undefined || !isDeepStrictEqual([shown.before, shown.after], [before, after])) {
      this.#shown = { digest, before, after };
    }
    const now = host.now();
    const assessment = await assessChange(host.people(), {
      before,
      after,
      mode,
      now,
      maxAge,
      breakGlass,
      exclusive,
      adminGroups,
      countLocalCredentials: inputs.countLocalCredentials,
      nestedMembership: inputs.nestedMembership,
      inventory: namedInventory(inputs),
    });
    const acknowledge = acknowledgementsOf(
      parts.map(({ change }) => change.inputs),
      host.env,
    );
    const verdict = judgeImpact(assessment.impact, {
      mode,
      now,
      acknowledge: [
        ...acknowledge,
        ...oneByOne(parts, { adminGroups, exclusive }, acknowledge, this.#shown!.digest, now),
      ],
      digest: this.#shown!.digest,
      form: destroy ? { variable: ACKNOWLEDGE_VARIABLE } : "program",
    });
    const { missing } = assessment;
    const unread = mode === "enforce" || breakGlass === undefined ? [] : missing.map(breakGlassUnread);
    const words = (problem: Problem) => {
      const told = parts.reduce((text, { change }) => inProgram(text, change.inputs, change.inputs.resolved), problem);
      return nameAccounts(nameProfiles(told, plan), breakGlass?.users, host);
    };
    const warned = [...verdict.warnings, ...(mode === "warn" ? missing : []), ...undeclared(assessment, breakGlass)];
    return {
      refusals: [...(mode === "enforce" ? missing : unread), ...verdict.refusals].map(words),
      warnings: warned.map(words),
      lines: mode === "off" ? [] : linesOf(assessment, words),
      assessment,
    };
  }
}

/** What the other resources of the program declare: as this process has heard it, or as the state says. */
function programGuard(host: Host, parts: readonly GuardedPart[]): ProgramGuard {
  const program = programOf(host.session());
  return joinGuards(
    parts.flatMap(({ change: { inputs } }) => [program.guard(inputs.owner), inputs.resolved.program ?? {}]),
  );
}

/**
 * What counts for several changes at once: the strictest mode, and whatever any of them, or of the other resources of
 * their program, looks after.
 */
function settingsOf(parts: readonly GuardedPart[], program: ProgramGuard) {
  const changes = parts.map(({ change }) => change);
  const modes = new Set(changes.map(({ inputs }) => inputs.lockoutGuard ?? "enforce"));
  const mode = (["enforce", "warn", "off"] as const).find((one) => modes.has(one))!;
  const accounts = [...changes.flatMap(({ inputs }) => breakGlassOf(inputs) ?? []), program.breakGlass ?? []].flat();
  const exclusive = (of: (change: GuardedChange) => ReadonlySet<string>) =>
    new Set([...changes.flatMap((change) => [...of(change)]), ...(program.exclusive ?? [])]);
  return {
    mode,
    inputs: changes[0]!.inputs,
    destroy: changes.some(({ destroy }) => destroy === true),
    breakGlass:
      accounts.length === 0
        ? undefined
        : {
            users: [...new Set(accounts.flatMap(({ users }) => users))],
            groups: [...new Set(accounts.flatMap(({ groups }) => groups))],
          },
    adminGroups: [
      ...new Set([
        ...changes.flatMap(({ inputs }) => groupIds(inputs, inputs.adminGroups)),
        ...(program.adminGroups ?? []),
      ]),
    ],
    exclusive: {
      before: exclusive(({ earlier }) => exclusiveOf(earlier)),
      after: exclusive(({ inputs, destroy }) => (destroy === true ? new Set() : exclusiveOf(inputs))),
    },
  };
}

/**
 * What was acknowledged of each change by itself, as the preview showed it, summed up for the plan that they are
 * together: so many people and no more. Empty where nothing of it holds.
 */
function oneByOne(
  parts: readonly GuardedPart[],
  { adminGroups, exclusive }: Pick<ReturnType<typeof settingsOf>, "adminGroups" | "exclusive">,
  acknowledge: readonly Acknowledgement[],
  digest: string,
  now: number,
): Acknowledgement[] {
  if (parts.length < 2) return [];
  const given = parts.map((part) => {
    const standing = acknowledgementFor(acknowledge, part.plan.digest, now);
    return { part, holds: standing !== undefined && "holds" in standing ? standing.holds : undefined };
  });
  const [first] = given.flatMap(({ holds }) => holds ?? []);
  if (first === undefined) return [];
  const sum = (outcome: "lockedOut" | "stranded" | "unknown") =>
    given.reduce((total, { holds }) => total + (holds?.[outcome] ?? 0), 0);
  const exposes = ({ before, after }: Plan) =>
    assessImpact(before, after, undefined, { adminGroups, exclusive }).exposure.some(({ guarded }) => guarded);
  const exposure = given.every(({ part, holds }) => holds?.exposure === true || !exposes(part.plan));
  const { until, reason } = first;
  const counts = { lockedOut: sum("lockedOut"), stranded: sum("stranded"), unknown: sum("unknown") };
  return [{ plan: digest, ...counts, exposure, until, reason }];
}

function linesOf({ impact, source, notes = [] }: Assessment, words: (problem: Problem) => Problem): string[] {
  const from = source === undefined ? [] : [`people: ${source}`];
  const lines = impactLines(impact).map((reason) => words({ code: "exposure", place: "", reason, wayOut: "" }).reason);
  return [...from, ...notes, ...lines];
}

/** Profiles that the program does not have, by the names that the tenant has for them. */
function nameProfiles(problem: Problem, { before, after }: Plan): Problem {
  let { reason } = problem;
  for (const { id, name } of [...(before.passkeyProfiles ?? []), ...(after.passkeyProfiles ?? [])]) {
    const shown = `${JSON.stringify(name)} (${id.toLowerCase()})`;
    if (name && !reason.includes(shown)) reason = reason.replaceAll(id.toLowerCase(), shown);
  }
  return { ...problem, reason };
}

/** Whoever declares break-glass accounts wants to know that they keep a key, whatever the guard is set to. */
function breakGlassUnread({ reason, wayOut }: Problem): Problem {
  const told = `whether break-glass accounts keep a passkey that works could not be read (${reason})`;
  return { code: "breakGlass", place: "breakGlass", reason: told, wayOut };
}

/** Calls break-glass accounts as the program does; of those in a group the pseudonym is all there is. */
function nameAccounts(problem: Problem, users: readonly string[] | undefined, host: Host): Problem {
  if (problem.code !== "breakGlass" || users === undefined) return problem;
  const { pseudonyms } = host.people();
  const reason = users.reduce((text, user) => text.replaceAll(pseudonyms.user(user), user), problem.reason);
  const unnamed = /\bp-[0-9a-f]{20}\b/.test(reason);
  const wayOut = unnamed
    ? `${problem.wayOut} (entra-passkeys inventory --show-users tells whose it is)`
    : problem.wayOut;
  return { ...problem, reason, wayOut };
}

/** Nobody looks after emergency accounts that nobody declared. */
function undeclared({ impact }: Assessment, breakGlass: object | undefined): Problem[] {
  if (breakGlass !== undefined || reachesNobody(impact.reach)) return [];
  const reason = "no break-glass accounts are declared, so nothing makes sure that they keep a passkey that works";
  const wayOut = 'Declare them once for each tenant: breakGlass: { group: "..." }, or { users: ["<object id>"] }';
  return [{ code: "breakGlass", place: "breakGlass", reason, wayOut }];
}

/** The judgement that counts: on the policy that was just read, right before the first write. */
export async function judgeBeforeWrites(
  host: Host,
  name: string,
  guard: PlanGuard,
  plan: Plan,
  parts: readonly GuardedPart[],
): Promise<readonly Problem[]> {
  const { refusals, warnings, lines } = await guard.judge(plan, parts, FRESH_MS);
  for (const warning of warnings) host.logOnce(`${name}: warning: ${problemText(warning)}`);
  for (const line of lines) host.logOnce(`${name}:   ${line}`);
  return refusals;
}
