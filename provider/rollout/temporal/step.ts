import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from "@temporalio/workflow";
import { cancelledWhileWaiting } from "./ending.js";
import type { TemporalActivities, TenantStepInput } from "./protocol.js";
import { RETRY, STEP_TIMES } from "./times.js";

/** One step of one tenant. As only one workflow has a tenant's id at a time, no two steps of a tenant run at once. */
export async function entraPasskeysTenantStepV1({
  step,
  input,
  pauseMs,
  heartbeatMs,
}: TenantStepInput): Promise<unknown> {
  const { startToClose, scheduleToClose, heartbeat } = STEP_TIMES[step];
  const activities = proxyActivities<TemporalActivities>({
    startToCloseTimeout: startToClose,
    scheduleToCloseTimeout: scheduleToClose,
    heartbeatTimeout: heartbeatMs ?? heartbeat,
    retry: RETRY,
    // Whoever cancels it means no harm: an update that runs is let end.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const begun = Date.now();
  const pause = async () => {
    const left = begun + pauseMs - Date.now();
    if (pauseMs > 0 && left > 0) await CancellationScope.nonCancellable(() => sleep(left));
  };
  try {
    const result = await cancelledWhileWaiting<unknown>(() => activities[step](input));
    await pause();
    return result;
  } catch (error) {
    if (!isCancellation(error)) await pause();
    throw error;
  }
}
