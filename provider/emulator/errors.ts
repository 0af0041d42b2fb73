/** An answer of Graph that is an error; handlers throw it, the pipeline puts it into Graph's envelope. */
export class GraphHttpError extends Error {
  override readonly name = "GraphHttpError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The connection ends without an answer. */
export class ConnectionCut extends Error {
  override readonly name = "ConnectionCut";
}

/** Prefix of the messages with which the service refuses a policy; the spelling is Microsoft's. */
export const PERSISTENCE_PREFIX = "Persistance of policy failed with error: ";

/** The errors that more than one handler needs. Callers of Graph must not match on the messages. */
export const graphErrors = {
  badRequest: (message: string) => new GraphHttpError(400, "Request_BadRequest", message),
  unsupportedQuery: (message: string) => new GraphHttpError(400, "Request_UnsupportedQuery", message),
  unauthenticated: (message: string) =>
    new GraphHttpError(401, "InvalidAuthenticationToken", message, {
      "WWW-Authenticate": 'Bearer realm="", authorization_uri="/common/oauth2/authorize", error="invalid_token"',
    }),
  forbidden: () =>
    new GraphHttpError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  notFound: (id: string) =>
    new GraphHttpError(
      404,
      "Request_ResourceNotFound",
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  tooManyRequests: (retryAfterSeconds?: number) =>
    new GraphHttpError(
      429,
      "TooManyRequests",
      "Too many requests.",
      retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) },
    ),
  /** The message is Microsoft's, the unclear "neither" included. */
  licenceMissing: () =>
    new GraphHttpError(
      403,
      "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
      "Neither tenant is B2C or tenant doesn't have premium license",
    ),
  methodNotAllowed: () => new GraphHttpError(405, "methodNotAllowed", "The method is not supported for this URL."),
  notImplemented: (what: string) =>
    new GraphHttpError(501, "notImplemented", `The emulator does not implement ${what}. Microsoft Graph may.`),
};
