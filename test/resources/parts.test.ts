import assert from "node:assert/strict";
import { closedAaguid } from "../../provider/dist/policy/index.js";
import { seed } from "./guard-people.ts";
import { policy, profile, Program, restrictions, target } from "./program.ts";
import { AUTHENTICATOR, fails, inWorld, KEY, KEY_B, UNKNOWN } from "./util.ts";
import type { World } from "./util.ts";

const nurses = profile("nurses", {
  name: "Nurses",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
});
const keys = (models = [KEY, KEY_B]) =>
  restrictions("nurses", (outputs) => ({
    profile: outputs("PasskeyProfile nurses").profileId,
    isEnforced: true,
    enforcementType: "allow",
    models,
  }));
const wards = (groups: string[] = ["Sales"]) =>
  target("nurses", (outputs) => ({ groups, profiles: [outputs("PasskeyKeyRestrictions nurses").profileId] }));
const all = [[nurses], [keys()], [wards()]];

const equal = (world: World, bytes: string) => assert.deepEqual(JSON.parse(world.bytes()), JSON.parse(bytes));

describe("PasskeyProfile, PasskeyKeyRestrictions and PasskeyGroupTarget", function () {
  this.timeout(20_000);

  it(
    "declare a profile in three resources, one write each, without changes afterwards, and give all back",
    inWorld(seed, async (world) => {
      const bytes = world.bytes();
      const program = new Program(world);
      await program.preview(...all);
      assert.equal(world.patches.length, 0);
      await program.apply(...all);
      assert.equal(world.patches.length, 3);
      const { passkeyProfiles, includeTargets } = world.tenant.policy();
      const { profileId } = program.state("PasskeyProfile nurses") as { profileId: string };
      assert.deepEqual(passkeyProfiles.at(-1), {
        id: profileId,
        name: "Nurses",
        passkeyTypes: "deviceBound",
        attestationEnforcement: "registrationOnly",
        keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids: [KEY, KEY_B] },
      });
      assert.deepEqual(includeTargets.at(-1)!.allowedPasskeyProfiles, [profileId]);
      assert.deepEqual(
        [...program.saved.values()].map(({ id }) => id),
        [profileId, `${profileId}/keyRestrictions`, `include/${world.group("Sales")}`],
      );
      world.emulator.audit.clear();
      assert.deepEqual(await program.preview(...all), []);
      assert.equal(world.emulator.audit.entries.length, 0, "no change costs no request");
      await program.refresh();
      assert.equal(world.reads, 1, "refresh of the whole stack is one GET");
      assert.deepEqual(await program.preview(...all), []);
      await program.destroy();
      equal(world, bytes);
    }),
  );

  it(
    "create a profile closed: it accepts no passkey before its key restrictions are there",
    inWorld(seed, async (world) => {
      const bytes = world.bytes();
      const program = new Program(world);
      await program.up([nurses]);
      const { id, keyRestrictions } = world.tenant.policy().passkeyProfiles.at(-1)!;
      assert.deepEqual(keyRestrictions, { isEnforced: true, enforcementType: "allow", aaGuids: [closedAaguid(id)] });
      assert.match(program.lines.join("\n"), /new profile closed until its key restrictions come/);
      await program.up([nurses], [keys()]);
      await program.up([nurses]);
      assert.deepEqual(world.tenant.policy().passkeyProfiles.at(-1)!.keyRestrictions, keyRestrictions);
      await program.destroy();
      equal(world, bytes);
    }),
  );

  it(
    "are also one plan where the target does not wait for the key restrictions",
    inWorld(seed, async (world) => {
      const hasty = target("nurses", (outputs) => ({
        groups: ["Sales"],
        profiles: [outputs("PasskeyProfile nurses").profileId],
      }));
      for (const order of [
        [hasty, keys()],
        [keys(), hasty],
      ]) {
        const bytes = world.bytes();
        const program = new Program(world);
        world.emulator.audit.clear();
        await program.up([nurses], order);
        assert.equal(world.patches.length, 2);
        await program.destroy();
        equal(world, bytes);
      }
    }),
  );

  it(
    "show drift of their own part, and a profile that is gone as gone",
    inWorld(seed, async (world) => {
      const program = new Program(world);
      await program.up(...all);
      const after = world.bytes();
      world.tenant.setPolicy((now) => {
        const own = now.passkeyProfiles.at(-1)!;
        own.passkeyTypes = "deviceBound,synced";
        own.keyRestrictions!.aaGuids.push(...AUTHENTICATOR);
        now.includeTargets.at(-1)!.allowedPasskeyProfiles = [now.passkeyProfiles[0]!.id];
      });
      await program.refresh();
      const drifted = (resource: string) => program.saved.get(resource)!.inputs;
      assert.deepEqual(drifted("PasskeyProfile nurses")["passkeyTypes"], ["deviceBound", "synced"]);
      assert.deepEqual(drifted("PasskeyKeyRestrictions nurses")["models"], [KEY, KEY_B, ...AUTHENTICATOR].sort());
      assert.deepEqual(drifted("PasskeyGroupTarget nurses")["profiles"], ["default"]);
      assert.equal((await program.preview(...all)).length, 3);
      await program.apply(...all);
      equal(world, after);
      world.tenant.setPolicy((now) => {
        now.includeTargets.pop();
        now.passkeyProfiles.pop();
      });
      await program.refresh();
      assert.ok(!program.saved.has("PasskeyProfile nurses"), "a profile can be gone");
      assert.ok(program.saved.has("PasskeyKeyRestrictions nurses"), "anything else only drifts");
      await program.up(...all);
      equal(world, after);
    }),
  );

  it(
    "refuse bad input by the property of the resource, with the reason and the way out",
    inWorld(seed, async (world) => {
      const cases: [Parameters<Program["preview"]>, RegExp][] = [
        [
          [[profile("p", { name: "P", passkeyTypes: ["usb"], attestationEnforcement: "disabled" })]],
          /passkeyTypes\[0\]: "usb"/,
        ],
        [[[profile("p", { name: "P", attestationEnforcement: "disabled" })]], /profile: .*missing: passkeyTypes/],
        [[[profile("p", { nam: "P" })]], /nam: there is no such property.*documentation of PasskeyProfile/],
        [[[profile("p", { profile: "default", exclusive: true })]], /exclusive: the default profile/],
        [[[restrictions("r", { isEnforced: true })]], /profile: it is missing/],
        [[[restrictions("r", { profile: "default", models: ["YubKey 5 NFC"] })]], /models\[0\]: .*Did you mean/],
        [[[restrictions("r", { profile: KEY, models: [KEY] })]], /profile: there is no such passkey profile/],
        [[[restrictions("r", { profile: "default", isEnforced: false, windowsHello: false })]], /windowsHello: /],
        [[[target("t", { groups: "Sales" })]], /groups: "Sales" is not a list/],
        [[[target("t", { groups: [] })]], /groups: it names no group/],
        [[[target("t", { groups: ["Sales", "Nobody"] })]], /groups\[1\]: the tenant has no group called "Nobody"/],
        [[[target("t", { groups: ["Sales"], profiles: [KEY] })]], /groups\[0\]: there is no passkey profile/],
        [[[target("t", { groups: ["all_users"], kind: "exclude" })]], /groups\[0\]: excluding all_users/],
        [[[target("t", { groups: ["Sales"], kind: "exclude", profiles: ["default"] })]], /profiles: an exclude has no/],
      ];
      for (const [levels, message] of cases) {
        const { message: told } = await fails(new Program(world).preview(...levels));
        assert.match(told, message);
      }
      assert.equal(world.patches.length, 0);
    }),
  );

  it(
    "are refused where two of them, or one and a PasskeyPolicy, declare the same part",
    inWorld(seed, async (world) => {
      const list = restrictions("list", { profile: "default", models: [KEY] });
      const cases = [
        [restrictions("other", { profile: "default", models: [KEY_B] }), /PasskeyKeyRestrictions::list declares/],
        [policy("whole", { profiles: { default: { keyRestrictions: { microsoftAuthenticator: true } } } }), /::list/],
      ] as const;
      for (const [other, message] of cases) {
        const error = await fails(new Program(world).preview([list, other]));
        assert.match(error.message, message);
        const both = new RegExp(`${other.type} ${other.name} or PasskeyKeyRestrictions list`);
        assert.match(error.message, /Declare it in one of the two: /);
        assert.match(error.message, both);
      }
    }),
  );

  it(
    "go along where a profile is not known before the update, or not well enough",
    inWorld(seed, async (world) => {
      const later = keys();
      for (const first of [
        profile("nurses", { name: UNKNOWN, passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly" }),
        profile("nurses", { profile: UNKNOWN, exclusive: true }),
      ]) {
        const program = new Program(world);
        await program.preview([first], [later], [wards()]);
        const lines = program.lines.join("\n");
        assert.match(lines, /PasskeyProfile nurses: warning: (name|profile): the value is not known before the update/);
        assert.match(lines, /PasskeyKeyRestrictions nurses: warning: profile: the (profile|value) is not known/);
        assert.match(lines, /PasskeyGroupTarget nurses: warning: profiles: .*the target is left out until then/);
      }
    }),
  );

  it(
    "leave out what is not known before the update, and get it right then",
    inWorld(seed, async (world) => {
      const program = new Program(world);
      const later = target("nurses", { groups: ["Executives", UNKNOWN], profiles: ["default"] });
      await program.preview([later]);
      assert.match(program.lines.join("\n"), /groups\[1\]: the value is not known before the update/);
      await program.apply([target("nurses", { groups: ["Executives", "Sales"], profiles: ["default"] })]);
      assert.equal(world.tenant.policy().includeTargets.length, 3);
      assert.equal(world.patches.length, 1);
    }),
  );
});
