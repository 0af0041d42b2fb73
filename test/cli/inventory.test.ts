import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import { ANN, CLEO, EXCLUDED, hospital, KEY, lines, NAMES, NURSES, pseudonyms, SALT, TENANT } from "../impact/util.ts";

const MAIN = fileURLToPath(new URL("../../provider/dist/cli/main.js", import.meta.url));

describe("entra-passkeys inventory", function () {
  this.timeout(20_000);
  let emulator: Emulator;
  let folder: string;
  beforeEach(async () => {
    emulator = await startEmulator({ seed: hospital });
    folder = mkdtempSync(join(tmpdir(), "inventory-"));
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const { client } = emulator.tenant();
    const child = spawn(process.execPath, [MAIN, "inventory", ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        ARM_TENANT_ID: TENANT,
        ARM_CLIENT_ID: client.id,
        ARM_CLIENT_SECRET: client.secret,
        ENTRA_PASSKEYS_ENDPOINT: emulator.url,
        ENTRA_PASSKEYS_CACHE: join(folder, "cache"),
        ENTRA_PASSKEYS_SALT: SALT,
        ...env,
      },
    });
    const output = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.err += text));
    return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, ...output })) };
  };
  const run = (args: string[], env?: NodeJS.ProcessEnv) => start(args, env).ended;
  const header = (name = "passkeys.jsonl") => lines(join(folder, name))[0] ?? assert.fail(name);
  const everyoneTargeted = () =>
    emulator.tenant().setPolicy({ includeTargets: [{ id: "all_users", targetType: "group" }] } as never);

  it("reads the members of the targeted groups, and sums up", async () => {
    const { code, out, err } = await run([]);
    assert.equal(code, 0, err);
    assert.deepEqual([header()["scope"], header()["groups"]], [[NURSES], [NURSES, EXCLUDED]]);
    assert.match(out, /^passkeys\.jsonl: 5 people, 3 of them with passkeys \(4\), read from 20/);
    assert.match(out, / 3 {2}YubiKey 5/);
    assert.match(out, /1 account is disabled\.\n1 account is a guest\./);
    assert.match(err, /Reading the members of groups.*\n.*Reading passkeys: 0 of 5\n/s);
    assert.doesNotMatch(err, /\u001b/, "no colours and no live line where there is no terminal");
  });

  it("reads everyone where the policy targets all_users", async () => {
    everyoneTargeted();
    const { code, out } = await run(["--out", "all.jsonl", "--expires", "8", "--json"]);
    assert.equal(code, 0);
    const summary = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual(summary["totals"], {
      people: 7,
      passkeys: 5,
      unread: 0,
      withPasskey: 4,
      guests: 1,
      disabled: 2,
      models: { [KEY]: 4, "90a3ccdf-635c-4729-a248-9b709135078f": 1 },
    });
    assert.deepEqual([summary["tenant"], summary["file"], summary["kept"]], [TENANT, "all.jsonl", 0]);
    assert.equal(header("all.jsonl")["scope"], "everyone");
    assert.equal(
      Date.parse(String(header("all.jsonl")["expires"])) - Date.parse(String(header("all.jsonl")["created"])),
      8 * 3_600_000,
    );
  });

  it("reads only what changed the next time, and all with --full", async () => {
    everyoneTargeted();
    await run([]);
    assert.match((await run([])).out, /3 people were not read again, because the report says that nothing changed/);
    assert.doesNotMatch((await run(["--full"])).out, /not read again/);
  });

  it("reads groups by name or id, and only them where it is told", async () => {
    everyoneTargeted();
    emulator.tenant().licence = "free";
    const { code, out } = await run(["--group", "ward 3", "--group", EXCLUDED, "--only"]);
    assert.equal(code, 0);
    assert.match(out, /3 people/);
    assert.match(out, /Other methods and administrators are not known \(no licence: Entra ID P1\)/);
  });

  it("says what to do without Entra ID P1", async () => {
    everyoneTargeted();
    emulator.tenant().licence = "free";
    const { code, out, err } = await run([]);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(
      err,
      /entra-passkeys: Who has passkeys cannot be read for everyone: the tenant lacks Entra ID P1.*--group/,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("names the permission that is missing", async () => {
    for (const name of ["UserAuthMethod-Passkey.Read.All", "UserAuthenticationMethod.Read.All"]) {
      emulator.tenant().revokePermission(name);
    }
    const { code, err } = await run([]);
    assert.equal(code, 1);
    assert.match(err, /Grant the application permission UserAuthMethod-Passkey\.Read\.All/);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves what it read on ${signal}, and goes on from there`, async () => {
      everyoneTargeted();
      const held = emulator.faults.add({ match: { kind: "batch" }, do: { kind: "hold" } });
      const { child, ended } = start([]);
      await held.arrived;
      child.kill(signal);
      const { code, out, err } = await ended;
      assert.deepEqual([code, out], [1, ""]);
      assert.match(
        err,
        /Stopped\. What was read is in passkeys\.jsonl\.partial; the same command goes on from there\./,
      );
      held.release();
      const again = await run([]);
      assert.equal(again.code, 0);
      assert.match(again.err, /Going on with the run of .*, which was cut after 2 people/);
      assert.match(again.out, /7 people/);
      assert.deepEqual(readdirSync(folder), ["passkeys.jsonl"]);
    });
  }

  it("stops at once in a long pause", async () => {
    const busy = { kind: "status", status: 429, retryAfter: 200 } as const;
    const put = emulator.faults.add({ match: { path: ANN }, do: busy, times: "always" });
    const { child, ended } = start([]);
    await put.arrived;
    await emulator.audit.next(({ kind }) => kind === "batch", { after: 0 });
    child.kill("SIGINT");
    assert.match((await ended).err, /Stopped\./);
  });

  it("says so where it is stopped before anything is read", async () => {
    const held = emulator.faults.add({ match: { kind: "policy" }, do: { kind: "hold" } });
    const { child, ended } = start([]);
    await held.arrived;
    child.kill("SIGINT");
    held.release();
    assert.match((await ended).err, /Stopped\. Nothing was written yet\./);
  });

  it("writes names to the one file that is asked for, and to no other place", async () => {
    const { code, out, err } = await run(["--show-users", "names.jsonl"]);
    assert.equal(code, 0, err);
    const [first, ...names] = lines(join(folder, "names.jsonl"));
    assert.deepEqual(first, { format: "entra-passkeys-names", version: 1, tenant: TENANT });
    assert.equal(names.length, 5);
    const ann = names.find(({ user }) => user === pseudonyms.user(ANN));
    assert.deepEqual(ann, { user: pseudonyms.user(ANN), name: "ann.archer@northside.example" });
    assert.equal(statSync(join(folder, "names.jsonl")).mode & 0o777, 0o600);
    for (const text of [out, err, readFileSync(join(folder, "passkeys.jsonl"), "utf8")])
      assert.doesNotMatch(text, NAMES);
    chmodSync(join(folder, "names.jsonl"), 0o644);
    assert.equal((await run(["--show-users", "names.jsonl"])).code, 0, "its own file is replaced");
    assert.equal(statSync(join(folder, "names.jsonl")).mode & 0o777, 0o600);
  });

  for (const [what, plant] of [
    ["a file of another kind", (path: string) => writeFileSync(path, "{}\n")],
    ["a link", (path: string) => symlinkSync(join(path, "..", "elsewhere"), path)],
  ] as const) {
    it(`does not write names over ${what}`, async () => {
      plant(join(folder, "names.jsonl"));
      const { code, err } = await run(["--show-users", "names.jsonl"]);
      assert.equal(code, 1);
      assert.match(err, /names\.jsonl is .*Choose another file for --show-users/);
      assert.ok(!existsSync(join(folder, "elsewhere")));
      assert.ok(!existsSync(join(folder, "passkeys.jsonl")), "before anything is read");
    });
  }

  it("names nobody where something fails", async () => {
    everyoneTargeted();
    for (const [path, status] of [
      [ANN, 500],
      [CLEO, 403],
      ["userRegistrationDetails", 400],
    ] as const) {
      const message = "ann.archer@northside.example is not known";
      const fault = emulator.faults.add({ match: { path }, do: { kind: "status", status, message }, times: "always" });
      const { code, out, err } = await run(["--full"]);
      assert.equal(code, path === "userRegistrationDetails" ? 1 : 0);
      assert.doesNotMatch(out + err, NAMES);
      fault.remove();
    }
  });

  it("keeps a salt of its own where none is given", async () => {
    await run([], { ENTRA_PASSKEYS_SALT: "" });
    const first = readFileSync(join(folder, "passkeys.jsonl"), "utf8")
      .match(/p-[0-9a-f]{20}/g)
      ?.sort();
    await run([], { ENTRA_PASSKEYS_SALT: "" });
    assert.deepEqual(
      readFileSync(join(folder, "passkeys.jsonl"), "utf8")
        .match(/p-[0-9a-f]{20}/g)
        ?.sort(),
      first,
    );
    assert.deepEqual(readdirSync(join(folder, "cache", "salt")), [TENANT]);
  });

  it("refuses a group that is not there or not unique, and a policy that targets nobody", async () => {
    assert.match((await run(["--group", "Surgeons"])).err, /--group "Surgeons" does not exist/);
    emulator.tenant().groups.add({ displayName: "Nurses" });
    assert.match((await run(["--group", "Nurses"])).err, /--group "Nurses" is the name of 2 groups.*object id/);
    emulator.tenant().setPolicy({ includeTargets: [] });
    assert.match((await run([])).err, /The policy targets nobody\. Name the groups to read with --group/);
  });

  for (const [what, args, message] of [
    ["--only without a group", ["--only"], /--only wants a --group/],
    ["hours that are none", ["--expires", "soon"], /Hours are a number above 0/],
    ["no hours", ["--max-age", "0"], /Hours are a number above 0/],
    ["an unknown option", ["--nonsense"], /unknown option/],
  ] as const) {
    it(`ends with 2 for ${what}`, async () => {
      const { code, err } = await run([...args]);
      assert.equal(code, 2);
      assert.match(err, message);
    });
  }

  it("explains itself", async () => {
    const { code, out } = await run(["--help"]);
    assert.equal(code, 0);
    for (const part of ["--show-users", "UserAuthMethod-Passkey.Read.All", "Examples:", "Ctrl-C"])
      assert.ok(out.includes(part), part);
  });
});
