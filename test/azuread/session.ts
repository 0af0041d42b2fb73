import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { setDefaultCACertificates } from "node:tls";
import { STAND_IN, type Graph } from "./types.ts";

/** How the plugin is told where and who it is. */
export interface Settings {
  metadataHost?: string;
  tenantId?: string;
  clientId?: string;
  clientSecret?: string;
}

/** An answer of Graph that is no success. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly status: number;

  constructor(method: string, path: string, status: number, body: string) {
    const { code, message } = errorOf(body);
    super(`${method} ${path}: unexpected status ${status} with error: ${code}: ${message}`);
    this.status = status;
  }
}

function errorOf(body: string): { code: string; message: string } {
  try {
    const { error } = JSON.parse(body) as { error: { code: string; message: string } };
    return { code: error.code, message: error.message };
  } catch {
    return { code: "no error in the answer", message: body.slice(0, 200) };
  }
}

/** Asks the metadata for the addresses and signs in: what the plugin does once, before anything else. */
export async function signIn(settings: Settings, env: NodeJS.ProcessEnv = process.env): Promise<Graph> {
  const { metadataHost, tenantId, clientId, clientSecret } = settings;
  if (!metadataHost) {
    throw new Error(
      `${STAND_IN} works with the emulator only: set ARM_METADATA_HOSTNAME or azuread:metadataHost to its host and port`,
    );
  }
  if (!tenantId || !clientId || !clientSecret) {
    const missing = Object.entries({ tenantId, clientId, clientSecret }).flatMap(([name, it]) => (it ? [] : [name]));
    throw new Error(
      `failed to load Azure credentials: ${missing.join(", ")} not set, and ${STAND_IN} signs in with a client secret only`,
    );
  }
  // As Go does: this file takes the place of what is trusted otherwise.
  if (env.SSL_CERT_FILE) setDefaultCACertificates([readFileSync(env.SSL_CERT_FILE, "utf8")]);
  const metadata = await json<Metadata>(
    await reach(`https://${metadataHost}/metadata/endpoints?api-version=2022-09-01`),
    "GET",
    "/metadata/endpoints",
  );
  const base = metadata.microsoftGraphResourceId.replace(/\/$/, "");
  const form = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: "client_credentials",
    scope: `${base}/.default`,
  });
  const path = `/${tenantId}/oauth2/v2.0/token`;
  const answer = await reach(`${metadata.authentication.loginEndpoint}${path}`, { method: "POST", body: form });
  const { access_token: token } = await json<{ access_token: string }>(answer, "POST", path);
  const { oid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { oid?: string };
  if (oid === undefined) throw new Error("the access token has no oid: the azuread plugin cannot tell who it is");
  return graphOf(base, token, oid);
}

interface Metadata {
  microsoftGraphResourceId: string;
  authentication: { loginEndpoint: string };
}

function graphOf(base: string, token: string, caller: string): Graph {
  const send = (method: string, url: string, body?: object) =>
    reach(url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json; charset=utf-8" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const call = async (method: string, path: string, body?: object) =>
    json<Record<string, unknown>>(await send(method, base + path, body), method, path);
  return {
    base,
    caller,
    call,
    find: (path) =>
      call("GET", path).catch((error: unknown) => {
        if (error instanceof GraphError && error.status === 404) return undefined;
        throw error;
      }),
    async list(path) {
      const rows: Record<string, unknown>[] = [];
      for (let url: string | undefined = base + path; url !== undefined;) {
        const page: Page = await json<Page>(await send("GET", url), "GET", path);
        rows.push(...page.value);
        url = page["@odata.nextLink"];
      }
      return rows;
    },
  };
}

interface Page {
  value: Record<string, unknown>[];
  "@odata.nextLink"?: string;
}

async function json<T>(answer: Response, method: string, path: string): Promise<T> {
  const body = await answer.text();
  if (!answer.ok) throw new GraphError(method, path, answer.status, body);
  return (body === "" ? {} : JSON.parse(body)) as T;
}

/** Sends a request, and again after 429 and 5xx: after what Retry-After says, or 1, 2, 4 ... seconds. */
async function reach(url: string, init: RequestInit = {}): Promise<Response> {
  for (let wait = 1; ; wait *= 2) {
    const answer = await fetch(url, init).catch((error: Error) => {
      throw new Error(`${url} cannot be reached: ${(error.cause as Error | undefined)?.message ?? error.message}`);
    });
    if ((answer.status !== 429 && answer.status < 500) || answer.status === 501 || wait > 32) return answer;
    await answer.arrayBuffer();
    await sleep(pauseOf(answer.headers.get("retry-after"), wait));
  }
}

/** In milliseconds. The header has seconds or a date. */
function pauseOf(retryAfter: string | null, seconds: number): number {
  if (retryAfter === null) return 1000 * seconds;
  const asked = Number(retryAfter);
  const pause = Number.isNaN(asked) ? Date.parse(retryAfter) - Date.now() : 1000 * asked;
  return Number.isNaN(pause) ? 1000 * seconds : Math.max(pause, 0);
}
