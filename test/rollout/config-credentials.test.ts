import assert from "node:assert/strict";
import fc from "fast-check";
import { resolveSettings } from "../../provider/dist/graph/index.js";
import { CredentialError, environmentOf } from "../../provider/dist/rollout/config/index.js";
import type { CredentialReference, TenantSpec } from "../../provider/dist/rollout/plan.js";
import { A } from "./files.ts";

const CLIENT = "c11e4700-0000-4000-8000-000000000001";

function tenant(credential: CredentialReference): TenantSpec {
  return { id: A, name: "Northbank", stack: "northbank", cloud: "usgovernment", config: {}, credential };
}

const prefixed = tenant({ kind: "environment", prefix: "NORTHBANK" });
const federated = tenant({ kind: "federatedToken", clientId: CLIENT });
const federatedFile = tenant({ kind: "federatedToken", clientId: CLIENT, tokenFile: "/run/token" });
const certificate = tenant({ kind: "certificate", clientId: CLIENT, path: "/keys/n.pem" });
const protectedCertificate = tenant({
  kind: "certificate",
  clientId: CLIENT,
  path: "/keys/n.pem",
  passwordVariable: "N_PASSWORD",
});
const systemIdentity = tenant({ kind: "managedIdentity" });
const userIdentity = tenant({ kind: "managedIdentity", clientId: CLIENT });

const base = { ARM_TENANT_ID: A, ARM_ENVIRONMENT: "usgovernment", ARM_USE_CLI: "false" };
const actions = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example/token", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job" };
const pipeline = { SYSTEM_OIDCREQUESTURI: "https://ci.example/token", SYSTEM_ACCESSTOKEN: "job" };
const requested = { ARM_OIDC_REQUEST_URL: "https://ci.example/token", ARM_OIDC_REQUEST_TOKEN: "job" };
const oidc = { ARM_CLIENT_ID: CLIENT, ARM_USE_OIDC: "true" };

/** What the reference, with this environment, gives beyond tenant, cloud and no Azure CLI. */
const GIVEN: readonly [what: string, TenantSpec, env: Record<string, string>, expected: Record<string, string>][] = [
  [
    "a secret under a prefix",
    prefixed,
    { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_CLIENT_SECRET: "s" },
    { ARM_CLIENT_ID: "n", ARM_CLIENT_SECRET: "s" },
  ],
  [
    "a certificate under a prefix",
    prefixed,
    {
      NORTHBANK_ARM_CLIENT_ID: "n",
      NORTHBANK_ARM_CLIENT_CERTIFICATE_PATH: "/n.pem",
      NORTHBANK_ARM_CLIENT_CERTIFICATE_PASSWORD: "p",
    },
    { ARM_CLIENT_ID: "n", ARM_CLIENT_CERTIFICATE_PATH: "/n.pem", ARM_CLIENT_CERTIFICATE_PASSWORD: "p" },
  ],
  [
    "an ID token under a prefix",
    prefixed,
    { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_USE_OIDC: "true", NORTHBANK_ARM_OIDC_TOKEN: "t" },
    { ARM_CLIENT_ID: "n", ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
  ],
  [
    "the job's ID token for OIDC under a prefix",
    prefixed,
    { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_USE_OIDC: "1", ...actions },
    { ARM_CLIENT_ID: "n", ARM_USE_OIDC: "1", ...requested },
  ],
  [
    "a local Graph under a prefix, without credentials",
    prefixed,
    { NORTHBANK_ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:1", ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:2" },
    { ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:1" },
  ],
  [
    "a local Graph for all",
    prefixed,
    { ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:2", NORTHBANK_ARM_CLIENT_ID: "n" },
    { ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:2", ARM_CLIENT_ID: "n" },
  ],
  ["the token of the process", federated, { ARM_OIDC_TOKEN: "t", ...actions }, { ...oidc, ARM_OIDC_TOKEN: "t" }],
  [
    "the token file of the process",
    federated,
    { ARM_OIDC_TOKEN_FILE_PATH: "/t", ...actions },
    { ...oidc, ARM_OIDC_TOKEN_FILE_PATH: "/t" },
  ],
  ["the token that the job may ask for", federated, actions, { ...oidc, ...requested }],
  [
    "the token that a pipeline of Azure DevOps may ask for",
    federated,
    { ...pipeline, ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "connection" },
    { ...oidc, ...requested, ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "connection" },
  ],
  [
    "a service connection under a prefix",
    prefixed,
    {
      ...pipeline,
      ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "another's",
      NORTHBANK_ARM_CLIENT_ID: "n",
      NORTHBANK_ARM_USE_OIDC: "true",
      NORTHBANK_ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "connection",
    },
    {
      ARM_CLIENT_ID: "n",
      ARM_USE_OIDC: "true",
      ...requested,
      ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "connection",
    },
  ],
  [
    "a secret file under a prefix",
    prefixed,
    { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_CLIENT_SECRET_FILE_PATH: "/n" },
    { ARM_CLIENT_ID: "n", ARM_CLIENT_SECRET_FILE_PATH: "/n" },
  ],
  [
    "a token file of its own",
    federatedFile,
    { ARM_OIDC_TOKEN: "t" },
    { ...oidc, ARM_OIDC_TOKEN: "", ARM_OIDC_TOKEN_FILE_PATH: "/run/token" },
  ],
  ["a certificate", certificate, {}, { ARM_CLIENT_ID: CLIENT, ARM_CLIENT_CERTIFICATE_PATH: "/keys/n.pem" }],
  [
    "a certificate with a password",
    protectedCertificate,
    { N_PASSWORD: "p" },
    {
      ARM_CLIENT_ID: CLIENT,
      ARM_CLIENT_CERTIFICATE_PATH: "/keys/n.pem",
      ARM_CLIENT_CERTIFICATE_PASSWORD: "p",
      N_PASSWORD: "",
    },
  ],
  ["the machine's identity", systemIdentity, {}, { ARM_USE_MSI: "true" }],
  ["an identity of a user's choice", userIdentity, {}, { ARM_USE_MSI: "true", ARM_CLIENT_ID: CLIENT }],
  [
    "nothing of this process and of other tenants",
    systemIdentity,
    {
      PATH: "/bin",
      ARM_TENANT_ID: "other",
      ARM_CLIENT_ID: "other",
      ARM_CLIENT_SECRET: "hush",
      ARM_USE_OIDC: "true",
      ARM_USE_CLI: "true",
      ARM_SUBSCRIPTION_ID: "kept as it is",
      SOUTHBANK_ARM_CLIENT_SECRET: "hush",
      SOUTHBANK_ARM_USE_OIDC: "true",
    },
    {
      ARM_CLIENT_ID: "",
      ARM_CLIENT_SECRET: "",
      ARM_USE_OIDC: "false",
      ARM_USE_MSI: "true",
      SOUTHBANK_ARM_CLIENT_SECRET: "",
      SOUTHBANK_ARM_USE_OIDC: "false",
    },
  ],
];

const MISSING: readonly [variable: string, TenantSpec, env: Record<string, string>][] = [
  ["NORTHBANK_ARM_CLIENT_ID", prefixed, { ARM_CLIENT_ID: "x", ARM_CLIENT_SECRET: "y" }],
  ["NORTHBANK_ARM_CLIENT_ID", prefixed, { NORTHBANK_ARM_CLIENT_ID: " ", NORTHBANK_ARM_CLIENT_SECRET: "s" }],
  ["NORTHBANK_ARM_CLIENT_SECRET", prefixed, { NORTHBANK_ARM_CLIENT_ID: "n", ARM_CLIENT_SECRET: "y" }],
  ["NORTHBANK_ARM_CLIENT_SECRET", prefixed, { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_USE_OIDC: "false" }],
  [
    "NORTHBANK_ARM_OIDC_TOKEN",
    prefixed,
    { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "another's" },
  ],
  ["ARM_OIDC_TOKEN", federated, { ARM_OIDC_REQUEST_URL: "https://ci.example/token" }],
  ["N_PASSWORD", protectedCertificate, { N_PASSWORD: "" }],
];

describe("environmentOf", () => {
  for (const [what, spec, env, expected] of GIVEN) {
    it(`gives ${what}`, () => {
      const found = environmentOf(spec, env);
      const [under, own] = [true, false].map((is) =>
        Object.fromEntries(Object.entries(found).filter(([name]) => name.startsWith("NORTHBANK_") === is)),
      );
      assert.deepEqual(own, { ...base, ...expected });
      // Copied, and not left where they were.
      for (const value of Object.values(under!)) assert.match(value, /^(false)?$/);
    });
  }

  for (const [variable, spec, env] of MISSING) {
    it(`names ${variable} where it is missing from ${Object.keys(env).join(", ")}`, () => {
      assert.throws(
        () => environmentOf(spec, env),
        (error: unknown) => {
          assert.ok(error instanceof CredentialError);
          assert.equal(error.variable, variable);
          assert.match(error.message, /^Northbank: the environment variable \w+ is missing\. Set it/);
          return true;
        },
      );
    });
  }

  it("is what the settings of a connection are read from", () => {
    const kinds = [
      [certificate, {}, "clientCertificate"],
      [federated, actions, "oidc"],
      [federated, { ...pipeline, ARM_OIDC_AZURE_SERVICE_CONNECTION_ID: "c" }, "oidc"],
      [prefixed, { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_CLIENT_SECRET_FILE_PATH: "/n" }, "clientSecretFile"],
      [systemIdentity, { ARM_USE_AKS_WORKLOAD_IDENTITY: "true", AZURE_FEDERATED_TOKEN_FILE: "/t" }, "managedIdentity"],
      [systemIdentity, { ARM_CLIENT_ID: "x", ARM_CLIENT_SECRET: "hush" }, "managedIdentity"],
      [prefixed, { NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_CLIENT_SECRET: "s" }, "clientSecret"],
      [prefixed, { ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:1" }, "local"],
    ] as const;
    for (const [spec, env, kind] of kinds) {
      const settings = resolveSettings(environmentOf(spec, env));
      assert.equal(settings.authentication.kind, kind);
      assert.equal(settings.tenantId, A);
      assert.equal(settings.cloud.name, "usgovernmentl4");
      // The same where it is laid over the environment of the process.
      assert.equal(resolveSettings({ ...env, ...environmentOf(spec, env) }).authentication.kind, kind);
    }
  });

  it("empties the variables with passwords of other tenants' certificates", () => {
    const found = environmentOf(systemIdentity, { N_PASSWORD: "p" }, [systemIdentity, protectedCertificate]);
    assert.deepEqual(found, { ...base, ARM_USE_MSI: "true", N_PASSWORD: "" });
  });

  it("never passes on what belongs to another tenant or to this process", () => {
    const names = [
      "ARM_CLIENT_ID",
      "ARM_CLIENT_SECRET",
      "ARM_CLIENT_CERTIFICATE",
      "ARM_CLIENT_CERTIFICATE_PATH",
      "ARM_CLIENT_CERTIFICATE_PASSWORD",
      "ARM_CLIENT_SECRET_FILE_PATH",
      "ARM_OIDC_TOKEN",
      "ARM_OIDC_REQUEST_TOKEN",
      "ARM_USE_OIDC",
      "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
    ];
    const foreign = fc.constantFrom(...names.flatMap((name) => [name, `SOUTHBANK_${name}`, `NORTHBANK2_${name}`]));
    const own = fc.constantFrom(...names.map((name) => `NORTHBANK_${name}`));
    const text = fc.string({ minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.dictionary(foreign, text), fc.dictionary(own, text), (others, mine) => {
        const theirs = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, `theirs ${value}`]));
        const env = { ...theirs, ...mine, NORTHBANK_ARM_CLIENT_ID: "n", NORTHBANK_ARM_CLIENT_SECRET: "s" };
        for (const spec of [prefixed, certificate, systemIdentity]) {
          const values = Object.values({ ...env, ...environmentOf(spec, env) });
          assert.deepEqual(
            values.filter((value) => value.startsWith("theirs ")),
            [],
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});
