import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  sleep,
} from "@temporalio/workflow";
import { RetryState } from "@temporalio/common";
import { StepCancelledError } from "../ports.js";
import { fromFailure } from "./failures.js";

/** What is begun when the run is to end already, as reading back after an update, may wait so long, in milliseconds. */
const LATE_MS = 30_000;

/**
 * What of a run is cancelled while it waits once the run is to end. What a worker has begun is let end, because activities
 * wait for the end of what is cancelled, and workers do not interrupt it.
 */
export class Ending {
  readonly #scopes = new Set<CancellationScope>();

  /** @param ends whether the run is to end */
  constructor(readonly ends: () => boolean) {}

  /** Somebody has said something after which the run may have to end. */
  heard(): void {
    if (this.ends()) for (const scope of this.#scopes) scope.cancel();
  }

  /** @throws StepCancelledError where it was cancelled while it waited; otherwise what the activity has thrown. */
  async run<T>(act: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope();
    this.#scopes.add(scope);
    const late = new CancellationScope();
    if (this.ends()) {
      late
        .run(() => sleep(LATE_MS))
        .then(
          () => scope.cancel(),
          () => undefined,
        );
    }
    try {
      return await scope.run(act);
    } catch (error) {
      if (!isCancellation(error)) throw fromFailure(error);
      throw new StepCancelledError("it was cancelled on the cluster while it waited. Go on with the rollout.");
    } finally {
      this.#scopes.delete(scope);
      late.cancel();
    }
  }
}

/**
 * Runs an activity that may be cancelled. Where it would have been tried again, because it was throttled or its worker died,
 * it has been cancelled while it waited; anything else is how it has ended.
 */
export async function cancelledWhileWaiting<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || error.retryState !== RetryState.CANCEL_REQUESTED) throw error;
    if (error.cause instanceof ApplicationFailure && error.cause.nonRetryable === true) throw error;
    throw new CancelledFailure("cancelled while it waited");
  }
}
