import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { readPlan } from "../../provider/dist/rollout/config/index.js";
import { A, B, C, FULL, REFUSED, VALID } from "./files.ts";
import { FILE, problemsOf } from "./config-util.ts";

describe("readPlan", () => {
  for (const [what, text] of Object.entries(VALID)) {
    it(`takes ${what}`, () => assert.deepEqual(problemsOf(text), []));
  }

  for (const [what, { text, problems: expected }] of Object.entries(REFUSED)) {
    it(`refuses ${what}`, () => {
      const problems = problemsOf(text);
      const found = problems.map(({ line, column, place }) => `${line}:${column} ${place}`.trim());
      const reasons = problems.map(({ reason }) => reason);
      assert.deepEqual(
        found,
        expected.map(([where]) => where),
        reasons.join("\n"),
      );
      expected.forEach(([, words], index) => assert.match(reasons[index]!, words));
    });
  }

  it("gives everything its final form", () => {
    const plan = readPlan(FILE, FULL);
    const clientId = "c11e4700-0000-4000-8000-000000000001";
    const config = { breakGlassGroup: "Break-glass", edition: "1.10" };
    const [d, e] = ["5f0c7d1e-0000-4000-8000-00000000000d", "5f0c7d1e-0000-4000-8000-00000000000e"];
    assert.deepEqual(plan.tenants, [
      {
        id: A,
        name: "Northbank",
        stack: "northbank",
        cloud: "usgovernment",
        config: {
          breakGlassGroup: "Emergency",
          edition: "1.10",
          studentsGroup: "Students",
          strict: "true",
          "azuread:environment": "usgovernment",
        },
        credential: { kind: "environment", prefix: "NORTHBANK" },
      },
      {
        id: B,
        name: "Söderström",
        stack: "soder.strom_1",
        cloud: "global",
        config,
        credential: { kind: "federatedToken", clientId, tokenFile: resolve("/plans/here/tokens/b") },
      },
      {
        id: C,
        name: C,
        stack: "c",
        cloud: "usgovernmentl5",
        config,
        credential: { kind: "certificate", clientId, path: resolve("/keys/c.pem"), passwordVariable: "C_PASSWORD" },
      },
      { id: d, name: d, stack: "d", cloud: "global", config, credential: { kind: "managedIdentity" } },
      { id: e, name: e, stack: "e", cloud: "global", config, credential: { kind: "managedIdentity", clientId } },
    ]);
    const concurrency = Math.min(4, availableParallelism());
    const minute = 60_000;
    assert.deepEqual(plan.waves, [
      {
        name: "pilot",
        tenants: [A],
        concurrency,
        gate: {
          healthCheck: { command: ["./check.sh", "--all"], timeoutMs: 90_000 },
          soakMs: 30 * minute,
          approval: { timeoutMs: 120 * minute },
        },
      },
      { name: "early", tenants: [C, B], concurrency: 2, gate: { soakMs: 0, approval: { timeoutMs: 1440 * minute } } },
      {
        name: "some",
        tenants: [d],
        concurrency,
        gate: { healthCheck: { command: ["check"], timeoutMs: 5 * minute }, soakMs: 1440 * minute },
      },
      { name: "rest", tenants: [e], concurrency, gate: { soakMs: 0 } },
    ]);
    assert.equal(plan.file, resolve(FILE));
    assert.equal(plan.project, resolve("/plans/passkeys"));
    assert.equal(plan.failureBudget, 1);
  });

  it("has one wave of all tenants, no budget, and the file's folder as project, where nothing is said", () => {
    const { waves, failureBudget, project } = readPlan(FILE, VALID["the least"]);
    const concurrency = Math.min(4, availableParallelism());
    assert.deepEqual(waves, [{ name: "all", tenants: [A], concurrency, gate: { soakMs: 0 } }]);
    assert.equal(failureBudget, 0);
    assert.equal(project, resolve("/plans/here"));
  });

  it("rounds a share of tenants down", () => {
    const tenants = Array.from({ length: 19 }, (_, index) => ({
      id: `5f0c7d1e-0000-4000-8000-${String(index).padStart(12, "0")}`,
      stack: `s${index}`,
      credential: { managedIdentity: true },
    }));
    const budget = (failureBudget: string) =>
      readPlan(FILE, JSON.stringify({ version: 1, failureBudget, tenants })).failureBudget;
    assert.deepEqual(["0%", "10%", "99%", "100%"].map(budget), [0, 1, 18, 19]);
  });
});
