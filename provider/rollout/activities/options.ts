import type { RolloutPlan, TenantSpec } from "../plan.js";

/** What the activities of this machine need to know. */
export interface LocalOptions {
  readonly plan: RolloutPlan;
  /** Absolute path of the rollout's folder, which has saved policies; kept from run to run. */
  readonly folder: string;
  /**
   * Absolute path of the folder of promises: the same for all rollouts of a plan, so that the next one knows what the last
   * one has left. Default: `promises` in the rollout's folder.
   */
  readonly promises?: string;
  readonly env: NodeJS.ProcessEnv;
  /** The variables of a tenant: which it is, how to sign in, and empty what is another one's. */
  environmentOf(tenant: TenantSpec): Readonly<Record<string, string>>;
  log(tenant: TenantSpec, line: string): void;
  /** Whether other processes with this folder take part: one saves what another one has previewed. Default: no. */
  readonly shared?: boolean;
  /** Path of the CLI, in a folder `bin`. Default: the one on PATH. */
  readonly pulumi?: string;
}
