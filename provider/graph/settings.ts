import { chooseAuthentication, chooseLocal, type Authentication } from "./authentication.js";
import { CLOUDS, environmentNames, findCloud, type Cloud } from "./clouds.js";
import { isLoopback } from "./loopback.js";
import { howToSet, Reader, SettingsError, type ReadConfig } from "./reader.js";

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
 * Works out how to reach Graph from the settings that `@pulumi/azuread` reads. An environment variable wins over the
 * stack configuration, because a destroy without the program sees the configuration of the last update: a rotated
 * secret is only in the environment. An empty value counts as absent.
 *
 * Of several ways to sign in the first one counts, in the azuread provider's order: certificate, secret, OIDC, managed
 * identity, Azure CLI; a way that is switched on in the environment comes before all that are in the configuration.
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
  const clientId = reader.get("azuread:clientId");
  const authentication = endpoint === undefined ? chooseAuthentication(reader) : chooseLocal(reader);
  return { tenantId, cloud, ...(clientId && { clientId }), authentication, ...(endpoint && { endpoint }) };
}

/** Base URL of the Graph to talk to, without a slash at the end. */
export function graphBase(settings: ConnectionSettings): string {
  return settings.endpoint ?? settings.cloud.graph;
}

function readTenant(reader: Reader): string {
  const setting = "azuread:tenantId";
  const value = reader.get(setting)?.trim();
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
