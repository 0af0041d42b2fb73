import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCredential, resolveSettings, Secret, SettingsError } from "../../provider/dist/graph/index.js";
import { readCertificate } from "../../provider/dist/graph/certificate.js";
import { readAssertion } from "../../provider/dist/graph/assertion.js";
import { FakeGraph, SECRET, TENANT } from "./fake-graph.ts";

const SCOPE = "https://graph.microsoft.com/.default";

describe("createCredential for a local Graph", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  it("signs in with the client secret, once for many callers", async () => {
    const credential = createCredential(fake.settings());
    const tokens = await Promise.all([1, 2, 3].map(() => credential.getToken(SCOPE)));
    assert.deepEqual(
      tokens.map((token) => token?.token),
      ["token-1", "token-1", "token-1"],
    );
    assert.equal(fake.tokenRequests[0]?.get("client_id"), "app");
    assert.equal(fake.tokenRequests[0]?.get("client_secret"), SECRET);
  });

  it("signs in without any credentials, too", async () => {
    const settings = resolveSettings({ ARM_TENANT_ID: TENANT, ENTRA_PASSKEYS_ENDPOINT: fake.url });
    assert.equal((await createCredential(settings).getToken(SCOPE))?.token, "token-1");
  });

  it("keeps the token until two minutes before it expires", async () => {
    let now = 0;
    const credential = createCredential(fake.settings(), () => now);
    const token = async () => (await credential.getToken(SCOPE))?.token;
    assert.equal(await token(), "token-1");
    now = 3_600_000 - 120_001;
    assert.equal(await token(), "token-1");
    now += 1;
    assert.equal(await token(), "token-2");
  });

  it("gets a new one for a claims challenge and after forget()", async () => {
    const credential = createCredential(fake.settings());
    await credential.getToken(SCOPE);
    assert.equal((await credential.getToken(SCOPE, { claims: "{}" }))?.token, "token-2");
    credential.forget();
    assert.equal((await credential.getToken(SCOPE))?.token, "token-3");
  });

  it("does not bring back a token that forget() overtook", async () => {
    const credential = createCredential(fake.settings());
    const early = credential.getToken(SCOPE);
    credential.forget();
    const late = await credential.getToken(SCOPE);
    await early;
    assert.equal((await credential.getToken(SCOPE))?.token, late?.token);
  });
});

describe("createCredential for a cloud", () => {
  const app = { ARM_TENANT_ID: TENANT, ARM_CLIENT_ID: "22222222-2222-4333-8444-555555555555" };

  for (const env of [
    { ...app, ARM_CLIENT_SECRET: "s" },
    { ...app, ARM_CLIENT_CERTIFICATE_PATH: "missing.pem" },
    { ...app, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
    { ...app, ARM_USE_MSI: "true" },
    { ARM_TENANT_ID: TENANT },
  ]) {
    it(`is made without loading anything for ${Object.keys(env).join(" ")}`, () => {
      assert.equal(typeof createCredential(resolveSettings(env)).getToken, "function");
    });
  }

  it("names the file of a certificate that cannot be read", async () => {
    const credential = createCredential(resolveSettings({ ...app, ARM_CLIENT_CERTIFICATE_PATH: "/no/such/file.pfx" }));
    await assert.rejects(credential.getToken(SCOPE), (error: Error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, /clientCertificatePath names a file that cannot be read \(ENOENT\)/);
      return true;
    });
  });
});

describe("readAssertion", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const requestToken = new Secret("request-token");

  it("gives the token that was set", async () => assert.equal(await readAssertion({ token: new Secret("t") }), "t"));

  it("asks the URL for a token with Entra's audience and keeps the query that is there", async () => {
    fake.answer({ body: { value: "id-token" } });
    assert.equal(await readAssertion({ requestUrl: `${fake.url}/oidc?api-version=2.0`, requestToken }), "id-token");
    assert.equal(fake.seen[0]?.query.get("audience"), "api://AzureADTokenExchange");
    assert.equal(fake.seen[0]?.query.get("api-version"), "2.0");
    assert.equal(fake.seen[0]?.headers.authorization, "Bearer request-token");
  });

  for (const [what, reply] of [
    ["refuses", { status: 403, body: "request-token" }],
    ["has no token", { body: {} }],
    ["redirects", { status: 302, headers: { location: "http://elsewhere.example" } }],
    ["does not answer", { fault: "cut" }],
  ] as const) {
    it(`says so where the URL ${what}, without the request token`, async () => {
      fake.answer(reply);
      await assert.rejects(readAssertion({ requestUrl: `${fake.url}/oidc`, requestToken }), (error: Error) => {
        assert.ok(error instanceof SettingsError);
        assert.ok(!error.message.includes("request-token"));
        return true;
      });
    });
  }

  it("reads the token file anew each time, and refuses a missing or empty one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "graph-"));
    try {
      const tokenFile = join(folder, "token");
      await assert.rejects(readAssertion({ tokenFile }), /cannot be read \(ENOENT\)/);
      writeFileSync(tokenFile, " \n");
      await assert.rejects(readAssertion({ tokenFile }), /names an empty file/);
      writeFileSync(tokenFile, "first\n");
      assert.equal(await readAssertion({ tokenFile }), "first");
      writeFileSync(tokenFile, "second");
      assert.equal(await readAssertion({ tokenFile }), "second");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("readCertificate", () => {
  const password = "pa ss'word";
  let folder: string;
  let pem: string;
  let pfx: string;

  before(function () {
    this.timeout(20_000);
    if (spawnSync("openssl", ["version"]).status !== 0) this.skip();
    folder = mkdtempSync(join(tmpdir(), "graph-"));
    [pem, pfx] = [join(folder, "c.pem"), join(folder, "c.pfx")];
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", pem, "-out", `${pem}.crt`);
    openssl("pkcs12", "-export", "-inkey", pem, "-in", `${pem}.crt`, "-out", pfx, "-passout", `pass:${password}`);
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  it("gives PEM as it is", async () => {
    assert.match(await readCertificate({ path: pem }, undefined), /^-----BEGIN PRIVATE KEY/);
  });

  for (const [form, source] of [
    ["a file", () => ({ path: pfx })],
    ["base64", () => ({ base64: new Secret(execFileSync("base64", [pfx], { encoding: "utf8" })) })],
  ] as const) {
    it(`turns a PKCS#12 bundle in ${form} into PEM`, async () => {
      const text = await readCertificate(source(), new Secret(password));
      assert.match(text, /-----BEGIN CERTIFICATE-----/);
      assert.match(text, /-----BEGIN PRIVATE KEY-----/);
    });
  }

  it("says what to do about a wrong password, and does not show it", async () => {
    await assert.rejects(readCertificate({ path: pfx }, new Secret("wrong-password")), (error: Error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, /wrong password or unknown format.*openssl pkcs12/);
      assert.ok(!error.message.includes("wrong-password"));
      return true;
    });
  });
});
