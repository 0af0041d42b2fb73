import { dirname, relative, sep } from "node:path";
import { digestOf } from "../../policy/index.js";
import type { RolloutPlan } from "../plan.js";

/**
 * Names what a plan does, in 16 hexadecimal digits: another plan is another rollout. Where the file is, how many tenants
 * are updated at a time and how to sign in do not count: a rollout is gone on with on another machine, or after a
 * credential was put right.
 */
export function planDigest({ file, project, tenants, waves, failureBudget }: RolloutPlan): string {
  return digestOf({
    project: relative(dirname(file), project).split(sep).join("/"),
    tenants: tenants
      .map(({ id, name, stack, cloud, config }) => ({ id, name, stack, cloud, config }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    waves: waves.map(({ name, tenants, gate }) => ({ name, tenants, gate })),
    failureBudget,
  });
}
