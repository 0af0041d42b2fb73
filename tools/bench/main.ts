/** `npm run bench`: every benchmark, or those that are named: `npm run bench -- impact`. `--json` for machines. */
import type { Report } from "./report.ts";
import { print } from "./report.ts";

const benches: Record<string, () => Promise<Report>> = {
  preview: async () => (await import("./preview.ts")).benchPreview(),
  impact: async () => (await import("./impact.ts")).benchImpact(),
  rollout: async () => (await import("./rollout.ts")).benchRollout(),
};

const args = process.argv.slice(2);
const named = args.filter((arg) => arg !== "--json");
const unknown = named.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}

const figures: Record<string, unknown> = {};
for (const name of named.length > 0 ? named : Object.keys(benches)) {
  const report = await benches[name]!();
  figures[name] = report.figures;
  if (!args.includes("--json")) {
    print(report);
    console.log();
  }
  for (const goal of report.missed) {
    console.error(goal);
    process.exitCode = 1;
  }
}
if (args.includes("--json")) console.log(JSON.stringify(figures, undefined, 2));
