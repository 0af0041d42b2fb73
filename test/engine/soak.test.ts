import assert from "node:assert/strict";
import { soak } from "../../tools/soak/soak.ts";
import { describeWithEngine, engineOfTests } from "./stack.ts";

/** The same commands each time, with conflicts of both kinds among them; `npm run soak` takes other ones. */
const SEED = 2;
const STEPS = 4;

describeWithEngine("Two stacks of one tenant", function () {
  this.timeout(600_000);

  it("keep what is theirs, leave what is others', and tell of conflicts, whatever they do at the same time", async () => {
    const account = await soak({ engine: engineOfTests(), seed: SEED, steps: STEPS });
    assert.equal(account.steps, STEPS);
    assert.ok(account.patches >= 5, account.lines().join("\n"));
    assert.ok(account.conflicts.told >= 1, account.lines().join("\n"));
  });
});
