import { promises as files } from "node:fs";
import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/identity";
import type { OidcSource } from "./authentication.js";
import { readCertificate } from "./certificate.js";
import { SettingsError } from "./reader.js";
import type { ConnectionSettings } from "./settings.js";

/** A token is replaced this long before it expires, so that it does not expire on the way. */
const SLACK_MS = 120_000;
const TIMEOUT_MS = 30_000;

/**
 * A credential that keeps its token until shortly before it expires. Several callers at once share one request. Needed
 * because some of the library's credentials keep nothing: Azure CLI starts a process for each token.
 */
export class CachedCredential implements TokenCredential {
  #credential: TokenCredential | undefined;
  #token: AccessToken | undefined;
  #pending: Promise<AccessToken | null> | undefined;

  constructor(
    private readonly create: () => TokenCredential,
    private readonly now: () => number,
  ) {}

  /** Options that ask for a special token (claims) go through to a new credential. */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
    if (options?.claims) this.forget();
    const token = this.#token;
    if (token && token.expiresOnTimestamp - SLACK_MS > this.now()) return Promise.resolve(token);
    this.#pending ??= this.request(scopes, options);
    return this.#pending;
  }

  /** The next token will be a new one. The library's own cache goes, too. */
  forget(): void {
    this.#credential = undefined;
    this.#token = undefined;
    this.#pending = undefined;
  }

  private request(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
    const request = (async () => {
      this.#credential ??= this.create();
      return this.#credential.getToken(scopes, options);
    })();
    // A request that forget() overtook must not bring its token back.
    const settle = (token: AccessToken | null) => {
      if (this.#pending !== request) return;
      this.#pending = undefined;
      this.#token = token ?? undefined;
    };
    request.then(settle, () => settle(null));
    return request;
  }
}

/**
 * The credential for these settings. Loads the sign-in library on the first token and not before.
 *
 * @param now milliseconds since 1970
 * @see https://learn.microsoft.com/javascript/api/overview/azure/identity-readme
 */
export function createCredential(settings: ConnectionSettings, now: () => number = Date.now): CachedCredential {
  return new CachedCredential(() => (settings.endpoint ? new LocalCredential(settings, now) : remote(settings)), now);
}

function remote(settings: ConnectionSettings): TokenCredential {
  // Called with the first token: loading the library takes longer than the rest of a preview's Graph work.
  const library = require("@azure/identity") as typeof import("@azure/identity");
  const { tenantId, clientId = "", authentication } = settings;
  const options = { authorityHost: settings.cloud.login };
  switch (authentication.kind) {
    case "clientSecret":
      return new library.ClientSecretCredential(tenantId, clientId, authentication.secret.reveal(), options);
    case "clientCertificate": {
      const { source, password } = authentication;
      return later(async () => {
        const certificate = await readCertificate(source, password);
        const pem = { certificate, ...(password && { certificatePassword: password.reveal() }) };
        return new library.ClientCertificateCredential(tenantId, clientId, pem, options);
      });
    }
    case "oidc": {
      const { source } = authentication;
      return new library.ClientAssertionCredential(tenantId, clientId, () => readAssertion(source), options);
    }
    case "managedIdentity":
      return clientId ? new library.ManagedIdentityCredential({ clientId }) : new library.ManagedIdentityCredential();
    case "azureCli":
      return new library.AzureCliCredential({ tenantId });
    case "local":
      throw new SettingsError("entra-passkeys:endpoint", "is not set", "Set it, or a way to sign in.");
  }
}

function later(create: () => Promise<TokenCredential>): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= create();
      return (await credential).getToken(scopes, options);
    },
  };
}

/**
 * The ID token of a workload, read anew each time because it lives for minutes only.
 *
 * @throws SettingsError where it cannot be had.
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export async function readAssertion(source: OidcSource): Promise<string> {
  if ("token" in source) return source.token.reveal();
  if ("tokenFile" in source) return readTokenFile(source.tokenFile);
  const url = new URL(source.requestUrl);
  url.searchParams.set("audience", "api://AzureADTokenExchange");
  const setting = "azuread:oidcRequestUrl";
  const wayOut = "Check that the job may still request ID tokens (`id-token: write` in GitHub Actions).";
  const headers = { authorization: `Bearer ${source.requestToken.reveal()}`, accept: "application/json" };
  // Redirects are not followed: the request carries a token.
  const response = await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => {
      throw new SettingsError(setting, `did not answer (${url.host})`, wayOut);
    },
  );
  const answer = (await response.json().catch(() => undefined)) as { value?: unknown } | undefined;
  if (response.ok && typeof answer?.value === "string") return answer.value;
  throw new SettingsError(setting, `gave no ID token (${response.status} from ${url.host})`, wayOut);
}

async function readTokenFile(path: string): Promise<string> {
  const token = await files.readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const reason = `names a file that cannot be read (${error.code ?? "unknown error"})`;
    throw new SettingsError("azuread:oidcTokenFilePath", reason, "Check the path and its rights.");
  });
  if (token.trim() === "") {
    throw new SettingsError("azuread:oidcTokenFilePath", "names an empty file", "Check what writes the file.");
  }
  return token.trim();
}

/** Client credentials against a local Graph; the sign-in library refuses to sign in over http. */
class LocalCredential implements TokenCredential {
  constructor(
    private readonly settings: ConnectionSettings,
    private readonly now: () => number,
  ) {}

  async getToken(scopes: string | string[]): Promise<AccessToken> {
    const { endpoint = "", tenantId, clientId, authentication } = this.settings;
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId ?? "local",
      client_secret: authentication.kind === "clientSecret" ? authentication.secret.reveal() : "local",
      scope: [scopes].flat().join(" "),
    });
    const url = `${endpoint}/${tenantId}/oauth2/v2.0/token`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: "POST", body, redirect: "error", signal }).catch((cause: unknown) => {
      throw new Error(`the local Graph at ${endpoint} did not answer; is it running?`, { cause });
    });
    const answer = ((await response.json().catch(() => undefined)) ?? {}) as Record<string, unknown>;
    if (!response.ok || typeof answer.access_token !== "string") {
      throw new Error(`${response.status} ${String(answer.error_description ?? answer.error ?? "without a token")}`);
    }
    const lifetime = Number(answer.expires_in);
    const expiresOnTimestamp = this.now() + (Number.isFinite(lifetime) ? lifetime * 1000 : 0);
    return { token: answer.access_token, expiresOnTimestamp };
  }
}
