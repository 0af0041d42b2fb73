import assert from "node:assert/strict";
import { startEmulator, type Emulator, type TenantSeed } from "../../provider/dist/emulator/index.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import type { RolloutEvent } from "../../provider/dist/rollout/records.js";
import { Bench, tenantSpec } from "./activities-util.ts";

const id = (index: number): string => `7e4a1c00-0000-4000-8000-${String(index).padStart(12, "0")}`;
const AS_SEEDED = { isSelfServiceRegistrationAllowed: true };

describe("One tenant of twenty", () => {
  let emulator: Emulator;
  const tenants = Array.from({ length: 20 }, (_, index): TenantSeed => ({
    ...{ id: id(index), displayName: `Tenant ${index}`, mode: "profiles", policy: { state: "enabled" } },
  }));
  beforeEach(async () => void (emulator = await startEmulator({ seed: { tenants } })));
  afterEach(() => emulator.close());

  /** Rolls out to tenants that all are as they should be, and tells when each was found to be. */
  async function rollOut(bench: Bench): Promise<Map<string, number>> {
    const settled = new Map<string, number>();
    const plan = { ...bench.plan, waves: [{ ...bench.plan.waves[0]!, concurrency: 4 }] };
    const started = performance.now();
    const record = async (event: RolloutEvent) => {
      if (event.kind === "skipped") settled.set(event.tenant, performance.now() - started);
    };
    const surroundings = {
      record,
      now: Date.now,
      sleepUntil: async () => false,
      approval: async () => "timedOut" as const,
      abortedBy: () => undefined,
    };
    await runRollout(plan, { rollout: "one", plan: "digest" }, [], bench.activities, surroundings);
    assert.equal(settled.size, 20);
    return settled;
  }

  it("that is throttled slows itself only", async () => {
    const specs = tenants.map(({ id: own }) => tenantSpec(own!));
    using bench = new Bench(emulator, {}, specs);
    for (const spec of specs) bench.promise(spec, AS_SEEDED);
    const slow = id(3);
    emulator.faults.status({ kind: "policy", tenant: slow }, 429, { retryAfter: 2 });
    const settled = await rollOut(bench);
    const others = [...settled].filter(([tenant]) => tenant !== slow).map(([, ms]) => ms);
    assert.ok(settled.get(slow)! >= 1900, "it waited as long as it was told to");
    assert.ok(Math.max(...others) < 1000, `the others were done long before: ${Math.max(...others)} ms`);
  });

  it("whose token has run out meanwhile signs in again", async () => {
    const specs = tenants.map(({ id: own }) => tenantSpec(own!));
    using bench = new Bench(emulator, {}, specs);
    for (const spec of specs) bench.promise(spec, AS_SEEDED);
    const [first] = specs;
    await bench.activities.scan(first!);
    emulator.faults.add({ match: { kind: "policy", tenant: first!.id }, do: { kind: "expiredToken" } });
    await bench.activities.verify(first!);
    const answers = emulator.audit.entries.filter(({ tenant, kind }) => tenant === first!.id && kind === "policy");
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 401, 200],
    );
  });
});
