import assert from "node:assert/strict";
import { seed } from "./guard-people.ts";
import { Program, target } from "./program.ts";
import { inWorld, SYNCED_ID } from "./util.ts";

describe("two stacks that declare one part with different values", function () {
  this.timeout(60_000);

  it(
    "are each told that the other one has changed it, round after round",
    inWorld(seed, async (world) => {
      const stacks = ["default", SYNCED_ID].map((profile, index) => {
        const program = new Program(world, `stack${index}`);
        program.refreshFirst = true;
        const levels = [target("sales", { groups: ["Sales"], profiles: [profile] })];
        return { program, levels };
      });
      for (const [round, { program, levels }] of [...stacks, ...stacks, ...stacks].entries()) {
        program.lines.length = 0;
        await program.apply(levels);
        const warned = program.lines.filter((line) => /warning: .*someone else changed it since/.test(line));
        assert.equal(warned.length, round < 2 ? 0 : 1, `round ${round}: ${program.lines.join("\n")}`);
      }
    }),
  );
});
