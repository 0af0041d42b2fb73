import type { RolloutPlan, TenantSpec } from "../plan.js";

/** What the activities of this machine need to know. */
export interface LocalOptions {
  readonly plan: RolloutPlan;
  /** Absolute path of the rollout's folder, which has saved policies and promises; kept from run to run. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** The `ARM_*` variables of a tenant: which it is, and how to sign in. */
  environmentOf(tenant: TenantSpec): Readonly<Record<string, string>>;
  log(tenant: TenantSpec, line: string): void;
  /** Path of the CLI, in a folder `bin`. Default: the one on PATH. */
  readonly pulumi?: string;
}
