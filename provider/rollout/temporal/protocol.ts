import type { RolloutPlan, TenantSpec } from "../plan.js";
import type { Previewed } from "../ports.js";
import type { RolloutRecord, RolloutState } from "../records.js";
import type { Packed } from "./pack.js";

/**
 * What client, workflow and worker say to each other. All of it is stored on the cluster, so there is no secret in it, nor
 * where one is: ids of tenants, names of waves, times, and the texts of records. A worker has the rest on its own disk.
 */

/** Workflow types. A change that running rollouts do not survive gets a type of its own. */
export const ROLLOUT_TYPE = "entraPasskeysRolloutV1";
export const STEP_TYPE = "entraPasskeysTenantStepV1";

export const DEFAULT_TASK_QUEUE = "entra-passkeys";

const PREFIX = "entra-passkeys/rollout/";

/** Beginning of the ids of a plan's rollouts. */
export const planPrefix = (name: string): string => `${PREFIX}${encodeURIComponent(name)}/`;

/** @param rollout day and number, as `2026-11-26-1` */
export const rolloutWorkflowId = (name: string, rollout: string): string => `${planPrefix(name)}${rollout}`;

/** One for each tenant of the cluster's namespace: only one workflow with an id runs at a time. */
export const stepWorkflowId = (tenant: string): string => `entra-passkeys/tenant/${tenant}`;

/** A wave, without the command of its health check, which a worker has. */
export interface WaveInput {
  readonly name: string;
  /** Ids. */
  readonly tenants: readonly string[];
  readonly concurrency: number;
  readonly soakMs: number;
  readonly approvalMs?: number;
  readonly healthCheckMs?: number;
}

export type Mode =
  | { readonly kind: "up" }
  /** Another run goes on with the rollout. */
  | { readonly kind: "resume" }
  /** The same run goes on, with a shorter history. */
  | { readonly kind: "takeOver" }
  /** Ends a rollout that does not run for good. */
  | { readonly kind: "abort"; readonly by: string }
  | {
      readonly kind: "rollback";
      /** Who ends the rollout by it, where it does. */
      readonly by?: string;
      /** Ids of tenants; all without it. */
      readonly tenants?: readonly string[];
    };

/** What a rollout is started with. */
export interface RolloutInput {
  /** Day and number. */
  readonly rollout: string;
  /** Digest of the plan. */
  readonly plan: string;
  /** Eight hexadecimal digits by which this rollout is told from others with its id in the same folder. */
  readonly instance: string;
  readonly waves: readonly WaveInput[];
  readonly failureBudget: number;
  readonly mode: Mode;
  /** Least time from one activity of a tenant to the next, in milliseconds. */
  readonly tenantPauseMs: number;
  /** A worker that says nothing for so long is taken for dead, in milliseconds. Default: a minute. */
  readonly heartbeatMs?: number;
  /** What happened before, compacted; absent for a new rollout. */
  readonly carried?: Packed;
  /** Runs of the rollout before this one, oldest first: each has its own records. */
  readonly chain?: readonly string[];
  /** Id of the folder of rollouts that its workers share, once one was asked. */
  readonly folder?: string;
  /** What was said before this run, which nobody has to say again. */
  readonly said?: Said;
}

/** What people have said about a rollout. */
export interface Said {
  /** Waves and who has approved them. */
  readonly approved: readonly (readonly [wave: string, by: string])[];
  readonly abortedBy?: string;
}

/** How a rollout stands at the end of a run. */
export interface RolloutResult {
  readonly ended?: RolloutState["ended"];
  /** Why a rollback has stopped before its end. */
  readonly stopped?: string;
}

/** What a workflow tells of itself, at any time. */
export interface Overview {
  readonly rollout: string;
  readonly plan: string;
  readonly instance: string;
  readonly folder?: string;
  readonly mode: Mode["kind"];
  /** Id of this run, and of those before it, oldest first. */
  readonly run: string;
  readonly chain: readonly string[];
  /** How many records this run has, and how many it has taken over from the runs before it. */
  readonly records: number;
  readonly carried: number;
  readonly said: Said;
  /** How many steps it has begun. */
  readonly begun: number;
  /** What is being done now. */
  readonly steps: readonly { readonly tenant: string; readonly step: Step }[];
}

/** A step that was begun, and after how many records of its run. */
export interface BegunStep {
  readonly after: number;
  readonly tenant: string;
  readonly step: Step;
}

/** Records from one on, as many as fit into an answer. */
export interface RecordsPage {
  readonly records: readonly RolloutRecord[];
  /** Steps from one on, of those before the next record. */
  readonly steps: readonly BegunStep[];
  /** How many there are by now. */
  readonly total: number;
}

export const QUERY = { overview: "overview", records: "records", carried: "carried" } as const;
export const SIGNAL = { approve: "approve", abort: "abort" } as const;

export type Step = "scan" | "preview" | "save" | "apply" | "verify" | "restore";

/** What an activity is told: a worker looks up everything else in its own plan. */
export interface StepInput {
  readonly rollout: string;
  readonly plan: string;
  readonly instance: string;
  /** Id of the first run since somebody went on with the rollout: what workers remember of a program counts for so long. */
  readonly run: string;
  readonly folder: string;
  readonly tenant: string;
}

export interface TenantStepInput {
  readonly step: Step;
  readonly input: StepInput;
  readonly pauseMs: number;
  readonly heartbeatMs?: number;
}

export type HealthCheckInput = Omit<StepInput, "tenant"> & {
  readonly wave: string;
  /** Ids of those that are well. */
  readonly tenants: readonly string[];
};

/** Activities by the names under which workers have them. */
export interface TemporalActivities {
  /** Which folder of rollouts the worker has. */
  open(input: Pick<StepInput, "rollout" | "plan" | "instance">): Promise<{ readonly folder: string }>;
  scan(input: StepInput): Promise<{ readonly needed: boolean; readonly reason: string }>;
  /** Without the report, which stays on the worker's disk. */
  preview(input: StepInput): Promise<Pick<Previewed, "changes"> & { readonly verdict: Previewed["verdict"] }>;
  save(input: StepInput): Promise<void>;
  apply(input: StepInput): Promise<{ readonly changed: boolean }>;
  verify(input: StepInput): Promise<void>;
  restore(input: StepInput): Promise<{ readonly changed: boolean }>;
  healthCheck(input: HealthCheckInput): Promise<void>;
}

/** The waves of a plan as they go to the cluster. */
export function waveInputs({ waves }: Pick<RolloutPlan, "waves">): WaveInput[] {
  return waves.map(({ name, tenants, concurrency, gate: { healthCheck, soakMs, approval } }) => ({
    name,
    tenants,
    concurrency,
    soakMs,
    ...(approval && { approvalMs: approval.timeoutMs }),
    ...(healthCheck && { healthCheckMs: healthCheck.timeoutMs }),
  }));
}

/** A plan as far as a workflow needs one: tenants are their ids. */
export function planOfInput({ waves, failureBudget }: Pick<RolloutInput, "waves" | "failureBudget">): RolloutPlan {
  return {
    file: "",
    project: "",
    tenants: waves.flatMap(({ tenants }) => tenants.map(onlyId)),
    waves: waves.map(({ name, tenants, concurrency, soakMs, approvalMs, healthCheckMs }) => ({
      name,
      tenants,
      concurrency,
      gate: {
        soakMs,
        ...(approvalMs !== undefined && { approval: { timeoutMs: approvalMs } }),
        ...(healthCheckMs !== undefined && { healthCheck: { command: [], timeoutMs: healthCheckMs } }),
      },
    })),
    failureBudget,
  };
}

function onlyId(id: string): TenantSpec {
  const credential = { kind: "managedIdentity" } as const;
  return { id, name: id, stack: "", cloud: "", config: {}, credential };
}
