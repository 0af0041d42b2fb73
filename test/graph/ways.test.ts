import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { createCredential, resolveSettings, SettingsError } from "../../provider/dist/graph/index.js";
import { readAssertion } from "../../provider/dist/graph/assertion.js";
import { FakeGraph, SECRET, TENANT } from "./fake-graph.ts";

const OTHER = "99999999-2222-4333-8444-555555555555";
const SCOPE = "https://graph.microsoft.com/.default";
const tenant = { ARM_TENANT_ID: TENANT };
const app = { ...tenant, ARM_CLIENT_ID: "app" };

const resolve = (env: NodeJS.ProcessEnv, config: Record<string, string> = {}) =>
  resolveSettings(env, (key) => config[key]);

const isRefusal = (setting: string, words: RegExp) => (error: Error) => {
  assert.ok(error instanceof SettingsError, String(error));
  assert.equal(error.setting, setting);
  assert.match(error.message, words);
  assert.ok(!inspect(error, { depth: null }).includes(SECRET));
  return true;
};

function refused(setting: string, words: RegExp, env: NodeJS.ProcessEnv, config: Record<string, string> = {}): void {
  assert.throws(() => resolve(env, config), isRefusal(setting, words));
}

describe("resolveSettings with files", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "graph-"));
    path = join(folder, "file");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe("a client secret", () => {
    let fake: FakeGraph;
    beforeEach(async () => (fake = await FakeGraph.start()));
    afterEach(() => fake.close());

    const at = (env: NodeJS.ProcessEnv = {}) =>
      resolve({ ...app, ENTRA_PASSKEYS_ENDPOINT: fake.url, ARM_CLIENT_SECRET_FILE_PATH: path, ...env });
    const sent = () => fake.tokenRequests.map((request) => request.get("client_secret"));

    it("is read when it is needed and not before, and again for each token", async () => {
      let now = 0;
      const credential = createCredential(at(), () => now);
      writeFileSync(path, "first secret\n");
      await credential.getToken(SCOPE);
      writeFileSync(path, "second secret");
      await credential.getToken(SCOPE);
      now = 3_600_000;
      await credential.getToken(SCOPE);
      assert.deepEqual(sent(), ["first secret", "second secret"]);
    });

    it("that is missing or empty is refused by the name of the setting", async () => {
      const name = "azuread:clientSecretFilePath";
      const token = () => createCredential(at()).getToken(SCOPE);
      await assert.rejects(token(), isRefusal(name, /cannot be read \(ENOENT\)/));
      writeFileSync(path, " \n");
      await assert.rejects(token(), isRefusal(name, /empty file/));
      assert.equal(fake.tokenRequests.length, 0);
    });

    it("that differs from the one set beside it is refused, and shown nowhere", async () => {
      writeFileSync(path, SECRET);
      const credential = createCredential(at({ ARM_CLIENT_SECRET: "another secret" }));
      const words = /another value than azuread:clientSecret has. Remove one/;
      await assert.rejects(credential.getToken(SCOPE), isRefusal("azuread:clientSecretFilePath", words));
      const settings = at({ ARM_CLIENT_SECRET: SECRET });
      await createCredential(settings).getToken(SCOPE);
      assert.deepEqual(sent(), [SECRET]);
      assert.ok(!inspect(settings, { depth: null, showHidden: true }).includes(SECRET));
      assert.ok(!JSON.stringify(settings).includes(SECRET));
    });
  });

  it("takes a client id from a file, and refuses another one beside it", () => {
    writeFileSync(path, "app-of-file\n");
    const file = { ...tenant, ARM_CLIENT_ID_FILE_PATH: path };
    assert.equal(resolve(file).clientId, "app-of-file");
    assert.equal(resolve({ ...file, ARM_CLIENT_ID: "app-of-file" }).clientId, "app-of-file");
    assert.equal(resolve(file, { "azuread:clientId": "app" }).clientId, "app-of-file", "environment first");
    assert.equal(resolve(app, { "azuread:clientIdFilePath": "/none" }).clientId, "app", "the other file is not read");
    refused("azuread:clientIdFilePath", /another value/, { ...file, ARM_CLIENT_ID: "app" });
    refused("azuread:clientIdFilePath", /cannot be read \(ENOENT\)/, { ...tenant, ARM_CLIENT_ID_FILE_PATH: "/none" });
  });
});

describe("resolveSettings for Azure DevOps", () => {
  const job = { ...app, ARM_USE_OIDC: "true", SYSTEM_OIDCREQUESTURI: "https://dev.example/o", SYSTEM_ACCESSTOKEN: "j" };

  for (const variable of ["ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"]) {
    it(`takes the service connection of ${variable}`, () => {
      const { authentication } = resolve({ ...job, [variable]: "connection" });
      assert.ok(authentication.kind === "oidc" && "requestUrl" in authentication.source);
      assert.equal(authentication.source.serviceConnectionId, "connection");
      assert.equal(authentication.source.requestUrl, "https://dev.example/o");
    });
  }

  it("says what is missing of a pipeline", () => {
    refused("azuread:useOidc", /ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID.*System.AccessToken/, job);
    const unmapped = { ...job, SYSTEM_ACCESSTOKEN: "", ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "c" };
    refused("azuread:useOidc", /map SYSTEM_ACCESSTOKEN/, unmapped);
  });

  it("asks GitHub in GitHub's form, though a configuration for both names a connection", () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://gh/x", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "r" };
    const config = { "azuread:adoPipelineServiceConnectionId": "connection" };
    const { authentication } = resolve({ ...app, ARM_USE_OIDC: "true", ...env }, config);
    assert.ok(authentication.kind === "oidc");
    assert.ok(!("serviceConnectionId" in authentication.source));
  });

  it("sends no token of the environment to a URL of the stack configuration", () => {
    const config = { "azuread:oidcRequestUrl": "https://evil.example/x" };
    const env = { ...app, ARM_USE_OIDC: "true", SYSTEM_ACCESSTOKEN: SECRET };
    refused("azuread:oidcRequestUrl", /goes to no host that a configuration file names/, env, config);
    const own = { ...config, "azuread:oidcRequestToken": "own" };
    const { authentication } = resolve(env, own);
    assert.ok(authentication.kind === "oidc" && "requestToken" in authentication.source);
    assert.equal(authentication.source.requestToken.reveal(), "own");
  });

  it("posts to the pipeline's URL and takes the token that it answers", async () => {
    const fake = await FakeGraph.start();
    try {
      fake.answer({ body: { oidcToken: "id-token" } });
      const url = `${fake.url}/oidctoken?kept=1`;
      const env = { ...job, SYSTEM_OIDCREQUESTURI: url, ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "connection" };
      const { authentication } = resolve(env);
      assert.ok(authentication.kind === "oidc");
      assert.equal(await readAssertion(authentication.source), "id-token");
      const [{ method, query, headers, body }] = fake.seen as [(typeof fake.seen)[number]];
      assert.deepEqual([method, body], ["POST", ""]);
      const expected = { kept: "1", "api-version": "7.1", serviceConnectionId: "connection" };
      assert.deepEqual(Object.fromEntries(query), expected);
      assert.equal(headers.authorization, "Bearer j");
      fake.answer({ body: { value: "the other form" } });
      await assert.rejects(readAssertion(authentication.source), /gave no ID token.*may use that service connection/);
    } finally {
      await fake.close();
    }
  });
});

describe("resolveSettings for AKS workload identity", () => {
  const pod = { AZURE_FEDERATED_TOKEN_FILE: "/run/token", AZURE_CLIENT_ID: "pod", AZURE_TENANT_ID: TENANT };
  const on = { ARM_USE_AKS_WORKLOAD_IDENTITY: "true" };

  it("takes tenant, client and token file that AKS gives the pod, from either source of the switch", () => {
    for (const settings of [resolve({ ...pod, ...on }), resolve(pod, { "azuread:useAksWorkloadIdentity": "true" })]) {
      assert.equal(settings.tenantId, TENANT);
      assert.equal(settings.clientId, "pod");
      const source = { tokenFile: "/run/token", setting: "AZURE_FEDERATED_TOKEN_FILE" };
      assert.deepEqual(settings.authentication, { kind: "oidc", source });
    }
  });

  it("does not look at them otherwise", () => {
    const settings = resolve({ ...app, ...pod, AZURE_TENANT_ID: OTHER });
    assert.deepEqual([settings.tenantId, settings.clientId], [TENANT, "app"]);
    assert.equal(settings.authentication.kind, "azureCli");
  });

  it("refuses another tenant or client than the pod's, as azuread does", () => {
    refused("azuread:tenantId", /AZURE_TENANT_ID/, { ...pod, ...on, ARM_TENANT_ID: OTHER });
    refused("azuread:clientId", /AZURE_CLIENT_ID/, { ...pod, ...on, ARM_CLIENT_ID: "app" });
    refused("azuread:clientId", /AZURE_CLIENT_ID/, { ...pod, ...on }, { "azuread:clientId": "app" });
  });

  it("names the label that a pod without a token lacks, and the variable of a file that is not there", async () => {
    refused("azuread:useAksWorkloadIdentity", /azure.workload.identity\/use/, { ...app, ...on });
    const { authentication } = resolve({ ...pod, ...on, AZURE_FEDERATED_TOKEN_FILE: "/none" });
    assert.ok(authentication.kind === "oidc");
    await assert.rejects(readAssertion(authentication.source), isRefusal("AZURE_FEDERATED_TOKEN_FILE", /ENOENT/));
  });
});

describe("resolveSettings for what azuread has beyond that", () => {
  const imds = "http://169.254.169.254/metadata/identity/oauth2/token";

  it("accepts the endpoint of managed identities that is found without it, and no other", () => {
    const on = { ...tenant, ARM_USE_MSI: "true" };
    const service = { IDENTITY_ENDPOINT: "http://localhost:4141/msi/token", IDENTITY_HEADER: "h" };
    for (const env of [
      { ...on, ARM_MSI_ENDPOINT: imds },
      { ...on, ...service, ARM_MSI_ENDPOINT: `${service.IDENTITY_ENDPOINT}/` },
    ]) {
      assert.equal(resolve(env).authentication.kind, "managedIdentity");
    }
    refused("azuread:msiEndpoint", /cannot be told one.*Unset ARM_MSI_ENDPOINT/, {
      ...on,
      ARM_MSI_ENDPOINT: "http://x",
    });
    refused("azuread:msiEndpoint", /another endpoint/, { ...on, ...service, ARM_MSI_ENDPOINT: imds });
    assert.equal(
      resolve({ ...app, ARM_CLIENT_SECRET: "s", ARM_MSI_ENDPOINT: "x" }).authentication.kind,
      "clientSecret",
    );
  });

  it("refuses a metadata host, which would decide where tokens go", () => {
    const wayOut = /where tokens are asked for.*azuread:environment.*entra-passkeys:endpoint/;
    refused("azuread:metadataHost", wayOut, { ...app, ARM_METADATA_HOSTNAME: "evil.example" });
    refused("azuread:metadataHost", wayOut, app, { "azuread:metadataHost": "evil.example" });
  });

  it("never lets a metadata host redirect a local Graph", () => {
    const env = { ...app, ARM_METADATA_HOSTNAME: "127.0.0.1:8443", ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:1" };
    assert.equal(resolve(env).endpoint, "http://127.0.0.1:1");
  });

  it("takes no notice of partners", () => {
    const plain = resolve({ ...app, ARM_CLIENT_SECRET: "s" });
    const env = { ...app, ARM_CLIENT_SECRET: "s", ARM_PARTNER_ID: OTHER, ARM_DISABLE_TERRAFORM_PARTNER_ID: "perhaps" };
    const config = { "azuread:partnerId": OTHER, "azuread:disableTerraformPartnerId": "true" };
    assert.equal(JSON.stringify(resolve(env, config)), JSON.stringify(plain));
  });
});
