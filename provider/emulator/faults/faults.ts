import type { PolicyEdit } from "../fido2/document.js";
import type { Call } from "../http/call.js";
import type { ServiceClock } from "../time.js";
import { Fault } from "./fault.js";
import { FaultRun } from "./run.js";
import type { FaultHandle, FaultMatch, FaultSpec, Phase, RetryAfter } from "./types.js";

/** How often and when a fault acts. */
export type FaultTiming = Pick<FaultSpec, "times" | "after">;

const POLICY_WRITE: FaultMatch = { method: "PATCH", kind: "policy" };

/**
 * Faults on demand. Each acts on `times` matching requests (default 1) after having let `after` of them through.
 * Faults that answer instead of Graph, or cut the connection, queue up: a request meets only the oldest of them. All
 * others act together.
 *
 * @example
 * emulator.faults.throttle({ kind: "policy" }, { retryAfter: 1 });
 * const held = emulator.faults.hold({ method: "PATCH" });
 * await held.arrived;
 * held.release();
 */
export class Faults {
  #faults: Fault[] = [];
  #lastId = 0;

  /** Adds any fault; the other methods are short forms of it. */
  add(spec: FaultSpec): FaultHandle {
    const fault = new Fault(`fault-${++this.#lastId}`, spec, (gone) => {
      this.#faults = this.#faults.filter((other) => other !== gone);
    });
    this.#faults.push(fault);
    return fault;
  }

  /** Answers a status with Graph's error envelope; the request is not handled. */
  status(
    match: FaultMatch,
    status: number,
    options: FaultTiming & {
      code?: string;
      message?: string;
      retryAfter?: RetryAfter;
      headers?: Record<string, string>;
      body?: unknown;
      text?: string;
      phase?: Phase;
    } = {},
  ): FaultHandle {
    const { times, after, ...answer } = options;
    return this.add({ match, ...timing(times, after), do: { kind: "status", status, ...answer } });
  }

  /** 429 TooManyRequests; without `retryAfter` there is no Retry-After header, as in some of Graph's services. */
  throttle(match: FaultMatch, options: FaultTiming & { retryAfter?: RetryAfter } = {}): FaultHandle {
    return this.status(match, 429, { code: "TooManyRequests", message: "Too many requests.", ...options });
  }

  /** Handles, or with `phase: "after"` answers, the request later. */
  latency(match: FaultMatch, ms: number, options: FaultTiming & { phase?: Phase } = {}): FaultHandle {
    const { times, after, phase = "before" } = options;
    return this.add({ match, ...timing(times, after), do: { kind: "latency", ms, phase } });
  }

  /** Cuts the connection before the request is handled: nothing is written. */
  cutBefore(match: FaultMatch = POLICY_WRITE, options: FaultTiming = {}): FaultHandle {
    return this.add({ match, ...options, do: { kind: "cut", phase: "before" } });
  }

  /** Cuts the connection after the request was handled: the write has happened, its answer is lost. */
  cutAfter(match: FaultMatch = POLICY_WRITE, options: FaultTiming = {}): FaultHandle {
    return this.add({ match, ...options, do: { kind: "cut", phase: "after" } });
  }

  /** Cuts the connection in the middle of the answer: status, headers and half of the body have left. */
  cutDuring(match: FaultMatch = POLICY_WRITE, options: FaultTiming = {}): FaultHandle {
    return this.add({ match, ...options, do: { kind: "cut", phase: "during" } });
  }

  /** After the next write, so many reads of the policy (or all, until released or for so long) answer what was there before it. */
  staleReads(
    reads: number | "untilReleased" | { seconds: number },
    match: FaultMatch = POLICY_WRITE,
    options: FaultTiming = {},
  ): FaultHandle {
    return this.add({ match, ...options, do: { kind: "staleReads", reads } });
  }

  /** Someone else edits the policy of the tenant right before or after the next write. */
  otherWriter(
    phase: Phase,
    edit: PolicyEdit,
    match: FaultMatch = POLICY_WRITE,
    options: FaultTiming = {},
  ): FaultHandle {
    return this.add({ match, ...options, do: { kind: "otherWriter", phase, edit } });
  }

  /** 401 for every token of the tenant issued until the request; a new one is good. */
  expiredToken(match: FaultMatch, options: FaultTiming = {}): FaultHandle {
    return this.add({ match, ...options, do: { kind: "expiredToken" } });
  }

  /** 403 Authorization_RequestDenied. */
  missingPermission(match: FaultMatch, options: FaultTiming = {}): FaultHandle {
    return this.add({ match, ...options, do: { kind: "missingPermission" } });
  }

  /** The policy is not there. */
  policyMissing(match: FaultMatch = { kind: "policy" }, options: FaultTiming = {}): FaultHandle {
    return this.add({ match, ...options, do: { kind: "policyMissing" } });
  }

  /** The request hangs until the handle is released. */
  hold(match: FaultMatch, options: FaultTiming & { phase?: Phase } = {}): FaultHandle {
    const { times, after, phase = "before" } = options;
    return this.add({ match, ...timing(times, after), do: { kind: "hold", phase } });
  }

  /** Faults that were added and neither removed nor released, used up ones included. */
  get list(): readonly FaultHandle[] {
    return this.#faults;
  }

  /** Faults that have not yet acted as often as they should: a test that ends with one did not test what it meant to. */
  get pending(): readonly FaultHandle[] {
    return this.#faults.filter((fault) => fault.remaining > 0 && Number.isFinite(fault.remaining));
  }

  /** @returns undefined when there is no such fault */
  get(id: string): FaultHandle | undefined {
    return this.#faults.find((fault) => fault.id === id);
  }

  /** Releases and removes all. */
  clear(): void {
    [...this.#faults].forEach((fault) => fault.release());
  }

  /** The faults that act on a request; called by the emulator once for each request. */
  start(call: Call, signal: AbortSignal, clock: ServiceClock): FaultRun {
    const due: Fault[] = [];
    for (const fault of this.#faults) {
      // Counted even when it cannot act, because `after` is about requests and not about other faults.
      const isDue = fault.count(call);
      if (isDue && !(fault.terminal && due.some((other) => other.terminal))) {
        due.push(fault);
        fault.fire(call);
      }
    }
    return new FaultRun(call, due, signal, clock);
  }

  /** Ends held requests without an answer; called when the emulator closes. */
  abandon(): void {
    this.#faults.forEach((fault) => fault.abandon());
  }
}

function timing(times: FaultSpec["times"], after: FaultSpec["after"]): FaultTiming {
  return { ...(times === undefined ? {} : { times }), ...(after === undefined ? {} : { after }) };
}
