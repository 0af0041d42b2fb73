import assert from "node:assert/strict";
import { seed } from "./guard-people.ts";
import { inWorld } from "./util.ts";

describe("processes of one machine", function () {
  this.timeout(60_000);

  it(
    "write to a tenant one after the other, so that none undoes what another one wrote",
    inWorld(seed, async (world) => {
      const names = Array.from({ length: 6 }, (_, index) => `Ward ${index}`);
      for (const displayName of names) world.tenant.groups.add({ displayName });
      // Slow enough that every process has read before the first one has written.
      world.emulator.faults.add({
        match: { method: "GET", path: /fido2$/i },
        do: { kind: "latency", ms: 80 },
        times: 999,
      });
      const before = JSON.parse(world.bytes()) as object;
      const stacks = names.map((name) => world.stack({ name }));
      await Promise.all(stacks.map((stack, index) => stack.apply({ includeTargets: [{ group: names[index]! }] })));
      assert.equal(world.tenant.policy().includeTargets.length, 1 + names.length);
      const lines = stacks.flatMap((stack) => stack.lines).join("\n");
      assert.match(lines, new RegExp(`waiting for process ${process.pid} on this machine, which is writing`));
      await Promise.all(stacks.map((stack) => stack.destroy()));
      assert.deepEqual(JSON.parse(world.bytes()), before);
    }),
  );
});
