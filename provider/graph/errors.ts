/** What is known of a request that failed. */
export interface Failure {
  /** What we did and to what, for example `reading the Passkey (FIDO2) policy`. */
  readonly action: string;
  /** HTTP status; absent where there was no answer. */
  readonly status?: number;
  /** Graph's or the sign-in service's error code, for example `Authorization_RequestDenied` or `AADSTS7000215`. */
  readonly code?: string;
  /** The service's own words, already free of tokens. */
  readonly detail?: string;
  /** The service's id of the request. */
  readonly requestId?: string;
  /** Our id of the request. */
  readonly clientRequestId?: string;
  readonly cause?: unknown;
}

/**
 * A request to Microsoft Graph failed. The message says what was done, to what, how it failed, the request ids for a
 * support case, and what to do next. The classes below are for callers that have to tell failures apart.
 */
export class GraphError extends Error {
  override readonly name: string = "GraphError";
  readonly action: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly clientRequestId: string | undefined;

  constructor(failure: Failure, next = "Try again later; if it stays, quote the request ids to Microsoft support.") {
    super(`${describe(failure)} ${next}`, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.action = failure.action;
    this.status = failure.status;
    this.code = failure.code;
    this.requestId = failure.requestId;
    this.clientRequestId = failure.clientRequestId;
  }
}

/** 403. Never means that the object is gone, and is never repeated. */
export class PermissionError extends GraphError {
  override readonly name = "PermissionError";

  constructor(
    failure: Failure,
    /** Application permissions of which the first is the least that suffices. */
    readonly permissions: readonly string[],
  ) {
    const [least = "(see the documentation)", ...others] = permissions;
    const more = others.length > 0 ? ` (${others.join(" or ")} would do, too)` : "";
    super(
      failure,
      `Grant the application permission ${least}${more} and admin consent, then run again; a new grant can take a few ` +
        `minutes. For a signed-in user, also check the role.`,
    );
  }
}

/** 403, because the tenant lacks a licence; no permission helps. */
export class LicenceError extends GraphError {
  override readonly name = "LicenceError";

  constructor(
    failure: Failure,
    /** The licence, for example `Entra ID P1`. */
    readonly licence: string,
  ) {
    super(failure, `The tenant needs ${licence} for it; no permission makes up for that.`);
  }
}

/** 404 on the policy. It exists in every tenant, so this is a wrong tenant or cloud, and never an empty policy. */
export class PolicyMissingError extends GraphError {
  override readonly name = "PolicyMissingError";

  constructor(failure: Failure, tenantId: string, cloudTitle: string) {
    super(
      failure,
      `Tenant ${tenantId} in ${cloudTitle} answers without a Passkey (FIDO2) policy, which every tenant has. Check the ` +
        `tenant and the cloud (ARM_TENANT_ID, ARM_ENVIRONMENT).`,
    );
  }
}

/** 429 or 503, and our patience for waiting is used up. The service did not process the request. */
export class ThrottledError extends GraphError {
  override readonly name = "ThrottledError";

  constructor(
    failure: Failure,
    /** What the service asked for last, in milliseconds. */
    readonly retryAfterMs: number | undefined,
  ) {
    const wait = retryAfterMs === undefined ? "later" : `in ${Math.ceil(retryAfterMs / 1000)} s or later`;
    super(failure, `The service did not process the request. Run again ${wait}.`);
  }
}

/**
 * A write was sent, and no answer says whether it took effect: a cut connection, a time-out, a 5xx. Settle it by reading;
 * never send it again blindly, because someone else may have written since.
 */
export class OutcomeUnknownError extends GraphError {
  override readonly name = "OutcomeUnknownError";

  constructor(failure: Failure) {
    super(failure, "The change may or may not have taken effect: read the object before doing anything else.");
  }
}

/** The service refused the request as wrong (400 and kin). A write with this answer wrote nothing. */
export class BadRequestError extends GraphError {
  override readonly name = "BadRequestError";

  constructor(failure: Failure) {
    super(failure, "The service refused the request; nothing was written. Change what was asked for.");
  }
}

/** An answer that is not what the documentation describes. It never counts as an empty object. */
export class UnreadableAnswerError extends GraphError {
  override readonly name = "UnreadableAnswerError";

  constructor(failure: Failure) {
    super(failure, "The answer could not be understood, so nothing was concluded from it. Check for a newer version.");
  }
}

/** No token could be had, or Graph refused a new one. */
export class SignInError extends GraphError {
  override readonly name = "SignInError";
}

function describe(failure: Failure): string {
  const answer = [failure.status, failure.code].filter((part) => part !== undefined).join(" ");
  const parts = [answer, failure.detail].filter(Boolean).join(": ");
  const ids = [
    failure.requestId && `request-id ${failure.requestId}`,
    failure.clientRequestId && `client-request-id ${failure.clientRequestId}`,
  ].filter(Boolean);
  const text = `${failure.action} failed${parts && `: ${parts}`}${ids.length > 0 ? ` (${ids.join(", ")})` : ""}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
