import assert from "node:assert/strict";
import { seed } from "./guard-people.ts";
import { policy, Program, target } from "./program.ts";
import { DEFAULT_ID, inWorld, KEY_C, students, SYNCED_ID } from "./util.ts";

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

describe("a profile with something in it that somebody else has changed", function () {
  this.timeout(60_000);

  for (const gone of ["by a destroy", "by an update"]) {
    it(
      `is removed ${gone} with a word about it that does not say that it is left as it is`,
      inWorld(seed, async (world) => {
        const before = world.bytes();
        const program = new Program(world);
        const one = (isThere: boolean) => [
          policy("all", {
            isSelfServiceRegistrationAllowed: true,
            ...(isThere && { profiles: { students } }),
          }),
        ];
        await program.up(one(true));
        world.tenant.setPolicy(({ passkeyProfiles }) => {
          passkeyProfiles.at(-1)!.keyRestrictions!.aaGuids.push(KEY_C);
        });
        program.lines.length = 0;
        if (gone === "by a destroy") await program.destroy();
        else await program.up(one(false));
        assert.equal(world.bytes(), before);
        const told = program.lines.filter((line) => /someone else changed it since/.test(line));
        assert.ok(told.length > 0);
        for (const line of told) assert.match(line, /warning: .*the profile is removed with it/);
      }),
    );
  }
});

describe("a part that somebody else has removed, and that the program lets go", () => {
  it(
    "is not the resource's any more once it was refreshed, also where somebody makes it again",
    inWorld(seed, async (world) => {
      const program = new Program(world);
      const all = (...groups: string[]) => [policy("all", { includeTargets: groups.map((group) => ({ group })) })];
      await program.up(all("Sales", "Executives"));
      const sales = world.group("Sales");
      const removed = world.tenant.policy().includeTargets.filter(({ id }) => id !== sales);
      world.tenant.setPolicy((policy) => void (policy.includeTargets = removed));
      program.refreshFirst = true;
      await program.apply(all("Executives"));
      await program.refresh();
      assert.deepEqual(await program.preview(all("Executives")), []);
      const theirs = { targetType: "group", id: sales, isRegistrationRequired: false };
      world.tenant.setPolicy(({ includeTargets }) => {
        includeTargets.push({ ...theirs, allowedPasskeyProfiles: [DEFAULT_ID] });
      });
      await program.destroy();
      assert.ok(world.tenant.policy().includeTargets.some(({ id }) => id === sales));
    }),
  );
});
