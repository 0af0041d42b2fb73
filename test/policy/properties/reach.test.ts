import assert from "node:assert/strict";
import fc from "fast-check";

import { planOf, scenarios } from "../scenarios.ts";
import { SLOW } from "./shared.ts";

describe("scenarios", function () {
  this.timeout(SLOW);

  const counts = new Map<string, number>();
  const total = 3_000;
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

  before(() => {
    for (const scenario of fc.sample(scenarios, { numRuns: total, seed: 2026 })) {
      const plan = planOf(scenario);
      const [first] = plan.steps;
      count(plan.refusals.length > 0 ? "refused" : `${plan.steps.length} steps`);
      for (const code of new Set(plan.refusals.map((problem) => problem.code))) count(`refused ${code}`);
      for (const code of new Set(plan.warnings.map((problem) => problem.code))) count(`warned ${code}`);
      if (plan.warnings.some(({ reason }) => reason.includes("so already"))) count("adopted");
      if (first?.tentative) count("tentative");
      if (plan.steps.length > 0) count(`${plan.mode} with steps`);
      if (first?.risk?.includes("no room")) count("at a limit");
      if (plan.steps.length > 1) count(first!.kind);
      if (first?.kind === "enforceWindow" && scenario.options.inventory === undefined)
        count("window without inventory");
    }
    if (process.env.FAST_CHECK_STATISTICS) {
      for (const [name, n] of [...counts].sort())
        process.stdout.write(`    ${((100 * n) / total).toFixed(1)} % ${name}\n`);
    }
  });

  const least: [string, number][] = [
    ["0 steps", 8],
    ["1 steps", 10],
    ["2 steps", 2],
    ["refused", 10],
    ["legacy with steps", 5],
    ["profiles with steps", 5],
    ["enforceWindow", 1],
    ["untarget", 1],
    ["window without inventory", 0.1],
    ["tentative", 0.5],
    ["at a limit", 0.05],
    ["adopted", 3],
    ["warned listedNotAccepted", 0.5],
    ["warned exclusiveUnknown", 0.05],
    ["warned unknownValue", 1],
    ["warned nearSize", 1],
    ...[
      "emptyAllowList",
      "attestationWithSynced",
      "legacyPasskeyTypes",
      "unenforcedList",
      "conflict",
      "inertBlockList",
      "toggleNeedsInventory",
      "unreadablePart",
      "missingProfile",
      "overSize",
      "tooManyProfiles",
      "exclusiveOverlap",
      "profileInLegacyMode",
      "windowsHelloAttestation",
    ].map((code): [string, number] => [`refused ${code}`, 0.1]),
  ];
  for (const [name, percent] of least) {
    it(`reach ${name} in at least ${percent} %`, () => {
      const found = (100 * (counts.get(name) ?? 0)) / total;
      assert.ok(found >= percent, `only ${found.toFixed(2)} %`);
    });
  }
});
