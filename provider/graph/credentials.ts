import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/identity";
import type { Authentication } from "./authentication.js";
import { readAssertion } from "./assertion.js";
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
  // A request that carries a secret follows no redirect, whatever the library's default is.
  const options = { authorityHost: settings.cloud.login, redirectOptions: { maxRetries: 0 } };
  switch (authentication.kind) {
    case "clientSecret":
      return new library.ClientSecretCredential(tenantId, clientId, authentication.secret.reveal(), options);
    case "clientSecretFile":
      return withEachRead(
        () => authentication.file.read(),
        (secret) => new library.ClientSecretCredential(tenantId, clientId, secret, options),
      );
    case "clientCertificate": {
      const { source, password } = authentication;
      const make = (certificate: string) => {
        const pem = { certificate, ...(password && { certificatePassword: password.reveal() }) };
        return new library.ClientCertificateCredential(tenantId, clientId, pem, options);
      };
      return withEachRead(() => readCertificate(source, password), make);
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

/** Reads a file again for each token, so that one that was rotated meanwhile counts. */
function withEachRead(read: () => Promise<string>, make: (content: string) => TokenCredential): TokenCredential {
  let last: { content: string; credential: TokenCredential } | undefined;
  return {
    async getToken(scopes, options) {
      const content = await read();
      if (last?.content !== content) last = { content, credential: make(content) };
      return last.credential.getToken(scopes, options);
    },
  };
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
      client_secret: await localSecret(authentication),
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

async function localSecret(authentication: Authentication): Promise<string> {
  if (authentication.kind === "clientSecret") return authentication.secret.reveal();
  return authentication.kind === "clientSecretFile" ? authentication.file.read() : "local";
}
