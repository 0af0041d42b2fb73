import type { RolloutPlan } from "../plan.js";
import type { Activities } from "../ports.js";

/** What the activities of a rollout are told. */
export interface ActivitiesOptions {
  readonly plan: RolloutPlan;
  /** Folder of the rollout, where saved values are; absent where nothing will be saved or given back. */
  readonly folder?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What the commands take from the rest of a rollout. */
export interface RolloutParts {
  /** Reads and checks `tenants.yaml`; what is wrong with it is thrown. */
  readPlan(file: string): RolloutPlan;
  planDigest(plan: RolloutPlan): string;
  activities(options: ActivitiesOptions): Activities;
}

const notBuiltIn = (): never => {
  throw new Error("not built in yet");
};

/** The parts of this package. */
export const rolloutParts: RolloutParts = { readPlan: notBuiltIn, planDigest: notBuiltIn, activities: notBuiltIn };
