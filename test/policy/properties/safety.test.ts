import assert from "node:assert/strict";

import { normalizePolicy, usable } from "../../../provider/dist/policy/index.js";
import type { Fido2Policy } from "../../../provider/dist/policy/index.js";
import { GROUPS, inventories, MODELS, policies, USERS } from "../arbitraries.ts";
import { canUse } from "../oracle.ts";
import type { Key } from "../oracle.ts";
import { scenarios, windowScenarios } from "../scenarios.ts";
import type { Scenario } from "../scenarios.ts";
import { RUNS, SLOW, forEveryPlan } from "./shared.ts";
import fc from "fast-check";

const from = fc.oneof({ weight: 2, arbitrary: scenarios }, { weight: 3, arbitrary: windowScenarios });
const FRESH_MODEL = "ffffffff-0000-4000-8000-0000000000ff";

/** Everyone who could be told apart: each user of the inventory, and strangers in no group, in one, or in two. */
function peopleOf({ options }: Scenario): Pick<Key, "user" | "groups">[] {
  const stranger = "fe000000-0000-4000-8000-0000000000fe";
  const pairs = GROUPS.flatMap((a, index) => GROUPS.slice(index + 1).map((b) => [a, b]));
  return [
    ...(options.inventory ?? []).map(({ user, groups }) => ({ user, groups })),
    ...[[], ...GROUPS.map((group) => [group]), ...pairs].map((groups) => ({ user: stranger, groups })),
    { user: "a pseudonym", groups: [] },
    ...USERS.map((user) => ({ user, groups: [] })),
  ];
}

/** Every key that could be told apart, the ones that nobody has included. */
function universeOf(scenario: Scenario): Key[] {
  const models = [...MODELS, FRESH_MODEL, undefined];
  const types = ["deviceBound", "synced", "hybrid", undefined];
  return peopleOf(scenario).flatMap((person) =>
    models.flatMap((aaguid) => types.map((passkeyType) => ({ ...person, aaguid, passkeyType }))),
  );
}

const name = (key: Key) => JSON.stringify(key);

describe("a state between two steps", function () {
  this.timeout(SLOW);

  let between = 0;
  let kept = 0;

  it("lets everyone use at least the keys that work both before and after", () => {
    forEveryPlan((plan, scenario) => {
      const { inventory } = scenario.options;
      for (const { after: state } of plan.steps.slice(0, -1)) {
        between += 1;
        // Without an inventory the planner says that nobody at all can lose a key, whoever has which.
        for (const key of inventory ?? universeOf(scenario)) {
          const ends = [canUse(plan.before, key), canUse(plan.after, key)];
          if (ends.includes("no")) continue;
          kept += 1;
          const verdict = canUse(state, key);
          assert.notEqual(verdict, "no", `${name(key)} is lost`);
          if (!ends.includes("maybe")) assert.equal(verdict, "yes", `${name(key)} may be lost`);
        }
      }
    }, from);
    assert.ok(between > RUNS / 5 && kept > RUNS / 5, `${between} states, ${kept} keys`);
  });

  it("lets nobody use a key that works neither before nor after", () => {
    let [states, closed] = [0, 0];
    forEveryPlan((plan, scenario) => {
      for (const { after: state } of plan.steps.slice(0, -1)) {
        states += 1;
        for (const key of universeOf(scenario)) {
          const ends = [canUse(plan.before, key), canUse(plan.after, key)];
          const verdict = canUse(state, key);
          if (ends.every((end) => end === "no")) {
            closed += 1;
            assert.equal(verdict, "no", `${name(key)} is let in`);
          } else if (verdict === "yes") assert.ok(ends.includes("yes"), `${name(key)} may be let in`);
        }
      }
    }, from);
    assert.ok(states > RUNS / 5 && closed > RUNS, `${states} states, ${closed} keys`);
  });

  it("is never needed for a plan that takes one step", () =>
    forEveryPlan((plan) => {
      for (const step of plan.steps.slice(0, -1)) assert.ok(step.kind === "enforceWindow" || step.kind === "untarget");
    }));
});

describe("usable", function () {
  this.timeout(SLOW);

  const words = { accepted: "yes", rejected: "no", unknown: "maybe" } as const;
  const agree = (policy: Fido2Policy, key: Key) =>
    assert.equal(words[usable(normalizePolicy(policy), { id: "k", ...key } as never)], canUse(policy, key), name(key));

  it("agrees with a reading of Microsoft's pages by brute force", () => {
    fc.assert(
      fc.property(policies, inventories, (policy, inventory) => {
        for (const key of inventory) agree(policy, key);
        for (const groups of [[], [GROUPS[0]!], [GROUPS[1]!, GROUPS[2]!]]) {
          for (const aaguid of [MODELS[0], MODELS[3], FRESH_MODEL]) {
            for (const passkeyType of ["deviceBound", "synced", "hybrid"]) {
              agree(policy, { user: USERS[0]!, groups, aaguid, passkeyType });
            }
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});
