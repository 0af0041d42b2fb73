import type { PolicyEdit } from "../fido2/document.js";
import type { RequestKind } from "../http/call.js";
import type { TenantHandle } from "../tenant-handle.js";

/** Which requests a fault is for. What is absent matches everything, token requests included. */
export interface FaultMatch {
  /** HTTP method or methods, in upper case. */
  method?: string | readonly string[];
  /** Part of the path with query, compared without case, or a pattern for it. */
  path?: string | RegExp;
  /** Tenant id. */
  tenant?: string;
  /** What the request is about, for example `policy`. */
  kind?: RequestKind;
}

/** Seconds, or an HTTP date so many seconds from the moment of the answer. */
export type RetryAfter = number | { dateIn: number };

/** What happens to a matching request. */
export type FaultAction =
  /**
   * Answers with this status and Graph's error envelope, or with `body`, or with `text` as it is. The request is not
   * handled; with `phase: "after"` it is, and only its answer is another one.
   */
  | {
      kind: "status";
      status: number;
      phase?: Phase;
      code?: string;
      message?: string;
      retryAfter?: RetryAfter;
      headers?: Record<string, string>;
      body?: unknown;
      /** What a proxy or a broken line makes of an answer: sent as it is, as `text/html` unless `headers` says otherwise. */
      text?: string;
    }
  /** The request is handled, or with `phase: "after"` answered, so many milliseconds later. */
  | { kind: "latency"; ms: number; phase?: Phase }
  /**
   * The connection breaks: `before` the request is handled, or `after` it, so that a write happens and its answer is
   * lost; `during` the answer it does so once status and headers have left.
   */
  | { kind: "cut"; phase: Phase | "during" }
  /** The write happens; so many of the next reads of the policy, or all for so long, answer what was there before. */
  | { kind: "staleReads"; reads: number | "untilReleased" | { seconds: number } }
  /** Someone else changes the tenant right before or right after the request is handled. */
  | { kind: "otherWriter"; phase: Phase; edit: PolicyEdit | { tenant: (tenant: TenantHandle) => void } }
  /** 401 InvalidAuthenticationToken, for every token of the tenant issued until then. */
  | { kind: "expiredToken" }
  /** 403 Authorization_RequestDenied. */
  | { kind: "missingPermission" }
  /** As in a cloud without the policy: 404, or what the switch `missingPolicy` says. */
  | { kind: "policyMissing" }
  /** The request hangs until the fault is released; with `phase: "after"` it has been handled by then. */
  | { kind: "hold"; phase?: Phase };

/** Relative to the moment when the request takes effect. */
export type Phase = "before" | "after";

/** A fault to be added. */
export interface FaultSpec {
  match: FaultMatch;
  do: FaultAction;
  /** How many requests it acts on. Default 1. */
  times?: number | "always";
  /** How many matching requests are let through first. Default 0. */
  after?: number;
}

/** The request that a fault acted on. */
export interface FaultedRequest {
  method: string;
  path: string;
  tenant: string | undefined;
  requestId: string;
}

/** A fault that was added. */
export interface FaultHandle {
  readonly id: string;
  readonly spec: FaultSpec;
  /** On how many requests it has acted. */
  readonly fired: number;
  /** On how many more it can act. */
  readonly remaining: number;
  /** Resolves when it acts for the first time; rejects when the emulator closes or the fault is removed before that. */
  readonly arrived: Promise<FaultedRequest>;
  /** Lets held requests go, ends stale reads, and takes the fault away. */
  release(): void;
  /** The same as {@link release}, for faults of which nothing is held. */
  remove(): void;
}
