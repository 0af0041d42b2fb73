import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionCut, graphErrors, GraphHttpError } from "../errors.js";
import type { Answer, Call } from "../http/call.js";
import type { PolicySnapshot, ReadSubject } from "../stale-reads.js";
import { missingPolicy } from "../fido2/missing.js";
import { shownTime, type ServiceClock } from "../time.js";
import type { Fault } from "./fault.js";
import type { FaultAction, Phase, RetryAfter } from "./types.js";

/** The faults that act on one request, in the order in which they were added. */
export class FaultRun {
  #before: PolicySnapshot | undefined;

  constructor(
    readonly call: Call,
    readonly due: readonly Fault[],
    readonly signal: AbortSignal,
    readonly clock: ServiceClock,
  ) {}

  get ids(): string[] {
    return this.due.map((fault) => fault.id);
  }

  /**
   * What happens before the request is handled.
   *
   * @returns an answer that takes the place of Graph's, or undefined
   * @throws ConnectionCut, GraphHttpError
   */
  async before(): Promise<Answer | undefined> {
    await this.#phase("before");
    this.#before = this.call.tenant?.snapshot();
    for (const fault of this.due) {
      const answer = this.#replacement(fault.spec.do);
      if (answer !== undefined) {
        return answer;
      }
    }
    return undefined;
  }

  /**
   * What happens after the request was handled and before its answer leaves.
   *
   * @returns an answer that takes the place of Graph's, or undefined
   * @throws ConnectionCut
   */
  async after(answer: Answer): Promise<Answer | undefined> {
    for (const fault of this.due) {
      if (fault.spec.do.kind === "staleReads" && answer.status < 300) {
        this.#answerStale(fault, fault.spec.do.reads);
      }
    }
    await this.#phase("after");
    if (this.due.some(({ spec }) => spec.do.kind === "cut" && spec.do.phase === "after")) {
      throw new ConnectionCut("the answer is lost");
    }
    const other = this.due.map(({ spec }) => spec.do).find((action) => action.kind === "status");
    return other?.phase === "after" ? this.#statusAnswer(other) : undefined;
  }

  /** Whether the connection breaks in the middle of the answer. */
  get breaksOff(): boolean {
    return this.due.some(({ spec }) => spec.do.kind === "cut" && spec.do.phase === "during");
  }

  async #phase(phase: Phase): Promise<void> {
    for (const fault of this.due) {
      const action = fault.spec.do;
      if (action.kind === "latency" && (action.phase ?? "before") === phase) {
        await this.#wait(action.ms);
      } else if (action.kind === "hold" && (action.phase ?? "before") === phase) {
        await fault.released;
      } else if (action.kind === "otherWriter" && action.phase === phase) {
        this.#write(action.edit);
      }
    }
  }

  async #wait(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.signal });
    } catch {
      throw new ConnectionCut("the emulator was closed");
    }
  }

  #write(edit: Extract<FaultAction, { kind: "otherWriter" }>["edit"]): void {
    const { tenant } = this.call;
    if (tenant === undefined) {
      return;
    }
    if (typeof edit !== "function" && typeof edit["tenant"] === "function") {
      (edit as { tenant: (handle: typeof tenant) => void }).tenant(tenant);
    } else {
      tenant.setPolicy(edit as Parameters<typeof tenant.setPolicy>[0]);
    }
  }

  #answerStale(fault: Fault, reads: Extract<FaultAction, { kind: "staleReads" }>["reads"]): void {
    const { tenant } = this.call;
    if (tenant !== undefined && this.#before !== undefined) {
      const count = typeof reads === "number" ? reads : Infinity;
      const until = typeof reads === "object" ? this.clock.now() + reads.seconds * 1000 : Infinity;
      fault.onRelease(tenant.stale.add(this.#before, { reads: count, until }, subjectOf(this.call)));
    }
  }

  #replacement(action: FaultAction): Answer | undefined {
    switch (action.kind) {
      case "cut":
        if (action.phase === "before") {
          throw new ConnectionCut("the request is lost");
        }
        return undefined;
      case "status":
        return action.phase === "after" ? undefined : this.#statusAnswer(action);
      case "expiredToken":
        this.call.tenant?.expireTokens();
        throw graphErrors.unauthenticated("Lifetime validation failed, the token is expired.");
      case "missingPermission":
        throw graphErrors.forbidden();
      case "policyMissing":
        throw missingPolicy(this.call.tenant?.effectiveSwitches.missingPolicy ?? "404");
      default:
        return undefined;
    }
  }

  #statusAnswer(action: Extract<FaultAction, { kind: "status" }>): Answer {
    const headers = { ...retryAfterHeader(action.retryAfter, shownTime(this.clock)), ...action.headers };
    if (action.text !== undefined) {
      return { status: action.status, text: action.text, headers };
    }
    if (action.body !== undefined || action.status < 400) {
      return { status: action.status, body: action.body, headers };
    }
    const code = action.code ?? DEFAULT_CODES[action.status] ?? "UnknownError";
    throw new GraphHttpError(action.status, code, action.message ?? `Fault on demand: ${code}.`, headers);
  }
}

/** What a write changes, as far as its reads can be stale. */
function subjectOf({ kind, url, params }: Call): ReadSubject {
  if (kind !== "conditionalAccess") {
    return params["configuration"] ?? "fido2";
  }
  return url.pathname.toLowerCase().includes("authenticationstrength") ? "strengths" : "conditionalAccess";
}

const DEFAULT_CODES: Record<number, string> = {
  400: "Request_BadRequest",
  401: "InvalidAuthenticationToken",
  403: "Authorization_RequestDenied",
  404: "Request_ResourceNotFound",
  409: "Request_MultipleObjectsWithSameKeyValue",
  429: "TooManyRequests",
  500: "InternalServerError",
  502: "BadGateway",
  503: "ServiceUnavailable",
  504: "GatewayTimeout",
};

function retryAfterHeader(retryAfter: RetryAfter | undefined, now: number): Record<string, string> {
  if (retryAfter === undefined) {
    return {};
  }
  if (typeof retryAfter === "number") {
    return { "Retry-After": String(retryAfter) };
  }
  return { "Retry-After": new Date(now + retryAfter.dateIn * 1000).toUTCString() };
}
