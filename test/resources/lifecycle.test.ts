import assert from "node:assert/strict";
import { systemClock } from "../../provider/dist/apply/index.js";
import { AUTHENTICATOR, DEFAULT_ID, inWorld, KEY, KEY_B, PROVIDER, students, SYNCED_ID } from "./util.ts";

const args = {
  profiles: { students },
  includeTargets: [{ group: "Sales", profiles: ["students"] }],
  excludeTargets: ["Break-glass"],
};
const profiles = { seed: "contoso-profiles" };

describe("a policy's life", function () {
  this.timeout(20_000);

  it(
    "is adopted with one PATCH, nothing undeclared changes, and a destroy restores every byte",
    inWorld(profiles, async (world) => {
      const before = world.tenant.policy();
      const bytes = world.bytes();
      const stack = world.stack();
      assert.equal(await stack.up(args), true);
      assert.equal(world.patches.length, 1);
      const after = world.tenant.policy();
      assert.deepEqual(after.passkeyProfiles.slice(0, 2), before.passkeyProfiles);
      assert.deepEqual(after.includeTargets.slice(0, 1), before.includeTargets);
      assert.equal(after.state, before.state);
      const id = stack.state!.profileIds["students"]!;
      assert.deepEqual(after.passkeyProfiles[2], {
        id,
        name: "Students",
        passkeyTypes: "deviceBound",
        attestationEnforcement: "registrationOnly",
        keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids: [KEY, KEY_B] },
      });
      const { since, ...managed } = stack.state!.managed[`profile/${id}`]!;
      assert.deepEqual(managed, { prior: null, written: { name: "Students" } });
      assert.match(since!, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, "when that was found");
      assert.equal(stack.state!.__provider, PROVIDER);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "sends nothing at all where nothing changed, and one GET for a refresh with inputs word for word",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.up(args);
      const { inputs } = stack;
      world.emulator.audit.clear();
      assert.equal(await stack.preview(args), false);
      assert.equal(await stack.up(args), false);
      assert.equal(world.emulator.audit.entries.length, 0);
      assert.deepEqual(await stack.refresh(), inputs);
      assert.deepEqual(
        world.requests().map(({ method, kind }) => [method, kind]),
        [["GET", "policy"]],
      );
      assert.equal(await stack.preview(args), false);
    }),
  );

  it(
    "adopts what is there already without a PATCH and leaves it there",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      const there = { state: "enabled", profiles: { default: { keyRestrictions: { isEnforced: true } } } };
      await stack.up(there);
      assert.equal(world.patches.length, 0);
      const { since, ...managed } = stack.state!.managed["state"]!;
      assert.deepEqual(managed, { prior: "enabled", written: "enabled" });
      assert.ok(since);
      await stack.destroy();
      assert.equal(world.patches.length, 0);
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "reads at most once for a preview, once for the checks and once before the first PATCH",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.up({ state: "enabled" });
      world.emulator.audit.clear();
      const next = { state: "disabled" };
      assert.equal(await stack.preview(next), true);
      assert.equal(world.reads, 1);
      world.emulator.audit.clear();
      await stack.apply(next);
      assert.deepEqual(
        world.requests("policy").map(({ method }) => method),
        ["GET", "PATCH", "GET"],
      );
    }),
  );

  it(
    "reads again right before the first PATCH where the checks are older than two seconds",
    inWorld(profiles, async (world) => {
      const stack = world.stack({
        host: (host) => {
          let session: ReturnType<typeof host.session> | undefined;
          return {
            ...host,
            session() {
              // What comes after the checks comes five seconds later.
              const late = session === undefined ? 0 : 5000;
              session ??= host.session();
              Object.assign(session, { clock: { ...systemClock, now: () => Date.now() + late } });
              return session;
            },
          };
        },
      });
      await stack.apply({ state: "disabled" });
      assert.deepEqual(
        world.requests("policy").map(({ method }) => method),
        ["GET", "GET", "PATCH", "GET"],
      );
    }),
  );

  it(
    "gives back what is not declared any more in the same plan as the rest",
    inWorld(profiles, async (world) => {
      const before = world.tenant.policy();
      const bytes = world.bytes();
      const stack = world.stack();
      await stack.up({ ...args, state: "enabled", isSelfServiceRegistrationAllowed: false });
      world.emulator.audit.clear();
      await stack.up({ ...args, excludeTargets: [], state: "disabled" });
      assert.equal(world.patches.length, 1);
      const after = world.tenant.policy();
      assert.equal(after.isSelfServiceRegistrationAllowed, before.isSelfServiceRegistrationAllowed);
      assert.deepEqual(after.excludeTargets, before.excludeTargets);
      assert.equal(after.state, "disabled");
      assert.ok(!("isSelfServiceRegistrationAllowed" in stack.state!.managed));
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "takes a removed profile and its target away, and follows a new key of a profile",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      await stack.up(args);
      const old = stack.state!.profileIds["students"]!;
      const renamed = {
        ...args,
        profiles: { pupils: { ...students, name: "Pupils" } },
        includeTargets: [{ group: "Sales", profiles: ["pupils"] }],
      };
      await stack.up(renamed);
      const id = stack.state!.profileIds["pupils"]!;
      assert.notEqual(id, old);
      assert.deepEqual(
        world.tenant.policy().passkeyProfiles.map((profile) => profile.id),
        [DEFAULT_ID, SYNCED_ID, id],
      );
      assert.equal(await stack.preview(renamed), false);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "keeps a profile under a new key by its id",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      await stack.up(args);
      const id = stack.state!.profileIds["students"]!;
      world.emulator.audit.clear();
      await stack.up({
        ...args,
        profiles: { pupils: { ...students, id } },
        includeTargets: [{ group: "Sales", profiles: ["pupils"] }],
      });
      assert.equal(world.patches.length, 0);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "works on the tenant-wide settings of a legacy tenant",
    inWorld({ seed: "contoso-legacy" }, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      const legacy = {
        profiles: {
          default: {
            attestationEnforcement: "disabled",
            keyRestrictions: {
              isEnforced: true,
              enforcementType: "allow",
              models: [KEY],
              microsoftAuthenticator: true,
            },
          },
        },
        includeTargets: [{ group: "Sales" }],
        removedIncludeTargets: ["all_users"],
        removedExcludeTargets: ["Shared mailboxes"],
      };
      await stack.up(legacy);
      const policy = world.tenant.policy();
      assert.equal(policy.isAttestationEnforced, false);
      assert.deepEqual(policy.keyRestrictions!.aaGuids, [KEY, ...AUTHENTICATOR]);
      assert.deepEqual(
        policy.includeTargets.map(({ id }) => id),
        [world.group("Sales")],
      );
      assert.equal(await stack.preview(legacy), false);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );
});
