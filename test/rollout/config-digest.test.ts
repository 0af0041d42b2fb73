import assert from "node:assert/strict";
import { planDigest, readPlan } from "../../provider/dist/rollout/config/index.js";
import { A, C, FULL } from "./files.ts";

const digest = (text: string, file = "/plans/here/tenants.yaml") => planDigest(readPlan(file, text));
const changed = (from: string, to: string) => {
  assert.ok(FULL.includes(from), from);
  return digest(FULL.replace(from, to));
};

describe("planDigest", () => {
  it("is 16 hexadecimal digits", () => assert.match(digest(FULL), /^[0-9a-f]{16}$/));

  for (const [what, from, to] of [
    ["a tenant's id", "00000000000d", "00000000000f"],
    ["a tenant's name", "name: Northbank", "name: Northbank AG"],
    ["a stack", "soder.strom_1", "soder"],
    ["a cloud", "cloud: DoD", "cloud: global"],
    ["a tenant's configuration", "studentsGroup: Students", "studentsGroup: Pupils"],
    ["configuration of all", "edition: 1.10", "edition: 1.1"],
    ["the name of a wave", "name: some", "name: few"],
    ["who is in a wave", `[${C}, SÖDERSTRÖM]`, `[${C}]`],
    ["the order in a wave", `[${C}, SÖDERSTRÖM]`, `[SÖDERSTRÖM, ${C}]`],
    ["a soak", "soak: 30m", "soak: 31m"],
    ["an approval", "gate: { approval: true }", "gate: {}"],
    ["a health check", '"--all"', '"--most"'],
    ["the budget", "failureBudget: 1", "failureBudget: 2"],
    ["the project", "../passkeys", "../passkeys2"],
  ] as const) {
    it(`changes with ${what}`, () => assert.notEqual(changed(from, to), digest(FULL)));
  }

  it("does not change with the path of the file", () => {
    assert.equal(digest(FULL, "/elsewhere/plans/all.yaml"), digest(FULL));
  });

  for (const [what, from, to] of [
    ["how to sign in", "{ environment: NORTHBANK }", "{ managedIdentity: true }"],
    ["how many at a time", "concurrency: 2", "concurrency: 3"],
    ["how the same is written", A.toUpperCase(), `"${A}" # the first`],
    ["another name of a cloud", "cloud: usgovernmentl4", "cloud: usgovernment"],
    ["another unit", "timeout: 2h", "timeout: 120m"],
  ] as const) {
    it(`does not change with ${what}`, () => assert.equal(changed(from, to), digest(FULL)));
  }
});
