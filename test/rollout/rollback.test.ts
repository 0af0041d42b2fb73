import assert from "node:assert/strict";
import fc from "fast-check";
import { stateAfter, type RolloutEvent } from "../../provider/dist/rollout/records.js";
import { rollBack, rollbackWaves } from "../../provider/dist/rollout/rollback.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { idOf, planOf } from "./util.ts";
import { worldActivities, worldOf, type Behaviour, type World } from "./world.ts";

const RUNS = Number(process.env["FAST_CHECK_RUNS"] ?? 1_000);
const KILLED = Symbol("killed");

/** A rollout that went as far as it could, and its tenants. */
async function rolledOut(sizes: readonly number[], behaviours: readonly Behaviour[], concurrency: number) {
  let next = 0;
  const plan = planOf(
    sizes.map((size) => ({ tenants: Array.from({ length: size }, () => next++), concurrency })),
    { failureBudget: 2 },
  );
  const world = worldOf(plan.tenants, behaviours);
  const records: RolloutEvent[] = [];
  await runRollout(plan, { rollout: "2026-11-26-1", plan: "abc" }, [], worldActivities(world), {
    record: async (event) => void records.push(event),
    now: () => 0,
    sleepUntil: async () => false,
    approval: async () => "timedOut",
    abortedBy: () => undefined,
  });
  return { plan, world, records };
}

const updated = (world: World) => Object.keys(world).filter((id) => world[id]!.updated);

describe("rollBack", () => {
  it("leaves no tenant as the rollout has made it, however often it is killed, and touches none twice without need", async () => {
    const behaviour = fc.constantFrom<Behaviour>("changes", "unneeded", "unchanged", "failsOnce", "failsAlways");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
        fc.array(behaviour, { minLength: 12, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.record({ at: fc.nat(12), lost: fc.boolean() }), { maxLength: 4 }),
        async (sizes, behaviours, concurrency, kills) => {
          const { plan, world, records } = await rolledOut(sizes, behaviours, concurrency);
          for (const kill of [...kills, undefined]) {
            let written = 0;
            let dead = false;
            const restored = new Set(
              [...stateAfter(records).tenants].flatMap(([id, { phase }]) => (phase === "restored" ? [id] : [])),
            );
            const activities = worldActivities(world, {
              before: (_step, tenant) => {
                if (dead) throw KILLED;
                assert.ok(!restored.has(tenant!.id), "given back once more");
                // Later waves come first.
                const index = plan.waves.findIndex(({ tenants }) => tenants.includes(tenant!.id));
                const later = plan.waves.slice(index + 1).flatMap(({ tenants }) => tenants);
                assert.ok(later.every((id) => !world[id]!.updated));
              },
            });
            const record = async (event: RolloutEvent) => {
              if (!dead && !(kill?.at === written && kill.lost)) records.push(event);
              if (dead || kill?.at === written) {
                dead = true;
                throw KILLED;
              }
              written += 1;
            };
            await rollBack(plan, [...records], activities, { record }).catch((error: unknown) =>
              assert.equal(error, KILLED),
            );
          }
          assert.deepEqual(updated(world), []);
          assert.deepEqual(rollbackWaves(records), []);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("goes on after a failure, and names a tenant that the plan has no more", async () => {
    const { plan, world, records } = await rolledOut([2, 1], ["changes", "changes", "changes"], 1);
    world[idOf(2)]!.behaviour = "drifts";
    const smaller = { ...plan, tenants: plan.tenants.slice(1) };
    const record = async (event: RolloutEvent) => void records.push(event);
    const { state, stopped } = await rollBack(smaller, [...records], worldActivities(world), { record });
    assert.equal(stopped, undefined);
    assert.deepEqual(
      [...state.tenants.values()].map(({ phase }) => phase),
      ["notRestored", "restored", "notRestored"],
    );
    assert.match(state.tenants.get(idOf(0))!.reason!, /plan does not name/);
    assert.match(state.tenants.get(idOf(2))!.reason!, /Somebody else/);
  });

  it("leaves out whom it is not about", async () => {
    const { records } = await rolledOut([2, 1], ["changes", "changes", "changes"], 1);
    assert.deepEqual(rollbackWaves(records, { waves: new Set(["wave 1"]), tenants: new Set([idOf(1), idOf(2)]) }), [
      { wave: "wave 1", tenants: [idOf(1)] },
    ]);
    assert.deepEqual(rollbackWaves([]), []);
  });
});
