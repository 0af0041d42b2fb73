import assert from "node:assert/strict";
import { restore } from "../../provider/dist/rollout/activities/restore.js";
import { savePolicy, statesFile } from "../../provider/dist/rollout/activities/saved.js";
import { Tenants } from "../../provider/dist/rollout/activities/tenants.js";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fails, inWorld, KEY, KEY_B, KEY_C, students, type Stack, type World } from "../resources/util.ts";
import { tenantSpec } from "./activities-util.ts";

const seed = { seed: "contoso-profiles" };
const profiles = { students };
const withStudents = { profiles, includeTargets: [{ group: "Sales", profiles: ["students"] }] };

/** A tenant whose policy was saved, and what gives it back. */
class Saved {
  readonly lines: string[] = [];
  readonly folder: string;
  readonly before: string;
  readonly world: World;
  readonly stack: Stack;
  /** Other resources of the same stack. */
  readonly others: readonly Stack[];

  constructor(world: World, stack: Stack, ...others: Stack[]) {
    this.world = world;
    this.stack = stack;
    this.others = others;
    this.folder = mkdtempSync(join(world.cache, "rollout-"));
    savePolicy(this.folder, this.spec, world.tenant.policy() as never, stack.state && [stack.state]);
    this.before = world.bytes();
  }

  get spec() {
    return tenantSpec(this.world.tenant.id, { name: "contoso" });
  }

  restore(more: NodeJS.ProcessEnv = {}): Promise<{ changed: boolean }> {
    const { emulator, cache, tenant } = this.world;
    const env = {
      ENTRA_PASSKEYS_ENDPOINT: emulator.url,
      ENTRA_PASSKEYS_CACHE: cache,
      ENTRA_PASSKEYS_VERIFY_SECONDS: "2",
      ...more,
    };
    const environmentOf = () => ({
      ARM_TENANT_ID: tenant.id,
      ARM_CLIENT_ID: tenant.client.id,
      ARM_CLIENT_SECRET: tenant.client.secret,
    });
    const log = (_tenant: object, line: string) => void this.lines.push(line);
    const states = [this.stack, ...this.others].flatMap(({ state }) => state ?? []);
    return restore({ folder: this.folder, log }, new Tenants({ env, environmentOf }), this.spec, states);
  }
}

/** People of Sales with keys of these models, and nobody else. */
const withKeys = (models: string[]) => ({
  profiles: { students: { ...students, keyRestrictions: { ...students.keyRestrictions, models } } },
  includeTargets: [{ group: "Sales", profiles: ["students"] }],
  removedIncludeTargets: ["all_users"],
});

/** Somebody of Sales has a key of the second model. */
function registered({ tenant }: World, name: string): void {
  const user = tenant.users.add({ displayName: name });
  tenant.members.add("Sales", user.id);
  tenant.passkeys.add(user.id, { aaGuid: KEY_B, displayName: "key", attestationLevel: "attested" });
}

function digestIn({ message }: Error): string {
  const digest = /"?plan"?:? ?"([0-9a-f]{16})"/.exec(message)?.[1];
  assert.ok(digest, message);
  return digest;
}

describe("restore", function () {
  this.timeout(20_000);

  it(
    "goes back to what was saved, and not to what was there before the stack",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up({ ...withStudents, isSelfServiceRegistrationAllowed: false });
      const saved = new Saved(world, stack);
      await stack.up({
        profiles: {
          students: { ...students, name: "Pupils", keyRestrictions: { ...students.keyRestrictions, models: [KEY_C] } },
        },
        includeTargets: [{ group: "Executives", profiles: ["students"] }],
        isSelfServiceRegistrationAllowed: true,
      });
      assert.notEqual(world.bytes(), saved.before);
      assert.deepEqual(await saved.restore(), { changed: true });
      assert.equal(world.bytes(), saved.before);
      const patches = world.patches.length;
      assert.deepEqual(await saved.restore(), { changed: false });
      assert.equal(world.patches.length, patches);
    }),
  );

  it(
    "gives back what the program has dropped in the rollout, too",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up({ ...withStudents, isSelfServiceRegistrationAllowed: false });
      const saved = new Saved(world, stack);
      assert.ok(existsSync(statesFile(saved.folder, saved.spec)));
      await stack.up({ profiles });
      assert.equal(world.tenant.policy().isSelfServiceRegistrationAllowed, true);
      await saved.restore();
      assert.equal(world.bytes(), saved.before);
    }),
  );

  it(
    "gives back what a program owned that has no resource any more",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up({ ...withStudents, isSelfServiceRegistrationAllowed: false });
      const saved = new Saved(world, stack);
      await stack.destroy();
      assert.notEqual(world.bytes(), saved.before);
      assert.deepEqual(await saved.restore(), { changed: true });
      assert.equal(world.bytes(), saved.before);
    }),
  );

  it(
    "leaves alone what someone else changed since, and says so",
    inWorld(seed, async (world) => {
      const saved = new Saved(world, world.stack());
      await saved.stack.up({ ...withStudents, isSelfServiceRegistrationAllowed: false });
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[0]!.attestationEnforcement = "disabled";
        const target = policy.includeTargets.find(({ id }) => id === world.group("Sales"))!;
        target.allowedPasskeyProfiles = [policy.passkeyProfiles[0]!.id];
      });
      await saved.restore();
      const policy = world.tenant.policy();
      assert.equal(policy.isSelfServiceRegistrationAllowed, true);
      assert.equal(policy.passkeyProfiles[0]!.attestationEnforcement, "disabled");
      assert.ok(policy.includeTargets.some(({ id }) => id === world.group("Sales")));
      assert.match(saved.lines.join("\n"), /left alone: includeTargets.*someone else changed it since/);
    }),
  );

  it(
    "is refused by the guard where it would lock people out, and writes nothing",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up(withKeys([KEY]));
      const saved = new Saved(world, stack);
      await stack.up(withKeys([KEY, KEY_B]));
      registered(world, "Ben");
      const [after, patches] = [world.bytes(), world.patches.length];
      const error = await fails(saved.restore());
      assert.equal(error.name, "PlanRefusedError");
      assert.match(error.message, /refused and nothing was written.*locked out/s);
      assert.deepEqual([world.bytes(), world.patches.length], [after, patches]);
      const digest = digestIn(error);
      const acknowledge = { plan: digest, lockedOut: 1, until: "2099-12-31", reason: "the pilot ends" };
      await saved.restore({ ENTRA_PASSKEYS_ACKNOWLEDGE: JSON.stringify(acknowledge) });
      assert.equal(world.bytes(), saved.before);
    }),
  );

  it(
    "takes an acknowledgement for the plan of all resources once, and for no more people than it says",
    inWorld(seed, async (world) => {
      const [stack, flag] = [world.stack(), world.stack({ name: "flag" })];
      await stack.up(withKeys([KEY]));
      const saved = new Saved(world, stack, flag);
      await stack.up(withKeys([KEY, KEY_B]));
      await flag.up({ isSelfServiceRegistrationAllowed: false });
      registered(world, "Ben");
      registered(world, "Cleo");
      const digest = digestIn(await fails(saved.restore()));
      const restore = (lockedOut: number) =>
        saved.restore({
          ENTRA_PASSKEYS_ACKNOWLEDGE: JSON.stringify({
            plan: digest,
            lockedOut,
            until: "2099-12-31",
            reason: "it ends",
          }),
        });
      assert.equal((await fails(restore(1))).name, "PlanRefusedError");
      await restore(2);
      assert.equal(world.bytes(), saved.before);
    }),
  );

  it(
    "goes on after it was stopped between two steps",
    inWorld({ ...seed, switches: { profileLimit: 5 } }, async (world) => {
      const listed = (models: string[]) => ({
        profiles: { default: { keyRestrictions: { isEnforced: false, models, microsoftAuthenticator: true } } },
        toggle: "enforceFirst" as const,
        lockoutGuard: "off" as const,
      });
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[0]!.keyRestrictions = {
          isEnforced: false,
          enforcementType: "allow",
          aaGuids: [KEY, KEY_B],
        };
      });
      const saved = new Saved(world, world.stack());
      await saved.stack.up(listed([]));
      const from = world.patches.length;
      world.emulator.faults.add({
        match: { method: "PATCH", kind: "policy" },
        do: { kind: "status", status: 403 },
        after: 1,
      });
      await fails(saved.restore());
      assert.notEqual(world.bytes(), saved.before);
      assert.equal(world.patches.length - from, 2, "the second one is refused");
      await saved.restore();
      assert.equal(world.bytes(), saved.before);
      assert.ok(!existsSync(join(saved.folder, "restoring", `${saved.spec.id}.json`)));
    }),
  );

  it(
    "throws where nothing was saved",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up({ isSelfServiceRegistrationAllowed: false });
      const saved = new Saved(world, stack);
      rmSync(join(saved.folder, "saved"), { recursive: true });
      await assert.rejects(saved.restore(), /the policy of contoso was not saved before an update/);
    }),
  );
});
