import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { ADELE, listing } from "../resources/guard-people.ts";
import { exportOf, pass, policy, profile, Program, restrictions, strength, target } from "../resources/program.ts";
import { inWorld, KEY, KEY_B, KEY_C } from "../resources/util.ts";
import type { Stack, World } from "../resources/util.ts";

const CLI = resolve(import.meta.dirname, "../../provider/dist/cli/main.js");

/** Runs the command with the settings of the world's tenant; `input` is its standard input. */
async function run(world: World, input: unknown, ...more: string[]) {
  const { tenant, emulator, cache } = world;
  const env = {
    PATH: process.env.PATH,
    ARM_TENANT_ID: tenant.id,
    ARM_CLIENT_ID: tenant.client.id,
    ARM_CLIENT_SECRET: tenant.client.secret,
    ENTRA_PASSKEYS_ENDPOINT: emulator.url,
    ENTRA_PASSKEYS_CACHE: cache,
  };
  const child = spawn(process.execPath, [CLI, "destroy-impact", ...more], { env, cwd: cache });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  child.stdin.end(typeof input === "string" ? input : JSON.stringify(input));
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout: await stdout, stderr: await stderr };
}

const TYPE = "pulumi-nodejs:dynamic/entra:PasskeyPolicy";
const exported = (...stacks: Stack[]) => ({
  deployment: {
    resources: [{ type: "pulumi:pulumi:Stack" }, ...stacks.map(({ state }) => ({ type: TYPE, outputs: state }))],
  },
});

describe("entra-passkeys destroy-impact", function () {
  this.timeout(20_000);
  const seed = { seed: "contoso-profiles" };

  it(
    "tells what a destroy would do, and would not be refused",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up(listing(KEY, KEY_B));
      const { code, stdout } = await run(world, exported(stack));
      assert.equal(code, 0);
      assert.match(stdout, /^PasskeyPolicy policy: plan [0-9a-f]{16}, 1 step$/m);
      assert.match(stdout, /: {3}1\. put back what was there before in one step$/m);
      assert.match(stdout, /: {3}of 7 people: nobody loses a key$/m);
      assert.equal(world.patches.length, 1, "it writes nothing");
    }),
  );

  it(
    "ends with 3 where a destroy would be refused, and writes names to the file asked for and nowhere else",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up(listing(KEY, KEY_C));
      world.tenant.passkeys.add(ADELE, { aaGuid: KEY_C });
      const file = join(world.cache, "state.json");
      writeFileSync(file, JSON.stringify(exported(stack)));
      const names = join(world.cache, "names.jsonl");
      const told = await run(world, "", file, "--show-users", names);
      assert.equal(told.code, 3, told.stderr);
      assert.match(told.stdout, /would be refused: lockoutGuard: 1 person would be locked out/);
      assert.ok(!`${told.stdout}${told.stderr}`.includes(ADELE));
      assert.ok(readFileSync(names, "utf8").includes(ADELE));
      assert.equal(lstatSync(names).mode & 0o777, 0o600);
      const json = await run(world, exported(stack), "--json");
      const [found] = JSON.parse(json.stdout) as [Record<string, unknown>];
      assert.equal(json.code, 3);
      assert.deepEqual(found["people"], {
        ...{ lockedOut: 1, stranded: 0, unknown: 0, reduced: 0, keeps: 6 },
        ...{ disabled: { withoutKey: 0, unknown: 0 }, guests: 0, notProven: 0 },
      });
      assert.equal((found["refusals"] as unknown[]).length, 1);
      const other = join(world.cache, "other.txt");
      writeFileSync(other, "mine");
      const kept = await run(world, exported(stack), "--show-users", other);
      assert.equal(kept.code, 1);
      assert.equal(readFileSync(other, "utf8"), "mine");
    }),
  );

  it(
    "says that the policy stays where onDestroy is retain",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up({ ...listing(KEY, KEY_B), onDestroy: "retain" });
      const { code, stdout } = await run(world, exported(stack));
      assert.deepEqual(
        [code, stdout.trim()],
        [0, "PasskeyPolicy policy: onDestroy is retain, so the policy would stay as it is"],
      );
    }),
  );

  it(
    "goes through single resources in the order in which a destroy deletes them",
    inWorld(seed, async (world) => {
      const program = new Program(world);
      const made = (resource: string) => (outputs: (of: string) => Record<string, unknown>) =>
        outputs(resource)["profileId"];
      const [ofProfile, ofKeys] = [made("PasskeyProfile sales"), made("PasskeyKeyRestrictions sales")];
      await program.up(
        [
          profile("sales", {
            name: "Sales",
            passkeyTypes: ["deviceBound"],
            attestationEnforcement: "registrationOnly",
          }),
        ],
        [
          restrictions("sales", (outputs) => ({
            profile: ofProfile(outputs),
            isEnforced: true,
            enforcementType: "allow",
            models: [KEY, KEY_C],
          })),
        ],
        [target("sales", (outputs) => ({ groups: ["Sales"], profiles: [ofKeys(outputs)] }))],
      );
      world.tenant.passkeys.add(ADELE, { aaGuid: KEY });
      const kept = await run(world, exportOf(program, true));
      assert.equal(kept.code, 0, kept.stdout);
      const order = [...kept.stdout.matchAll(/^(\w+) sales: plan/gm)].map(([, type]) => type);
      assert.deepEqual(order, ["PasskeyGroupTarget", "PasskeyKeyRestrictions", "PasskeyProfile"]);
      // A key that the default profile does not take is lost with the target, and with nothing else.
      world.tenant.passkeys.add(ADELE, { aaGuid: KEY_C });
      world.tenant.passkeys.remove(ADELE, world.tenant.passkeys.list(ADELE)[0]!.id);
      const lost = await run(world, exportOf(program, true));
      assert.equal(lost.code, 3, lost.stdout);
      assert.match(lost.stdout, /^PasskeyGroupTarget sales: would be refused: lockoutGuard: 1 person/m);
    }),
  );

  it(
    "tells what becomes of strengths and of the Temporary Access Pass policy, also without a passkey policy",
    inWorld(seed, async (world) => {
      world.tenant.authenticationStrengths.add({
        ...{ displayName: "Wards", allowedCombinations: ["fido2"], allowedAaguids: [KEY] },
      });
      const program = new Program(world);
      // One after the other, so that the state has them in this order.
      await program.up(
        [strength("new", { displayName: "New", models: [KEY] })],
        [strength("kept", { displayName: "Kept", models: [KEY], onDestroy: "retain" })],
        [strength("wards", { displayName: "Wards", models: [KEY, KEY_B], adopt: true })],
        [pass("firstDay", { state: "enabled", isUsableOnce: true })],
      );
      world.tenant.setMethod("TemporaryAccessPass", { isUsableOnce: false });
      const writes = world.requests().filter(({ method }) => method !== "GET").length;
      const { code, stdout, stderr } = await run(world, exportOf(program));
      assert.equal(code, 0, stderr);
      assert.deepEqual(stdout.trim().split("\n"), [
        "PasskeyAuthenticationStrength new: would be deleted; to refuse that while Conditional Access asks for it is left to the service",
        "PasskeyAuthenticationStrength kept: onDestroy is retain, so the authentication strength Kept would stay as it is",
        "PasskeyAuthenticationStrength wards: 1 setting would go back to what was there before",
        "PasskeyAuthenticationStrength wards:   - YubiKey 5 Series with NFC (a25342c0-3cdc-4414-8e46-f4807fca511c)",
        "TemporaryAccessPassPolicy firstDay: 1 setting would go back to what was there before",
        "TemporaryAccessPassPolicy firstDay:   state: enabled -> disabled",
      ]);
      const json = await run(world, exportOf(program), "--json");
      const found = JSON.parse(json.stdout) as Record<string, unknown>[];
      const told = found.map(({ retained, deleted, changes }) => ({ retained, deleted, changes }));
      assert.deepEqual(told, [
        { retained: false, deleted: true, changes: [{ member: "exists", from: true, to: null }] },
        { retained: true, deleted: false, changes: [] },
        {
          ...{ retained: false, deleted: false },
          changes: [{ member: "allowedAAGUIDs", from: [KEY, KEY_B], to: [KEY] }],
        },
        { retained: false, deleted: false, changes: [{ member: "state", from: "enabled", to: "disabled" }] },
      ]);
      assert.equal(world.requests().filter(({ method }) => method !== "GET").length, writes, "it writes nothing");
    }),
  );

  it(
    "ends with 3 where giving a strength back would be refused as the destroy would refuse it",
    inWorld({ seed: "people" }, async (world) => {
      const name = "Administrators' keys";
      world.tenant.authenticationStrengths.update(name, { allowedAaguids: [KEY_B] });
      const program = new Program(world);
      await program.up([strength("admins", { displayName: name, models: [KEY, KEY_B], adopt: true })]);
      const names = join(world.cache, "names.jsonl");
      const told = await run(world, exportOf(program), "--show-users", names);
      assert.equal(told.code, 3, told.stderr);
      const says = /^PasskeyAuthenticationStrength admins: would be refused: (lockoutGuard: 1 person would be .*)$/m;
      const [, refusal = ""] = says.exec(told.stdout) ?? [];
      assert.match(told.stdout, /admins: {3}plan [0-9a-f]{16}, asked for by "Administrators sign in with a key/);
      const [, plan] = /ENTRA_PASSKEYS_ACKNOWLEDGE='\{"plan":"([0-9a-f]{16})"/.exec(told.stdout) ?? [];
      assert.notEqual(readFileSync(names, "utf8").trim(), "");
      const json = await run(world, exportOf(program), "--json");
      assert.equal(json.code, 3);
      const [found] = JSON.parse(json.stdout) as [Record<string, Record<string, unknown>>];
      assert.equal(found["plan"], plan);
      assert.equal(found["people"]!["lockedOut"], 1);
      assert.equal((found["refusals"] as unknown as unknown[]).length > 0, true);
      const error = (await program.destroy().catch((reason: unknown) => reason)) as Error;
      assert.ok(error.message.includes(refusal), `${error.message}\n${refusal}`);
    }),
  );

  it(
    "gives a setting back with the last of several resources that declare it, as a destroy does",
    inWorld(seed, async (world) => {
      const program = new Program(world);
      await program.up([pass("one", { state: "enabled" })], [pass("two", { state: "enabled", isUsableOnce: true })]);
      const { stdout } = await run(world, exportOf(program));
      assert.deepEqual(stdout.trim().split("\n"), [
        "TemporaryAccessPassPolicy one: nothing would be written",
        "TemporaryAccessPassPolicy one: left alone: state: another resource declares the same. It goes back when that one is destroyed.",
        "TemporaryAccessPassPolicy two: 2 settings would go back to what was there before",
        "TemporaryAccessPassPolicy two:   state: enabled -> disabled",
        "TemporaryAccessPassPolicy two:   isUsableOnce: true -> false",
      ]);
      const again = await run(world, exportOf(program));
      assert.equal(again.stdout, stdout, "it leaves no notes");
    }),
  );

  it(
    "judges a strength by the passkey policy that is given back before it",
    inWorld({ seed: "people" }, async (world) => {
      const name = "Administrators' keys";
      world.tenant.authenticationStrengths.update(name, { allowedAaguids: [KEY_B] });
      world.tenant.setPolicy({ state: "disabled" });
      const program = new Program(world);
      await program.up(
        [strength("admins", { displayName: name, models: [KEY, KEY_B], adopt: true })],
        [policy("all", { state: "enabled" })],
      );
      const first = await run(world, exportOf(program));
      assert.match(first.stdout, /^PasskeyAuthenticationStrength admins: would be refused: .* locked out/m);
      const later = await run(world, exportOf(program, true));
      assert.match(later.stdout, /^PasskeyPolicy all: would be refused/m);
      assert.match(later.stdout, /admins: {3}plan/);
      assert.doesNotMatch(later.stdout, /admins: would be refused/);
    }),
  );

  for (const [title, input, says] of [
    ["no JSON", "hello", /not JSON. Give what `pulumi stack export` prints/],
    ["no export", [], /no deployment/],
    [
      "a stack without a resource of ours",
      { deployment: { resources: [] } },
      /has no resource of this package \(PasskeyPolicy, .*PasskeyAuthenticationStrength/,
    ],
    [
      "secrets",
      {
        deployment: {
          resources: [{ type: TYPE, outputs: { managed: {}, x: { "4dabf18193072939515e22adb298388d": "1" } } }],
        },
      },
      /--show-secrets/,
    ],
    [
      "another tenant",
      { deployment: { resources: [{ type: TYPE, outputs: { managed: {}, owner: "a/b/c", tenantId: "other" } }] } },
      /belongs to the tenant other/,
    ],
  ] as const) {
    it(
      `names what is wrong with its input: ${title}`,
      inWorld(seed, async (world) => {
        const { code, stderr } = await run(world, input);
        assert.equal(code, 1);
        assert.match(stderr, says);
      }),
    );
  }
});
