import assert from "node:assert/strict";
import { begin, inOrder, PARTS, PROFILES, SINGLE_STEPS, TOGETHER, undisturbed, WINDOWS, type Life } from "./lives.ts";
import { describeWithEngine } from "./stack.ts";
import { stopAfter, STOPS, type Stop } from "./stop.ts";

/** After which step what is stopped, and whether a destroy that was killed is taken back by an up before the last one. */
const cases: [life: Life, step: number, takenBack: boolean][] = [
  [WINDOWS, 1, true],
  [WINDOWS, 2, false],
  [PROFILES, 1, false],
  [PROFILES, 2, false],
  [SINGLE_STEPS, 1, true],
  [TOGETHER, 1, true],
  [PARTS, 1, true],
  [PARTS, 2, false],
];

for (const [life, step, takenBack] of cases) {
  describeWithEngine(`${life.title}, stopped after step ${step} of each operation`, function () {
    this.timeout(300_000);
    const runs = new Map<Stop, Promise<void>>();

    // Side by side: each has a tenant and a stack of its own.
    before(async () => {
      await undisturbed(life);
      for (const stop of STOPS) {
        const run = stopEach(life, step, stop, takenBack && stop !== "SIGINT");
        run.catch(() => {}); // Its test tells.
        runs.set(stop, run);
      }
    });
    after(() => Promise.allSettled(runs.values()));

    for (const stop of STOPS) it(`ends each time as it does undisturbed: ${stop}`, () => runs.get(stop));
  });
}

/**
 * Stops a create, an update and a destroy, each after the same step, and compares where it ends afterwards.
 *
 * @param takenBack a destroy is stopped and followed by an up, too. After SIGINT it comes to its end, and an up is a
 * create like the first one.
 */
async function stopEach(life: Life, step: number, stop: Stop, takenBack: boolean): Promise<void> {
  await using stack = await begin(life);
  const ends = await undisturbed(life);
  const operations = [
    { verb: "up", program: life.first, then: "up", end: ends.create },
    { verb: "up", program: life.second, then: "up", end: ends.update },
    ...(takenBack ? [{ verb: "destroy", program: life.second, then: "up", end: ends.update } as const] : []),
    { verb: "destroy", program: life.second, then: "destroy", end: ends.before },
  ] as const;
  for (const { verb, program, then, end } of operations) {
    stack.program(program);
    // A create of one step has no second one to be stopped after.
    if (program !== life.first || step <= life.steps[0]) await stopAfter(stack, verb, step, stop);
    await stack[then]();
    assert.deepEqual(inOrder(stack.policy()), inOrder(end), `${verb}, stopped, then ${then}`);
    if (end === ends.update) await stack.unchanged("--refresh");
  }
  assert.equal(stack.policy(), ends.before, "given back byte for byte");
}
