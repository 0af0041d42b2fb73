import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { FakeGraph, TENANT } from "./fake-graph.ts";

const graph = createRequire(import.meta.url).resolve("../../provider/dist/graph/index.js");
const CLIENT = "22222222-2222-4333-8444-555555555555";

/**
 * The real sign-in library, in a process of its own where every https request goes to the fake over http instead: the
 * library talks to the cloud's login host only.
 */
describe("createCredential with the real sign-in library", function () {
  // A process for each test, which loads the library.
  this.timeout(20_000);
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  async function signIn(env: NodeJS.ProcessEnv): Promise<{ token?: string; error?: string; hosts: string[] }> {
    const login = { cloud: "", token: `/${TENANT}/oauth2/v2.0/token` };
    login.cloud = env.ARM_ENVIRONMENT === "dod" ? "login.microsoftonline.us" : "login.microsoftonline.com";
    const base = `https://${login.cloud}`;
    const metadata = {
      token_endpoint: base + login.token,
      authorization_endpoint: `${base}/authorize`,
      issuer: `${base}/${TENANT}/v2.0`,
      jwks_uri: `${base}/keys`,
    };
    fake.answer({ body: metadata });
    const script = `
      const http = require("http"), https = require("https"), hosts = [];
      https.request = ({ agent, ...options }, done) => {
        hosts.push(options.hostname);
        const to = { hostname: "127.0.0.1", port: ${new URL(fake.url).port}, protocol: "http:" };
        return http.request({ ...options, ...to }, done);
      };
      const { createCredential, resolveSettings } = require(${JSON.stringify(graph)});
      createCredential(resolveSettings(process.env)).getToken("https://graph.microsoft.com/.default").then(
        ({ token }) => console.log(JSON.stringify({ token, hosts })),
        ({ message }) => console.log(JSON.stringify({ error: message, hosts })));`;
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(ARM_|ACTIONS_|AZURE_|HTTPS?_PROXY)/i.test(name)),
    );
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
      env: { ...clean, ARM_TENANT_ID: TENANT, ARM_CLIENT_ID: CLIENT, ...env },
    });
    return JSON.parse(stdout) as { token?: string; error?: string; hosts: string[] };
  }

  const good = { body: { access_token: "library-token", token_type: "Bearer", expires_in: 3600 } };

  it("signs in with a client secret", async () => {
    fake.tokenReplies.push(good);
    const { token, hosts } = await signIn({ ARM_CLIENT_SECRET: "s3cret" });
    assert.equal(token, "library-token");
    assert.deepEqual([...new Set(hosts)], ["login.microsoftonline.com"]);
    assert.equal(fake.tokenRequests[0]?.get("client_secret"), "s3cret");
    assert.match(String(fake.tokenRequests[0]?.get("scope")), /^https:\/\/graph\.microsoft\.com\/\.default/);
  });

  it("signs in at the login host of the cloud", async () => {
    fake.tokenReplies.push(good);
    const { hosts } = await signIn({ ARM_CLIENT_SECRET: "s3cret", ARM_ENVIRONMENT: "dod" });
    assert.deepEqual([...new Set(hosts)], ["login.microsoftonline.us"]);
  });

  for (const status of [302, 307, 308]) {
    it(`sends the secret to no other host after ${status}`, async () => {
      const location = `https://evil.example/${TENANT}/oauth2/v2.0/token`;
      for (let times = 0; times < 5; times += 1) fake.tokenReplies.push({ status, headers: { location }, body: {} });
      const { error, hosts } = await signIn({ ARM_CLIENT_SECRET: "s3cret" });
      assert.ok(error, "there is no token");
      assert.deepEqual([...new Set(hosts)], ["login.microsoftonline.com"]);
    });
  }

  it("signs in with a secret in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "graph-"));
    try {
      const file = join(folder, "secret");
      writeFileSync(file, "of-the-file\n");
      fake.tokenReplies.push(good);
      const { token } = await signIn({ ARM_CLIENT_SECRET_FILE_PATH: file });
      assert.equal(token, "library-token");
      assert.equal(fake.tokenRequests[0]?.get("client_secret"), "of-the-file");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("signs in with the ID token of an AKS pod", async () => {
    const folder = mkdtempSync(join(tmpdir(), "graph-"));
    try {
      const file = join(folder, "token");
      writeFileSync(file, "of-the-pod");
      fake.tokenReplies.push(good);
      const pod = { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_ID: CLIENT, AZURE_TENANT_ID: TENANT };
      const { token } = await signIn({ ARM_USE_AKS_WORKLOAD_IDENTITY: "true", ...pod });
      assert.equal(token, "library-token");
      assert.equal(fake.tokenRequests[0]?.get("client_assertion"), "of-the-pod");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("signs in with an ID token", async () => {
    fake.tokenReplies.push(good);
    const { token } = await signIn({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "id-token" });
    assert.equal(token, "library-token");
    assert.equal(fake.tokenRequests[0]?.get("client_assertion"), "id-token");
  });

  it("signs in with a PKCS#12 certificate", async function () {
    if (spawnSync("openssl", ["version"]).status !== 0) return this.skip();
    const folder = mkdtempSync(join(tmpdir(), "graph-"));
    try {
      const [key, certificate, bundle] = ["key", "crt", "pfx"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
      openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", key, "-out", certificate);
      openssl("pkcs12", "-export", "-inkey", key, "-in", certificate, "-out", bundle, "-passout", "pass:pw");
      fake.tokenReplies.push(good);
      const result = await signIn({ ARM_CLIENT_CERTIFICATE_PATH: bundle, ARM_CLIENT_CERTIFICATE_PASSWORD: "pw" });
      assert.equal(result.token, "library-token", result.error);
      assert.match(String(fake.tokenRequests[0]?.get("client_assertion")), /^[\w-]+\.[\w-]+\.[\w-]+$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("hands on the service's error code, from which the hint follows", async () => {
    const error_description = "AADSTS7000215: Invalid client secret provided.";
    fake.tokenReplies.push({
      status: 401,
      body: { error: "invalid_client", error_description, error_codes: [7000215] },
    });
    const { error } = await signIn({ ARM_CLIENT_SECRET: "s3cret" });
    assert.match(String(error), /AADSTS7000215/);
    assert.ok(!String(error).includes("s3cret"));
  });
});
