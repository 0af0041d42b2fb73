import assert from "node:assert/strict";
import { fails, inWorld, students } from "./util.ts";
import type { World } from "./util.ts";

const profiles = { seed: "contoso-profiles" };
const args = { profiles: { students }, includeTargets: [{ group: "Sales", profiles: ["students"] }] };
const PATCH = { method: "PATCH", kind: "policy" } as const;

const add = (
  world: World,
  action: Parameters<World["emulator"]["faults"]["add"]>[0]["do"],
  times: number | "always" = 1,
) => world.emulator.faults.add({ match: PATCH, do: action, times });

describe("writing", function () {
  this.timeout(20_000);

  it(
    "waits for reads that are behind",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      add(world, { kind: "staleReads", reads: 3 });
      await stack.apply(args);
      assert.equal(world.patches.length, 1);
      assert.equal(world.reads, 5);
      assert.equal(await stack.preview(args), false);
    }),
  );

  it(
    "says so where the change never shows, keeps what it wrote, and the next up finishes",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      const stale = add(world, { kind: "staleReads", reads: "untilReleased" });
      const error = await stack.upFailsPartly(args);
      assert.match(error.message, /took the change of .*2 seconds later/);
      stale.release();
      await stack.apply(args);
      assert.equal(world.patches.length, 1);
      assert.equal(await stack.preview(args), false);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "plans again where what seemed to be there already is not",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.apply({ ...args, state: "enabled" });
      world.tenant.setPolicy((policy) => void (policy.isSelfServiceRegistrationAllowed = true));
      // The read before the write shows what is declared; right before the write somebody takes it away.
      add(world, {
        kind: "otherWriter",
        phase: "before",
        edit: (policy) => void (policy.state = "disabled"),
      });
      await stack.apply({ ...args, state: "enabled", isSelfServiceRegistrationAllowed: false });
      assert.equal(world.tenant.policy().state, "enabled");
      assert.match(stack.lines.join("\n"), /state is not as it was written, or as it was read before; planning again/);
    }),
  );

  for (const answer of ["there", "lost"] as const) {
    it(
      `keeps what it wrote where reading back fails and the answer was ${answer}`,
      inWorld(profiles, async (world) => {
        const bytes = world.bytes();
        const stack = world.stack();
        // The first read of the update comes before its write, the second one is to read it back.
        if (answer === "lost") add(world, { kind: "cut", phase: "after" });
        world.emulator.faults.add({
          match: { method: "GET", kind: "policy" },
          do: { kind: "status", status: 500 },
          after: 1,
          times: 1,
        });
        const error = await stack.upFailsPartly(args);
        assert.match(error.message, /reading the Passkey \(FIDO2\) policy failed: 500/);
        assert.equal(world.patches.length, 1);
        // Another program of the same stack, which gives back what the last one wrote.
        await stack.apply({ state: "enabled" });
        assert.equal(world.bytes(), bytes);
      }),
    );
  }

  it(
    "settles an answer that was lost after the write by reading",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      add(world, { kind: "cut", phase: "after" });
      await stack.apply(args);
      assert.equal(world.patches.length, 1);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "plans again where the write was cut off before it happened",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      add(world, { kind: "cut", phase: "before" });
      await stack.apply(args);
      assert.deepEqual(
        world.patches.map(({ delivered, status }) => [delivered, status]),
        [
          [false, 0],
          [true, 204],
        ],
      );
      assert.match(
        stack.lines.join("\n"),
        /step 1 of 1: the answer was lost, and reading shows that nothing was written/,
      );
    }),
  );

  it(
    "gives up where writing fails again and again, with nothing written and no state",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      add(world, { kind: "status", status: 500 }, "always");
      const error = await fails(stack.apply(args));
      assert.match(error.message, /may or may not have taken effect|500/);
      assert.equal(stack.state, undefined);
      assert.equal(world.bytes(), bytes);
      assert.ok(world.patches.length <= 4);
    }),
  );

  it(
    "plans again where someone else changes a declared part right after the write",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      add(world, {
        kind: "otherWriter",
        phase: "after",
        edit: (policy) => void (policy.passkeyProfiles[2]!.name = "Theirs"),
      });
      await stack.apply(args);
      assert.equal(world.patches.length, 2);
      assert.equal(world.tenant.policy().passkeyProfiles[2]!.name, "Students");
      assert.match(stack.lines.join("\n"), /someone else changed profile\S* meanwhile; planning again/);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "ends with a conflict where someone else keeps changing it, and keeps what was there before",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      let name = 0;
      const writer = add(
        world,
        {
          kind: "otherWriter",
          phase: "after",
          edit: (policy) => void (policy.passkeyProfiles[2]!.name = `${(name += 1)}`),
        },
        "always",
      );
      const error = await stack.upFailsPartly(args);
      assert.match(error.message, /Someone else is changing the Passkey \(FIDO2\) policy at the same time: profile/);
      assert.equal(world.patches.length, 4);
      writer.remove();
      await stack.apply(args);
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "keeps what someone else writes elsewhere meanwhile",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      const edit = { isSelfServiceRegistrationAllowed: false, state: "disabled" };
      add(world, { kind: "otherWriter", phase: "before", edit });
      await stack.apply(args);
      assert.equal(world.patches.length, 1);
      const policy = world.tenant.policy();
      assert.deepEqual([policy.isSelfServiceRegistrationAllowed, policy.state], [false, "disabled"]);
    }),
  );

  it(
    "names the permission where writing is not allowed, and leaves no state",
    inWorld(profiles, async (world) => {
      const bytes = world.bytes();
      world.tenant.revokePermission("Policy.ReadWrite.AuthenticationMethod");
      const stack = world.stack();
      const error = await fails(stack.apply(args));
      assert.match(error.message, /updating the Passkey \(FIDO2\) policy failed: 403/);
      assert.match(error.message, /Grant the application permission Policy\.ReadWrite\.AuthenticationMethod/);
      assert.ok(!("id" in error));
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "fails on a policy that is gone by the time of the write",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      add(world, { kind: "policyMissing" });
      const error = await fails(stack.apply(args));
      assert.match(error.message, /without a Passkey \(FIDO2\) policy/);
      assert.ok(!("id" in error));
    }),
  );

  it(
    "sends a write again that the service put off",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      add(world, { kind: "status", status: 429, retryAfter: 0.2 });
      await stack.apply(args);
      assert.deepEqual(
        world.requests("policy").map(({ method, status }) => `${method} ${status}`),
        ["GET 200", "PATCH 429", "GET 200", "PATCH 204", "GET 200"],
      );
    }),
  );

  it(
    "plans a write anew that the service put off, where someone else wrote to the same list meanwhile",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      const throttled = add(world, { kind: "status", status: 429, retryAfter: 0.5 });
      const run = stack.apply(args);
      await throttled.arrived;
      const executives = world.group("Executives");
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[1]!.name = "Theirs";
        policy.includeTargets.push({ ...policy.includeTargets[0]!, id: executives });
      });
      await run;
      const policy = world.tenant.policy();
      assert.equal(policy.passkeyProfiles[1]!.name, "Theirs");
      assert.deepEqual(
        policy.includeTargets.map(({ id }) => id),
        ["all_users", executives, world.group("Sales")],
      );
      assert.deepEqual(
        world.patches.map(({ status }) => status),
        [429, 204],
      );
      assert.match(
        stack.lines.join("\n"),
        /changed passkeyProfiles, includeTargets while the service put it off|changed .*includeTargets.* while/,
      );
    }),
  );

  it(
    "sends a write again that was put off, where someone else only wrote elsewhere",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      const throttled = add(world, { kind: "status", status: 429, retryAfter: 0.5 });
      const run = stack.apply({ state: "disabled" });
      await throttled.arrived;
      world.tenant.setPolicy({ isSelfServiceRegistrationAllowed: false });
      await run;
      assert.equal(world.tenant.policy().isSelfServiceRegistrationAllowed, false);
      assert.doesNotMatch(stack.lines.join("\n"), /planning again/);
    }),
  );

  it(
    "keeps what someone else changes in the same list between two steps",
    inWorld({ seed: "contoso-profiles", switches: { profileLimit: 5 } }, async (world) => {
      const stack = world.stack();
      const declared = (name: string, group: string) => ({
        profiles: { [name]: { ...students, name } },
        includeTargets: [{ group, profiles: [name] }],
        profileLimit: 5,
      });
      await stack.up(declared("pupils", "Sales"));
      const wrote = world.patches.length;
      const held = world.emulator.faults.hold({ method: "GET", kind: "policy" }, { after: 1 });
      const update = stack.apply(declared("students", "Executives"));
      await held.arrived;
      assert.equal(world.patches.length, wrote + 1, "between the two steps");
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[1]!.keyRestrictions!.aaGuids.reverse();
        policy.passkeyProfiles[1]!.passkeyTypes = "deviceBound";
      });
      held.release();
      await update;
      const { passkeyProfiles } = world.tenant.policy();
      assert.equal(passkeyProfiles[1]!.passkeyTypes, "deviceBound");
      assert.deepEqual(
        passkeyProfiles.map(({ name }) => name),
        ["Default passkey profile", "synced", "students"],
      );
      assert.match(stack.lines.join("\n"), /someone else changed profile\/.* after the step before it; planning again/);
    }),
  );

  it(
    "writes again what someone else changed after the step that wrote it, while a later step was under way",
    inWorld({ seed: "contoso-profiles", switches: { profileLimit: 5 } }, async (world) => {
      const bytes = world.bytes();
      const stack = world.stack();
      const declared = (name: string, more: object = {}) => ({
        profiles: { [name]: { ...students, name } },
        includeTargets: [{ group: "Sales", profiles: [name] }],
        profileLimit: 5,
        ...more,
      });
      await stack.up(declared("pupils"));
      const match = { method: "PATCH", kind: "policy" } as const;
      const edit = { isSelfServiceRegistrationAllowed: true };
      const writer = world.emulator.faults.otherWriter("after", edit, match, { after: 1 });
      await stack.up(declared("students", { isSelfServiceRegistrationAllowed: false }));
      assert.equal(writer.fired, 1);
      assert.equal(world.tenant.policy().isSelfServiceRegistrationAllowed, false);
      assert.match(
        stack.lines.join("\n"),
        /isSelfServiceRegistrationAllowed is not as it was written, or as it was read before; planning again/,
      );
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );
});
