import { isLoopback } from "./loopback.js";
import { howToSet, isGiven, SettingsError, SOURCES, type Reader, type Source } from "./reader.js";
import { Secret } from "./secret.js";

/** Where the ID token of a workload comes from. */
export type OidcSource =
  | { readonly token: Secret }
  | {
      readonly tokenFile: string;
      /** What names the file, where that is not `azuread:oidcTokenFilePath`. */
      readonly setting?: string;
    }
  | {
      readonly requestUrl: string;
      readonly requestToken: Secret;
      /** Of an Azure DevOps pipeline, which is asked in its own form. */
      readonly serviceConnectionId?: string;
    };

/** The variable in which AKS names the file with the ID token of a pod. */
const POD_TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";
const GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
const AZURE_DEVOPS_URL = "SYSTEM_OIDCREQUESTURI";

/**
 * Finds the ID token, in the order of `ID_TOKENS`: first in the environment, then in the configuration, because the kind
 * of source counts less than where it was set.
 */
export function oidcSource(reader: Reader): OidcSource {
  for (const from of SOURCES) {
    const token = reader[from]("azuread:oidcToken");
    if (token !== undefined) return { token: new Secret(token) };
    const tokenFile = reader[from]("azuread:oidcTokenFilePath");
    if (tokenFile !== undefined) return { tokenFile };
    const podFile = reader.env[POD_TOKEN_FILE];
    if (from === "fromEnv" && isGiven(podFile) && reader.flag("azuread:useAksWorkloadIdentity") === true) {
      return { tokenFile: podFile, setting: POD_TOKEN_FILE };
    }
    const request = requestSource(reader, from);
    if (request !== undefined) return request;
  }
  throw noToken(reader);
}

function requestSource(reader: Reader, from: Source): OidcSource | undefined {
  const requestUrl = reader[from]("azuread:oidcRequestUrl")?.trim();
  if (requestUrl === undefined) return undefined;
  const variable = from === "fromEnv" ? reader.variableOf("azuread:oidcRequestUrl") : undefined;
  // GitHub does not know the connections of the other one, which may well be in a configuration for both.
  const connection = variable === GITHUB_URL ? undefined : reader.get("azuread:adoPipelineServiceConnectionId")?.trim();
  if (variable === AZURE_DEVOPS_URL && connection === undefined) return undefined;
  const requestToken = requestTokenFor(reader, from);
  if (requestToken === undefined) return undefined;
  const url = URL.canParse(requestUrl) ? new URL(requestUrl) : undefined;
  if (!url || (url.protocol !== "https:" && !isLoopback(url.hostname)) || url.username || url.password) {
    const wayOut = `Set ${howToSet("azuread:oidcRequestUrl")} to the URL that the CI system gives.`;
    throw new SettingsError("azuread:oidcRequestUrl", "is not an https URL, and a token would be sent to it", wayOut);
  }
  return { requestUrl, requestToken, ...(connection !== undefined && { serviceConnectionId: connection }) };
}

/** A configuration file, which a pull request can change, must not choose the host that gets a job's token. */
function requestTokenFor(reader: Reader, from: Source): Secret | undefined {
  const setting = "azuread:oidcRequestToken";
  if (from === "fromEnv") return reader.secret(setting);
  const own = reader.fromConfig(setting);
  if (own !== undefined) return new Secret(own);
  if (reader.fromEnv(setting) === undefined) return undefined;
  throw new SettingsError(
    "azuread:oidcRequestUrl",
    "is in the stack configuration, and the token to ask with is in the environment, from where it goes to no host that " +
      "a configuration file names",
    "Set ARM_OIDC_REQUEST_URL in the environment, too.",
  );
}

function noToken(reader: Reader): SettingsError {
  if (reader.flag("azuread:useOidc") !== true) {
    return new SettingsError(
      "azuread:useAksWorkloadIdentity",
      `is true, but ${POD_TOKEN_FILE} is not set`,
      'Label the pod with `azure.workload.identity/use: "true"` and give it a service account with a client id.',
    );
  }
  const pipeline =
    isGiven(reader.env[AZURE_DEVOPS_URL]) || isGiven(reader.get("azuread:adoPipelineServiceConnectionId"));
  return new SettingsError(
    "azuread:useOidc",
    "is true, but no ID token is at hand",
    pipeline
      ? "In Azure DevOps set ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID to the id of the service connection and map " +
          "SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the step, whose agent sets SYSTEM_OIDCREQUESTURI."
      : "Set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH; in GitHub Actions give the job the permission " +
          "`id-token: write`.",
  );
}
