import type { RolloutPlan, TenantSpec, WaveSpec } from "./plan.js";
import { StepCancelledError, type Activities, type Previewed, type Surroundings } from "./ports.js";
import { givenUpIn, RolloutFold, type RolloutEvent, type RolloutState, type TenantPhase } from "./records.js";

/** How often an update of a tenant is begun in one run before it counts as failed. */
const ATTEMPTS = 2;

/** Why a rollout ends before its end; without a word where the same run is gone on with elsewhere. */
class Stop extends Error {
  constructor(readonly end?: Extract<RolloutEvent, { kind: "stopped" | "aborted" }>) {
    super(end?.kind ?? "handed over");
  }
}

/**
 * Rolls out wave after wave: what a wave does is the same for every engine, and is told by records alone. Given the records
 * of a run that ended at any moment it goes on from there: no tenant is updated twice without need, none is left out.
 *
 * A wave scans its tenants, previews those that need something, holds back those whose plan is refused, updates the rest
 * and reads them back, and then waits at its gate. A failure is that tenant's alone, until the failure budget is spent.
 *
 * @param records what happened until now; empty for a new rollout.
 * @param takesOver whether this is no other run, but goes on with the one that has handed over (see
 *   {@link Surroundings.handsOver}): it says nothing of its own, tries nobody again, and previews nobody twice.
 * @returns where it stands at the end; without an end where it has handed over.
 */
export async function runRollout(
  plan: RolloutPlan,
  identity: { readonly rollout: string; readonly plan: string },
  records: readonly RolloutEvent[],
  activities: Activities,
  surroundings: Surroundings,
  { takesOver = false }: { readonly takesOver?: boolean } = {},
): Promise<RolloutState> {
  const rollout = new Rollout(plan, records, activities, surroundings, takesOver);
  const waves = plan.waves.map(({ name, tenants }) => ({ name, tenants }));
  if (records.length === 0) await rollout.tell({ kind: "begun", ...identity, waves });
  else if (!takesOver) await rollout.tell({ kind: "resumed" });
  try {
    for (const wave of plan.waves) await rollout.wave(wave);
    await rollout.tell({ kind: "done" });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    if (error.end !== undefined) await rollout.tell(error.end);
  }
  return rollout.state;
}

/** Phases in which nothing more is done to a tenant by a rollout that is gone on with. */
const SETTLED: ReadonlySet<TenantPhase> = new Set(["skipped", "verified", "restored", "notRestored"]);

/** Whether a plan may be carried out. */
const isGood = (verdict: string | undefined): boolean => verdict === "nothing" || verdict === "change";

class Rollout {
  readonly #fold: RolloutFold;
  readonly #byId: ReadonlyMap<string, TenantSpec>;
  /** Whom this run has failed with, or held back: a run that is gone on with tries again what an earlier one gave up. */
  readonly #givenUp: Set<string>;

  constructor(
    readonly plan: RolloutPlan,
    records: readonly RolloutEvent[],
    readonly activities: Activities,
    readonly surroundings: Surroundings,
    readonly takesOver: boolean,
  ) {
    this.#fold = new RolloutFold(records);
    this.#givenUp = takesOver ? givenUpIn(records) : new Set();
    this.#byId = new Map(plan.tenants.map((tenant) => [tenant.id, tenant]));
  }

  get state(): RolloutState {
    return this.#fold.state;
  }

  async tell(event: RolloutEvent): Promise<void> {
    await this.surroundings.record(event);
    this.#fold.add(event);
  }

  async wave(wave: WaveSpec): Promise<void> {
    const before = this.state.waves.get(wave.name);
    if (before?.begun !== true) await this.tell({ kind: "waveBegun", wave: wave.name });
    const state = this.state.tenants;
    const open = wave.tenants
      .map((id) => this.#byId.get(id)!)
      .filter(({ id }) => !SETTLED.has(state.get(id)?.phase ?? "waiting") && !this.#givenUp.has(id));
    const ready = await this.#previewAll(wave, open);
    await this.#each(wave, ready, (tenant) => this.#update(tenant));
    // Of a wave that was done, only those are taken up again that had failed or been held back.
    if (before?.done === true) return;
    await this.#gate(wave);
    await this.tell({ kind: "waveDone", wave: wave.name });
  }

  /** Scans and previews; answers whom to update. */
  async #previewAll(wave: WaveSpec, tenants: readonly TenantSpec[]): Promise<TenantSpec[]> {
    const previews = new Map<string, Previewed>();
    const ready: TenantSpec[] = [];
    await this.#each(wave, tenants, async (tenant) => {
      const { phase, verdict } = this.state.tenants.get(tenant.id) ?? { phase: "waiting" };
      // A run that ended in the middle of an update may have written: the update says so itself.
      if (phase === "applying" || phase === "applied") return void ready.push(tenant);
      if (this.takesOver && phase === "previewed" && isGood(verdict)) return void ready.push(tenant);
      const scan = await this.activities.scan(tenant);
      if (!scan.needed) return this.tell({ kind: "skipped", tenant: tenant.id, reason: scan.reason });
      const preview = await this.activities.preview(tenant);
      previews.set(tenant.id, preview);
      const { level, sentence } = preview.verdict;
      await this.tell({ kind: "previewed", tenant: tenant.id, verdict: level, sentence });
      if (isGood(level)) ready.push(tenant);
      else await this.#giveUp({ kind: "heldBack", tenant: tenant.id, reason: sentence });
    });
    if (previews.size > 0) await this.surroundings.onPreviewed?.(wave, previews);
    const order = new Map(wave.tenants.map((id, index) => [id, index]));
    return ready.sort((a, b) => order.get(a.id)! - order.get(b.id)!);
  }

  async #update(tenant: TenantSpec): Promise<void> {
    const { phase, attempts } = this.state.tenants.get(tenant.id)!;
    if (phase !== "applied") {
      // What was there is saved before the first update, and never over what was saved then.
      if (attempts === 0) await this.activities.save(tenant);
      await this.#apply(tenant, attempts + 1, attempts + ATTEMPTS);
    }
    await this.activities.verify(tenant);
    await this.tell({ kind: "verified", tenant: tenant.id });
  }

  async #apply(tenant: TenantSpec, first: number, last: number): Promise<void> {
    for (let attempt = first; ; attempt += 1) {
      await this.tell({ kind: "applying", tenant: tenant.id, attempt });
      try {
        const { changed } = await this.activities.apply(tenant);
        return await this.tell({ kind: "applied", tenant: tenant.id, changed });
      } catch (error) {
        const final = error instanceof StepCancelledError || attempt === last;
        if (!(error instanceof Error) || error.name === "HeldBackError" || final) throw error;
        // Also where the run ends here: whoever goes on begins it once more, and the reason is kept.
        await this.tell({ kind: "retrying", tenant: tenant.id, reason: error.message, attempt });
        this.#goOn();
      }
    }
  }

  /** Does something for each tenant, as many at once as the wave says. What fails is that tenant's. */
  async #each(
    wave: WaveSpec,
    tenants: readonly TenantSpec[],
    act: (tenant: TenantSpec) => Promise<void>,
  ): Promise<void> {
    const waiting = [...tenants];
    let stop: unknown;
    const worker = async () => {
      for (let tenant = waiting.shift(); tenant !== undefined && stop === undefined; tenant = waiting.shift()) {
        try {
          this.#goOn();
          if (this.surroundings.handsOver?.() === true) throw new Stop();
          await act(tenant);
        } catch (error) {
          if (error instanceof Stop || !(error instanceof Error)) stop ??= error;
          else await this.#failed(tenant, error).catch((end: unknown) => (stop ??= end));
        }
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, wave.concurrency) }, worker));
    if (stop !== undefined) throw stop;
  }

  async #failed(tenant: TenantSpec, error: Error): Promise<void> {
    if (error instanceof StepCancelledError) this.#goOn();
    if (error.name === "HeldBackError") {
      return this.#giveUp({ kind: "heldBack", tenant: tenant.id, reason: error.message });
    }
    const attempt = this.state.tenants.get(tenant.id)?.attempts ?? 0;
    await this.#giveUp({ kind: "failed", tenant: tenant.id, reason: error.message, attempt });
  }

  /** Counts a tenant against the failure budget; stops the rollout where it is spent. */
  async #giveUp(event: Extract<RolloutEvent, { kind: "failed" | "heldBack" }>): Promise<void> {
    await this.tell(event);
    this.#givenUp.add(event.tenant);
    const { failureBudget } = this.plan;
    if (this.#givenUp.size > failureBudget) {
      const count = this.#givenUp.size;
      const reason = `${count} tenant${count === 1 ? " has" : "s have"} failed or been held back, and the failure budget is ${failureBudget}`;
      throw new Stop({ kind: "stopped", reason });
    }
  }

  async #gate(wave: WaveSpec): Promise<void> {
    const { gate, name } = wave;
    this.#goOn();
    const { waves, tenants } = this.state;
    const progress = waves.get(name)!;
    if (gate.healthCheck !== undefined && !progress.healthy) {
      const updated = wave.tenants.filter((id) => ["verified", "skipped"].includes(tenants.get(id)!.phase));
      try {
        await this.activities.healthCheck(
          wave,
          gate.healthCheck,
          updated.map((id) => this.#byId.get(id)!),
        );
      } catch (error) {
        if (error instanceof StepCancelledError) this.#goOn();
        throw new Stop({
          kind: "stopped",
          reason: `the health check after ${name} failed: ${(error as Error).message}`,
        });
      }
      await this.tell({ kind: "healthy", wave: name });
    }
    // Nobody needs to wait for tenants that were left as they were, nor to approve of them.
    const changed = wave.tenants.some((id) => tenants.get(id)?.changed === true);
    if (gate.soakMs > 0 && changed) await this.#soak(name, gate.soakMs, progress.soakUntil);
    const untouched = wave.tenants.every((id) => {
      const { phase, attempts } = tenants.get(id)!;
      return phase === "skipped" && attempts === 0;
    });
    if (gate.approval !== undefined && progress.approvedBy === undefined && !untouched) {
      await this.#approve(name, gate.approval.timeoutMs);
    }
  }

  async #soak(wave: string, soakMs: number, soakUntil: string | undefined): Promise<void> {
    const until = soakUntil === undefined ? this.surroundings.now() + soakMs : Date.parse(soakUntil);
    if (soakUntil === undefined) await this.tell({ kind: "soaking", wave, until: new Date(until).toISOString() });
    await this.surroundings.sleepUntil(until);
    this.#goOn();
  }

  async #approve(wave: string, timeoutMs: number): Promise<void> {
    // Whoever goes on after a time-out asks again, with the whole time.
    const until = this.surroundings.now() + timeoutMs;
    await this.tell({ kind: "approvalAsked", wave, until: new Date(until).toISOString() });
    const answer = await this.surroundings.approval(wave, until);
    this.#goOn();
    if (answer === "aborted" || answer === "timedOut") {
      throw new Stop({ kind: "stopped", reason: `nobody approved ${wave} in time` });
    }
    await this.tell({ kind: "approved", wave, by: answer.by });
  }

  /** Ends here where somebody has aborted the rollout, or stops this run. */
  #goOn(): void {
    const by = this.surroundings.abortedBy();
    if (by !== undefined) throw new Stop({ kind: "aborted", by });
    const reason = this.surroundings.stopReason?.();
    if (reason !== undefined) throw new Stop({ kind: "stopped", reason });
  }
}
