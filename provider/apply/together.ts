import { parseFacet, planFacets } from "../policy/index.js";
import type { FacetName, Fido2Policy, Plan, Problem, ToggleMode } from "../policy/index.js";
import { PlanRefusedError } from "./errors.js";
import { PartialApplyError, runChange } from "./run.js";
import type { Change, Part, RunOptions, RunResult } from "./run.js";
import { FRESH_MS } from "./session.js";
import type { TenantSession } from "./session.js";

/** A batch is complete when nobody has joined for `gatherMs`; four times as long while somebody is expected. */
const WHILE_EXPECTING = 4;
/** It begins after so many looks at the latest, however many go on joining. */
const MOST_LOOKS = 10;

interface Entry {
  readonly change: Change;
  readonly options: RunOptions;
  readonly resolve: (result: RunResult) => void;
  readonly reject: (error: unknown) => void;
}

/** The changes of one tenant that wait for their turn: it has one writer in a process. */
class Queue {
  readonly #waiting: Entry[] = [];
  #busy = false;

  constructor(readonly session: TenantSession) {}

  join(entry: Entry): void {
    this.#waiting.push(entry);
    if (!this.#busy) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#waiting.length > 0) {
        await this.#gather();
        const [head] = this.#waiting;
        const { joins } = head!.change;
        const batch = joins === undefined ? [head!] : this.#waiting.filter(({ change }) => change.joins === joins);
        for (const entry of batch) this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        await new Batch(this.session, batch).run();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** The engine hands out calls one by one; meanwhile the policy is read. */
  async #gather(): Promise<void> {
    if (this.#waiting[0]!.change.joins === undefined) return;
    this.session.policy(FRESH_MS).catch(() => {}); // read again, and told of, by the run
    const { session } = this;
    for (let look = 0, seen = -1; look < MOST_LOOKS; look += 1) {
      if (seen === this.#waiting.length && !session.isLooking) break;
      seen = this.#waiting.length;
      await session.clock.sleep(session.isExpecting ? WHILE_EXPECTING * session.gatherMs : session.gatherMs);
    }
  }
}

const queues = new WeakMap<TenantSession, Queue>();

/**
 * Applies a change, as one plan together with those that are in flight at the same time and join it. A change that is
 * refused by itself fails alone; what is refused of the plan as a whole fails all of it, and nothing is written.
 *
 * @throws PlanRefusedError before anything was written; any other error as it is where nothing was written, or as the
 * cause of a `PartialApplyError`.
 */
export function applyChange(session: TenantSession, change: Change, options: RunOptions): Promise<RunResult> {
  let queue = queues.get(session);
  if (queue === undefined) queues.set(session, (queue = new Queue(session)));
  const entering = queue;
  return new Promise((resolve, reject) => entering.join({ change, options, resolve, reject }));
}

/** Changes that are one plan. Whoever has nothing to do, or is refused alone, leaves it before the first write. */
class Batch implements Change {
  readonly toggle: ToggleMode | undefined;
  #entries: readonly Entry[];
  #parts: readonly Part[] = [];
  #begun = false;

  constructor(
    readonly session: TenantSession,
    entries: readonly Entry[],
  ) {
    this.#entries = entries;
    this.toggle = entries[0]!.change.toggle;
  }

  async run(): Promise<void> {
    const [{ options }] = this.#entries as [Entry];
    const log = (line: string) => options.log(`${line}${this.#others(this.#parts[0]?.change)}`);
    try {
      const result = await runChange(this.session, this, { ...options, log });
      for (const [entry, plan] of this.#slices(result.plan)) entry.resolve({ ...result, plan });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What each of them has of a plan. */
  #slices(plan: Plan): (readonly [Entry, Plan])[] {
    return this.#entries.map((entry) => {
      const own = this.#parts.find(({ change }) => change === entry.change)?.plan;
      return [entry, this.#parts.length > 1 && own !== undefined ? sliceOf(plan, own) : plan] as const;
    });
  }

  #names(except: Change | undefined): string[] {
    return this.#parts.flatMap(({ change }) => (change === except || change.name === undefined ? [] : [change.name]));
  }

  #others(except: Change | undefined): string {
    const names = this.#names(except);
    return this.#parts.length < 2 || names.length === 0 ? "" : ` (together with ${names.join(", ")})`;
  }

  #fail(error: unknown): void {
    for (const entry of this.#entries) entry.reject(this.#errorFor(entry, error));
  }

  #errorFor({ change }: Entry, error: unknown): unknown {
    if (this.#parts.length < 2) return error;
    if (error instanceof PlanRefusedError) return new PlanRefusedError(error.plan, error.outcome, this.#names(change));
    if (!(error instanceof PartialApplyError)) return error;
    const [, plan] = this.#slices(error.plan).find(([entry]) => entry.change === change)!;
    return new PartialApplyError(error.cause, error.writes, plan);
  }

  async plan(policy: Fido2Policy, toggle: ToggleMode): Promise<Plan> {
    const parts: Part[] = [];
    for (const entry of this.#entries) {
      const own = await this.#ownPlan(entry, policy, toggle);
      if (own !== undefined) parts.push({ change: entry.change, plan: own });
    }
    this.#parts = parts;
    const [first] = parts;
    if (first === undefined) return planFacets(policy, { facets: new Map() });
    const refused = parts.find(({ plan }) => plan.refusals.length > 0);
    if (refused !== undefined) return refused.plan;
    return parts.length === 1 ? first.plan : first.change.planTogether!(policy, parts, toggle);
  }

  /** The plan that a change has by itself; `undefined` for one that is done with, or fails alone. */
  async #ownPlan(entry: Entry, policy: Fido2Policy, toggle: ToggleMode): Promise<Plan | undefined> {
    if (this.#begun || this.#entries.length === 1) return entry.change.plan(policy, toggle);
    try {
      const plan = await entry.change.plan(policy, toggle);
      if (plan.refusals.length > 0) entry.reject(new PlanRefusedError(plan));
      else if (plan.steps.length === 0) entry.resolve({ first: policy, policy, plan, writes: 0 });
      else return plan;
    } catch (error) {
      entry.reject(error);
    }
    this.#entries = this.#entries.filter((other) => other !== entry);
    return undefined;
  }

  async guard(plan: Plan): Promise<readonly Problem[]> {
    const [first] = this.#parts;
    return (await first?.change.guard?.(plan, this.#parts)) ?? [];
  }

  async beforeWrites(plan: Plan): Promise<void> {
    this.#begun = true;
    for (const [entry, slice] of this.#slices(plan)) await entry.change.beforeWrites?.(slice);
  }
}

/** The part of a plan that is one change's own: its facets, and what the plan does to lists of its own on the way. */
function sliceOf(plan: Plan, own: Plan): Plan {
  const changed = new Set(own.changes.map(({ facet }) => facet));
  const listed = new Set([...own.facets.keys(), ...changed].flatMap(profileOfList));
  const isOwn = (facet: FacetName) => own.facets.has(facet) || changed.has(facet) || restricts(facet, listed);
  return {
    ...plan,
    facets: new Map([...plan.facets].filter(([facet]) => own.facets.has(facet))),
    changes: plan.changes.filter(({ facet }) => isOwn(facet)),
    steps: plan.steps.map((step) => ({ ...step, expects: step.expects.filter(({ facet }) => isOwn(facet)) })),
  };
}

const RESTRICTIONS: ReadonlySet<string> = new Set(["isEnforced", "enforcementType", "aaGuids"]);

/** Whether a facet is of the key restrictions of one of these profiles. */
function restricts(name: FacetName, profiles: ReadonlySet<string>): boolean {
  const facet = parseFacet(name);
  return "profile" in facet && RESTRICTIONS.has(facet.kind) && profiles.has(facet.profile);
}

/** The profile whose list a facet is, or an entry of it. */
function profileOfList(name: FacetName): string[] {
  const facet = parseFacet(name);
  return facet.kind === "aaGuids" || facet.kind === "listed" ? [facet.profile] : [];
}
