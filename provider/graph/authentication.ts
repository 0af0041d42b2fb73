import { oidcSource, type OidcSource } from "./oidc.js";
import { howToSet, isGiven, SettingsError, SOURCES, type Reader, type Source } from "./reader.js";
import { Secret } from "./secret.js";
import { SecretFile } from "./secretFile.js";
import type { Setting } from "./variables.js";

/** How a token is obtained. */
export type Authentication =
  | { readonly kind: "clientCertificate"; readonly source: CertificateSource; readonly password?: Secret }
  | { readonly kind: "clientSecret"; readonly secret: Secret }
  | { readonly kind: "clientSecretFile"; readonly file: SecretFile }
  | { readonly kind: "oidc"; readonly source: OidcSource }
  | { readonly kind: "managedIdentity" }
  | { readonly kind: "azureCli" }
  /** A local Graph that is given no secret. */
  | { readonly kind: "local" };

/** A PEM or PKCS#12 file, or a PKCS#12 bundle in base64. */
export type CertificateSource = { readonly path: string } | { readonly base64: Secret };

/** A local Graph needs no credentials, but may be given a client secret. */
export function chooseLocal(reader: Reader, clientId: string | undefined): Authentication {
  const from = SOURCES.find((source) => hasSecret(reader, source));
  return from !== undefined && clientId !== undefined ? secretFrom(reader, from) : { kind: "local" };
}

/** The way to sign in; `WAYS` has the order. */
export function chooseAuthentication(reader: Reader, clientId: string | undefined): Authentication {
  for (const from of SOURCES) {
    const given = (setting: Setting) => reader[from](setting) !== undefined;
    const on = (setting: Setting) => reader.flag(setting) === true && given(setting);
    if (given("azuread:clientCertificate") || given("azuread:clientCertificatePath")) {
      requireClientId(clientId, "a client certificate");
      return certificate(reader, from);
    }
    if (hasSecret(reader, from)) {
      requireClientId(clientId, "a client secret");
      return secretFrom(reader, from);
    }
    if (on("azuread:useOidc") || on("azuread:useAksWorkloadIdentity")) {
      requireClientId(clientId, "OIDC");
      return { kind: "oidc", source: oidcSource(reader) };
    }
    if (on("azuread:useMsi")) return managedIdentity(reader);
    if (from === "fromEnv" && on("azuread:useCli")) return { kind: "azureCli" };
  }
  if (reader.flag("azuread:useCli") !== false) return { kind: "azureCli" };
  throw new SettingsError(
    "azuread:useCli",
    "is false, and no other way to sign in is set",
    "Set ARM_CLIENT_ID with ARM_CLIENT_SECRET or ARM_CLIENT_CERTIFICATE_PATH, or ARM_CLIENT_ID with ARM_USE_OIDC=true, " +
      "or ARM_USE_MSI=true, or allow Azure CLI.",
  );
}

function certificate(reader: Reader, from: Source): Authentication {
  const password = reader.secret("azuread:clientCertificatePassword");
  const base64 = reader[from]("azuread:clientCertificate");
  const path = reader[from]("azuread:clientCertificatePath") ?? "";
  const source = base64 === undefined ? { path } : { base64: new Secret(base64) };
  return { kind: "clientCertificate", source, ...(password && { password }) };
}

function hasSecret(reader: Reader, from: Source): boolean {
  const settings = ["azuread:clientSecret", "azuread:clientSecretFilePath"] as const;
  return settings.some((setting) => reader[from](setting) !== undefined);
}

function secretFrom(reader: Reader, from: Source): Authentication {
  const value = reader[from]("azuread:clientSecret");
  const path = reader[from]("azuread:clientSecretFilePath");
  const secret = new Secret(value ?? "");
  if (path === undefined) return { kind: "clientSecret", secret };
  const beside = value === undefined ? undefined : { secret, setting: "azuread:clientSecret" };
  return { kind: "clientSecretFile", file: new SecretFile(path, "azuread:clientSecretFilePath", beside) };
}

/** The sign-in library finds the machine's endpoint by itself and cannot be told another one. */
function managedIdentity(reader: Reader): Authentication {
  const setting = "azuread:msiEndpoint";
  const wanted = reader.get(setting)?.trim();
  const { IDENTITY_ENDPOINT, MSI_ENDPOINT, AZURE_POD_IDENTITY_AUTHORITY_HOST } = reader.env;
  const host = AZURE_POD_IDENTITY_AUTHORITY_HOST ?? "http://169.254.169.254";
  const instance = `${trimmed(host)}/metadata/identity/oauth2/token`;
  const found = [IDENTITY_ENDPOINT, MSI_ENDPOINT].find(isGiven) ?? instance;
  if (wanted === undefined || trimmed(wanted) === trimmed(found)) return { kind: "managedIdentity" };
  throw new SettingsError(
    setting,
    "names another endpoint than the one that this machine announces, and the sign-in library cannot be told one",
    `Unset ${howToSet(setting)}; the endpoint of virtual machines, App Service, Azure Arc and Service Fabric is found ` +
      "by itself.",
  );
}

function trimmed(url: string): string {
  return url.trim().replace(/\/+$/, "");
}

function requireClientId(clientId: string | undefined, method: string): void {
  if (clientId !== undefined) return;
  const wayOut = `Set ${howToSet("azuread:clientId")} to the application (client) id.`;
  throw new SettingsError("azuread:clientId", `is missing, and ${method} needs it`, wayOut);
}

/** Every secret in it, for taking them out of what services say. */
export function secretsOf(authentication: Authentication): string[] {
  switch (authentication.kind) {
    case "clientSecret":
      return [authentication.secret.reveal()];
    case "clientSecretFile":
      return authentication.file.seen();
    case "clientCertificate":
      return authentication.password ? [authentication.password.reveal()] : [];
    case "oidc": {
      const { source } = authentication;
      if ("token" in source) return [source.token.reveal()];
      return "requestToken" in source ? [source.requestToken.reveal()] : [];
    }
    default:
      return [];
  }
}
