import { describeWithEngine } from "../stack.ts";
import { liveDisturbed, titleOf, type Case } from "./disturb.ts";
import { LOST, THROTTLED, UNUSABLE } from "./table.ts";

for (const [what, cases] of [
  ["asks to wait", THROTTLED],
  ["loses an answer, or gives another one than what happened", LOST],
  ["answers what is none, or takes a right away", UNUSABLE],
] as const) {
  describeWithEngine(
    `A life on the real engine where the service ${what}: nothing lost, nothing applied twice`,
    function () {
      this.timeout(240_000);
      const runs = new Map<Case, Promise<void>>();

      // Side by side: each has a tenant and a stack of its own.
      before(() => {
        for (const one of cases) {
          const run = liveDisturbed(one);
          run.catch(() => {}); // Its test tells.
          runs.set(one, run);
        }
      });
      after(() => Promise.allSettled(runs.values()));

      for (const one of cases) it(titleOf(one), () => runs.get(one));
    },
  );
}
