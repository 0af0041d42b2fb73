/** Failures before the first byte of the request was sent. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** The other side's certificate is not trusted; trying again does not help. */
const UNTRUSTED = /^(CERT_|ERR_TLS_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;

/** There was no whole answer. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
  /** For example `ECONNRESET`, `UND_ERR_SOCKET` or `TimeoutError`. */
  readonly code: string;
  /** Whether the service may have seen the request. */
  readonly sent: boolean;
  readonly untrusted: boolean;

  constructor(cause: unknown) {
    const error = innermost(cause);
    super(error.message, { cause });
    // A DOMException, which a time-out is, has a number there.
    this.code = typeof error.code === "string" ? error.code : error.name;
    this.untrusted = UNTRUSTED.test(this.code);
    this.sent = !this.untrusted && !NOT_SENT.has(this.code);
  }
}

/** fetch wraps the error that says what happened. */
function innermost(error: unknown): Error & { code?: unknown } {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
