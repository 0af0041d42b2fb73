import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineGoneError } from "../../provider/dist/apply/index.js";
import type { Host } from "../../provider/dist/resources/host.js";
import { AUTHENTICATOR, fails, inWorld, KEY, KEY_B } from "./util.ts";
import type { StackOptions, World } from "./util.ts";

/** Authenticator is listed without enforcement. */
const args = {
  profiles: {
    default: {
      keyRestrictions: { isEnforced: false, enforcementType: "allow", models: [KEY], microsoftAuthenticator: true },
    },
  },
};

function inventory(world: World): string {
  const path = join(world.cache, "passkeys.jsonl");
  const passkey = { id: "1", user: "a1", groups: [], aaguid: KEY_B, passkeyType: "deviceBound" };
  const lines = [{ tenant: world.tenant.id, created: new Date().toISOString() }, passkey];
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
  return path;
}

/** A tenant in which nothing is enforced and everything is accepted. */
function open(world: World): void {
  const keyRestrictions = { isEnforced: false, enforcementType: "allow", aaGuids: [KEY] };
  world.tenant.setPolicy((policy) => {
    if (world.tenant.mode === "legacy") policy.keyRestrictions = keyRestrictions;
    else {
      policy.passkeyProfiles.splice(1, 1);
      policy.includeTargets[0]!.allowedPasskeyProfiles.splice(1, 1);
      Object.assign(policy.passkeyProfiles[0]!, { attestationEnforcement: "disabled", keyRestrictions });
    }
  });
  world.emulator.audit.clear();
}

/** What the service kept after each PATCH that it took: whether the list was enforced, and how long it was. */
const seeds = ["contoso-legacy", "contoso-profiles"] as const;
const answers = ["accepted", "refused", "dropped"] as const;
const toggles = ["auto", "enforceFirst", "direct"] as const;

describe("the toggle", function () {
  this.timeout(20_000);

  for (const listWhileNotEnforced of answers)
    for (const enforcementType of ["allow", "block"])
      it(
        `lists the models of a new profile to ${enforcementType}: lists ${listWhileNotEnforced} while not enforced`,
        inWorld({ seed: "contoso-profiles", switches: { listWhileNotEnforced } }, async (world) => {
          const stack = world.stack();
          const bytes = world.bytes();
          const keyRestrictions = { isEnforced: false, enforcementType, models: [KEY] };
          const own = {
            name: "Own",
            passkeyTypes: ["deviceBound"],
            attestationEnforcement: "disabled",
            keyRestrictions,
          };
          await stack.apply({ profiles: { own } });
          assert.deepEqual(world.tenant.policy().passkeyProfiles.at(-1)!.keyRestrictions, {
            isEnforced: false,
            enforcementType,
            aaGuids: [KEY],
          });
          assert.equal(world.patches.length, listWhileNotEnforced === "accepted" ? 1 : 3);
          assert.doesNotMatch(stack.lines.join("\n"), /someone else/);
          await stack.destroy();
          assert.equal(world.bytes(), bytes);
        }),
      );

  for (const seed of seeds)
    for (const listWhileNotEnforced of answers)
      for (const toggle of toggles)
        for (const keys of ["from a file", "from Graph", "that nobody may read"] as const) {
          const windowed = toggle === "enforceFirst" || (toggle === "auto" && listWhileNotEnforced !== "accepted");
          const known = keys !== "that nobody may read";
          const fits = windowed ? known : listWhileNotEnforced === "accepted";
          const how = `${seed}, lists ${listWhileNotEnforced} while not enforced, ${toggle}, keys ${keys}`;
          it(
            `${fits ? "lists" : "writes nothing"}: ${how}`,
            inWorld({ seed, switches: { listWhileNotEnforced } }, async (world) => {
              open(world);
              const bytes = world.bytes();
              const stack = world.stack();
              const wanted = { ...args, toggle, ...(keys === "from a file" && { inventory: inventory(world) }) };
              if (keys === "from Graph") world.tenant.passkeys.add(world.tenant.users.list()[0]!.id, { aaGuid: KEY_B });
              if (!known) world.tenant.revokePermission("AuditLog.Read.All");
              if (!fits) {
                const error = await fails(stack.apply(wanted));
                if (windowed)
                  assert.match(error.message, /keyRestrictions: .*only while key restrictions are enforced.*inventory/);
                assert.ok(!("id" in error) || toggle === "direct", error.message);
                if (toggle !== "direct") assert.equal(world.bytes(), bytes);
                else assert.deepEqual(world.tenant.policy().keyRestrictions!.aaGuids, [KEY]);
                return;
              }
              await stack.apply(wanted);
              assert.deepEqual(world.tenant.policy().keyRestrictions, {
                isEnforced: false,
                enforcementType: "allow",
                aaGuids: [KEY, ...AUTHENTICATOR],
              });
              const steps = stack.lines.filter((line) => /: step \d of \d: ./.test(line));
              const bodies = world.patches.map(({ requestBody }) => JSON.stringify(requestBody));
              if (windowed) {
                assert.ok(
                  steps.some((line) => line.includes("step 1 of 2: ")) && steps.at(-1)!.includes("step 2 of 2: "),
                );
                assert.ok(bodies.at(-2)!.includes('"isEnforced":true') && bodies.at(-2)!.includes(KEY_B));
              } else assert.equal(steps.length, 1);
              const tried = toggle === "auto" && listWhileNotEnforced !== "accepted" ? 1 : 0;
              assert.equal(world.patches.length, (windowed ? 2 : 1) + tried);
              assert.equal(await stack.preview(wanted), false);
              await stack.destroy();
              assert.equal(world.bytes(), bytes);
            }),
          );
        }
});

const window = { toggle: "enforceFirst" };

describe("the toggle with an inventory that was read for others", () => {
  it(
    "is refused, because whoever is in a group that was not read could lose a key in between",
    inWorld({ seed: "contoso-legacy" }, async (world) => {
      open(world);
      const path = join(world.cache, "people.jsonl");
      const source = { report: true, accounts: true };
      const scope = { scope: "everyone", groups: [], source, salt: "00000000" };
      const head = { tenant: world.tenant.id, created: new Date().toISOString(), ...scope };
      const lines = [
        { format: "entra-passkeys-inventory", version: 2, ...head },
        { end: true, people: 0, passkeys: 0, unread: 0 },
      ];
      writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
      const wanted = { ...args, ...window, inventory: path, includeTargets: [{ group: "Sales" }] };
      const error = await fails(world.stack().preview(wanted));
      assert.match(error.message, new RegExp(`was not read for Sales \\(${world.group("Sales")}\\)`));
      assert.equal(world.patches.length, 0);
    }),
  );
});

/** An engine that goes away before the second step. */
const goingAway = (): StackOptions => {
  let checks = 0;
  const engine = () => ((checks += 1) === 2 ? Promise.reject(new EngineGoneError()) : Promise.resolve());
  return { host: (host: Host) => ({ ...host, engine }) };
};

const stops: [string, (world: World) => StackOptions][] = [
  ["500", (world) => (fault(world, { kind: "status", status: 500 }), {})],
  ["a broken connection", (world) => (fault(world, { kind: "cut", phase: "before" }), {})],
  ["403", (world) => (fault(world, { kind: "missingPermission" }), {})],
  ["an engine that is gone", goingAway],
];

function fault(world: World, action: Parameters<World["emulator"]["faults"]["add"]>[0]["do"]): void {
  world.emulator.faults.add({ match: { method: "PATCH", kind: "policy" }, do: action, after: 1, times: "always" });
}

describe("a run that stops between two steps", function () {
  this.timeout(20_000);

  for (const [title, stop] of stops)
    for (const lost of [false, true])
      it(
        `by ${title} is finished by the next ${lost ? "create, with the state lost" : "update"}, and restored right`,
        inWorld({ seed: "contoso-profiles" }, async (world) => {
          open(world);
          const bytes = world.bytes();
          const wanted = { ...args, ...window, inventory: inventory(world) };
          let stack = world.stack(stop(world));
          const error = await stack.upFailsPartly(wanted);
          assert.match(error.message, /Part of the change was written; the next pulumi up finishes it/);
          assert.equal(world.tenant.policy().keyRestrictions!.isEnforced, true);
          const { managed } = error.properties;
          assert.equal(managed["profile/default/isEnforced"]!.prior, false);
          assert.deepEqual(
            managed["profile/default/listed/" + AUTHENTICATOR[0]!] ?? managed["profile/default/aaGuids"]!.prior,
            [KEY],
          );
          world.emulator.faults.clear();
          if (lost) stack = world.stack();
          else assert.equal(await stack.preview(wanted), true);
          await stack.apply(wanted);
          assert.deepEqual(world.tenant.policy().keyRestrictions, {
            isEnforced: false,
            enforcementType: "allow",
            aaGuids: [KEY, ...AUTHENTICATOR],
          });
          assert.equal(await stack.preview(wanted), false);
          if (lost) assert.match(stack.lines.join("\n"), /going on from a run of .* that was stopped/);
          await stack.destroy();
          assert.equal(world.bytes(), bytes);
          assert.deepEqual(readdirSync(join(world.cache, "journal")), []);
        }),
      );

  for (const seed of seeds)
    it(
      `is finished by the next create where only Authenticator is declared, and the list is nobody's, in ${seed}`,
      inWorld({ seed, switches: { listWhileNotEnforced: "refused" } }, async (world) => {
        const closed = { isEnforced: false, enforcementType: "block", aaGuids: [] };
        world.tenant.setPolicy((policy) => {
          for (const profile of policy.passkeyProfiles.slice(0, 1)) profile.keyRestrictions = structuredClone(closed);
          policy.keyRestrictions = closed;
        });
        const bytes = world.bytes();
        const keyRestrictions = { isEnforced: false, microsoftAuthenticator: true };
        const wanted = { profiles: { default: { keyRestrictions } }, ...window, inventory: inventory(world) };
        await world.stack(goingAway()).upFailsPartly(wanted);
        assert.ok(world.tenant.policy().keyRestrictions!.aaGuids.includes(KEY_B), "what is in use is listed meanwhile");
        const stack = world.stack();
        await stack.apply(wanted);
        assert.deepEqual(world.tenant.policy().keyRestrictions!.aaGuids, AUTHENTICATOR);
        assert.equal(await stack.preview(wanted), false);
        await stack.destroy();
        assert.equal(world.bytes(), bytes);
      }),
    );

  it(
    "can be destroyed as it is",
    inWorld({ seed: "contoso-legacy" }, async (world) => {
      open(world);
      const bytes = world.bytes();
      const stack = world.stack(goingAway());
      await stack.upFailsPartly({ ...args, ...window, inventory: inventory(world) });
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
    }),
  );

  it(
    "has no prior where its note is damaged: it is said, and never restored",
    inWorld({ seed: "contoso-legacy" }, async (world) => {
      open(world);
      const wanted = { ...args, ...window, inventory: inventory(world) };
      await world.stack(goingAway()).upFailsPartly(wanted);
      const folder = join(world.cache, "journal");
      mkdirSync(folder, { recursive: true });
      for (const file of readdirSync(folder)) writeFileSync(join(folder, file), "{");
      const stack = world.stack();
      await stack.apply(wanted);
      assert.match(stack.lines.join("\n"), /warning: an earlier run was stopped, and its note .* cannot be read/);
      assert.ok(Object.values(stack.state!.managed).every((facet) => !("prior" in facet)));
      const bytes = world.bytes();
      await stack.destroy();
      assert.equal(world.bytes(), bytes);
      assert.match(stack.lines.join("\n"), /left alone: .*what was there before is not known/);
    }),
  );
});
