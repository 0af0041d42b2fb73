import { ConnectionFailure } from "./connection.js";
import type { RetryLimits, Surroundings } from "./options.js";

/** Attempts of a request whose connection fails, or that a gateway could not pass on. */
const MAX_FAULTS = 4;
/** Attempts of a request that the service puts off, should it name very short pauses. */
const MAX_THROTTLES = 10;

/** What the decision depends on; the counters are kept up to date here. */
export interface RetryState {
  readonly write: boolean;
  throttles: number;
  faults: number;
  waitedMs: number;
  retryAfterMs: number | undefined;
}

/**
 * The pause in milliseconds before a request is repeated; undefined = it is not.
 *
 * | result | read | write |
 * |---|---|---|
 * | 429, 503 | repeat | repeat: the service says that it did not process it |
 * | 502, 504 | repeat, 4 attempts | no: the service may have processed it |
 * | other answers | no | no |
 * | connection refused, name not found | repeat, 4 attempts | repeat, 4 attempts: it was not sent |
 * | connection lost, time-out | repeat, 4 attempts | no: the service may have processed it |
 * | certificate not trusted | no | no |
 *
 * A pause is what Retry-After asks for, at most `maxWaitMs`, else doubles from `baseWaitMs`; both with some chance in
 * it, so that many clients do not come back at once.
 *
 * @see https://learn.microsoft.com/graph/throttling
 */
export function nextPause(
  state: RetryState,
  result: Response | ConnectionFailure | undefined,
  limits: RetryLimits,
  surroundings: Surroundings,
): number | undefined {
  const kind = classify(result, state.write);
  if (kind === undefined) return undefined;
  state.retryAfterMs = result instanceof Response ? retryAfterMs(result, surroundings.now()) : undefined;
  const count = kind === "throttled" ? ++state.throttles : ++state.faults;
  if (count >= (kind === "throttled" ? MAX_THROTTLES : MAX_FAULTS)) return undefined;
  const pause = pauseMs(state.retryAfterMs, count, limits, surroundings.random());
  if (state.waitedMs + pause > limits.totalWaitMs) return undefined;
  state.waitedMs += pause;
  return pause;
}

function classify(result: Response | ConnectionFailure | undefined, write: boolean): "throttled" | "fault" | undefined {
  if (result instanceof ConnectionFailure) {
    return !result.untrusted && (!write || !result.sent) ? "fault" : undefined;
  }
  if (result?.status === 429 || result?.status === 503) return "throttled";
  return !write && (result?.status === 502 || result?.status === 504) ? "fault" : undefined;
}

function pauseMs(asked: number | undefined, count: number, limits: RetryLimits, chance: number): number {
  const pause = asked === undefined ? limits.baseWaitMs * 2 ** (count - 1) * (0.5 + chance) : asked * (1 + chance / 10);
  return Math.round(Math.min(pause, limits.maxWaitMs));
}

/**
 * Retry-After in milliseconds from now: given in seconds, or as an HTTP date of the service's clock, which the answer's
 * Date tells. This machine's clock may be another one.
 */
function retryAfterMs(response: Response, now: number): number | undefined {
  const value = response.headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  const answered = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(answered) ? now : answered));
}
