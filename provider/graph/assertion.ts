import type { OidcSource } from "./oidc.js";
import { SettingsError } from "./reader.js";
import { readTrimmed } from "./secretFile.js";

const TIMEOUT_MS = 30_000;
/** What the azuread provider asks Azure DevOps with. */
const AZURE_DEVOPS_VERSION = "7.1";

/** How one kind of CI system is asked for an ID token. */
interface Asking {
  readonly method: "GET" | "POST";
  /** Parameters of the query; `keep` = only where the URL has none of that name. */
  readonly query: Readonly<Record<string, string>>;
  readonly keep: boolean;
  /** Member of the answer that has the token. */
  readonly member: string;
  readonly wayOut: string;
}

/**
 * The ID token of a workload, read anew each time because it lives for minutes only.
 *
 * @throws SettingsError where it cannot be had.
 * @see https://docs.github.com/actions/reference/security/oidc
 * @see https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
 */
export async function readAssertion(source: OidcSource): Promise<string> {
  if ("token" in source) return source.token.reveal();
  if ("tokenFile" in source) return readTrimmed(source.tokenFile, source.setting ?? "azuread:oidcTokenFilePath");
  const asking = askingFor(source.serviceConnectionId);
  const url = new URL(source.requestUrl);
  for (const [name, value] of Object.entries(asking.query)) {
    if (!asking.keep || !url.searchParams.get(name)) url.searchParams.set(name, value);
  }
  const setting = "azuread:oidcRequestUrl";
  const headers = {
    authorization: `Bearer ${source.requestToken.reveal()}`,
    accept: "application/json",
    ...(asking.method === "POST" && { "content-type": "application/json" }),
  };
  // Redirects are not followed: the request carries a token.
  const request = {
    method: asking.method,
    headers,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  } as const;
  const response = await fetch(url, request).catch(() => {
    throw new SettingsError(setting, `did not answer (${url.host})`, asking.wayOut);
  });
  const answer = (await response.json().catch(() => undefined)) as Record<string, unknown> | null | undefined;
  const token = answer?.[asking.member];
  if (response.ok && typeof token === "string" && token !== "") return token;
  throw new SettingsError(setting, `gave no ID token (${response.status} from ${url.host})`, asking.wayOut);
}

function askingFor(serviceConnectionId: string | undefined): Asking {
  if (serviceConnectionId === undefined) {
    return {
      method: "GET",
      query: { audience: "api://AzureADTokenExchange" },
      keep: false,
      member: "value",
      wayOut: "Check that the job may still request ID tokens (`id-token: write` in GitHub Actions).",
    };
  }
  return {
    method: "POST",
    query: { "api-version": AZURE_DEVOPS_VERSION, serviceConnectionId },
    keep: true,
    member: "oidcToken",
    wayOut:
      "Check ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID, that the pipeline may use that service connection, and that the step " +
      "maps SYSTEM_ACCESSTOKEN: $(System.AccessToken).",
  };
}
