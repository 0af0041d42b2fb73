import assert from "node:assert/strict";
import fc from "fast-check";
import {
  givenUpIn,
  stateAfter,
  type RolloutEvent,
  type RolloutRecord,
} from "../../../provider/dist/rollout/records.js";
import { rollBack } from "../../../provider/dist/rollout/rollback.js";
import { runRollout } from "../../../provider/dist/rollout/run.js";
import { compact } from "../../../provider/dist/rollout/temporal/compact.js";
import { pack, packToFit, unpack } from "../../../provider/dist/rollout/temporal/pack.js";
import { idOf, planOf } from "../util.ts";
import { worldActivities, worldOf, type Behaviour } from "../world.ts";

const RUNS = Number(process.env["FAST_CHECK_RUNS"] ?? 300);
const BEHAVIOURS: readonly Behaviour[] = [
  ...(["changes", "unneeded", "unchanged", "failsOnce"] as const),
  ...(["refusedByPreview", "refusedByUpdate", "failsAlways", "drifts"] as const),
];

const KILLED = Symbol("killed");

interface Life {
  readonly behaviours: readonly (readonly Behaviour[])[];
  readonly budget: number;
  readonly concurrency: number;
  /** After how many records each run is killed, and whether nobody approves in it. */
  readonly runs: readonly { readonly records: number; readonly silent: boolean }[];
  readonly givesBack: boolean;
}

const lives: fc.Arbitrary<Life> = fc.record({
  behaviours: fc.array(fc.array(fc.constantFrom(...BEHAVIOURS), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  }),
  budget: fc.integer({ min: 0, max: 4 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  runs: fc.array(fc.record({ records: fc.integer({ min: 1, max: 60 }), silent: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  givesBack: fc.boolean(),
});

/** The records of a rollout that is killed, stopped, gone on with, and maybe given back. */
async function recordsOf({ behaviours, budget, concurrency, runs, givesBack }: Life): Promise<RolloutRecord[]> {
  let next = 0;
  const gate = { soakMs: 10, approval: { timeoutMs: 10 }, healthCheck: { command: ["true"], timeoutMs: 10 } };
  const waves = behaviours.map((own) => ({ tenants: own.map(() => next++), concurrency, gate }));
  const plan = planOf(waves, { failureBudget: budget });
  const world = worldOf(plan.tenants, behaviours.flat());
  const records: RolloutRecord[] = [];
  let now = Date.parse("2026-11-26T09:00:00Z");
  const write = (event: RolloutEvent) => records.push({ at: new Date((now += 7)).toISOString(), ...event });
  for (const { records: most, silent } of runs) {
    let left = most;
    try {
      await runRollout(plan, { rollout: "2026-11-26-1", plan: "abc" }, [...records], worldActivities(world), {
        record: async (event) => {
          if (left === 0) throw KILLED;
          left -= 1;
          write(event);
        },
        now: () => now,
        sleepUntil: async () => false,
        approval: async () => (silent ? "timedOut" : { by: "Ada" }),
        abortedBy: () => undefined,
      });
    } catch (error) {
      if (error !== KILLED) throw error;
    }
  }
  if (givesBack)
    await rollBack(plan, [...records], worldActivities(world), { record: async (event) => void write(event) });
  return records;
}

/** As values: what is absent and what is undefined is the same. */
const standing = (records: readonly RolloutRecord[]): unknown => {
  const { waves, tenants, ...rest } = stateAfter(records);
  const givenUp = [...givenUpIn(records)].filter((id) => ["failed", "heldBack"].includes(tenants.get(id)!.phase));
  return JSON.parse(JSON.stringify({ ...rest, waves: [...waves], tenants: [...tenants], givenUp: givenUp.sort() }));
};

describe("compact", () => {
  it("leaves a rollout where it stands, at any moment of it", async () => {
    await fc.assert(
      fc.asyncProperty(lives, fc.double({ min: 0, max: 1, noNaN: true }), async (life, part) => {
        const all = await recordsOf(life);
        const records = all.slice(0, Math.max(1, Math.round(all.length * part)));
        const fewer = compact(records);
        assert.deepEqual(standing(fewer), standing(records));
        assert.deepEqual(standing(compact(fewer)), standing(records));
        const tenants = stateAfter(records).tenants.size;
        assert.ok(fewer.length <= 3 + 5 * tenants + 6 * life.behaviours.length);
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps the day and the waves of the rollout", () => {
    const waves = [{ name: "pilot", tenants: [idOf(1)] }];
    const begun = {
      at: "2026-11-26T09:00:00.000Z",
      kind: "begun",
      rollout: "2026-11-26-1",
      plan: "abc",
      waves,
    } as const;
    assert.deepEqual(compact([begun]), [begun]);
    assert.deepEqual(compact([]), []);
  });
});

describe("a rollout that hands over", () => {
  it("is the same as one that does not, wherever it does", async () => {
    await fc.assert(
      fc.asyncProperty(lives, fc.integer({ min: 1, max: 6 }), async ({ behaviours, budget, concurrency }, every) => {
        let next = 0;
        const waves = behaviours.map((own) => ({
          tenants: own.map(() => next++),
          concurrency: Math.min(concurrency, 1),
        }));
        const plan = planOf(waves, { failureBudget: budget });
        const run = async (handsOver: (count: number) => boolean) => {
          const world = worldOf(plan.tenants, behaviours.flat());
          const told: RolloutEvent[] = [];
          let carried: RolloutRecord[] = [];
          for (let runs = 0; runs < 500; runs += 1) {
            const own: RolloutRecord[] = [];
            const { ended } = await runRollout(
              plan,
              { rollout: "2026-11-26-1", plan: "abc" },
              carried,
              worldActivities(world),
              {
                record: async (event) => {
                  own.push({ at: "2026-11-26T09:00:00.000Z", ...event });
                  told.push(event);
                },
                now: () => 0,
                sleepUntil: async () => false,
                approval: async () => ({ by: "Ada" }),
                abortedBy: () => undefined,
                handsOver: () => handsOver(own.length),
              },
              { takesOver: runs > 0 },
            );
            if (ended !== undefined) return told;
            carried = unpack(packToFit(compact([...carried, ...own])));
          }
          return assert.fail("it has no end");
        };
        assert.deepEqual(await run((count) => count >= every), await run(() => false));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("pack", () => {
  it("is undone without loss by unpack", async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (life) => {
        const records = await recordsOf(life);
        assert.deepEqual(unpack(JSON.parse(JSON.stringify(pack(records))) as ReturnType<typeof pack>), records);
      }),
      { numRuns: RUNS },
    );
  });

  it("makes 4,000 tenants fit into a payload, with reasons of any length", () => {
    const ids = Array.from({ length: 4_000 }, (_, number) => idOf(number));
    const at = "2026-11-26T09:00:00.000Z";
    const records: RolloutRecord[] = [
      { at, kind: "begun", rollout: "2026-11-26-1", plan: "abc", waves: [{ name: "all", tenants: ids }] },
      ...ids.flatMap((tenant, number): RolloutRecord[] => [
        { at, kind: "previewed", tenant, verdict: "change", sentence: `${number} models are new. ${"x".repeat(300)}` },
        { at, kind: "applying", tenant, attempt: 2 },
        { at, kind: "failed", tenant, attempt: 2, reason: `${number} ${"y".repeat(3_000)}` },
      ]),
    ];
    const size = (packed: unknown) => Buffer.byteLength(JSON.stringify(packed));
    const packed = packToFit(compact(records));
    assert.ok(size(packed) < 1_500_000, String(size(packed)));
    const phases = stateAfter(unpack(packed)).tenants;
    assert.equal(
      [...phases.values()].filter(({ phase, attempts }) => phase === "failed" && attempts === 2).length,
      4_000,
    );
  });

  it("shortens nothing where everything fits", () => {
    const at = "2026-11-26T09:00:00.000Z";
    const records: RolloutRecord[] = [{ at, kind: "stopped", reason: "z".repeat(1_999) }];
    assert.deepEqual(unpack(packToFit(records)), records);
  });
});
