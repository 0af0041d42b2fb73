import { join } from "node:path";
import { localActivities, type LocalActivities } from "../activities/index.js";
import { environmentOf, planDigest, readPlan } from "../config/index.js";
import type { RolloutPlan, TenantSpec } from "../plan.js";
import { defaultFolder } from "./folder.js";

/** What the activities of a rollout are told. */
export interface ActivitiesOptions {
  readonly plan: RolloutPlan;
  /** Folder of the rollout, where saved values are; absent where nothing will be saved or given back. */
  readonly folder?: string;
  /** Folder of all rollouts; default: beside the plan. */
  readonly rollouts?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** A line of an update or of a health check. Default: nobody is told. */
  readonly log?: (tenant: TenantSpec, line: string) => void;
  /** Whether other processes take part in the rollout, with the same folders. Default: no. */
  readonly shared?: boolean;
}

/** What the commands take from the rest of a rollout. */
export interface RolloutParts {
  /** Reads and checks `tenants.yaml`; what is wrong with it is thrown. */
  readPlan(file: string): RolloutPlan;
  planDigest(plan: RolloutPlan): string;
  activities(options: ActivitiesOptions): LocalActivities;
}

/** The parts of this package. */
export const rolloutParts: RolloutParts = {
  readPlan: (file) => readPlan(file),
  planDigest,
  activities({ plan, folder, rollouts = defaultFolder(plan.file), env, log = () => {}, shared = false }) {
    // What a tenant was left with counts for the next rollout, too.
    const promises = join(rollouts, "promises");
    const own = folder ?? join(rollouts, "none");
    const variables = (tenant: TenantSpec) => environmentOf(tenant, env, plan.tenants);
    return localActivities({ plan, folder: own, promises, env, environmentOf: variables, log, shared });
  },
};
