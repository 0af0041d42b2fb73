import type { TenantReport } from "../report/preview/index.js";
import type { GateSpec, TenantSpec, WaveSpec } from "./plan.js";
import type { RolloutEvent } from "./records.js";

/** Whether a tenant needs an update at all, found out without an engine. */
export type Scan =
  /** Program, configuration and inputs are those of the last update, and the policy is what it promised. */
  { readonly needed: false; readonly reason: string } | { readonly needed: true; readonly reason: string };

/** What an update of a tenant would do. */
export interface Previewed {
  readonly verdict: TenantReport["verdict"];
  /** For the report of the wave; absent where the preview failed before it came to the policy. */
  readonly report?: TenantReport;
  /** Whether the update has anything to do. */
  readonly changes: boolean;
}

/** An update that the guard or a rule of the service refuses, and that wrote nothing: trying again does not help. */
export class HeldBackError extends Error {
  override readonly name = "HeldBackError";
}

/**
 * A step that was cancelled while it waited, for a worker or for a throttled tenant, because the run is to end: nothing runs
 * any more. It is no failure of the tenant. Steps that run are let end instead.
 */
export class StepCancelledError extends Error {
  override readonly name = "StepCancelledError";
}

/** A policy that is not what the last update has promised: somebody else has changed it. */
export class DriftError extends Error {
  override readonly name = "DriftError";
}

/**
 * What is done to one tenant. Each may be run again after a kill at any moment: an update that had succeeded changes
 * nothing the second time. A failure is thrown.
 */
export interface Activities {
  /** One GET, and no engine. */
  scan(tenant: TenantSpec): Promise<Scan>;
  preview(tenant: TenantSpec): Promise<Previewed>;
  /** Saves the policy as it is, if nobody has since the rollout began; a rollback gives it back. */
  save(tenant: TenantSpec): Promise<void>;
  /** `pulumi up`; a `HeldBackError` where it is refused. */
  apply(tenant: TenantSpec): Promise<{ readonly changed: boolean }>;
  /** Reads the policy and compares it with what the update has promised; a `DriftError` where it is something else. */
  verify(tenant: TenantSpec): Promise<void>;
  /** Gives back what was saved, through the same planner and guard; throws where they refuse. */
  restore(tenant: TenantSpec): Promise<{ readonly changed: boolean }>;
  healthCheck(
    wave: WaveSpec,
    check: NonNullable<GateSpec["healthCheck"]>,
    tenants: readonly TenantSpec[],
  ): Promise<void>;
}

/** What a rollout needs of whatever runs it. A workflow engine has its own, so nothing here reads a clock or a file. */
export interface Surroundings {
  /** Writes a record down, durably, before it returns. */
  record(event: RolloutEvent): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits until a time in milliseconds since the epoch; returns early with `true` where the rollout is aborted. */
  sleepUntil(time: number): Promise<boolean>;
  /** Waits until somebody approves the wave, the time has come, or the rollout is aborted. */
  approval(wave: string, until: number): Promise<{ readonly by: string } | "timedOut" | "aborted">;
  /** Who has aborted the rollout, if somebody has. */
  abortedBy(): string | undefined;
  /** Why this run is to end where it can be gone on with, if it is; what waits returns early then, as for an abort. */
  stopReason?(): string | undefined;
  /** Whether the run is to end here without a word, because the same run is gone on with elsewhere from its records. */
  handsOver?(): boolean;
  /** The report of a wave, once all of its tenants were previewed. */
  onPreviewed?(wave: WaveSpec, reports: ReadonlyMap<string, Previewed>): Promise<void>;
}
