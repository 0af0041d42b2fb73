import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../provider/dist/cli/main.js", import.meta.url));

interface Started {
  url: string;
  tenants: { id: string; displayName: string; mode: string; environment: Record<string, string> }[];
}

/** A running command: what it has printed, its exit code, and a wait for text. */
function command(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.out += text;
    waiting.forEach((check) => check());
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.err += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const printed = (end: string) =>
    new Promise<string>((resolve, reject) => {
      const check = () => output.out.includes(end) && resolve(output.out);
      waiting.add(check);
      void ended.then((code) => reject(new Error(`ended with ${code}: ${output.err}`)));
      check();
    });
  return { child, output, ended, printed };
}

/** Reads over HTTPS with one certificate trusted. */
function get(url: string, ca: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpsGet(url, { ca }, (response) => resolve(response.resume())).on("error", reject);
  });
}

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { ended, output } = command(...args);
  return { code: await ended, ...output };
}

describe("entra-passkeys emulator", function () {
  this.timeout(20_000);

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`prints what to export, serves, and ends cleanly on ${signal}`, async () => {
      const { child, ended, printed, output } = command("emulator", "--seed", "school-district");
      const text = await printed("Ctrl-C ends it.\n");
      const variable = (name: string) => new RegExp(`export ${name}='([^']+)'`).exec(text)?.[1] ?? assert.fail(name);
      assert.match(text, /Northfield School District \(.*\), not opted in to profiles:/);
      const url = variable("ENTRA_PASSKEYS_ENDPOINT");
      const answer = await fetch(`${url}/${variable("ARM_TENANT_ID")}/oauth2/v2.0/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          scope: "https://graph.microsoft.com/.default",
          client_id: variable("ARM_CLIENT_ID"),
          client_secret: variable("ARM_CLIENT_SECRET"),
        }),
      });
      const { access_token: token } = (await answer.json()) as { access_token: string };
      const headers = { authorization: `Bearer ${token}` };
      assert.equal((await fetch(`${url}/v1.0/groups`, { headers })).status, 200);
      const held = fetch(`${url}/_emulator/audit?waitSeconds=60&after=100`).catch(() => undefined);
      child.kill(signal);
      assert.equal(await ended, 0);
      await held;
      assert.equal(output.err, "");
    });
  }

  it("prints one line of JSON and takes switches", async () => {
    const args = [
      "--json",
      "--seed",
      "contoso-profiles",
      "--switch",
      "profileLimit=5",
      "--switch",
      "missingPolicy=400",
    ];
    const { child, ended, printed } = command("emulator", ...args);
    const started = JSON.parse(await printed("\n")) as Started;
    assert.equal(started.tenants[0]?.mode, "profiles");
    assert.equal(started.tenants[0]?.environment["ENTRA_PASSKEYS_ENDPOINT"], started.url);
    const { switches } = (await (await fetch(`${started.url}/_emulator/switches`)).json()) as {
      switches: Record<string, unknown>;
    };
    assert.deepEqual([switches["profileLimit"], switches["missingPolicy"]], [5, "400"]);
    child.kill("SIGTERM");
    assert.equal(await ended, 0);
  });

  it("serves HTTPS with a certificate that lasts as long as the emulator, and prints what clients need", async () => {
    const { child, ended, printed } = command("emulator", "--tls", "--seed", "contoso-profiles");
    const text = await printed("Ctrl-C ends it.\n");
    const variable = (name: string) => new RegExp(`export ${name}='([^']+)'`).exec(text)?.[1] ?? assert.fail(name);
    const url = variable("ENTRA_PASSKEYS_ENDPOINT");
    assert.equal(`https://${variable("ARM_METADATA_HOSTNAME")}`, url);
    assert.equal(variable("ARM_USE_CLI"), "false");
    const file = variable("SSL_CERT_FILE");
    assert.equal(variable("NODE_EXTRA_CA_CERTS"), file);
    assert.ok(text.includes(`curl --cacert '${file}' ${url}/metadata/endpoints`));
    assert.equal((await get(`${url}/metadata/endpoints`, await readFile(file))).statusCode, 200);
    child.kill("SIGTERM");
    assert.equal(await ended, 0);
    await assert.rejects(readFile(file), { code: "ENOENT" });
  });

  it("writes the certificate where it is told to", async () => {
    const folder = await mkdtemp(join(tmpdir(), "certificate-"));
    try {
      const file = join(folder, "emulator.pem");
      const { child, ended, printed } = command("emulator", "--json", "--tls", "--certificate", file);
      const started = JSON.parse(await printed("\n")) as Started & { certificate: string };
      assert.equal(started.certificate, file);
      assert.equal(started.tenants[0]?.environment["SSL_CERT_FILE"], file);
      assert.equal((await get(`${started.url}/metadata/endpoints`, await readFile(file))).statusCode, 200);
      child.kill("SIGTERM");
      assert.equal(await ended, 0);
      assert.match(await readFile(file, "utf8"), /^-----BEGIN CERTIFICATE-----/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const usage: [string, string[], RegExp][] = [
    ["an unknown switch", ["emulator", "--switch", "nonsense=1"], /unknown switch "nonsense"; there are listWhile/],
    ["a switch without a value", ["emulator", "--switch", "profileLimit"], /key=value/],
    ["a bad answer", ["emulator", "--switch", "bothDialects=none"], /wants one of legacyWins, profilesWin/],
    ["a bad port", ["emulator", "--port", "many"], /whole number from 0 to 65535/],
    ["an unknown option", ["emulator", "--nonsense"], /unknown option '--nonsense'/],
    ["an unknown command", ["nonsense"], /unknown command 'nonsense'/],
    ["half a pair", ["emulator", "--tls-key", "key.pem"], /--tls-key and --tls-cert go together/],
    [
      "two certificates",
      ["emulator", "--tls", "--tls-key", "k.pem", "--tls-cert", "c.pem"],
      /--tls makes a certificate/,
    ],
    ["a file for nothing", ["emulator", "--certificate", "c.pem"], /add --tls/],
    ["no command", [], /Usage: entra-passkeys/],
  ];
  for (const [name, args, message] of usage) {
    it(`ends with 2 for ${name}`, async () => {
      const { code, out, err } = await run(...args);
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.match(err, message);
    });
  }

  it("ends with 1 for a seed that is not there, and for a port that is taken", async () => {
    const missing = await run("emulator", "--seed", "none.json");
    assert.deepEqual([missing.code, missing.out], [1, ""]);
    assert.match(missing.err, /^entra-passkeys: cannot read the seed none\.json/);
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const taken = await run("emulator", "--port", String((server.address() as AddressInfo).port));
    server.close();
    assert.equal(taken.code, 1);
    assert.match(taken.err, /EADDRINUSE/);
  });

  it("ends with 1 where the certificate cannot be written", async () => {
    const { code, out, err } = await run("emulator", "--tls", "--certificate", "/nowhere/emulator.pem");
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /\/nowhere\/emulator\.pem/);
  });

  it("explains itself with 0", async () => {
    const help = await run("emulator", "--help");
    assert.equal(help.code, 0);
    for (const part of [
      "--seed",
      "school-district",
      "listWhileNotEnforced = accepted | refused | dropped",
      "Examples:",
    ]) {
      assert.ok(help.out.includes(part), part);
    }
    const general = await run("--help");
    assert.equal(general.code, 0);
    assert.match(general.out, /emulator .*run a local Microsoft Graph/);
    const version = await run("--version");
    assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
  });
});
