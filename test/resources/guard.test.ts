import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createGraph } from "../../provider/dist/graph/index.js";
import { People } from "../../provider/dist/impact/index.js";
import { ADELE, ADMIN, ALEX, EMERGENCY, holder, holds, listing, proposal, seed } from "./guard-people.ts";
import { AUTHENTICATOR, CheckFailed, fails, inWorld, KEY, KEY_B, KEY_C, students, SYNCED_ID } from "./util.ts";
import type { World } from "./util.ts";

describe("the lock-out guard", function () {
  this.timeout(20_000);

  for (const [outcome, methods, words] of [
    ["lockedOut", [], /1 person would be locked out: no method to sign in with is left/],
    ["lockedOut", ["email", "temporaryAccessPass"], /1 person would be locked out/],
    ["stranded", ["mobilePhone"], /1 person would be stranded: no phishing-resistant method is left/],
  ] as const) {
    it(
      `refuses at preview and at up, and takes an acknowledgement of the plan: ${outcome}, ${methods.join() || "no other method"}`,
      inWorld(seed, async (world) => {
        holder(world, ...methods);
        const stack = world.stack();
        const args = listing(KEY_B);
        const error = await fails(stack.preview(args));
        assert.ok(error instanceof CheckFailed);
        assert.match(error.message, words);
        assert.match(
          error.message,
          /1: YubiKey 5 Series with NFC is not accepted by profile default, "synced" \(e47a833c-[0-9a-f-]+\)\)/,
        );
        assert.match(error.message, /let them register another key first, or acknowledge this plan/);
        await fails(stack.apply(args));
        assert.equal(world.patches.length, 0);
        const acknowledge = proposal(error.message);
        assert.equal(acknowledge[outcome], 1);
        await stack.up({ ...args, acknowledge });
        assert.equal(world.patches.length, 1);
        assert.equal(await stack.preview({ ...args, acknowledge }), false);
      }),
    );
  }

  it(
    "takes no acknowledgement that is for another plan, has ended, or is for fewer people",
    inWorld(seed, async (world) => {
      holder(world);
      holds(world, ALEX, KEY);
      const stack = world.stack();
      const args = listing(KEY_B);
      const proposed = proposal((await fails(stack.preview(args))).message);
      assert.equal(proposed["lockedOut"], 2);
      for (const [change, why] of [
        [{ plan: "0123456789abcdef" }, /the acknowledgement is for the plan 0123456789abcdef/],
        [{ until: "2020-01-31" }, /the acknowledgement ended on 2020-01-31/],
        [{ lockedOut: 1 }, /2 people would be locked out.*of whom 1 were acknowledged/],
        [{ until: "soon" }, /acknowledge\.until: "soon" is neither a day/],
        [{ reason: " " }, /acknowledge\.reason: it is empty/],
        [{ plan: "the plan" }, /acknowledge\.plan: "the plan" is not the digest of a plan/],
        [{ plan: undefined }, /acknowledge\.plan: it is missing/],
        [{ lockedOut: -1 }, /acknowledge\.lockedOut: -1 is not a number of people/],
      ] as const) {
        const error = await fails(stack.preview({ ...args, acknowledge: { ...proposed, ...change } }));
        assert.match(error.message, why);
      }
      // Someone else changes the list: the plan is another one, and so is its digest.
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[0]!.keyRestrictions!.aaGuids.push(KEY_C);
      });
      assert.match((await fails(stack.apply({ ...args, acknowledge: proposed }))).message, /is for the plan/);
      assert.equal(world.patches.length, 0);
    }),
  );

  it(
    "counts at up who registered a key since the preview",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.preview(listing(KEY_B));
      holder(world);
      await fails(stack.apply(listing(KEY_B)));
      assert.equal(world.patches.length, 0);
    }),
  );

  it(
    "judges an update with what it gives back, at preview and at up",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up({ ...listing(KEY, KEY_B, KEY_C), isSelfServiceRegistrationAllowed: false });
      holds(world, ADELE, KEY_C);
      const shown = await fails(stack.preview({ isSelfServiceRegistrationAllowed: false }));
      assert.match(shown.message, /1 person would be locked out/);
      await fails(stack.apply({ isSelfServiceRegistrationAllowed: false }));
      assert.equal(world.patches.length, 1);
    }),
  );

  it(
    "refuses a change that is harmless part by part",
    inWorld(seed, async (world) => {
      holds(world, ADELE, KEY, KEY_B);
      const parts = { models: [KEY_B, ...AUTHENTICATOR], other: [KEY, ...AUTHENTICATOR] };
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[0]!.keyRestrictions!.aaGuids = [KEY, KEY_B, ...AUTHENTICATOR];
      });
      for (const models of Object.values(parts)) await world.stack().preview(listing(...models));
      const both = await fails(world.stack().preview(listing(...AUTHENTICATOR)));
      assert.match(both.message, /1 person would be locked out/);
    }),
  );

  it(
    "only warns with warn, and says nothing with off",
    inWorld(seed, async (world) => {
      holder(world);
      const warned = world.stack();
      await warned.preview({ ...listing(KEY_B), lockoutGuard: "warn" });
      assert.match(warned.lines.join("\n"), /warning: lockoutGuard: 1 person would be locked out/);
      const off = world.stack();
      world.emulator.audit.clear();
      await off.up({ ...listing(KEY_B), lockoutGuard: "off" });
      assert.doesNotMatch(off.lines.join("\n"), /locked out/);
      assert.deepEqual(world.requests("registrations"), []);
      assert.equal(world.patches.length, 1);
    }),
  );

  it(
    "asks for a word before an exclusive group gains something, also on a destroy",
    inWorld(seed, async (world) => {
      const admins = {
        profiles: { admins: { ...students, name: "Admins", exclusive: true } },
        includeTargets: [{ group: "IT administrators", profiles: ["admins"] }],
        removedIncludeTargets: ["all_users"],
      };
      const stack = world.stack();
      await stack.up(admins);
      const wider = structuredClone(admins);
      wider.profiles.admins.keyRestrictions.models.push(...AUTHENTICATOR);
      const error = await fails(stack.preview(wider));
      assert.match(
        error.message,
        /includeTargets\[0\]: Microsoft Authenticator becomes acceptable to group .*whose profile is exclusive/,
      );
      await stack.up({ ...wider, acknowledge: proposal(error.message) });
      const refused = await fails(stack.destroy());
      assert.match(refused.message, /synced passkeys become acceptable/);
      const own = world.stack({ env: { ENTRA_PASSKEYS_ACKNOWLEDGE: JSON.stringify(proposal(refused.message, true)) } });
      own.state = stack.state;
      await own.destroy();
    }),
  );

  it(
    "tells administrators apart, and asks for a word before their sign-in is weakened",
    inWorld(seed, async (world) => {
      world.tenant.users.update(ADMIN, { isAdmin: true });
      const sales = world.group("IT administrators");
      world.tenant.setPolicy((policy) => {
        const [first] = policy.includeTargets;
        policy.includeTargets = [{ ...first!, id: sales, allowedPasskeyProfiles: [policy.defaultPasskeyProfile!] }];
      });
      const both = { includeTargets: [{ group: "IT administrators", profiles: ["default", SYNCED_ID] }] };
      await world.stack().preview(both);
      const declared = await fails(world.stack().preview({ ...both, adminGroups: ["IT administrators"] }));
      assert.match(declared.message, /become acceptable to group .*which is a group of administrators/);
    }),
  );

  it(
    "refuses a destroy that strands people, until the environment acknowledges it",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up(listing(KEY, KEY_B, KEY_C, ...AUTHENTICATOR));
      holds(world, ADELE, KEY_C);
      const error = await fails(stack.destroy());
      assert.match(error.message, /1 person would be locked out/);
      assert.equal(world.patches.length, 1);
      for (const [text, why] of [
        ["yes", /ENTRA_PASSKEYS_ACKNOWLEDGE is not JSON/],
        ["{}", /ENTRA_PASSKEYS_ACKNOWLEDGE lacks plan, until or reason/],
      ] as const) {
        const wrong = world.stack({ env: { ENTRA_PASSKEYS_ACKNOWLEDGE: text } });
        wrong.state = stack.state;
        assert.match((await fails(wrong.destroy())).message, why);
      }
      const acknowledged = JSON.stringify([proposal(error.message, true)]);
      const own = world.stack({ env: { ENTRA_PASSKEYS_ACKNOWLEDGE: acknowledged } });
      own.state = stack.state;
      await own.destroy();
      assert.equal(world.patches.length, 2);
    }),
  );

  it(
    "keeps an acknowledgement where the service wants another way to the same end",
    inWorld({ ...seed, switches: { listWhileNotEnforced: "refused" } }, async (world) => {
      world.tenant.setPolicy((policy) => {
        const [profile] = policy.passkeyProfiles;
        Object.assign(profile!, {
          attestationEnforcement: "disabled",
          keyRestrictions: { isEnforced: false, enforcementType: "allow", aaGuids: [KEY] },
        });
      });
      holds(world, ADELE, KEY_B);
      const args = {
        profiles: {
          default: { keyRestrictions: { isEnforced: false, enforcementType: "allow", models: [KEY, KEY_C] } },
        },
        excludeTargets: ["Sales"],
      };
      const error = await fails(world.stack().preview(args));
      const stack = world.stack();
      await stack.up({ ...args, acknowledge: proposal(error.message) });
      assert.match(stack.lines.join("\n"), /step 1 of 2: enforce an allow list/);
      assert.equal(world.tenant.policy().excludeTargets.length, 1);
    }),
  );

  it(
    "plans and judges again where the policy changed while people were read",
    inWorld(seed, async (world) => {
      holds(world, ADELE, KEY_B);
      const sales = world.group("Sales");
      const late = {
        tenant: (tenant: World["tenant"]) =>
          tenant.setPolicy((policy) => void policy.excludeTargets.push({ id: sales, targetType: "group" })),
      };
      let clock = Date.now();
      const stack = world.stack({
        host: (host) => ({
          ...host,
          // Each call takes three seconds, and people are read anew each time.
          session: () =>
            Object.assign(host.session(), { clock: { now: () => (clock += 3000), sleep: () => Promise.resolve() } }),
          people: () =>
            new People(createGraph(host.settings()), { cacheFolder: world.cache, env: host.env, log: host.log }),
        }),
      });
      const edit = {
        match: { kind: "report" as const },
        do: { kind: "otherWriter" as const, phase: "after" as const, edit: late },
      };
      world.emulator.faults.add({ ...edit, after: 1 });
      await stack.apply(listing(KEY_B));
      assert.match(stack.lines.join("\n"), /the policy changed while people were assessed; planning again/);
      assert.equal(world.tenant.policy().excludeTargets.length, 1);
    }),
  );

  it(
    "has nobody's name in lines, errors, state or files",
    inWorld(seed, async (world) => {
      holder(world);
      holds(world, EMERGENCY, KEY_B);
      const stack = world.stack();
      const args = { ...listing(KEY_B), breakGlass: { group: "Break-glass" } };
      const error = await fails(stack.preview(args));
      await stack.up({ ...args, acknowledge: proposal(error.message) });
      const files = readdirSync(world.cache, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const written = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
      const everything = [...stack.lines, error.message, JSON.stringify(stack.state), ...written]
        .join("\n")
        .toLowerCase();
      for (const { displayName, userPrincipalName, id } of world.tenant.users.list()) {
        for (const name of [displayName, userPrincipalName, id])
          assert.ok(!everything.includes(name.toLowerCase()), name);
      }
    }),
  );
});
