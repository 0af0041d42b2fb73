import { isLoopback } from "./loopback.js";
import { howToSet, isGiven, Reader, SettingsError, type Setting } from "./reader.js";
import { Secret } from "./secret.js";

/** How a token is obtained. */
export type Authentication =
  | { readonly kind: "clientCertificate"; readonly source: CertificateSource; readonly password?: Secret }
  | { readonly kind: "clientSecret"; readonly secret: Secret }
  | { readonly kind: "oidc"; readonly source: OidcSource }
  | { readonly kind: "managedIdentity" }
  | { readonly kind: "azureCli" }
  /** A local Graph that is given no secret. */
  | { readonly kind: "local" };

/** A PEM or PKCS#12 file, or a PKCS#12 bundle in base64. */
export type CertificateSource = { readonly path: string } | { readonly base64: Secret };

/** Where the ID token of a workload comes from. */
export type OidcSource =
  | { readonly token: Secret }
  | { readonly tokenFile: string }
  | { readonly requestUrl: string; readonly requestToken: Secret };

/** Settings of the azuread provider that have no counterpart here; falling back to another method would surprise. */
const UNSUPPORTED: readonly [key: string, variable: string, instead: string][] = [
  [
    "azuread:useAksWorkloadIdentity",
    "ARM_USE_AKS_WORKLOAD_IDENTITY",
    "Set ARM_USE_OIDC=true, ARM_CLIENT_ID and ARM_OIDC_TOKEN_FILE_PATH (the path in AZURE_FEDERATED_TOKEN_FILE).",
  ],
  ["azuread:clientSecretFilePath", "ARM_CLIENT_SECRET_FILE_PATH", "Put the file's content into ARM_CLIENT_SECRET."],
  ["azuread:clientIdFilePath", "ARM_CLIENT_ID_FILE_PATH", "Put the file's content into ARM_CLIENT_ID."],
  [
    "azuread:adoPipelineServiceConnectionId",
    "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
    "Pass the pipeline's ID token in ARM_OIDC_TOKEN.",
  ],
];

/** A local Graph needs no credentials, but may be given a client secret. */
export function chooseLocal(reader: Reader): Authentication {
  const secret = reader.secret("azuread:clientSecret");
  return secret && reader.get("azuread:clientId") ? { kind: "clientSecret", secret } : { kind: "local" };
}

/** The way to sign in; see `resolveSettings` for the order. */
export function chooseAuthentication(reader: Reader): Authentication {
  for (const from of ["fromEnv", "fromConfig"] as const) {
    const given = (setting: Setting) => reader[from](setting) !== undefined;
    const on = (setting: Setting) => reader.flag(setting) === true && given(setting);
    if (given("azuread:clientCertificate") || given("azuread:clientCertificatePath")) return certificate(reader);
    if (given("azuread:clientSecret")) return clientSecret(reader);
    if (on("azuread:useOidc")) return oidc(reader);
    if (on("azuread:useMsi")) return { kind: "managedIdentity" };
    if (from === "fromEnv" && on("azuread:useCli")) return { kind: "azureCli" };
  }
  for (const [key, variable, instead] of UNSUPPORTED) {
    const value = reader.env[variable] ?? reader.config(key);
    if (isGiven(value) && !/^(false|0)$/i.test(value)) throw new SettingsError(key, "is not supported here", instead);
  }
  if (reader.flag("azuread:useCli") !== false) return { kind: "azureCli" };
  throw new SettingsError(
    "azuread:useCli",
    "is false, and no other way to sign in is set",
    "Set ARM_CLIENT_ID with ARM_CLIENT_SECRET or ARM_CLIENT_CERTIFICATE_PATH, or ARM_CLIENT_ID with ARM_USE_OIDC=true, " +
      "or ARM_USE_MSI=true, or allow Azure CLI.",
  );
}

function certificate(reader: Reader): Authentication {
  requireClientId(reader, "a client certificate");
  const password = reader.secret("azuread:clientCertificatePassword");
  const source = firstSource(reader, (get) => {
    const base64 = get("azuread:clientCertificate");
    const path = get("azuread:clientCertificatePath");
    return base64 ? { base64: new Secret(base64) } : path ? { path } : undefined;
  });
  return { kind: "clientCertificate", source: source ?? { path: "" }, ...(password && { password }) };
}

/** Looks in the environment, then in the configuration: the kind of source counts less than where it was set. */
function firstSource<T>(reader: Reader, read: (get: (setting: Setting) => string | undefined) => T): T {
  return read((setting) => reader.fromEnv(setting)) ?? read((setting) => reader.fromConfig(setting));
}

function clientSecret(reader: Reader): Authentication {
  requireClientId(reader, "a client secret");
  return { kind: "clientSecret", secret: new Secret(reader.get("azuread:clientSecret") ?? "") };
}

function oidc(reader: Reader): Authentication {
  requireClientId(reader, "OIDC");
  const source = firstSource(reader, (get): OidcSource | undefined => {
    const token = get("azuread:oidcToken");
    if (token) return { token: new Secret(token) };
    const tokenFile = get("azuread:oidcTokenFilePath");
    if (tokenFile) return { tokenFile };
    return get("azuread:oidcRequestUrl") === undefined ? undefined : requestSource(reader);
  });
  if (source) return { kind: "oidc", source };
  throw new SettingsError(
    "azuread:useOidc",
    "is true, but no ID token is at hand",
    "Set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH; in GitHub Actions give the job the permission `id-token: write`.",
  );
}

function requestSource(reader: Reader): OidcSource | undefined {
  const requestUrl = reader.get("azuread:oidcRequestUrl")?.trim() ?? "";
  const requestToken = reader.secret("azuread:oidcRequestToken");
  if (!requestToken) return undefined;
  const url = URL.canParse(requestUrl) ? new URL(requestUrl) : undefined;
  if (!url || (url.protocol !== "https:" && !isLoopback(url.hostname))) {
    const wayOut = `Set ${howToSet("azuread:oidcRequestUrl")} to the URL that the CI system gives.`;
    throw new SettingsError("azuread:oidcRequestUrl", "is not an https URL, and a token would be sent to it", wayOut);
  }
  return { requestUrl, requestToken };
}

function requireClientId(reader: Reader, method: string): void {
  if (reader.get("azuread:clientId") !== undefined) return;
  const wayOut = `Set ${howToSet("azuread:clientId")} to the application (client) id.`;
  throw new SettingsError("azuread:clientId", `is missing, and ${method} needs it`, wayOut);
}

/** Every secret in it, for taking them out of what services say. */
export function secretsOf(authentication: Authentication): string[] {
  const parts = authentication.kind === "clientSecret" ? [authentication.secret] : [];
  if (authentication.kind === "clientCertificate" && authentication.password) parts.push(authentication.password);
  if (authentication.kind === "oidc") {
    const { source } = authentication;
    if ("token" in source) parts.push(source.token);
    if ("requestToken" in source) parts.push(source.requestToken);
  }
  return parts.map((secret) => secret.reveal());
}
