import assert from "node:assert/strict";
import { ALL_POWERS, simulate } from "./simulate.ts";
import { powersWithout, runAll, SimulationFailure } from "./report.ts";

/** How many schedules `npm test` runs. */
const RUNS = 10_000;

const { SIMULATION_RUNS, SIMULATION_SEED, SIMULATION_WITHOUT = "" } = process.env;

describe("simulation", function () {
  this.timeout(20 * 60_000);

  if (SIMULATION_SEED !== undefined) {
    it(`repeats the seed ${SIMULATION_SEED}`, async () => {
      const without = SIMULATION_WITHOUT.split(",").filter(Boolean);
      const report = await simulate(Number(SIMULATION_SEED), powersWithout(without));
      console.log(report.lines.join("\n"));
      if (report.found.length > 0) throw new SimulationFailure(report, without);
    });
    return;
  }

  const runs = Number(SIMULATION_RUNS ?? RUNS);
  it(`finds nothing wrong in ${runs} schedules`, async () => {
    const counts = await runAll(1, runs);
    const of = (what: string) => counts.get(what) ?? 0;
    // A simulation in which nothing happens would find nothing either.
    if (runs < 1000) return;
    assert.ok(of("settled") > runs * 0.9, `only ${of("settled")} came to their end`);
    for (const what of ["stale", "throttled", "errorAfter", "cutAfter", "cutBefore", "killed", "engine killed"]) {
      assert.ok(of(what) > runs / 100, `only ${of(what)} times ${what}`);
    }
  });

  it("is the same for the same seed, byte for byte", async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const [first, second] = [await simulate(seed, ALL_POWERS), await simulate(seed, ALL_POWERS)];
      assert.equal(first.lines.join("\n"), second.lines.join("\n"));
    }
  });

  it("is another one for another seed", async () => {
    const logs = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) logs.add((await simulate(seed)).lines.join("\n"));
    assert.equal(logs.size, 20);
  });
});
