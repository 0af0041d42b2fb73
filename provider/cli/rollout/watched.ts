import type { TenantSpec } from "../../rollout/plan.js";
import type { Activities } from "../../rollout/ports.js";

export type Step = Exclude<keyof Activities, "healthCheck">;

/** The same activities, and tells of each before it begins. */
export function watched(activities: Activities, onStep: (tenant: TenantSpec, step: Step) => void): Activities {
  const tell = (step: Step, tenant: TenantSpec) => {
    onStep(tenant, step);
    return tenant;
  };
  return {
    scan: (tenant) => activities.scan(tell("scan", tenant)),
    preview: (tenant) => activities.preview(tell("preview", tenant)),
    save: (tenant) => activities.save(tell("save", tenant)),
    apply: (tenant) => activities.apply(tell("apply", tenant)),
    verify: (tenant) => activities.verify(tell("verify", tenant)),
    restore: (tenant) => activities.restore(tell("restore", tenant)),
    healthCheck: (wave, check, tenants) => activities.healthCheck(wave, check, tenants),
  };
}
