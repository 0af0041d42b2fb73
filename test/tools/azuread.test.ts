import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import {
  azureadEnvironment,
  azureadText,
  AzureadUnavailableError,
  azureadVersion,
  ensureAzuread,
} from "../../tools/azuread/index.ts";
import type { Engine } from "../../tools/engine/types.ts";

describe("tools/azuread", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let engine: Engine;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "entra-passkeys-tools-"));
    env = { PATH: process.env.PATH, PULUMI_HOME: join(folder, "home"), ENTRA_PASSKEYS_AZUREAD: "auto" };
    const bin = join(folder, "bin");
    engine = { pulumi: join(bin, "pulumi"), path: bin, version: "3.259.0", source: "path" };
    installer("echo 'no such host' >&2; exit 1");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function script(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  /** A pulumi that writes down how it is called. */
  const installer = (text: string) => script(engine.pulumi, `echo "$@" >> '${join(folder, "calls")}'\n${text}`);
  const installing = `d="$PULUMI_HOME/plugins/resource-azuread-v${azureadVersion}"; mkdir -p "$d"
printf '#!/bin/sh\\necho real\\n' > "$d/pulumi-resource-azuread"; chmod +x "$d/pulumi-resource-azuread"`;
  const calls = () =>
    existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];
  const plugin = () =>
    join(env.PULUMI_HOME!, "plugins", `resource-azuread-v${azureadVersion}`, "pulumi-resource-azuread");
  const ensure = (seconds = 20) => ensureAzuread(engine, env, { install: { cache: join(folder, "cache"), seconds } });

  describe("azureadVersion", () => {
    it("is the version of the package that programs use", () => {
      const file = new URL("../../node_modules/@pulumi/azuread/package.json", import.meta.url);
      assert.equal((JSON.parse(readFileSync(file, "utf8")) as { version: string }).version, azureadVersion);
    });
  });

  describe("ensureAzuread", () => {
    it("places the stand-in where the installer has nothing, and does not ask again for hours", async () => {
      assert.deepEqual(await ensure(), { kind: "stand-in", version: azureadVersion });
      assert.deepEqual(calls(), [`plugin install resource azuread ${azureadVersion} --exact --non-interactive`]);
      assert.match(readFileSync(plugin(), "utf8"), /stand-in/);
      assert.equal((await ensure()).kind, "stand-in");
      assert.equal(calls().length, 1);

      const long = new Date(Date.now() - 7 * 3_600_000);
      utimesSync(join(folder, "cache", `azuread-v${azureadVersion}`, "unreachable"), long, long);
      installer(installing);
      assert.deepEqual(await ensure(), { kind: "real", version: azureadVersion });
      assert.equal(calls().length, 2);
      assert.equal(spawnSync(plugin(), { encoding: "utf8" }).stdout, "real\n", "it takes the place of the stand-in");
    });

    it("installs the real plugin once for every home", async () => {
      installer(installing);
      assert.equal((await ensure()).kind, "real");
      env.PULUMI_HOME = join(folder, "another home");
      assert.equal((await ensure()).kind, "real");
      assert.equal(calls().length, 1);
      assert.equal(spawnSync(plugin(), { encoding: "utf8" }).stdout, "real\n");
    });

    it("waits for the installer no longer than it is told", async () => {
      installer("exec sleep 60");
      const started = Date.now();
      assert.equal((await ensure(0.2)).kind, "stand-in");
      assert.ok(Date.now() - started < 20_000);
      env.ENTRA_PASSKEYS_AZUREAD = "real";
      await assert.rejects(ensure(0.2), /no answer within 0\.2 seconds/);
    });

    it("takes no half-installed plugin for a whole one", async () => {
      installer(`${installing}; touch "$d.partial"; exit 1`);
      assert.equal((await ensure()).kind, "stand-in");
    });

    it("takes a real plugin on PATH, and then refuses to stand in for it", async () => {
      script(join(folder, "tools", "pulumi-resource-azuread"), "echo real");
      env.PATH = [join(folder, "tools"), env.PATH].join(delimiter);
      assert.equal((await ensure()).kind, "real");
      assert.deepEqual(calls(), []);
      assert.equal(existsSync(plugin()), false);
      env.ENTRA_PASSKEYS_AZUREAD = "stand-in";
      await assert.rejects(ensure(), AzureadUnavailableError);
    });

    it("does as it is told", async () => {
      env.ENTRA_PASSKEYS_AZUREAD = "stand-in";
      assert.equal((await ensure()).kind, "stand-in");
      assert.deepEqual(calls(), []);
      env.ENTRA_PASSKEYS_AZUREAD = "real";
      await assert.rejects(ensure(), (error: Error) => {
        assert.ok(error instanceof AzureadUnavailableError);
        assert.match(error.message, /no such host.*ENTRA_PASSKEYS_AZUREAD=stand-in/);
        return true;
      });
      await assert.rejects(ensure());
      assert.equal(calls().length, 2, "who insists on the real one is not put off by a verdict");
      env.ENTRA_PASSKEYS_AZUREAD = "both";
      await assert.rejects(ensure(), /is real, stand-in or auto, not both/);
    });

    it("places a launcher that starts on this Node.js and prints its port", async () => {
      env.ENTRA_PASSKEYS_AZUREAD = "stand-in";
      await ensure();
      const { stdout } = spawnSync("timeout", ["2", plugin()], { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
      assert.match(stdout, /^\d+\n$/);
    });
  });

  describe("azureadText", () => {
    it("tells the two apart", () => {
      assert.match(azureadText({ kind: "real", version: "6.9.1" }), /^the real azuread plugin 6\.9\.1$/);
      assert.match(azureadText({ kind: "stand-in", version: "6.9.1" }), /^the stand-in for/);
    });
  });

  describe("azureadEnvironment", () => {
    it("points the plugin and this package at one tenant, whatever the caller trusts", async () => {
      await using emulator = await startEmulator({ tls: "self-signed" });
      const { id, client } = emulator.tenant();
      assert.deepEqual(azureadEnvironment(emulator, "/some/emulator.pem"), {
        ARM_METADATA_HOSTNAME: `127.0.0.1:${emulator.port}`,
        ARM_TENANT_ID: id,
        ARM_CLIENT_ID: client.id,
        ARM_CLIENT_SECRET: client.secret,
        ARM_USE_CLI: "false",
        ENTRA_PASSKEYS_ENDPOINT: emulator.url,
        NODE_EXTRA_CA_CERTS: "/some/emulator.pem",
        SSL_CERT_FILE: "/some/emulator.pem",
        SSL_CERT_DIR: "",
      });
      assert.throws(() => azureadEnvironment(emulator, "/some/emulator.pem", "another"), /no tenant another/);
    });
  });
});
