import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { ADELE, listing } from "../resources/guard-people.ts";
import { profile, Program, restrictions, target } from "../resources/program.ts";
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
      const names = [...program.saved.keys()];
      const resources = names.map((name, index) => ({
        urn: name,
        type: `pulumi-nodejs:dynamic/entra:${name.split(" ")[0]!}`,
        outputs: program.state(name),
        dependencies: names.slice(0, index),
      }));
      const kept = await run(world, { deployment: { resources } });
      assert.equal(kept.code, 0, kept.stdout);
      const order = [...kept.stdout.matchAll(/^(\w+) sales: plan/gm)].map(([, type]) => type);
      assert.deepEqual(order, ["PasskeyGroupTarget", "PasskeyKeyRestrictions", "PasskeyProfile"]);
      // A key that the default profile does not take is lost with the target, and with nothing else.
      world.tenant.passkeys.add(ADELE, { aaGuid: KEY_C });
      world.tenant.passkeys.remove(ADELE, world.tenant.passkeys.list(ADELE)[0]!.id);
      const lost = await run(world, { deployment: { resources } });
      assert.equal(lost.code, 3, lost.stdout);
      assert.match(lost.stdout, /^PasskeyGroupTarget sales: would be refused: lockoutGuard: 1 person/m);
    }),
  );

  for (const [title, input, says] of [
    ["no JSON", "hello", /not JSON. Give what `pulumi stack export` prints/],
    ["no export", [], /no deployment/],
    ["a stack without a policy", { deployment: { resources: [] } }, /has no PasskeyPolicy/],
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
