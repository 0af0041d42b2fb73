import assert from "node:assert/strict";
import fc from "fast-check";
import { resolveSettings, SettingsError, type Authentication } from "../../provider/dist/graph/index.js";

/**
 * The table of docs/connect.md as data. A factor is a setting in one source; its first value is "not there". Every value
 * is told from every other one, so that a row shows not only which way was taken but from where.
 */
const FACTORS = {
  "env certificate": [{}, { ARM_CLIENT_CERTIFICATE_PATH: "env certificate" }],
  "config certificate": [{}, { "azuread:clientCertificatePath": "config certificate" }],
  "env secret": [{}, { ARM_CLIENT_SECRET: "env secret" }],
  "config secret": [{}, { "azuread:clientSecret": "config secret" }],
  "env secret file": [{}, { ARM_CLIENT_SECRET_FILE_PATH: "env secret file" }],
  "config secret file": [{}, { "azuread:clientSecretFilePath": "config secret file" }],
  "env OIDC": [{}, { ARM_USE_OIDC: "true" }, { ARM_USE_OIDC: "false" }],
  "config OIDC": [{}, { "azuread:useOidc": "true" }],
  "env AKS": [{}, { ARM_USE_AKS_WORKLOAD_IDENTITY: "true" }, { ARM_USE_AKS_WORKLOAD_IDENTITY: "false" }],
  "config AKS": [{}, { "azuread:useAksWorkloadIdentity": "true" }],
  "env token": [{}, { ARM_OIDC_TOKEN: "env token" }],
  "config token": [{}, { "azuread:oidcToken": "config token" }],
  "env token file": [{}, { ARM_OIDC_TOKEN_FILE_PATH: "env token file" }],
  "config token file": [{}, { "azuread:oidcTokenFilePath": "config token file" }],
  pod: [{}, { AZURE_FEDERATED_TOKEN_FILE: "pod" }],
  "env request": [{}, { ARM_OIDC_REQUEST_URL: "https://env", ARM_OIDC_REQUEST_TOKEN: "t" }],
  GitHub: [{}, { ACTIONS_ID_TOKEN_REQUEST_URL: "https://github", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" }],
  "Azure DevOps": [{}, { SYSTEM_OIDCREQUESTURI: "https://ado", SYSTEM_ACCESSTOKEN: "t" }],
  "env connection": [{}, { ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "env" }],
  "config connection": [{}, { "azuread:adoPipelineServiceConnectionId": "config" }],
  "config request": [{}, { "azuread:oidcRequestUrl": "https://config", "azuread:oidcRequestToken": "t" }],
  "env identity": [{}, { ARM_USE_MSI: "true" }, { ARM_USE_MSI: "false" }],
  "config identity": [{}, { "azuread:useMsi": "true" }],
  "env CLI": [{}, { ARM_USE_CLI: "true" }, { ARM_USE_CLI: "false" }],
  "config CLI": [{}, { "azuread:useCli": "true" }, { "azuread:useCli": "false" }],
} as const;

type Factor = keyof typeof FACTORS;
/** For each factor, which of its values; what is absent is 0. */
type Row = Partial<Record<Factor, number>>;

const NAMES = Object.keys(FACTORS) as Factor[];
const [ON, OFF] = [1, 2];

/** The documented order. Reads the row alone. */
function expected(row: Row): string {
  const has = (factor: Factor) => row[factor] === ON;
  const allows = (what: "OIDC" | "AKS" | "identity") => row[`env ${what}`] !== OFF;
  const secretOf = (source: "env" | "config") => {
    if (has(`${source} secret file`)) return `secret file: ${source} secret file`;
    return has(`${source} secret`) ? `secret: ${source} secret` : undefined;
  };
  // 1. Everything that the environment switches on, in the order of the ways; 2. the same of the configuration.
  if (has("env certificate")) return "certificate: env certificate";
  const envSecret = secretOf("env");
  if (envSecret !== undefined) return envSecret;
  if (has("env OIDC") || has("env AKS")) return idToken(row);
  if (has("env identity")) return "managed identity";
  if (has("env CLI")) return "Azure CLI";
  if (has("config certificate")) return "certificate: config certificate";
  const configSecret = secretOf("config");
  if (configSecret !== undefined) return configSecret;
  if ((has("config OIDC") && allows("OIDC")) || (has("config AKS") && allows("AKS"))) return idToken(row);
  if (has("config identity") && allows("identity")) return "managed identity";
  // 3. Azure CLI, unless the first source that says something says no.
  const cli = row["env CLI"] || row["config CLI"] || ON;
  return cli === OFF ? "refused: azuread:useCli" : "Azure CLI";
}

/** Where the ID token comes from: the environment, then the configuration. */
function idToken(row: Row): string {
  const has = (factor: Factor) => row[factor] === ON;
  const aks = has("env AKS") || (has("config AKS") && row["env AKS"] !== OFF);
  const connection = has("env connection") ? "env" : has("config connection") ? "config" : undefined;
  const asked = (url: string) => (connection === undefined ? `request: ${url}` : `pipeline: ${url} ${connection}`);
  if (has("env token")) return "token: env token";
  if (has("env token file")) return "token file: env token file";
  if (aks && has("pod")) return "token file: pod";
  if (has("env request")) return asked("https://env");
  if (has("GitHub")) return "request: https://github";
  if (has("Azure DevOps") && connection !== undefined) return asked("https://ado");
  if (has("config token")) return "token: config token";
  if (has("config token file")) return "token file: config token file";
  if (has("config request")) return asked("https://config");
  const oidc = has("env OIDC") || (has("config OIDC") && row["env OIDC"] !== OFF);
  return `refused: azuread:${oidc ? "useOidc" : "useAksWorkloadIdentity"}`;
}

/** What the settings say for a row. */
function found(row: Row): string {
  const values: Record<string, string> = Object.assign({}, ...NAMES.map((name) => FACTORS[name][row[name] ?? 0]));
  const isConfig = ([name]: [string, string]) => name.includes(":");
  const pairs = Object.entries(values);
  const config = Object.fromEntries(pairs.filter(isConfig));
  const env = Object.fromEntries(pairs.filter((pair) => !isConfig(pair)));
  const ids = { ARM_TENANT_ID: "11111111-2222-4333-8444-555555555555", ARM_CLIENT_ID: "app" };
  try {
    return shown(resolveSettings({ ...ids, ...env }, (key) => config[key]).authentication);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return `refused: ${error.setting}`;
  }
}

function shown(taken: Authentication): string {
  switch (taken.kind) {
    case "clientCertificate":
      return `certificate: ${"path" in taken.source ? taken.source.path : ""}`;
    case "clientSecret":
      return `secret: ${taken.secret.reveal()}`;
    case "clientSecretFile":
      return `secret file: ${taken.file.path}`;
    case "managedIdentity":
      return "managed identity";
    case "azureCli":
      return "Azure CLI";
    case "local":
      return "local";
    case "oidc": {
      const { source } = taken;
      if ("token" in source) return `token: ${source.token.reveal()}`;
      if ("tokenFile" in source) return `token file: ${source.tokenFile}`;
      const { serviceConnectionId: id } = source;
      return id === undefined ? `request: ${source.requestUrl}` : `pipeline: ${source.requestUrl} ${id}`;
    }
  }
}

const check = (row: Row) => assert.equal(found(row), expected(row), JSON.stringify(row));

/** Each value of each factor with each value of each other one, beside what is in `base`. */
function* pairs(base: Row): Generator<Row> {
  for (const [place, one] of NAMES.entries()) {
    for (const other of NAMES.slice(place + 1)) {
      for (const first of FACTORS[one].keys()) {
        for (const second of FACTORS[other].keys()) yield { ...base, [one]: first, [other]: second };
      }
    }
  }
}

describe("the precedence of docs/connect.md", () => {
  it("holds for every pair of settings, alone and where OIDC is on in either source", () => {
    const seen = new Set<string>();
    let rows = 0;
    for (const base of [{}, { "env OIDC": ON }, { "config OIDC": ON }, { "config AKS": ON, pod: ON }] as Row[]) {
      for (const row of pairs(base)) {
        check(row);
        seen.add(expected(row).replace(/:.*/, ""));
        rows += 1;
      }
    }
    assert.ok(rows > 4000, `${rows} rows`);
    const ways = ["Azure CLI", "certificate", "managed identity", "pipeline", "refused", "request", "secret"];
    assert.deepEqual([...seen].sort(), [...ways, "secret file", "token", "token file"].sort());
  });

  it("holds for any number of them together", () => {
    const row = fc.record(
      Object.fromEntries(NAMES.map((name) => [name, fc.nat(FACTORS[name].length - 1)])) as Record<
        Factor,
        fc.Arbitrary<number>
      >,
      { requiredKeys: [] },
    );
    fc.assert(fc.property(row, check), { numRuns: 2000 });
  });
});
