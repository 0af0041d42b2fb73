import fc from "fast-check";

import type { Plan } from "../../../provider/dist/policy/index.js";
import { planOf, scenarios, windowScenarios } from "../scenarios.ts";
import type { Scenario } from "../scenarios.ts";

/** How often each property is tried; more with `FAST_CHECK_RUNS`, for a night. */
export const RUNS = Number(process.env.FAST_CHECK_RUNS ?? 1_000);

/** Milliseconds that a property may take: with more runs, or on a busy machine. */
export const SLOW = 600_000;

const mostly = fc.oneof({ weight: 5, arbitrary: scenarios }, { weight: 1, arbitrary: windowScenarios });

/** Checks a property of every scenario and its plan. */
export function forEveryPlan(
  check: (plan: Plan, scenario: Scenario) => void,
  from: fc.Arbitrary<Scenario> = mostly,
  runs = RUNS,
): void {
  fc.assert(
    fc.property(from, (scenario) => check(planOf(scenario), scenario)),
    { numRuns: runs },
  );
}

/** JSON with sorted members, by another way than the package's. */
export function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${sorted((value as Record<string, unknown>)[key])}`).join()}}`;
}
