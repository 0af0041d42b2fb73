import { GUID, many, nullable, required, structure, words } from "../shape/type.ts";

/**
 * What is around answers: errors, batches, sign-in and discovery. They have no `@odata.context`.
 *
 * Sources: learn.microsoft.com/graph/errors and the samples of .../json-batching; types, ODataErrors;
 * learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (token and its errors),
 * .../v2-protocols-oidc; OpenID Connect Discovery 1.0, section 3; the azuread provider v3.9.0 for `/metadata/endpoints`.
 */

/** Samples have the time of the error without a zone and without fractions, and both ids beside it. */
export const graphError = structure("ODataErrors.ODataError", {
  error: required(
    structure("ODataErrors.MainError", {
      code: required("Edm.String", { format: /^\w+$/ }),
      message: required("Edm.String", { format: /\S/ }),
      innerError: required(
        structure("ODataErrors.InnerError", {
          date: required("Edm.String", { format: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/ }),
          "request-id": required("Edm.String", { format: GUID }),
          "client-request-id": required("Edm.String", { format: /\S/ }),
        }),
      ),
    }),
  ),
});

const batchHeaders = structure("headers of a batched answer", {
  "Content-Type": nullable("Edm.String"),
  "Retry-After": nullable("Edm.String"),
});

/** `body` is checked apart, with the type of what was asked for. */
export const batchResponse = structure("answer of a batch", {
  responses: required(
    many(
      structure("batched answer", {
        id: required("Edm.String"),
        status: required("Edm.Int32"),
        headers: required(batchHeaders),
        body: nullable("unchecked"),
      }),
    ),
  ),
});

/** An access token is not to be looked into; the azuread provider does, and wants three parts. */
export const token = structure("answer of the token endpoint", {
  token_type: required(words("Bearer")),
  expires_in: required("Edm.Int32"),
  ext_expires_in: required("Edm.Int32"),
  access_token: required("Edm.String", { format: /^[\w-]+\.[\w-]+\.[\w-]+$/ }),
});

/** Times are like `2016-01-09 02:02:12Z` in the sample. */
export const tokenError = structure("error of the token endpoint", {
  error: required(
    words(...["invalid_request", "invalid_client", "invalid_scope", "unauthorized_client", "unsupported_grant_type"]),
  ),
  error_description: required("Edm.String", { format: /^AADSTS\d+: / }),
  error_codes: required(many("Edm.Int32")),
  timestamp: required("Edm.String", { format: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/ }),
  trace_id: required("Edm.String", { format: GUID }),
  correlation_id: required("Edm.String", { format: /\S/ }),
});

const address = (path: RegExp) => required("Edm.String", { format: path });
const strings = required(many("Edm.String"));

/** The names are the standard's; those that it calls required are, and the two that sign-in libraries read. */
export const openIdConfiguration = structure("OpenID configuration", {
  issuer: address(/^https?:\/\/[^/]+\/[0-9a-f-]{36}\/v2\.0$/),
  authorization_endpoint: address(/\/oauth2\/v2\.0\/authorize$/),
  token_endpoint: address(/\/oauth2\/v2\.0\/token$/),
  jwks_uri: address(/\/discovery\/v2\.0\/keys$/),
  end_session_endpoint: address(/\/oauth2\/v2\.0\/logout$/),
  response_types_supported: strings,
  subject_types_supported: strings,
  id_token_signing_alg_values_supported: strings,
  token_endpoint_auth_methods_supported: strings,
  scopes_supported: strings,
});

/** `loginEndpoint` is used as it is: a slash at its end would double the one of the token path. */
export const metadataEndpoints = structure("metadata of the cloud", {
  name: required("Edm.String", { format: /\S/ }),
  resourceManager: address(/\/$/),
  microsoftGraphResourceId: address(/\/$/),
  authentication: required(
    structure("sign-in of the cloud", {
      loginEndpoint: address(/[^/]$/),
      audiences: strings,
      tenant: required("Edm.String"),
      identityProvider: required("Edm.String"),
    }),
  ),
  suffixes: required("unchecked"),
});
