import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  DefaultFailureConverter,
  TimeoutFailure,
} from "@temporalio/common";
import { DriftError, HeldBackError } from "../ports.js";

/** Encrypts messages, too, where payloads are encrypted. Workers, workflows and clients load it by this file's path. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

/** The worker has another plan than the rollout; another worker may have the right one. */
export class OtherPlanError extends Error {
  override readonly name = "OtherPlanError";
}

/** The worker has another folder of rollouts than the one that the rollout began with. */
export class OtherFolderError extends Error {
  override readonly name = "OtherFolderError";
}

/** How long a step waits for another worker, in milliseconds. */
const OTHER_WORKER_MS = 10_000;
/** How long a tenant waits that is throttled, and does not say for how long. */
const THROTTLED_MS = 60_000;

/**
 * An activity's error for the cluster. What another worker or a later time may mend is tried again there, without holding
 * up a worker meanwhile; everything else is for the rollout to decide, as on one machine.
 *
 * @param text what of its message may be stored; the stack stays here.
 */
export function toFailure(
  error: unknown,
  text: (message: string) => string = (message) => message,
): ApplicationFailure {
  const { name: type, message } = error instanceof Error ? error : new Error(String(error));
  const failure = ApplicationFailure.create({ message: text(message), type, ...retrying(error) });
  failure.stack = `${type}: ${failure.message}`;
  return failure;
}

function retrying(error: unknown): { nonRetryable: boolean; nextRetryDelay?: number } {
  const { name, retryAfterMs } = error as { name?: string; retryAfterMs?: number };
  if (name === "ThrottledError") return { nonRetryable: false, nextRetryDelay: retryAfterMs ?? THROTTLED_MS };
  if (name === "OtherPlanError" || name === "OtherFolderError") {
    return { nonRetryable: false, nextRetryDelay: OTHER_WORKER_MS };
  }
  return { nonRetryable: true };
}

/** The error that an activity has thrown, by its name, from what the cluster makes of it. */
export function fromFailure(failure: unknown): unknown {
  if (failure instanceof ChildWorkflowFailure || failure instanceof ActivityFailure) {
    return failure.cause === undefined ? failure : fromFailure(failure.cause);
  }
  if (failure instanceof TimeoutFailure) {
    // What was tried last is more to the point than that time is over.
    if (failure.cause !== undefined) return fromFailure(failure.cause);
    return named(
      new Error("no worker has done it in time: see that workers run, and go on with the rollout."),
      "TimeoutError",
    );
  }
  if (!(failure instanceof ApplicationFailure)) return failure;
  const { type, message } = failure;
  if (type === "HeldBackError") return new HeldBackError(message);
  if (type === "DriftError") return new DriftError(message);
  return named(new Error(message), type ?? "Error");
}

function named(error: Error, name: string): Error {
  return Object.defineProperty(error, "name", { value: name, configurable: true });
}
