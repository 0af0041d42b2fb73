import type { Answer, Call } from "../http/call.js";
import type { Host } from "../http/pipeline.js";

/**
 * `POST /{tenant}/oauth2/v2.0/token`: client credentials with a secret or an assertion.
 *
 * A secret is checked when the seed lists secrets, else any that is not empty is good. An assertion is never checked:
 * the emulator cannot know its issuer.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function issueToken(host: Host, call: Call): Answer {
  const form = new URLSearchParams(call.text);
  const { tenant } = call;
  if (tenant === undefined) {
    return refuse(call, 400, "invalid_request", 90002, `Tenant '${call.params["tenant"]}' not found.`);
  }
  const clientId = form.get("client_id") ?? "";
  if (form.get("grant_type") === null || clientId === "") {
    const name = clientId === "" ? "client_id" : "grant_type";
    return refuse(call, 400, "invalid_request", 900144, `The request body must contain the parameter: '${name}'.`);
  }
  if (form.get("grant_type") !== "client_credentials") {
    return refuse(call, 400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  }
  if (!form.get("scope")?.endsWith("/.default")) {
    return refuse(call, 400, "invalid_scope", 1002012, "The scope of a client credential flow must end in /.default.");
  }
  const assertion = form.get("client_assertion");
  const secret = form.get("client_secret");
  if (!assertion && !secret) {
    return refuse(call, 401, "invalid_client", 7000218, "The request needs 'client_assertion' or 'client_secret'.");
  }
  if (tenant.secrets !== undefined && !Object.hasOwn(tenant.secrets, clientId)) {
    return refuse(
      call,
      400,
      "unauthorized_client",
      700016,
      `Application '${clientId}' was not found in the directory.`,
    );
  }
  if (!assertion && tenant.secrets !== undefined && ![tenant.secrets[clientId]].flat().includes(secret ?? "")) {
    return refuse(call, 401, "invalid_client", 7000215, "Invalid client secret provided.");
  }
  const lifetime = tenant.effectiveSwitches.tokenLifetimeSeconds;
  return {
    status: 200,
    headers: { "Cache-Control": "no-store" },
    body: {
      token_type: "Bearer",
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: host.tokens.issue(tenant, clientId),
    },
  };
}

/** `GET /{tenant}/v2.0/.well-known/openid-configuration`: where the token endpoint is, for clients that look it up. */
export function openIdConfiguration(call: Call): Answer {
  const named = call.params["tenant"] ?? "";
  const base = `${call.origin}/${named}`;
  return {
    status: 200,
    body: {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
      // Always with the id, also where the tenant was asked for by a domain.
      issuer: `${call.origin}/${call.tenant?.id ?? named}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_types_supported: ["code", "id_token", "token"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid"],
    },
  };
}

/**
 * `GET /metadata/endpoints`: how Terraform's and Pulumi's azuread provider finds Graph and the token endpoint.
 * It wants an object here, Graph's base URL with a slash and the login endpoint without one.
 */
export function metadataEndpoints(call: Call): Answer {
  const { origin } = call;
  return {
    status: 200,
    body: {
      name: "EntraEmulator",
      resourceManager: `${origin}/`,
      microsoftGraphResourceId: `${origin}/`,
      authentication: { loginEndpoint: origin, audiences: [origin], tenant: "common", identityProvider: "AAD" },
      suffixes: {},
    },
  };
}

function refuse(call: Call, status: number, error: string, code: number, message: string): Answer {
  const timestamp = new Date()
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
  const trace = `Trace ID: ${call.requestId} Correlation ID: ${call.clientRequestId} Timestamp: ${timestamp}`;
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${message} ${trace}`,
      error_codes: [code],
      timestamp,
      trace_id: call.requestId,
      correlation_id: call.clientRequestId,
    },
  };
}
