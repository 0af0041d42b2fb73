/**
 * `npm run bench`: every benchmark, whose figures go to `docs/bench.md`, too; or those that are named:
 * `npm run bench -- impact`. `--json` for machines.
 */
import { ensureEngine } from "../engine/index.ts";
import type { Report } from "./report.ts";
import { print } from "./report.ts";

const benches: Record<string, () => Promise<Report>> = {
  preview: async () => (await import("./preview.ts")).benchPreview(),
  refresh: async () => (await import("./refresh.ts")).benchRefresh(),
  targets: async () => (await import("./targets.ts")).benchTargets(),
  impact: async () => (await import("./impact.ts")).benchImpact(),
  rollout: async () => (await import("./rollout.ts")).benchRollout(),
  temporal: async () => (await import("./temporal.ts")).benchTemporal(),
};

const args = process.argv.slice(2);
const named = args.filter((arg) => arg !== "--json");
const unknown = named.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}

const reports = new Map<string, Report>();
for (const name of named.length > 0 ? named : Object.keys(benches)) {
  const report = await benches[name]!();
  reports.set(name, report);
  if (!args.includes("--json")) {
    print(report);
    console.log();
  }
  for (const goal of report.missed) {
    console.error(goal);
    process.exitCode = 1;
  }
}
if (args.includes("--json")) {
  const figures = Object.fromEntries([...reports].map(([name, report]) => [name, report.figures]));
  console.log(JSON.stringify(figures, undefined, 2));
}
if (named.length === 0) {
  const { writePage } = await import("./page.ts");
  const { version } = await ensureEngine();
  console.error(`Written to ${await writePage(reports, version)}`);
}
