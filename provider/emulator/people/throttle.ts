import { graphErrors } from "../errors.js";

/** A limit on requests. */
export interface Limit {
  /** Requests let through in any window. */
  requests: number;
  windowMs: number;
  /** Whether the answer says when to come back; some of Graph's services do not. */
  retryAfter: boolean;
}

/** Sliding windows of requests that were let through, by bucket. Refused requests do not count. */
export class Throttle {
  readonly #passed = new Map<string, number[]>();

  /** @param now clock in milliseconds since 1970 */
  constructor(readonly now: () => number) {}

  /**
   * Lets a request through.
   *
   * @throws GraphHttpError 429 TooManyRequests, with Retry-After in whole seconds, at least 1
   */
  pass(bucket: string, limit: Limit): void {
    const now = this.now();
    const passed = this.#passed.get(bucket) ?? [];
    const firstRecent = passed.findIndex((time) => time > now - limit.windowMs);
    passed.splice(0, firstRecent < 0 ? passed.length : firstRecent);
    const oldest = passed.at(-limit.requests);
    if (oldest !== undefined) {
      const seconds = Math.max(1, Math.ceil((oldest + limit.windowMs - now) / 1000));
      throw graphErrors.tooManyRequests(limit.retryAfter ? seconds : undefined);
    }
    passed.push(now);
    this.#passed.set(bucket, passed);
  }
}
