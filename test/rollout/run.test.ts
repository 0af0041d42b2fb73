import assert from "node:assert/strict";
import fc from "fast-check";
import type { RolloutPlan, TenantSpec } from "../../provider/dist/rollout/plan.js";
import type { Surroundings } from "../../provider/dist/rollout/ports.js";
import { stateAfter, type RolloutEvent, type RolloutState } from "../../provider/dist/rollout/records.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { idOf, planOf, type WaveShape } from "./util.ts";
import { BAD, worldActivities, worldOf, type Behaviour, type Step, type World } from "./world.ts";

const RUNS = Number(process.env["FAST_CHECK_RUNS"] ?? 1_000);
const IDENTITY = { rollout: "2026-11-26-1", plan: "abc" };

/** No error of any tenant: the process is gone. */
const KILLED = Symbol("killed");

interface Kill {
  /** With which record of the run, from 0. */
  readonly at: number;
  /** Whether the record is lost, or the last thing that was done. */
  readonly lost: boolean;
}

interface RunOptions {
  readonly kill?: Kill;
  /** Somebody aborts the rollout, or stops the run, after so many records of it. */
  readonly abortAfter?: number;
  readonly stopAfter?: number;
  readonly approve?: boolean;
}

type Trace =
  RolloutEvent | { readonly wrote: string } | { readonly call: Step | "healthCheck"; readonly tenant?: string };

/** A rollout on made-up tenants; its records outlive every kill. */
class Simulation {
  readonly records: RolloutEvent[] = [];
  readonly trace: Trace[] = [];
  /** Most activities at the same time, by wave. */
  readonly most = new Map<string, number>();
  readonly healthy: (readonly TenantSpec[])[] = [];
  /** Whom an update has changed. */
  readonly wrote = new Set<string>();
  now = 0;

  readonly plan: RolloutPlan;
  readonly world: World;

  constructor(plan: RolloutPlan, world: World) {
    this.plan = plan;
    this.world = world;
  }

  get state(): RolloutState {
    return stateAfter(this.records);
  }

  /** @returns whether it came to an end, and was not killed. */
  async run({ kill, abortAfter, stopAfter, approve = true }: RunOptions = {}): Promise<boolean> {
    let dead = false;
    let written = 0;
    const running = new Map<string, number>();
    const die = (): never => {
      dead = true;
      throw KILLED;
    };
    const surroundings: Surroundings = {
      record: async (event) => {
        if (dead) throw KILLED;
        if (kill?.at === written && kill.lost) die();
        this.records.push(event);
        this.trace.push(event);
        written += 1;
        if (kill?.at === written - 1) die();
      },
      now: () => this.now,
      sleepUntil: async (time) => {
        this.now = Math.max(this.now, time);
        return false;
      },
      approval: async () => (approve ? { by: "Ada" } : "timedOut"),
      abortedBy: () => (abortAfter !== undefined && written >= abortAfter ? "Bob" : undefined),
      stopReason: () => (stopAfter !== undefined && written >= stopAfter ? "it was told to stop" : undefined),
    };
    const waveOf = (id: string) => this.plan.waves.find(({ tenants }) => tenants.includes(id))!.name;
    const activities = worldActivities(this.world, {
      before: async (step, tenant) => {
        if (dead) throw KILLED;
        const wave = tenant === undefined ? undefined : waveOf(tenant.id);
        if (wave !== undefined) {
          running.set(wave, (running.get(wave) ?? 0) + 1);
          this.most.set(wave, Math.max(this.most.get(wave) ?? 0, running.get(wave)!));
        }
        this.trace.push({ call: step, ...(tenant && { tenant: tenant.id }) });
        // Tenants take their time, each its own.
        const turns = tenant === undefined ? 1 : (Number(tenant.id.slice(-2)) * 7 + step.length) % 5;
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        if (dead) {
          if (wave !== undefined) running.set(wave, running.get(wave)! - 1);
          throw KILLED;
        }
      },
      after: (step, tenant) => {
        const own = tenant && this.world[tenant.id]!;
        const wrote = step === "apply" && own!.updated && own!.behaviour !== "unchanged";
        if (wrote && !this.wrote.has(tenant!.id)) this.trace.push({ wrote: tenant!.id });
        if (wrote) this.wrote.add(tenant!.id);
        if (tenant !== undefined) running.set(waveOf(tenant.id), running.get(waveOf(tenant.id))! - 1);
      },
      health: (tenants) => this.healthy.push(tenants),
    });
    try {
      await runRollout(this.plan, IDENTITY, [...this.records], activities, surroundings);
      return true;
    } catch (error) {
      if (error === KILLED) return false;
      throw error;
    }
  }
}

const BEHAVIOURS: readonly Behaviour[] = ["changes", "unneeded", "unchanged", "failsOnce", ...BAD];

interface Case {
  readonly plan: RolloutPlan;
  readonly behaviours: readonly Behaviour[];
}

/** Plans of a few waves, with tenants of all kinds. */
const cases: fc.Arbitrary<Case> = fc
  .array(
    fc.record({
      behaviours: fc.array(
        fc.oneof({ weight: 3, arbitrary: fc.constant<Behaviour>("changes") }, fc.constantFrom(...BEHAVIOURS)),
        { minLength: 1, maxLength: 4 },
      ),
      concurrency: fc.integer({ min: 1, max: 4 }),
      health: fc.boolean(),
      soakMs: fc.constantFrom(0, 1_000),
      approval: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .chain((waves) => {
    let next = 0;
    const shapes = waves.map(({ behaviours, concurrency, health, soakMs, approval }): WaveShape => ({
      tenants: behaviours.map(() => next++),
      concurrency,
      gate: {
        soakMs,
        ...(health && { healthCheck: { command: ["true"], timeoutMs: 1_000 } }),
        ...(approval && { approval: { timeoutMs: 1_000 } }),
      },
    }));
    const behaviours = waves.flatMap((wave) => wave.behaviours);
    return fc
      .integer({ min: 0, max: 4 })
      .map((failureBudget) => ({ plan: planOf(shapes, { failureBudget }), behaviours }));
  });

/** As above, and no more of them go wrong than the budget allows. */
const lucky = cases.map(({ plan, behaviours }): Case => {
  const bad = behaviours.filter((behaviour) => BAD.has(behaviour)).length;
  return { plan: { ...plan, failureBudget: Math.max(plan.failureBudget, bad) }, behaviours };
});

const kills = fc.array(fc.record({ at: fc.nat(30), lost: fc.boolean() }), { minLength: 1, maxLength: 5 });

/** What holds whatever happens. */
function check({ plan, trace, most, healthy }: Simulation): void {
  const records: RolloutEvent[] = [];
  const saved = new Set<string>();
  const wrote = new Set<string>();
  const passed = new Set<string>();
  for (const entry of trace) {
    const state = stateAfter(records);
    if ("wrote" in entry) {
      wrote.add(entry.wrote);
      // What was healthy and has soaked was the wave without it.
      const { name } = plan.waves.find(({ tenants }) => tenants.includes(entry.wrote))!;
      passed.delete(`healthy ${name}`);
      passed.delete(`soaking ${name}`);
      continue;
    }
    if ("call" in entry) {
      const { call, tenant } = entry;
      if (tenant === undefined) continue;
      const progress = state.tenants.get(tenant)!;
      if (call === "save") {
        assert.equal(progress.attempts, 0, "saved over what was there before the rollout");
        saved.add(tenant);
      }
      if (call !== "apply") continue;
      assert.equal(progress.phase, "applying", "applied without a record before it, or once more without need");
      assert.ok(saved.has(tenant), "applied before it was saved");
      const index = plan.waves.findIndex(({ tenants }) => tenants.includes(tenant));
      const before = plan.waves.slice(0, index);
      assert.ok(
        before.every(({ name }) => state.waves.get(name)!.done),
        "applied before the wave's turn",
      );
      continue;
    }
    if (entry.kind === "applying") {
      const { phase } = state.tenants.get(entry.tenant)!;
      assert.ok(["previewed", "applying"].includes(phase), `applying after ${phase}`);
    }
    if (entry.kind === "healthy" || entry.kind === "soaking") passed.add(`${entry.kind} ${entry.wave}`);
    if (entry.kind === "waveDone") checkGate(plan, entry.wave, state, wrote, passed);
    records.push(entry);
  }
  for (const { name, concurrency } of plan.waves) assert.ok((most.get(name) ?? 0) <= concurrency, "too many at once");
  const state = stateAfter(records);
  for (const tenants of healthy) {
    for (const { id } of tenants) assert.ok(["verified", "skipped"].includes(state.tenants.get(id)!.phase));
  }
}

function checkGate(
  plan: RolloutPlan,
  name: string,
  { waves, tenants }: RolloutState,
  wrote: ReadonlySet<string>,
  passed: ReadonlySet<string>,
): void {
  const { gate, tenants: ids } = plan.waves.find((wave) => wave.name === name)!;
  const progress = waves.get(name)!;
  const open = ids.filter((id) => !["verified", "skipped", "failed", "heldBack"].includes(tenants.get(id)!.phase));
  assert.deepEqual(open, [], "a wave was done before its tenants were");
  if (gate.healthCheck !== undefined) assert.ok(passed.has(`healthy ${name}`), "no health check since the last update");
  const changed = ids.some((id) => wrote.has(id));
  const untouched = !changed && ids.every((id) => tenants.get(id)!.phase === "skipped");
  if (gate.approval !== undefined && !untouched) assert.equal(progress.approvedBy, "Ada", "nobody approved");
  if (gate.soakMs > 0 && changed) assert.ok(passed.has(`soaking ${name}`), "changed, and has not soaked since");
}

const phases = ({ state }: Simulation) => [...state.tenants].map(([id, { phase }]) => [id, phase]);

describe("runRollout", () => {
  it("is the same rollout in the end, killed or not", async () => {
    await fc.assert(
      fc.asyncProperty(lucky, kills, async ({ plan, behaviours }, all) => {
        const undisturbed = new Simulation(plan, worldOf(plan.tenants, behaviours));
        assert.ok(await undisturbed.run());
        check(undisturbed);
        const killed = new Simulation(plan, worldOf(plan.tenants, behaviours));
        for (const kill of all) if (await killed.run({ kill })) break;
        if (killed.state.ended?.how !== "done") assert.ok(await killed.run());
        check(killed);
        assert.equal(undisturbed.state.ended?.how, "done");
        assert.equal(killed.state.ended?.how, "done");
        assert.deepEqual(phases(killed), phases(undisturbed));
        for (const [id, own] of Object.entries(undisturbed.world)) {
          assert.equal(killed.world[id]!.updated, own.updated);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("stops where the budget is spent, and not before", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ plan, behaviours }) => {
        const simulation = new Simulation(plan, worldOf(plan.tenants, behaviours));
        await simulation.run();
        check(simulation);
        const { ended, tenants } = simulation.state;
        const bad = [...tenants.values()].filter(({ phase }) => phase === "failed" || phase === "heldBack").length;
        const all = behaviours.filter((behaviour) => BAD.has(behaviour)).length;
        assert.equal(ended!.how, all > plan.failureBudget ? "stopped" : "done");
        const widest = Math.max(...plan.waves.map(({ concurrency }) => concurrency));
        assert.ok(bad <= plan.failureBudget + widest);
        if (ended!.how === "stopped") assert.ok(bad > plan.failureBudget);
      }),
      { numRuns: RUNS },
    );
  });

  it("goes on to the end once what was wrong is put right, killed meanwhile or not", async () => {
    await fc.assert(
      fc.asyncProperty(cases, kills, async ({ plan, behaviours }, all) => {
        const simulation = new Simulation(plan, worldOf(plan.tenants, behaviours));
        for (const kill of all) await simulation.run({ kill });
        for (const own of Object.values(simulation.world)) if (BAD.has(own.behaviour)) own.behaviour = "changes";
        await simulation.run();
        check(simulation);
        assert.equal(simulation.state.ended?.how, "done");
        for (const [id, { phase }] of simulation.state.tenants) {
          assert.ok(["verified", "skipped"].includes(phase), `${id} is ${phase}`);
          const { behaviour, updated } = simulation.world[id]!;
          assert.equal(updated, behaviour !== "unneeded");
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("begins no update after it was aborted or stopped, and can be gone on with after a stop", async () => {
    const told = fc.constantFrom("abortAfter" as const, "stopAfter" as const);
    await fc.assert(
      fc.asyncProperty(lucky, told, fc.nat(25), async ({ plan, behaviours }, how, after) => {
        const simulation = new Simulation(plan, worldOf(plan.tenants, behaviours));
        await simulation.run({ [how]: after });
        check(simulation);
        const { ended } = simulation.state;
        if (ended!.how === "done") return;
        assert.equal(ended!.how, how === "abortAfter" ? "aborted" : "stopped");
        // Those that ran are finished; each of the others would have to ask first.
        const late = simulation.records.slice(after).filter(({ kind }) => kind === "applying").length;
        assert.ok(late <= Math.max(...plan.waves.map(({ concurrency }) => concurrency)));
        await simulation.run();
        check(simulation);
        assert.equal(simulation.state.ended?.how, "done");
      }),
      { numRuns: RUNS },
    );
  });

  it("soaks after an update whose end nobody saw, although the next one finds nothing to do", async () => {
    const plan = planOf([{ tenants: [0], gate: { soakMs: 1_000 } }, { tenants: [1] }]);
    const simulation = new Simulation(plan, worldOf(plan.tenants, []));
    // begun, waveBegun, previewed, applying, applied
    assert.equal(await simulation.run({ kill: { at: 4, lost: true } }), false);
    assert.equal(simulation.world[idOf(0)]!.updated, true);
    await simulation.run();
    assert.ok(simulation.records.some(({ kind }) => kind === "soaking"));
  });

  it("checks and soaks once more after an update of a wave that had come to its gate", async () => {
    const gate = { soakMs: 1_000, healthCheck: { command: ["true"], timeoutMs: 1 }, approval: { timeoutMs: 1_000 } };
    const plan = planOf([{ tenants: [0, 1], gate }], { failureBudget: 1 });
    const simulation = new Simulation(plan, worldOf(plan.tenants, ["changes", "failsAlways"]));
    await simulation.run({ approve: false });
    simulation.world[idOf(1)]!.behaviour = "changes";
    await simulation.run();
    check(simulation);
    const kinds = simulation.records.map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === "healthy").length, 2);
    assert.equal(kinds.filter((kind) => kind === "soaking").length, 2);
  });

  it("keeps the reason of an update that failed as the run was stopped", async () => {
    const plan = planOf([{ tenants: [0] }]);
    const simulation = new Simulation(plan, worldOf(plan.tenants, ["failsAlways"]));
    // begun, waveBegun, previewed, applying
    await simulation.run({ stopAfter: 4 });
    const { phase, reason } = simulation.state.tenants.get(idOf(0))!;
    assert.deepEqual([phase, reason], ["applying", "503 ServiceUnavailable"]);
    assert.equal(simulation.state.ended?.how, "stopped");
  });

  it("asks for an approval again after nobody has answered", async () => {
    const plan = planOf([{ tenants: [0], gate: { approval: { timeoutMs: 1_000 } } }, { tenants: [1] }]);
    const simulation = new Simulation(plan, worldOf(plan.tenants, []));
    await simulation.run({ approve: false });
    assert.equal(simulation.state.ended?.how, "stopped");
    assert.equal(simulation.state.tenants.get(idOf(1))!.phase, "waiting");
    await simulation.run();
    assert.equal(simulation.state.ended?.how, "done");
  });
});
