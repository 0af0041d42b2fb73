import assert from "node:assert/strict";
import fc from "fast-check";
import { exportTenant, type ExportOptions } from "../../provider/dist/adopt/index.js";
import type { Fido2Policy as EmulatedPolicy } from "../../provider/dist/emulator/index.js";
import { normalizePolicy, type Fido2Policy } from "../../provider/dist/policy/index.js";
import { policies } from "../policy/arbitraries.ts";
import { startWorld, type World } from "../resources/util.ts";
import { evaluate } from "./evaluate.ts";

const TIME = "2026-11-26T12:00:00.000Z";

const exportOf = (world: World, more: Partial<ExportOptions> = {}) =>
  exportTenant({
    env: world.stack().process().env,
    name: "policy",
    strengths: false,
    temporaryAccessPass: false,
    time: TIME,
    log: () => {},
    ...more,
  });

const hold = (world: World, policy: Fido2Policy) => world.tenant.setPolicy(() => policy as unknown as EmulatedPolicy);

describe("An exported program", function () {
  this.timeout(120_000);

  it("takes any policy over without a change and gives it back without one", async () => {
    const world = await startWorld({ seed: "contoso-profiles" });
    let tried = 0;
    const declared = { all: 0, part: 0 };
    try {
      await fc.assert(
        fc.asyncProperty(policies, async (policy) => {
          hold(world, policy);
          const bytes = world.bytes();
          const live = world.tenant.policy() as unknown as Fido2Policy;
          // Without a state nothing can be read of it, and an unknown mode has nothing to declare: both are errors.
          fc.pre(policy.state !== null && normalizePolicy(live).mode !== "unknown");
          const { program, leftOut } = await exportOf(world);
          const [resource, ...more] = evaluate(program);
          assert.equal(more.length, 0);
          assert.deepEqual(resource!.options, { protect: true });
          const stack = world.stack({ env: { ENTRA_PASSKEYS_GATHER_MS: "1" } });
          assert.equal(await stack.preview(resource!.args), true);
          await stack.apply(resource!.args);
          assert.equal(await stack.preview(resource!.args), false, program);
          const { inputs } = stack;
          assert.deepEqual(await stack.refresh(), inputs);
          await stack.destroy();
          assert.deepEqual(world.patches, [], program);
          assert.equal(world.bytes(), bytes);
          tried += 1;
          declared[leftOut.length === 0 ? "all" : "part"] += 1;
        }),
        { numRuns: 1000, interruptAfterTimeLimit: 25_000, markInterruptAsFailure: false },
      );
      assert.ok(tried >= 100, `only ${tried} policies fitted`);
      assert.ok(declared.all > tried / 10 && declared.part > tried / 20, JSON.stringify(declared));
    } finally {
      await world.close();
    }
  });

  const odd = fc.string({ unit: "binary", maxLength: 30 });
  const hostile = fc.oneof(
    odd,
    fc.constantFrom(
      "*/ process.exit(1) /*",
      "a\u2028b",
      "\u202eevil",
      "__proto__",
      "constructor",
      "default",
      "Default",
      '"];',
      "${1}",
      "\\",
      "",
      " ",
      "2024 staff",
    ),
  );

  it("says what other people have called things, and runs nothing of it", async () => {
    const world = await startWorld({ seed: "contoso-profiles" });
    const [first, second] = [world.group("Sales"), world.group("Executives")];
    const bare = world.tenant.policy() as EmulatedPolicy;
    try {
      await fc.assert(
        fc.asyncProperty(hostile, hostile, hostile, hostile, async (profile, other, group, otherGroup) => {
          world.tenant.groups.update(first, { displayName: group });
          world.tenant.groups.update(second, { displayName: otherGroup });
          world.tenant.setPolicy(() => ({
            ...bare,
            passkeyProfiles: [
              ...bare.passkeyProfiles.slice(0, 1),
              { ...bare.passkeyProfiles[1]!, name: profile },
              { ...bare.passkeyProfiles[1]!, id: "e3000000-0000-4000-8000-0000000000ef", name: other },
            ],
            includeTargets: [
              ...bare.includeTargets,
              ...[first, second].map((id) => ({ ...bare.includeTargets[0]!, id })),
            ],
          }));
          const { program } = await exportOf(world);
          // What cannot be seen, or turns round what can, stands in escapes.
          assert.doesNotMatch(program, /[^\P{C}\n]|\p{Zl}|\p{Zp}/u);
          const [resource] = evaluate(program);
          const { profiles, includeTargets } = resource!.args as {
            profiles: Record<string, { id?: string; name?: string }>;
            includeTargets: { group: string }[];
          };
          assert.deepEqual(
            Object.values(profiles)
              .map(({ id }) => id)
              .sort(),
            ["e3000000-0000-4000-8000-0000000000ef", bare.passkeyProfiles[1]!.id, undefined],
          );
          assert.deepEqual(includeTargets.map(({ group: id }) => id).sort(), ["all_users", first, second].sort());
          assert.equal(await world.stack().preview(resource!.args), true);
        }),
        { numRuns: 300, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
      );
    } finally {
      await world.close();
    }
  });
});
