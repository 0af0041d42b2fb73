/** A setting in the stack configuration, and what it is. */
interface Row {
  /** Environment variables with the same value; an earlier one wins. */
  readonly variables: readonly string[];
  /** For people, in Markdown; `docs/connect.md` has it word for word. */
  readonly meaning: string;
}

/**
 * Every setting of the azuread provider, by its name in the stack configuration, and those of this package that decide
 * where requests go. The one table of them: the reader, the documentation and the tests go by it.
 *
 * @see https://www.pulumi.com/registry/packages/azuread/installation-configuration/
 */
export const SETTINGS = {
  "azuread:tenantId": {
    variables: ["ARM_TENANT_ID"],
    meaning: "The tenant's GUID. Required; with AKS workload identity `AZURE_TENANT_ID` serves as well.",
  },
  "azuread:environment": {
    variables: ["ARM_ENVIRONMENT"],
    meaning: "`global` (default) or `public`, `usgovernment` or `usgovernmentl4`, `usgovernmentl5` or `dod`.",
  },
  "azuread:clientId": {
    variables: ["ARM_CLIENT_ID"],
    meaning: "Application (client) id; for a managed identity only where it is user-assigned.",
  },
  "azuread:clientIdFilePath": {
    variables: ["ARM_CLIENT_ID_FILE_PATH"],
    meaning: "A file with the application (client) id.",
  },
  "azuread:clientCertificate": {
    variables: ["ARM_CLIENT_CERTIFICATE"],
    meaning: "PKCS#12 bundle in base64.",
  },
  "azuread:clientCertificatePath": {
    variables: ["ARM_CLIENT_CERTIFICATE_PATH"],
    meaning: "PEM or PKCS#12 file; PKCS#12 needs `openssl` on the machine.",
  },
  "azuread:clientCertificatePassword": {
    variables: ["ARM_CLIENT_CERTIFICATE_PASSWORD"],
    meaning: "Password of the bundle.",
  },
  "azuread:clientSecret": { variables: ["ARM_CLIENT_SECRET"], meaning: "Client secret." },
  "azuread:clientSecretFilePath": {
    variables: ["ARM_CLIENT_SECRET_FILE_PATH"],
    meaning: "A file with the client secret, read each time it is needed.",
  },
  "azuread:useOidc": { variables: ["ARM_USE_OIDC"], meaning: "Sign in with an ID token of the CI system." },
  "azuread:oidcToken": { variables: ["ARM_OIDC_TOKEN"], meaning: "The ID token." },
  "azuread:oidcTokenFilePath": {
    variables: ["ARM_OIDC_TOKEN_FILE_PATH"],
    meaning: "A file with the ID token, read each time it is needed.",
  },
  "azuread:oidcRequestUrl": {
    variables: ["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"],
    meaning: "Where to ask for an ID token.",
  },
  "azuread:oidcRequestToken": {
    variables: ["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"],
    meaning: "What to ask with.",
  },
  "azuread:adoPipelineServiceConnectionId": {
    variables: ["ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"],
    meaning: "Service connection of an Azure DevOps pipeline, whose ID token is asked for.",
  },
  "azuread:useAksWorkloadIdentity": {
    variables: ["ARM_USE_AKS_WORKLOAD_IDENTITY"],
    meaning:
      "Sign in with what AKS gives a pod: `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_CLIENT_ID` and `AZURE_TENANT_ID`.",
  },
  "azuread:useMsi": { variables: ["ARM_USE_MSI"], meaning: "Sign in as the machine's managed identity." },
  "azuread:msiEndpoint": {
    variables: ["ARM_MSI_ENDPOINT"],
    meaning: "Accepted where it names the endpoint that is found without it; another one is refused.",
  },
  "azuread:useCli": {
    variables: ["ARM_USE_CLI"],
    meaning: "Sign in as Azure CLI does. Default: where nothing else is set.",
  },
  "azuread:metadataHost": {
    variables: ["ARM_METADATA_HOSTNAME"],
    meaning: "Refused: it would decide where tokens go. Without effect beside `entra-passkeys:endpoint`.",
  },
  "azuread:partnerId": { variables: ["ARM_PARTNER_ID"], meaning: "Without effect: no partner is attributed." },
  "azuread:disableTerraformPartnerId": {
    variables: ["ARM_DISABLE_TERRAFORM_PARTNER_ID"],
    meaning: "Without effect: no partner is attributed.",
  },
  "entra-passkeys:endpoint": {
    variables: ["ENTRA_PASSKEYS_ENDPOINT"],
    meaning: "Base URL of a local Graph; loopback addresses only.",
  },
} as const satisfies Record<string, Row>;

/** A setting by its name in the stack configuration. */
export type Setting = keyof typeof SETTINGS;

/** The environment variables of a setting; an earlier one wins. */
export function variablesOf(setting: Setting): readonly string[] {
  return SETTINGS[setting].variables;
}

/**
 * The ways to sign in, in the order in which they count, with what switches each on. A way that is switched on in the
 * environment comes before all that are in the stack configuration.
 */
export const WAYS = [
  { way: "client certificate", by: ["azuread:clientCertificate", "azuread:clientCertificatePath"] },
  { way: "client secret", by: ["azuread:clientSecret", "azuread:clientSecretFilePath"] },
  { way: "ID token (OIDC)", by: ["azuread:useOidc", "azuread:useAksWorkloadIdentity"] },
  { way: "managed identity", by: ["azuread:useMsi"] },
  { way: "Azure CLI", by: ["azuread:useCli"] },
] as const satisfies readonly { way: string; by: readonly Setting[] }[];

/** Where the ID token comes from once OIDC is the way, in the order in which they count within one source. */
export const ID_TOKENS = [
  { from: "the token itself", by: ["azuread:oidcToken"] },
  { from: "a file", by: ["azuread:oidcTokenFilePath"] },
  { from: "the file of an AKS pod, which is of the environment", by: ["azuread:useAksWorkloadIdentity"] },
  {
    from: "an Azure DevOps pipeline",
    by: ["azuread:oidcRequestUrl", "azuread:oidcRequestToken", "azuread:adoPipelineServiceConnectionId"],
  },
  { from: "GitHub Actions, or another request", by: ["azuread:oidcRequestUrl", "azuread:oidcRequestToken"] },
] as const satisfies readonly { from: string; by: readonly Setting[] }[];
