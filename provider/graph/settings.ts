import { readFileSync } from "node:fs";
import { chooseAuthentication, chooseLocal, type Authentication } from "./authentication.js";
import { CLOUDS, environmentNames, findCloud, type Cloud } from "./clouds.js";
import { isLoopback } from "./loopback.js";
import { howToSet, isGiven, Reader, SettingsError, SOURCES, type ReadConfig } from "./reader.js";
import { notEmpty, unreadableFile } from "./secretFile.js";

/** What it takes to reach the Graph of one tenant. Safe to print: secrets show as `[secret]`. */
export interface ConnectionSettings {
  /** GUID in lower case. */
  readonly tenantId: string;
  readonly cloud: Cloud;
  /** Application (client) id; absent for Azure CLI and for a system-assigned managed identity. */
  readonly clientId?: string;
  readonly authentication: Authentication;
  /** Base URL of a local Graph, without a slash at the end; loopback hosts only. */
  readonly endpoint?: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Works out how to reach Graph from the settings that `@pulumi/azuread` reads; `SETTINGS` lists them. An environment
 * variable wins over the stack configuration, because a destroy without the program sees the configuration of the last
 * update: a rotated secret is only in the environment. An empty value counts as absent.
 *
 * Of several ways to sign in the first one counts, in the azuread provider's order, which is `WAYS`; a way that is
 * switched on in the environment comes before all that are in the configuration.
 *
 * @param env usually `process.env`
 * @param config reads the stack configuration; absent = there is none
 * @throws SettingsError for a setting that is missing or wrong.
 * @throws CloudUnsupportedError for a cloud without the policy.
 * @see https://www.pulumi.com/registry/packages/azuread/installation-configuration/
 */
export function resolveSettings(env: NodeJS.ProcessEnv, config?: ReadConfig): ConnectionSettings {
  const reader = new Reader(env, config);
  const tenantId = readTenant(reader);
  const cloud = readCloud(reader);
  const endpoint = readEndpoint(reader);
  if (endpoint === undefined) refuseMetadataHost(reader);
  const clientId = readClientId(reader);
  const authentication =
    endpoint === undefined ? chooseAuthentication(reader, clientId) : chooseLocal(reader, clientId);
  return { tenantId, cloud, ...(clientId && { clientId }), authentication, ...(endpoint && { endpoint }) };
}

/** Base URL of the Graph to talk to, without a slash at the end. */
export function graphBase(settings: ConnectionSettings): string {
  return settings.endpoint ?? settings.cloud.graph;
}

function readTenant(reader: Reader): string {
  const setting = "azuread:tenantId";
  const value = ofPod(reader, setting, "AZURE_TENANT_ID", reader.get(setting)?.trim());
  const wayOut =
    "Set the environment variable ARM_TENANT_ID, or run `pulumi config set azuread:tenantId <GUID>`; the admin center " +
    "shows it under Overview, and `az account show --query tenantId` prints it.";
  if (value === undefined) throw new SettingsError(setting, "is missing", wayOut);
  if (!GUID.test(value)) {
    const shown = JSON.stringify(value.slice(0, 80));
    throw new SettingsError(setting, `is ${shown}, but has to be the tenant's GUID and not a domain name`, wayOut);
  }
  return value.toLowerCase();
}

/** The value, or what AKS gives the pod where it is to sign in by that; two that differ are refused, as azuread does. */
function ofPod(
  reader: Reader,
  setting: "azuread:tenantId" | "azuread:clientId",
  variable: string,
  value: string | undefined,
): string | undefined {
  const pod = reader.env[variable]?.trim();
  if (!isGiven(pod) || reader.flag("azuread:useAksWorkloadIdentity") !== true) return value;
  if (value === undefined || value.toLowerCase() === pod.toLowerCase()) return pod;
  throw new SettingsError(
    setting,
    `is not what AKS gives this pod in ${variable}`,
    `Unset ${howToSet(setting)}, or switch ${howToSet("azuread:useAksWorkloadIdentity")} off.`,
  );
}

/** From the environment, else from the configuration; of both, the id itself or the file with it. */
function readClientId(reader: Reader): string | undefined {
  const setting = "azuread:clientId";
  let found: string | undefined;
  for (const from of SOURCES) {
    const value = reader[from](setting);
    const path = reader[from]("azuread:clientIdFilePath");
    found = path === undefined ? value : idIn(path, value);
    if (found !== undefined) break;
  }
  return ofPod(reader, setting, "AZURE_CLIENT_ID", found);
}

function idIn(path: string, beside: string | undefined): string {
  const setting = "azuread:clientIdFilePath";
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unreadableFile(setting, error);
  }
  const id = notEmpty(text, setting);
  if (beside === undefined || beside.trim() === id) return id;
  throw new SettingsError(
    setting,
    "names a file with another value than azuread:clientId has",
    "Remove one of the two.",
  );
}

/** Whoever points azuread at another host must not go on with the real tenant here. */
function refuseMetadataHost(reader: Reader): void {
  const setting = "azuread:metadataHost";
  if (reader.get(setting) === undefined) return;
  throw new SettingsError(
    setting,
    "would decide where tokens are asked for and sent, which only the cloud does here",
    `Set ${howToSet("azuread:environment")} instead, or ${howToSet("entra-passkeys:endpoint")} for a local Graph.`,
  );
}

function readCloud(reader: Reader): Cloud {
  const value = reader.get("azuread:environment");
  if (value === undefined) return CLOUDS.global;
  const cloud = findCloud(value);
  if (cloud) return cloud;
  throw new SettingsError(
    "azuread:environment",
    `is ${JSON.stringify(value.slice(0, 80))}, which is no cloud`,
    `Set ${howToSet("azuread:environment")} to one of ${environmentNames()}.`,
  );
}

function readEndpoint(reader: Reader): string | undefined {
  const setting = "entra-passkeys:endpoint";
  const value = reader.get(setting)?.trim();
  if (value === undefined) return undefined;
  const wayOut = `Set ${howToSet(setting)} to something like http://127.0.0.1:8080, or unset it to reach Microsoft Graph.`;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new SettingsError(setting, "is not an http or https URL", wayOut);
  if (url.username || url.password || url.search || url.hash) {
    throw new SettingsError(setting, "has more in it than scheme, host, port and path", wayOut);
  }
  if (!isLoopback(url.hostname)) {
    const reason =
      `points to ${url.hostname}, which is not this machine: a token is never sent to a host other than the cloud's ` +
      `Graph, so that only loopback addresses are accepted`;
    throw new SettingsError(setting, reason, wayOut);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/**
 * Microsoft Graph by its application id, the same in every tenant: some tokens name it so.
 *
 * @see https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
 */
const GRAPH_APPLICATION = "00000003-0000-0000-c000-000000000000";

/** Whether a token that names this audience is for the Graph of these settings. */
export function isAudience(settings: ConnectionSettings, audience: string): boolean {
  const said = audience.toLowerCase().replace(/\/+$/, "");
  if (settings.endpoint === undefined) return said === settings.cloud.graph || said === GRAPH_APPLICATION;
  // This machine has several names.
  const [own, other] = [settings.endpoint, said].map((url) => (URL.canParse(url) ? new URL(url) : undefined));
  return other !== undefined && isLoopback(other.hostname) && other.port === own?.port;
}
