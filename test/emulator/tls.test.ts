import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { selfSigned } from "../../provider/dist/emulator/self-signed.js";

const dist = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../provider/dist/${path}`, import.meta.url)));

/** Reads with these certificates trusted and no others. */
function read(url: string, ca: string | undefined): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    get(url, ca === undefined ? {} : { ca }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => (body += part));
      response.on("end", () => resolve(JSON.parse(body) as Record<string, unknown>));
    }).on("error", reject);
  });
}

/** Runs a script in a process that has only these variables; what it prints, the errors after the output. */
async function script(text: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ["-e", text], { env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (part: string) => (output.out += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (output.err += part));
  await new Promise((resolve) => child.on("close", resolve));
  return output.out + output.err;
}

describe('startEmulator with tls: "self-signed"', function () {
  this.timeout(30_000);

  it("has a certificate of its own for the names of this machine, new in every start", async () => {
    await using emulator = await startEmulator({ tls: "self-signed" });
    await using other = await startEmulator({ tls: "self-signed" });
    const certificate = new X509Certificate(emulator.certificate ?? "");
    assert.ok(certificate.checkHost("localhost"));
    assert.ok(certificate.checkIP("127.0.0.1"));
    assert.ok(certificate.checkIP("::1"));
    assert.equal(certificate.checkHost("graph.microsoft.com"), undefined);
    assert.equal(certificate.ca, false, "it must not be able to sign for others");
    assert.ok(certificate.verify(certificate.publicKey));
    const now = Date.now();
    const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    assert.ok(now - from > 30_000 && now - from < 600_000, certificate.validFrom);
    assert.ok(to > now && to < now + 31 * 24 * 3_600_000, certificate.validTo);
    assert.notEqual(emulator.certificate, other.certificate);
    assert.doesNotMatch(emulator.certificate ?? "", /PRIVATE KEY/);
  });

  it("serves HTTPS by both names, with links that say so, to those who trust it", async () => {
    await using emulator = await startEmulator({ tls: "self-signed" });
    assert.equal(emulator.url, `https://127.0.0.1:${emulator.port}`);
    for (const host of ["127.0.0.1", "localhost"]) {
      const origin = `https://${host}:${emulator.port}`;
      const metadata = await read(`${origin}/metadata/endpoints?api-version=2022-09-01`, emulator.certificate);
      assert.equal(metadata["microsoftGraphResourceId"], `${origin}/`);
      assert.equal((metadata["authentication"] as Record<string, unknown>)["loginEndpoint"], origin);
    }
    await assert.rejects(read(emulator.url, undefined), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  });

  it("is reached by this package's client where NODE_EXTRA_CA_CERTS names the certificate, and only there", async () => {
    await using emulator = await startEmulator({ tls: "self-signed" });
    const folder = await mkdtemp(join(tmpdir(), "tls-"));
    try {
      const file = join(folder, "certificate.pem");
      await writeFile(file, emulator.certificate ?? "");
      const { id, client } = emulator.tenant();
      const env = {
        ARM_TENANT_ID: id,
        ARM_CLIENT_ID: client.id,
        ARM_CLIENT_SECRET: client.secret,
        ENTRA_PASSKEYS_ENDPOINT: emulator.url,
      };
      const text = `
        const { createGraph, resolveSettings } = require(${dist("graph/index.js")});
        createGraph(resolveSettings(process.env))
          .readPasskeyPolicy().then(({ id }) => console.log(id), (error) => console.log(error.name, error.message));`;
      assert.equal(await script(text, { ...env, NODE_EXTRA_CA_CERTS: file }), "Fido2\n");
      const before = emulator.audit.lastSeq;
      assert.match(await script(text, env), /certificate/);
      assert.equal(emulator.audit.lastSeq, before);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("loads what makes certificates for that only", async () => {
    for (const [options, loaded] of [
      ["{}", "false"],
      ['{ tls: "self-signed" }', "true"],
    ]) {
      const text = `
        const { startEmulator } = require(${dist("emulator/index.js")});
        startEmulator(${options}).then(async (emulator) => {
          console.log(Object.keys(require.cache).some((file) => file.includes("node-forge")));
          await emulator.close();
        });`;
      assert.equal(await script(text, {}), `${loaded}\n`);
    }
  });

  it("serves with a key and a certificate of the caller's, too", async () => {
    const tls = await selfSigned();
    await using emulator = await startEmulator({ tls });
    assert.equal(emulator.certificate, tls.cert);
    assert.equal((await read(`${emulator.url}/metadata/endpoints`, tls.cert))["name"], "EntraEmulator");
    await using plain = await startEmulator();
    assert.deepEqual([plain.certificate, plain.url], [undefined, `http://127.0.0.1:${plain.port}`]);
  });
});
