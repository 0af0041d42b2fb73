import type { Step } from "./protocol.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long a step may take, in milliseconds. */
export interface StepTimes {
  /** On one worker. */
  readonly startToClose: number;
  /** With everything that is tried again: throttled tenants, workers that died or have another plan. */
  readonly scheduleToClose: number;
  /** A worker that says nothing for so long is taken for dead. */
  readonly heartbeat: number;
}

const times = (startToClose: number): StepTimes => ({ startToClose, scheduleToClose: 24 * HOUR, heartbeat: MINUTE });

export const STEP_TIMES: Readonly<Record<Step, StepTimes>> = {
  scan: times(10 * MINUTE),
  preview: times(HOUR),
  save: times(10 * MINUTE),
  apply: times(4 * HOUR),
  verify: times(20 * MINUTE),
  restore: times(HOUR),
};

/** How often a worker says that it lives, in milliseconds. */
export const HEARTBEAT_EVERY = 5_000;

/** For what another worker, or a later time, may mend: everything else is not tried again. */
export const RETRY = { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: MINUTE } as const;
