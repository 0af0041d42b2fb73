import { isDeepStrictEqual } from "node:util";
import { diffPolicy, normalizePolicy, planFacets, readFacet, sameFacet } from "../policy/index.js";
import type { Fido2Policy, Plan, Problem, Step, ToggleMode } from "../policy/index.js";
import type { EngineCheck } from "./engine.js";
import { ConflictError, NotTakenError, NotVisibleError, PlanRefusedError, StepRefusedError } from "./errors.js";
import { FRESH_MS } from "./session.js";
import type { TenantLock, Turn } from "./lock.js";
import type { TenantSession } from "./session.js";
import { remember, writeStep } from "./write.js";
import type { History, WriteOptions } from "./write.js";

/** One of the changes of a batch, with the plan that it has by itself. */
export interface Part {
  readonly change: Change;
  readonly plan: Plan;
}

/** How to get from a policy to what is wanted. Called again whenever the policy turns out to be another one. */
export interface Change {
  /** What messages call it. */
  readonly name?: string;
  /** Changes in flight with the same word here become one plan; absent = it is always planned alone. */
  readonly joins?: string;
  /** Default `auto`. */
  readonly toggle?: ToggleMode | undefined;
  plan(policy: Fido2Policy, toggle: ToggleMode): Promise<Plan>;
  /**
   * Judges what a plan does to people, before its first write; may take long. What it returns is refused. The policy is
   * read again afterwards, and planned and judged anew where it has changed meanwhile.
   */
  guard?(plan: Plan, parts: readonly Part[]): Promise<readonly Problem[]>;
  /** Plans what several changes want together; asked of the first of them. */
  planTogether?(policy: Fido2Policy, parts: readonly Part[], toggle: ToggleMode): Promise<Plan>;
  /** Called with every plan before its first write, so that what was there can be saved. */
  beforeWrites?(plan: Plan): Promise<void>;
}

export interface RunOptions extends WriteOptions {
  readonly engine: EngineCheck;
  /** Default: other processes are not waited for. */
  readonly lock?: TenantLock | undefined;
  /** One line for each step, for people. */
  readonly log: (line: string) => void;
}

export interface RunResult {
  /** The policy before the first write. */
  readonly first: Fido2Policy;
  /** The policy as read last. */
  readonly policy: Fido2Policy;
  /** The last plan; its facets hold now. */
  readonly plan: Plan;
  /** How many PATCHes were sent. */
  readonly writes: number;
}

/** How often a plan is made anew because the policy turned out to be another one. */
const MOST_PLANS = 4;

/**
 * An error after the first write: the tenant is in between, and what was written must be kept in state. `writes` is at
 * least 1.
 */
export class PartialApplyError extends Error {
  override readonly name = "PartialApplyError";
  constructor(
    override readonly cause: Error,
    readonly writes: number,
    readonly plan: Plan,
  ) {
    super(cause.message, { cause });
  }
}

/**
 * Takes a tenant's policy to where `change` wants it: observe, plan, write, read back, step by step.
 *
 * @throws PlanRefusedError before anything was written; any other error as it is where nothing was written, or as the
 * cause of a `PartialApplyError`.
 */
export function runChange(session: TenantSession, change: Change, options: RunOptions): Promise<RunResult> {
  return new Run(session, change, options).run();
}

class Run {
  #writes = 0;
  #plan: Plan | undefined;
  readonly #history: History = new Map();

  constructor(
    readonly session: TenantSession,
    readonly change: Change,
    readonly options: RunOptions,
  ) {}

  async run(): Promise<RunResult> {
    try {
      return await this.#run();
    } catch (error) {
      if (this.#writes === 0 || this.#plan === undefined || !(error instanceof Error)) throw error;
      throw new PartialApplyError(error, this.#writes, this.#plan);
    }
  }

  async #run(): Promise<RunResult> {
    const first = await this.session.policy(FRESH_MS);
    let policy = first;
    let toggle = this.change.toggle ?? "auto";
    let last: Error | undefined;
    for (let round = 0; round < MOST_PLANS; round += 1) {
      const plan = await this.change.plan(policy, toggle);
      if (plan.refusals.length > 0) return this.#refuse(plan, policy);
      if (plan.steps.length === 0) {
        this.#plan = plan;
        return { first, policy, plan, writes: this.#writes };
      }
      const refusals = (await this.change.guard?.(plan, [{ change: this.change, plan }])) ?? [];
      if (refusals.length > 0) return this.#refuse({ ...plan, refusals }, policy);
      const turn = await this.#turn();
      let end: RoundEnd;
      let begun = false;
      try {
        const isOld = turn?.mayHaveWritten(this.session.askedAt) === true;
        const now = isOld ? await this.session.readAgain() : await this.session.policy(FRESH_MS);
        if (!isDeepStrictEqual(now, policy)) {
          this.options.log("the policy changed while people were assessed; planning again");
          last = new ConflictError(diffPolicy(policy, now).map(({ facet }) => facet));
          policy = now;
          continue;
        }
        this.#plan = plan;
        await this.change.beforeWrites?.(plan);
        begun = true;
        end = await this.#steps(plan, policy, toggle);
      } finally {
        turn?.end(begun);
      }
      if (end.kind === "done") return { first, policy: end.policy, plan, writes: this.#writes };
      if (end.kind === "window") toggle = "enforceFirst";
      if (end.kind === "again") last = end.error;
      policy = end.policy;
    }
    throw last ?? new ConflictError([]);
  }

  /** One writer for each tenant on this machine, where there is a lock. */
  #turn(): Promise<Turn> | undefined {
    return this.options.lock?.take(({ pid }) =>
      this.options.log(`waiting for process ${pid} on this machine, which is writing to the same tenant`),
    );
  }

  /** Runs the steps of one plan until they are done or another plan is needed. */
  async #steps(plan: Plan, from: Fido2Policy, toggle: ToggleMode): Promise<RoundEnd> {
    let policy = from;
    for (const [index, step] of plan.steps.entries()) {
      const place = `step ${index + 1} of ${plan.steps.length}`;
      const foreign = index === 0 ? [] : changedMeanwhile(plan, index, policy);
      if (foreign.length > 0) {
        this.options.log(
          `${place}: someone else changed ${foreign.join(", ")} after the step before it; planning again`,
        );
        return { kind: "again", policy, error: new ConflictError(foreign) };
      }
      await this.options.engine();
      this.options.log(`${place}: ${step.reason}${step.risk === undefined ? "" : ` (${step.risk})`}`);
      remember(this.#history, step);
      const onTaken = () => void (this.#writes += 1);
      const outcome = await writeStep(this.session, step, policy, this.#history, { ...this.options, onTaken });
      if (outcome.kind === "notApplied") this.#writes -= 1;
      const again = step.tentative && toggle === "auto";
      switch (outcome.kind) {
        case "applied":
          policy = outcome.policy;
          break;
        case "refused":
          if (!again) throw new StepRefusedError(index + 1, plan.steps.length, outcome.error);
          this.options.log(`${place} was refused: the service takes new models only while restrictions are enforced`);
          return { kind: "window", policy: await this.session.readAgain() };
        case "dropped":
          if (!again) throw new NotVisibleError(step.expects, this.options.verifySeconds);
          this.options.log(`${place}: the service dropped the new models, because restrictions are not enforced`);
          return { kind: "window", policy: outcome.policy };
        case "conflict":
          this.options.log(`${place}: someone else changed ${outcome.facets.join(", ")} meanwhile; planning again`);
          return { kind: "again", policy: outcome.policy, error: new ConflictError(outcome.facets) };
        case "overtaken":
          this.options.log(
            `${place}: someone else changed ${outcome.members.join(", ")} while the service put it off; planning again`,
          );
          return { kind: "again", policy: outcome.policy, error: new ConflictError(outcome.members) };
        case "notApplied":
          this.options.log(`${place}: the answer was lost, and reading shows that nothing was written; planning again`);
          return { kind: "again", policy: outcome.policy, error: notTaken(step, outcome.error) };
        case "notVisible":
          throw new NotVisibleError(step.expects, this.options.verifySeconds);
      }
    }
    const missing = notHeld(plan, policy);
    if (missing.length === 0) return { kind: "done", policy };
    this.options.log(`${missing.join(", ")} is not as it was written, or as it was read before; planning again`);
    return { kind: "again", policy, error: new ConflictError(missing) };
  }

  /** A refusal after a list was dropped takes back what the same step wrote, so that the tenant is as it was. */
  async #refuse(plan: Plan, policy: Fido2Policy): Promise<RunResult> {
    const last = this.#plan;
    if (this.#writes === 0 || last === undefined) throw new PlanRefusedError(plan);
    const turn = await this.#turn();
    try {
      if (turn?.mayHaveWritten(this.session.askedAt) === true) policy = await this.session.readAgain();
      await this.#undo(last, policy);
    } finally {
      turn?.end(true);
    }
    throw new PlanRefusedError(plan, this.#writes === 0 ? "what was written was put back" : "a part of it was written");
  }

  async #undo(last: Plan, policy: Fido2Policy): Promise<void> {
    const now = normalizePolicy(policy);
    const ours = last.changes.filter(({ facet, after }) => sameFacet(readFacet(now, facet), after));
    const prior = new Map(ours.map(({ facet, before }) => [facet, before]));
    const undo = planFacets(policy, { facets: prior, verbatim: true }, { toggle: "direct" });
    if (undo.refusals.length > 0) return;
    if (undo.steps.length > 0) this.options.log("putting back what was written, because the rest was refused");
    const end = await this.#steps(undo, policy, "direct");
    if (end.kind === "done") this.#writes = 0;
  }
}

/**
 * What is not as a plan foresees it before one of its later steps. Lists are written whole, so a step that was made before
 * somebody else changed another entry of the same list would undo that.
 */
function changedMeanwhile({ before, steps }: Plan, index: number, now: Fido2Policy): string[] {
  const foreseen = steps[index - 1]!.after;
  const facets = diffPolicy(foreseen, now).map(({ facet }) => facet);
  const members = ["passkeyProfiles", "includeTargets", "excludeTargets"] as const;
  const entries = members.flatMap((member) => {
    const [old, planned, found] = [before, foreseen, now].map((policy) => entriesOf(policy[member]));
    // What the plan does not touch is compared byte for byte; of what it does, the service has a say in the form.
    return [...planned!].flatMap(([id, entry]) =>
      isDeepStrictEqual(old!.get(id), entry) && found!.has(id) && !isDeepStrictEqual(found!.get(id), entry)
        ? [`${member}/${id}`]
        : [],
    );
  });
  return [...new Set([...facets, ...entries])];
}

/**
 * What a plan establishes and what a read after its last step does not show. A step is read back for what it changes: what
 * an earlier step wrote may be someone else's by now, and the rest seemed to be there already, in an answer that may have
 * been behind.
 */
function notHeld({ facets, after }: Plan, policy: Fido2Policy): string[] {
  const [foreseen, now] = [normalizePolicy(after), normalizePolicy(policy)];
  // By what the plan foresees: entries of a list that is given back may be declared, and it then has them, too.
  return [...facets.keys()].filter((facet) => {
    const wanted = readFacet(foreseen, facet);
    return wanted !== undefined && !sameFacet(readFacet(now, facet), wanted);
  });
}

const entriesOf = (list: readonly { readonly id: string }[] | null | undefined): Map<string, object> =>
  new Map((list ?? []).map((entry) => [entry.id.toLowerCase(), entry]));

const notTaken = (step: Step, error: Error): Error =>
  new NotTakenError(
    "the Passkey (FIDO2) policy",
    step.expects.map(({ facet }) => facet),
    error,
  );

type RoundEnd =
  | { readonly kind: "done"; readonly policy: Fido2Policy }
  | { readonly kind: "window"; readonly policy: Fido2Policy }
  | { readonly kind: "again"; readonly policy: Fido2Policy; readonly error: Error };
