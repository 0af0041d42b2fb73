import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineGoneError } from "../../provider/dist/apply/index.js";
import type { Host } from "../../provider/dist/resources/host.js";
import { inWorld, KEY, KEY_B, KEY_C, students } from "./util.ts";
import type { Stack, World } from "./util.ts";

const profiles = { seed: "contoso-profiles" };
const first = { isSelfServiceRegistrationAllowed: false };
const second = { ...first, includeTargets: [{ group: "Sales", profiles: ["default"] }] };

/** Runs a command whose engine is killed: it is gone before its `check`th check, and does not get what the run came to. */
async function killed(stack: Stack, command: (stack: Stack) => Promise<unknown>, check = Infinity): Promise<void> {
  let checks = 0;
  const engine = () => ((checks += 1) < check ? Promise.resolve() : Promise.reject(new EngineGoneError()));
  const run = stack.world.stack({ host: (host: Host) => ({ ...host, engine }) });
  [run.state, run.inputs] = [stack.state, stack.inputs];
  const ended = command(run);
  if (check === Infinity) await ended;
  else await assert.rejects(ended);
  assert.ok(stack.world.patches.length > 0);
}

/** A tenant in which the default profile's list is not enforced, and a program that takes the window each time. */
const listing = (world: World, models: string[]) => {
  world.tenant.setPolicy((policy) => {
    const keyRestrictions = { isEnforced: false, enforcementType: "allow" as const, aaGuids: [KEY_B, KEY] };
    Object.assign(policy.passkeyProfiles[0]!, { keyRestrictions });
  });
  return { profiles: { default: { keyRestrictions: { isEnforced: false, models } } }, toggle: "enforceFirst" };
};

describe("an update that is stopped", function () {
  this.timeout(20_000);

  for (const [title, next, declared] of [
    ["up", (stack: Stack) => stack.up(second), second],
    ["up of the program from before", (stack: Stack) => stack.up(first), first],
    ["destroy", () => Promise.resolve(), undefined],
  ] as const)
    it(
      `is finished or taken back by ${title}, and what was there before it is restored`,
      inWorld(profiles, async (world) => {
        const bytes = world.bytes();
        const stack = world.stack();
        await stack.up(first);
        await killed(stack, (run) => run.apply(second));
        await next(stack);
        const sales = world.tenant.policy().includeTargets.some(({ id }) => id === world.group("Sales"));
        assert.equal(sales, declared !== first);
        if (declared !== undefined) assert.equal(await stack.preview(declared), false);
        await stack.destroy();
        assert.equal(world.bytes(), bytes);
      }),
    );

  it(
    "is known to be over where the state is as it was before",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.up(first);
      const drift = () => world.tenant.setPolicy({ isSelfServiceRegistrationAllowed: true });
      drift();
      await stack.refresh();
      await killed(stack, (run) => run.apply(first));
      drift();
      assert.equal(await stack.preview(first), true);
      await stack.apply(first);
      assert.equal(world.tenant.policy().isSelfServiceRegistrationAllowed, false);
      assert.equal(await stack.preview(first), false);
    }),
  );
});

describe("a destroy that is stopped", function () {
  this.timeout(20_000);

  for (const check of [2, 3])
    for (const then of ["destroy", "up, then destroy"])
      it(
        `${check === 2 ? "between its two steps" : "after its last step"} is finished or taken back by ${then}`,
        inWorld(profiles, async (world) => {
          const wanted = listing(world, [KEY, KEY_C]);
          const bytes = world.bytes();
          const stack = world.stack();
          await stack.up(wanted);
          const declared = world.bytes();
          await killed(stack, (run) => run.destroy(), check);
          assert.equal(world.tenant.policy().keyRestrictions!.isEnforced, check === 2);
          if (then !== "destroy") {
            await stack.up(wanted);
            const sorted = (text: string) => text.split(/\W+/).sort();
            assert.deepEqual(sorted(world.bytes()), sorted(declared));
            assert.equal(await stack.preview(wanted), false);
          }
          await stack.destroy();
          assert.equal(world.bytes(), bytes);
          assert.deepEqual(readdirSync(join(world.cache, "journal")), []);
        }),
      );
});

describe("an update whose second step is refused", function () {
  this.timeout(20_000);
  const args = { profiles: { students }, includeTargets: [{ group: "Sales", profiles: ["students"] }] };

  for (const [title, next] of [
    ["up", (stack: Stack) => stack.up(first)],
    ["refresh, then up", (stack: Stack) => stack.refresh().then(() => stack.up(first))],
    ["destroy", () => Promise.resolve()],
  ] as const)
    it(
      `is finished or taken back by ${title}: a profile that targets named is removed`,
      inWorld(profiles, async (world) => {
        const bytes = world.bytes();
        const stack = world.stack();
        await stack.up(args);
        const match = { method: "PATCH", kind: "policy" } as const;
        world.emulator.faults.status(match, 400, { after: 1 });
        await stack.upFailsPartly(first);
        assert.equal(world.tenant.policy().passkeyProfiles.length, 3);
        await next(stack);
        if (title !== "destroy") {
          assert.equal(world.tenant.policy().passkeyProfiles.length, 2);
          assert.equal(await stack.preview(first), false);
        }
        await stack.destroy();
        assert.equal(world.bytes(), bytes);
      }),
    );
});
