import { ConnectionCut } from "../errors.js";
import { sameId } from "../guid.js";
import type { Call } from "../http/call.js";
import type { FaultedRequest, FaultHandle, FaultMatch, FaultSpec } from "./types.js";

/** State of one fault. */
export class Fault implements FaultHandle {
  fired = 0;
  readonly arrived: Promise<FaultedRequest>;
  /** Resolves on release; rejects when the emulator closes, so that a held request ends without an answer. */
  readonly released: Promise<void>;
  #seen = 0;
  #removed = false;
  readonly #arrive: PromiseWithResolvers<FaultedRequest>;
  readonly #release: PromiseWithResolvers<void>;
  readonly #endings: (() => void)[] = [];

  /** @param forget called once the fault is gone */
  constructor(
    readonly id: string,
    readonly spec: FaultSpec,
    readonly forget: (fault: Fault) => void,
  ) {
    this.#arrive = withResolvers();
    this.#release = withResolvers();
    this.arrived = this.#arrive.promise;
    this.released = this.#release.promise;
  }

  get remaining(): number {
    const times = this.spec.times ?? 1;
    return this.#removed ? 0 : (times === "always" ? Infinity : times) - this.fired;
  }

  /** Whether it answers in the handler's place, or breaks the connection: only one such fault acts on a request. */
  get terminal(): boolean {
    return ["status", "cut", "expiredToken", "missingPermission", "policyMissing"].includes(this.spec.do.kind);
  }

  /**
   * Counts a request that matches.
   *
   * @returns whether the fault is due now
   */
  count(call: Call): boolean {
    if (this.remaining <= 0 || !matches(this.spec.match, call)) {
      return false;
    }
    return ++this.#seen > (this.spec.after ?? 0);
  }

  /** Notes that it acts on a request. */
  fire(call: Call): void {
    this.fired++;
    this.#arrive.resolve({
      method: call.method,
      path: call.path,
      tenant: call.tenant?.id,
      requestId: call.requestId,
    });
  }

  /** Has something done when the fault is released, for example stale reads ended. */
  onRelease(end: () => void): void {
    this.#endings.push(end);
  }

  release(): void {
    this.#removed = true;
    this.#endings.splice(0).forEach((end) => end());
    this.#release.resolve();
    this.#arrive.reject(new Error(`fault ${this.id} was removed before it acted`));
    this.forget(this);
  }

  remove(): void {
    this.release();
  }

  /** The emulator closes. */
  abandon(): void {
    this.#release.reject(new ConnectionCut("the emulator was closed"));
    this.#arrive.reject(new Error(`the emulator was closed before fault ${this.id} acted`));
  }

  /** For the control routes. */
  toJSON(): object {
    const { match, do: action, times = 1, after = 0 } = this.spec;
    const path = match.path instanceof RegExp ? { pattern: match.path.source } : match.path;
    const remaining = Number.isFinite(this.remaining) ? this.remaining : "always";
    return { id: this.id, match: { ...match, path }, do: action, times, after, fired: this.fired, remaining };
  }
}

function matches(match: FaultMatch, call: Call): boolean {
  const methods = typeof match.method === "string" ? [match.method] : match.method;
  if (methods !== undefined && !methods.some((method) => method.toUpperCase() === call.method)) {
    return false;
  }
  if (match.kind !== undefined && match.kind !== call.kind) {
    return false;
  }
  if (match.tenant !== undefined && (call.tenant === undefined || !sameId(match.tenant, call.tenant.id))) {
    return false;
  }
  if (match.path instanceof RegExp) {
    return new RegExp(match.path.source, match.path.flags.replace(/[gy]/g, "")).test(call.path);
  }
  return match.path === undefined || call.path.toLowerCase().includes(match.path.toLowerCase());
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: Error): void;
}

/** Nobody has to await these promises, so a rejection must not end the process. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
