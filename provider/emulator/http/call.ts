import type { IncomingMessage, ServerResponse } from "node:http";
import type { Tenant } from "../tenant.js";

/** What a request is about, for the audit log and for matching faults. */
export const REQUEST_KINDS = [
  "token",
  "metadata",
  "policy",
  "group",
  "user",
  "directory",
  "registrations",
  "report",
  "conditionalAccess",
  "batch",
  "unknown",
] as const;

/** One of {@link REQUEST_KINDS}. */
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** One request, read once. */
export interface Call {
  readonly kind: RequestKind;
  readonly method: string;
  readonly url: URL;
  /** Path with query, as it was sent. */
  readonly path: string;
  /** Scheme, host and port that the client used, so that links lead back the same way. */
  readonly origin: string;
  /** `v1.0` or `beta`, or empty outside Graph. */
  readonly version: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Body as text; empty without one. */
  readonly text: string;
  /** Parsed JSON or form, undefined without a body or when it cannot be parsed. */
  readonly body: unknown;
  readonly requestId: string;
  readonly clientRequestId: string;
  /** Undefined when neither the path nor a token tells it. */
  readonly tenant: Tenant | undefined;
  /** Sequence number of the batch that the request came in. */
  readonly batch: string | undefined;
  readonly bindings: Bindings;
}

/** A request with a token that is good. */
export interface SignedCall extends Call {
  readonly tenant: Tenant;
  /** Id of the application. */
  readonly app: string;
  /** Application permissions that the token carries and the tenant still grants. */
  readonly roles: ReadonlySet<string>;
}

/** What a handler answers; the pipeline adds ids, turns it into a response and into an entry of the audit log. */
export interface Answer {
  status: number;
  /** JSON; undefined answers without a body. */
  body?: unknown;
  /** Instead of JSON; sent as it is. */
  text?: string;
  headers?: Record<string, string>;
}

/** Environment of a request: the socket, and what a batch hands to the requests inside it. */
export interface Bindings {
  incoming?: IncomingMessage;
  outgoing?: ServerResponse;
  batch?: string;
}
