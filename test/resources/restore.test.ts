import assert from "node:assert/strict";
import { AUTHENTICATOR, DEFAULT_ID, inWorld, KEY, students, SYNCED_ID } from "./util.ts";

const profiles = { seed: "contoso-profiles" };
const args = { profiles: { students }, includeTargets: [{ group: "Sales", profiles: ["students"] }] };

describe("giving back", function () {
  this.timeout(20_000);

  it(
    "leaves alone what someone else changed, and says so",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.up({
        isSelfServiceRegistrationAllowed: false,
        profiles: { default: { passkeyTypes: ["deviceBound"] } },
      });
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[0]!.passkeyTypes = "synced";
        policy.passkeyProfiles[0]!.attestationEnforcement = "disabled";
      });
      stack.lines.length = 0;
      await stack.destroy();
      const policy = world.tenant.policy();
      assert.equal(policy.isSelfServiceRegistrationAllowed, true);
      assert.equal(policy.passkeyProfiles[0]!.passkeyTypes, "synced");
      assert.match(stack.lines.join("\n"), /left alone: profile.*default.*passkeyTypes.*someone else changed it since/);
    }),
  );

  it(
    "names a profile that a target had before and that is gone",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.up({ includeTargets: [{ group: "all_users", profiles: ["default"] }] });
      world.tenant.setPolicy((policy) => void policy.passkeyProfiles.splice(1, 1));
      stack.lines.length = 0;
      await stack.destroy();
      assert.deepEqual(world.tenant.policy().includeTargets[0]!.allowedPasskeyProfiles, [DEFAULT_ID]);
      assert.match(stack.lines.join("\n"), new RegExp(`left alone: .*${SYNCED_ID}.* is gone`));
    }),
  );

  it(
    "names a group that is gone instead of putting it back",
    inWorld({ seed: "contoso-legacy" }, async (world) => {
      const stack = world.stack();
      const id = world.group("Shared mailboxes");
      await stack.up({ removedExcludeTargets: ["Shared mailboxes"], state: "disabled" });
      world.tenant.groups.remove("Shared mailboxes");
      stack.lines.length = 0;
      await stack.destroy();
      const policy = world.tenant.policy();
      assert.deepEqual([policy.excludeTargets, policy.state], [[], "enabled"]);
      assert.match(stack.lines.join("\n"), new RegExp(`left alone: .*${id}.*the group is gone`));
    }),
  );

  it(
    "leaves a profile that someone else's target uses, with its parts",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.up(args);
      const id = stack.state!.profileIds["students"]!;
      world.tenant.setPolicy((policy) => void policy.includeTargets[0]!.allowedPasskeyProfiles.push(id));
      stack.lines.length = 0;
      await stack.destroy();
      const policy = world.tenant.policy();
      assert.equal(policy.passkeyProfiles[2]!.id, id);
      assert.equal(policy.includeTargets.length, 1);
      assert.match(stack.lines.join("\n"), /left alone: .*all_users.*still uses it, so the profile stays/);
    }),
  );

  it(
    "does nothing, without a request, where onDestroy is retain",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.up({ ...args, onDestroy: "retain" });
      const bytes = world.bytes();
      world.emulator.audit.clear();
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
      assert.equal(world.emulator.audit.entries.length, 0);
    }),
  );

  it(
    "keeps the order, the letter case and the duplicates of a list from before",
    inWorld(profiles, async (world) => {
      world.tenant.setPolicy((policy) => {
        const list = policy.passkeyProfiles[0]!.keyRestrictions!;
        list.aaGuids = [KEY.toUpperCase(), ...AUTHENTICATOR, KEY];
      });
      const bytes = world.bytes();
      const stack = world.stack();
      await stack.up({ profiles: { default: { keyRestrictions: { models: ["YubiKey 5 Series with NFC"] } } } });
      assert.notEqual(world.bytes(), bytes);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  for (const part of [{ passkeyTypes: ["deviceBound"] }, { attestationEnforcement: "disabled" }]) {
    it(
      `brings back what the tenant had, though nobody may declare it so: ${Object.keys(part)[0]}`,
      inWorld(profiles, async (world) => {
        const bytes = world.bytes();
        const stack = world.stack();
        await stack.up({ profiles: { default: part } });
        await stack.destroy();
        assert.equal(world.bytes(), bytes);
      }),
    );
  }

  it(
    "gives the profile's parts back one after the other where declarations shrink",
    inWorld(profiles, async (world) => {
      world.tenant.setPolicy((policy) => void (policy.passkeyProfiles[0]!.attestationEnforcement = "disabled"));
      const bytes = world.bytes();
      const stack = world.stack();
      const whole = {
        attestationEnforcement: "disabled",
        passkeyTypes: ["deviceBound"],
        keyRestrictions: { isEnforced: true, enforcementType: "allow", models: [KEY], microsoftAuthenticator: true },
      };
      await stack.up({ profiles: { default: whole } });
      const { models: _models, ...switches } = whole.keyRestrictions;
      await stack.up({ profiles: { default: { ...whole, keyRestrictions: switches } } });
      assert.deepEqual(
        JSON.parse(world.bytes()).passkeyProfiles[0].keyRestrictions,
        JSON.parse(bytes).passkeyProfiles[0].keyRestrictions,
      );
      await stack.up({ profiles: { default: { passkeyTypes: ["deviceBound"] } } });
      await stack.up({ state: "enabled" });
      assert.equal(world.bytes(), bytes);
      assert.deepEqual(Object.keys(stack.state!.managed), ["state"]);
    }),
  );

  it(
    "gives a declared part back as it was before the first run, however often it changed since",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      await stack.up({ profiles: { default: { keyRestrictions: { models: [KEY] } } } });
      await stack.up({ profiles: { default: { keyRestrictions: { models: [...AUTHENTICATOR, KEY] } } } });
      await stack.up({ profiles: { default: { keyRestrictions: { microsoftAuthenticator: true } } } });
      await stack.up({ profiles: { default: { keyRestrictions: { microsoftAuthenticator: false } } } });
      await stack.destroy();
      assert.deepEqual(
        JSON.parse(world.bytes()).passkeyProfiles[0].keyRestrictions.aaGuids.toSorted(),
        JSON.parse(bytes).passkeyProfiles[0].keyRestrictions.aaGuids.toSorted(),
      );
    }),
  );
});
