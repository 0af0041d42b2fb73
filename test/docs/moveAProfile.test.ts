import assert from "node:assert/strict";
import { seed } from "../resources/guard-people.ts";
import { policy, Program, type Declaration } from "../resources/program.ts";
import { inWorld, KEY, KEY_B, type World } from "../resources/util.ts";

const nurses = {
  name: "Nurses",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  keyRestrictions: { isEnforced: true, enforcementType: "allow", models: [KEY, KEY_B] },
};
const includeTargets = [{ group: "Sales", profiles: ["nurses"] }];
const own = { profiles: { nurses }, includeTargets };
const rest = { isSelfServiceRegistrationAllowed: false };

/** The old stack with a profile, which the new one has adopted without a write. */
async function adopted(
  world: World,
  declared: Declaration["args"],
): Promise<{ old: Program; later: Program; now: string }> {
  const [old, later] = [new Program(world, "old"), new Program(world, "new")];
  await old.up([policy("tenant", declared)]);
  const now = world.bytes();
  const wrote = world.patches.length;
  const { nurses: id } = old.state("PasskeyPolicy tenant")["profileIds"] as Record<string, string>;
  await later.up([policy("nurses", { profiles: { nurses: { ...nurses, id } }, includeTargets })]);
  assert.equal(world.patches.length, wrote, "adopting writes nothing");
  return { old, later, now };
}

describe("docs/how-to/move-a-profile.md", function () {
  this.timeout(60_000);

  it(
    "holds for a resource that has nothing but what moves",
    inWorld(seed, async (world) => {
      const { old, later, now } = await adopted(world, own);
      await old.up([policy("tenant", { ...own, onDestroy: "retain" })]);
      await old.up([]);
      assert.equal(world.bytes(), now);
      await later.destroy();
      assert.equal(world.bytes(), now, "the new stack leaves the profile as the old one had it");
    }),
  );

  it(
    "holds for a part of a larger policy, where the resource goes and comes back without it",
    inWorld(seed, async (world) => {
      const { old, later, now } = await adopted(world, { ...own, ...rest });
      old.saved.clear(); // pulumi state delete
      const wrote = world.patches.length;
      await old.up([policy("tenant", rest)]);
      assert.equal(world.patches.length, wrote, "coming back writes nothing");
      assert.equal(world.bytes(), now);
      await old.destroy();
      assert.equal(world.tenant.policy().isSelfServiceRegistrationAllowed, true, "what stays is given back as ever");
      await later.destroy();
      const names = world.tenant.policy().passkeyProfiles.map(({ name }) => name);
      assert.ok(names.includes("Nurses"), "the new stack leaves the profile as the old one had it");
    }),
  );

  it(
    "is needed: a part that leaves an update takes the profile along",
    inWorld(seed, async (world) => {
      const { old } = await adopted(world, { ...own, ...rest });
      const before = world.tenant.policy().passkeyProfiles.length;
      await old.up([policy("tenant", rest)]);
      assert.equal(world.tenant.policy().passkeyProfiles.length, before - 1);
    }),
  );
});
