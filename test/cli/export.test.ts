import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { startEmulator, type Emulator } from "../../provider/dist/emulator/index.js";
import { evaluate } from "../adopt/evaluate.ts";

const MAIN = fileURLToPath(new URL("../../provider/dist/cli/main.js", import.meta.url));

describe("entra-passkeys export", function () {
  this.timeout(20_000);
  let emulator: Emulator;
  let folder: string;
  beforeEach(async () => {
    emulator = await startEmulator({ seed: "contoso-legacy" });
    folder = mkdtempSync(join(tmpdir(), "export-"));
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const { id, client } = emulator.tenant();
    const child = spawn(process.execPath, [MAIN, "export", ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        ARM_TENANT_ID: id,
        ARM_CLIENT_ID: client.id,
        ARM_CLIENT_SECRET: client.secret,
        ENTRA_PASSKEYS_ENDPOINT: emulator.url,
        ENTRA_PASSKEYS_CACHE: join(folder, "cache"),
        ...env,
      },
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, out, err };
  };
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const mailboxes = () => emulator.tenant().groups.get("Shared mailboxes").id;

  it("prints the program, with groups by name and their ids pinned", async () => {
    const { code, out, err } = await run([]);
    assert.equal(code, 0, err);
    assert.equal(err, "");
    assert.match(out, new RegExp(`const groups = \\{\\n {2}"Shared mailboxes": "${mailboxes()}",\\n\\};`));
    assert.match(out, /excludeTargets: \[groups\["Shared mailboxes"\]\],/);
    const [resource, ...more] = evaluate(out);
    assert.deepEqual([resource!.type, resource!.name, more.length], ["PasskeyPolicy", "passkeys", 0]);
    assert.deepEqual(resource!.args["excludeTargets"], [mailboxes()]);
    assert.deepEqual(emulator.audit.writes(), []);
    assert.deepEqual(readdirSync(folder), [], "nothing but what was asked for");
  });

  it("asks for the policy once, and once for all names", async () => {
    await run([]);
    const asked = emulator.audit.entries.map(({ method, kind }) => `${method} ${kind}`);
    assert.deepEqual(asked, ["POST token", "GET policy", "GET group"]);
  });

  it("writes a whole project with the settings of a stack", async () => {
    const { code, out, err } = await run(["--out", "Passkeys of Contoso", "--stack", "production"], {
      ARM_ENVIRONMENT: "usgovernment",
    });
    assert.equal(code, 0, err);
    assert.equal(out, "");
    assert.match(err, /Written to Passkeys of Contoso: npm install/);
    const file = (name: string) => read(`Passkeys of Contoso/${name}`);
    assert.equal((parse(file("Pulumi.yaml")) as { name: string }).name, "passkeys-of-contoso");
    assert.deepEqual(parse(file("Pulumi.production.yaml")), {
      config: { "azuread:tenantId": emulator.tenant().id, "azuread:environment": "usgovernmentl4" },
    });
    const { dependencies } = JSON.parse(file("package.json")) as { dependencies: Record<string, string> };
    assert.deepEqual(Object.keys(dependencies), ["@pulumi/pulumi", "pulumi-entra-passkeys"]);
    assert.equal(evaluate(file("index.ts")).length, 1);
    assert.doesNotMatch(readdirSync(join(folder, "Passkeys of Contoso")).map(file).join(), /secret/i);
  });

  it("replaces nothing that is there, unless it is told to", async () => {
    await run(["--out", "."]);
    writeFileSync(join(folder, "index.ts"), "mine");
    const refused = await run(["--out", "."]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /\. has index\.ts, Pulumi\.yaml, .* already, and nothing was written\. .*--force/);
    assert.equal(read("index.ts"), "mine");
    assert.equal((await run(["--out", ".", "--force"])).code, 0);
    assert.match(read("index.ts"), /PasskeyPolicy/);
  });

  it("takes a saved policy without any connection", async () => {
    writeFileSync(join(folder, "saved.json"), JSON.stringify(emulator.tenant().policy()));
    const offline = { ENTRA_PASSKEYS_ENDPOINT: "", ARM_CLIENT_ID: "", ARM_CLIENT_SECRET: "", ARM_USE_CLI: "false" };
    const { code, out, err } = await run(["--policy", "saved.json", "--name", "mine"], offline);
    assert.equal(code, 0, err);
    const [resource] = evaluate(out);
    assert.equal(resource!.name, "mine");
    assert.deepEqual(resource!.args["excludeTargets"], [mailboxes()]);
    assert.deepEqual(emulator.audit.entries, []);
  });

  it("goes on with ids where the names of groups cannot be read", async () => {
    for (const permission of ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"]) {
      emulator.tenant().revokePermission(permission);
    }
    const { code, out, err } = await run([]);
    assert.equal(code, 0, err);
    assert.match(err, /names of groups are not known: /);
    assert.deepEqual(evaluate(out)[0]!.args["excludeTargets"], [mailboxes()]);
  });

  it("names what a program cannot declare, in the program and on the terminal", async () => {
    emulator.tenant().setPolicy({ state: "reportOnly" });
    const { code, out, err } = await run([]);
    assert.equal(code, 0, err);
    assert.match(err, /^left as it is: state: "reportOnly" is not /m);
    assert.match(out, /\/\/ Left as it is, and not managed here:\n\/\/ - state: "reportOnly"/);
    assert.equal("state" in evaluate(out)[0]!.args, false);
  });

  for (const [what, policy, reason] of [
    [
      "a policy in no known mode",
      { isAttestationEnforced: null, keyRestrictions: null },
      /neither passkey profiles nor/,
    ],
    ["a policy without a state", { state: null }, /state is not what it should be/],
  ] as const) {
    it(`refuses ${what}, and writes nothing`, async () => {
      emulator.tenant().setPolicy(policy);
      const { code, out, err } = await run(["--out", "there"]);
      assert.equal(code, 1);
      assert.equal(out, "");
      assert.match(err, reason);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name !== "cache"),
        [],
      );
    });
  }

  it("refuses what makes no sense as a command line", async () => {
    const { code, err } = await run(["--stack", "dev"]);
    assert.equal(code, 2);
    assert.match(err, /--stack and --force are for the files of --out/);
  });

  it("names the file that is no policy", async () => {
    writeFileSync(join(folder, "list.json"), "[]");
    assert.match((await run(["--policy", "list.json"])).err, /list\.json is no policy: no object\. Give the Passkey/);
    assert.match((await run(["--policy", "none.json"])).err, /none\.json cannot be read \(ENOENT\)/);
  });
});
