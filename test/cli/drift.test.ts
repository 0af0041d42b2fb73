import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { json, text } from "node:stream/consumers";
import type { DriftReport } from "../../provider/dist/drift/index.js";
import { exportOf, pass, policy, Program, strength } from "../resources/program.ts";
import { DEFAULT_ID, inWorld, KEY, KEY_B, students, type World } from "../resources/util.ts";

const CLI = resolve(import.meta.dirname, "../../provider/dist/cli/main.js");

async function run(world: World, input: unknown, more: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { tenant, emulator, cache } = world;
  const child = spawn(process.execPath, [CLI, "drift", ...more], {
    cwd: cache,
    env: {
      PATH: process.env.PATH,
      ARM_TENANT_ID: tenant.id,
      ARM_CLIENT_ID: tenant.client.id,
      ARM_CLIENT_SECRET: tenant.client.secret,
      ENTRA_PASSKEYS_ENDPOINT: emulator.url,
      ENTRA_PASSKEYS_CACHE: cache,
      ...env,
    },
  });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  child.stdin.end(typeof input === "string" ? input : JSON.stringify(input));
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout: await stdout, stderr: await stderr };
}

const school = policy("passkeys", {
  isSelfServiceRegistrationAllowed: false,
  profiles: { students },
  includeTargets: [{ group: "Sales", profiles: ["students"] }],
});

async function written(world: World, ...declared: Parameters<Program["apply"]>[0]): Promise<Program> {
  const program = new Program(world);
  await program.apply(declared);
  return program;
}

describe("entra-passkeys drift", function () {
  this.timeout(30_000);
  const seed = { seed: "contoso-profiles" };

  it(
    "finds none where the tenant is as it was written",
    inWorld(seed, async (world) => {
      const program = await written(world, school);
      const [writes, asked] = [world.patches.length, world.requests().length];
      const { code, stdout, stderr } = await run(world, exportOf(program));
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^Tenant ${world.tenant.id} is as written: 8 parts of 1 resource\\.\\n$`));
      assert.equal(world.patches.length, writes);
      assert.equal(world.requests().length, asked + 1, "one GET");
    }),
  );

  it(
    "names every field that is another, what was written and what is there",
    inWorld(seed, async (world) => {
      const program = await written(world, school);
      const sales = world.group("Sales");
      world.tenant.setPolicy((now) => {
        now.isSelfServiceRegistrationAllowed = true;
        now.includeTargets = now.includeTargets.filter(({ id }) => id !== sales);
        const own = now.passkeyProfiles.find(({ name }) => name === "Students")!;
        own.keyRestrictions!.aaGuids = [KEY, "90a3ccdf-635c-4729-a248-9b709135078f"];
        // Nobody here has written this one.
        now.passkeyProfiles.find(({ name }) => name === "synced")!.name = "Theirs";
      });
      const { code, stdout } = await run(world, exportOf(program));
      assert.equal(code, 2);
      assert.match(stdout, /is not as written: 3 of 8 parts of 1 resource\./);
      assert.match(stdout, /^PasskeyPolicy passkeys$/m);
      assert.match(stdout, /^ {2}self-service registration\n {4}- written: *no\n {4}\+ now: *yes$/m);
      assert.match(stdout, /^ {2}target Sales\n {4}- written: *Students\n {4}\+ now: *none$/m);
      assert.match(
        stdout,
        /^ {2}profile Students, models\n {4}- written: .*a25342c0.*\n {4}\+ now: *Microsoft Auth.*90a3/m,
      );
      assert.doesNotMatch(stdout, /Theirs|\u001b/);
      const { stdout: asJson } = await run(world, exportOf(program), ["--json"]);
      const report = JSON.parse(asJson) as DriftReport;
      assert.deepEqual(report.drift.map(({ place, cause }) => [place.replace(/[0-9a-f-]{36}/, "id"), cause]).sort(), [
        ["includeTargets[id]", "edit"],
        ["isSelfServiceRegistrationAllowed", "edit"],
        ["profiles.id.keyRestrictions.aaGuids", "edit"],
      ]);
    }),
  );

  it(
    "tells Microsoft's migration from an edit",
    inWorld({ seed: "contoso-legacy" }, async (world) => {
      const program = await written(world, policy("passkeys", { isSelfServiceRegistrationAllowed: true }));
      world.tenant.migrateToProfiles();
      const migrated = await run(world, exportOf(program));
      assert.equal(migrated.code, 0);
      assert.match(
        migrated.stdout,
        /is as written.*\n\nNote: The tenant has passkey profiles now, and had tenant-wide/,
      );
      world.tenant.setPolicy({ isSelfServiceRegistrationAllowed: false });
      const edited = await run(world, exportOf(program), ["--json"]);
      assert.equal(edited.code, 2);
      const { drift, notes } = JSON.parse(edited.stdout) as DriftReport;
      assert.deepEqual([drift.length, drift[0]!.cause, notes.length], [1, "edit", 1]);
    }),
  );

  it(
    "compares strengths and passes",
    inWorld(seed, async (world) => {
      const program = await written(
        world,
        strength("keys", { displayName: "Keys", models: [KEY] }),
        pass("passes", { isUsableOnce: true, excludeTargets: ["Sales"] }),
      );
      assert.equal((await run(world, exportOf(program))).code, 0);
      world.tenant.authenticationStrengths.update("Keys", { allowedAaguids: [KEY, KEY_B] });
      world.tenant.setMethod("TemporaryAccessPass", { excludeTargets: [] });
      const { code, stdout } = await run(world, exportOf(program));
      assert.equal(code, 2);
      assert.match(stdout, /the authentication strength Keys, models\n {4}\+ now: .*a25342c0/);
      assert.match(stdout, /the Temporary Access Pass policy, exclude Sales\n {4}- written: *there\n {4}\+ now: *none/);
      world.tenant.authenticationStrengths.remove("Keys");
      assert.match(
        (await run(world, exportOf(program))).stdout,
        /strength Keys\n {4}- written: *there\n {4}\+ now: *none/,
      );
    }),
  );

  it(
    "takes a saved policy, without a connection",
    inWorld(seed, async (world) => {
      const program = await written(world, school);
      world.tenant.setPolicy({ state: "disabled", isSelfServiceRegistrationAllowed: true });
      writeFileSync(join(world.cache, "saved.json"), JSON.stringify(world.tenant.policy()));
      const asked = world.emulator.audit.entries.length;
      const offline = { ARM_TENANT_ID: "", ENTRA_PASSKEYS_ENDPOINT: "" };
      const { code, stdout, stderr } = await run(world, exportOf(program), ["--policy", "saved.json"], offline);
      assert.equal(code, 2, stderr);
      assert.match(stdout, /self-service registration/);
      assert.equal(world.emulator.audit.entries.length, asked);
    }),
  );

  it(
    "tells a webhook of drift and of nothing else",
    inWorld(seed, async (world) => {
      const program = await written(world, school);
      const received: unknown[] = [];
      let status = 200;
      const server = createServer((request, response) => {
        void json(request).then((body) => {
          received.push(body);
          response.writeHead(status).end();
        });
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/SECRET`;
      try {
        assert.equal((await run(world, exportOf(program), ["--webhook", hook])).code, 0);
        assert.equal(received.length, 0);
        world.tenant.setPolicy({ isSelfServiceRegistrationAllowed: true });
        assert.equal((await run(world, exportOf(program), [], { ENTRA_PASSKEYS_WEBHOOK: hook })).code, 2);
        const [{ text: told, tenant }] = received as [{ text: string; tenant: string }];
        assert.match(told, /self-service registration/);
        assert.equal(tenant, world.tenant.id);
        status = 410;
        const lost = await run(world, exportOf(program), ["--webhook", hook]);
        assert.equal(lost.code, 1);
        assert.match(lost.stdout, /self-service registration/);
        assert.match(lost.stderr, /not delivered to 127\.0\.0\.1:\d+: it answered 410/);
        assert.doesNotMatch(lost.stderr, /SECRET/);
      } finally {
        server.close();
      }
    }),
  );

  it(
    "says what is wrong with what it is given",
    inWorld(seed, async (world) => {
      const program = await written(world, school);
      const rows: [unknown, string[], NodeJS.ProcessEnv, RegExp][] = [
        ["{", [], {}, /not JSON\. Give what `pulumi stack export` prints/],
        [{ deployment: { resources: [] } }, [], {}, /no resource of this package .* so there is nothing to compare\./],
        [exportOf(program), [], { ARM_TENANT_ID: DEFAULT_ID }, /belongs to the tenant .*, but the settings/],
        [exportOf(program), ["--webhook", "nowhere"], {}, /--webhook is not an https URL/],
        ["", ["state.json", "--stack", "dev"], {}, /give an export, or --stack, or --preview/],
        ["{}", ["--preview", "-"], {}, /preview/],
      ];
      for (const [input, more, env, reason] of rows) {
        const { code, stderr } = await run(world, input, more, env);
        assert.equal(code, 1, stderr);
        assert.match(stderr, reason);
      }
    }),
  );

  it(
    "fails where the tenant cannot be read, which is no drift",
    inWorld(seed, async (world) => {
      const program = await written(world, school);
      for (const one of [
        "Policy.Read.AuthenticationMethod",
        "Policy.ReadWrite.AuthenticationMethod",
        "Policy.Read.All",
      ]) {
        world.tenant.revokePermission(one);
      }
      const { code, stdout, stderr } = await run(world, exportOf(program));
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /Policy\.Read\.AuthenticationMethod/);
    }),
  );
});
