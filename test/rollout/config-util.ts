import assert from "node:assert/strict";
import { PlanError, readPlan } from "../../provider/dist/rollout/config/index.js";

export const FILE = "/plans/here/tenants.yaml";

/** What is wrong with a file; nothing else may be thrown. */
export function problemsOf(text: string): PlanError["problems"] {
  try {
    readPlan(FILE, text);
  } catch (error) {
    assert.ok(error instanceof PlanError, String(error));
    assert.ok(error.problems.length > 0);
    return error.problems;
  }
  return [];
}
