/** Runs schedules, and says of one that fails what it takes to see it again. */
import { ALL_POWERS, simulate } from "./simulate.ts";
import type { Report } from "./simulate.ts";
import type { Powers, Variant } from "./world.ts";

const LAST_LINES = 60;

/** A schedule in which something was found that must never happen. */
export class SimulationFailure extends Error {
  override readonly name = "SimulationFailure";

  constructor(report: Report, without: readonly string[]) {
    const { seed, found, lines } = report;
    const dropped = lines.length > LAST_LINES ? [`... ${lines.length - LAST_LINES} lines before ...`] : [];
    const withoutText = without.length > 0 ? `SIMULATION_WITHOUT=${without.join()} ` : "";
    super(
      [
        `The schedule of the seed ${seed} (${lines.length} lines):`,
        ...found.map((what) => `  - ${what}`),
        "",
        ...dropped,
        ...lines.slice(-LAST_LINES),
        "",
        `Again: ${withoutText}SIMULATION_SEED=${seed} npm test -- test/simulation/simulation`,
      ].join("\n"),
    );
  }
}

/** What may happen but for some of it. */
export const powersWithout = (without: readonly string[]): Powers => ({
  faults: !without.includes("faults"),
  writers: !without.includes("writers"),
  kills: !without.includes("kills"),
});

/** Runs schedule after schedule; throws at the first one that fails, with as little as makes it fail. */
export async function runAll(from: number, count: number, variant: Variant = {}): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let seed = from; seed < from + count; seed += 1) {
    const report = await simulate(seed, ALL_POWERS, variant);
    if (report.found.length > 0) throw await shrunk(report, variant);
    for (const [what, times] of Object.entries(report.counts)) counts.set(what, (counts.get(what) ?? 0) + times);
  }
  return counts;
}

/** The same failure without what it does not need. */
async function shrunk(report: Report, variant: Variant): Promise<SimulationFailure> {
  let [shortest, without]: [Report, string[]] = [report, []];
  for (const power of Object.keys(ALL_POWERS)) {
    const next = await simulate(report.seed, powersWithout([...without, power]), variant);
    if (next.found.length > 0) [shortest, without] = [next, [...without, power]];
  }
  return new SimulationFailure(shortest, without);
}
