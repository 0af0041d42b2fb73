import { Context } from "@temporalio/activity";
import type { LocalActivities } from "../activities/index.js";
import type { TenantSpec, WaveSpec } from "../plan.js";
import type { Previewed } from "../ports.js";
import { OtherFolderError, OtherPlanError, toFailure } from "./failures.js";
import type { HealthCheckInput, StepInput, TemporalActivities } from "./protocol.js";
import type { WorkerPlan } from "./plans.js";
import { HEARTBEAT_EVERY } from "./times.js";

export interface ActivitiesOptions {
  /** By digest. */
  readonly plans: ReadonlyMap<string, WorkerPlan>;
  /** What may leave this machine of a text. */
  readonly safe: (text: string) => string;
  /** A line of an update or of a health check, already safe. */
  readonly log: (tenant: TenantSpec, line: string) => void;
  /** The whole preview, of which the cluster only gets the verdict. */
  readonly onPreviewed?: (folder: string, tenant: TenantSpec, previewed: Previewed) => Promise<void>;
  /** Says that the activity lives, and what it is at. Default: to Temporal. */
  readonly heartbeat?: (line: string) => void;
}

/** So many rollouts are remembered at a time, with their connections. */
const MOST_ROLLOUTS = 8;

/** The activities of a worker: those of one machine, for whichever plan and rollout is asked for. */
export function workerActivities(options: ActivitiesOptions): TemporalActivities {
  const rollouts = new Map<string, LocalActivities>();
  const running = new Map<string, Promise<unknown>>();
  /** The last line of each tenant that something is done to. */
  const lines = new Map<string, string>();

  function rolloutOf(own: WorkerPlan, { rollout, instance, run }: Omit<StepInput, "tenant">): LocalActivities {
    const key = `${own.digest} ${rollout} ${instance} ${run}`;
    const log = (tenant: TenantSpec, line: string) => {
      const safe = options.safe(line);
      lines.set(tenant.id, safe);
      options.log(tenant, safe);
    };
    const activities = rollouts.get(key) ?? own.activities(own.folderOf(rollout, instance), log);
    rollouts.delete(key);
    rollouts.set(key, activities);
    if (rollouts.size > MOST_ROLLOUTS) rollouts.delete(rollouts.keys().next().value!);
    return activities;
  }

  /** The plan of a rollout; an error that is tried again elsewhere where this worker is the wrong one. */
  function planOf({ plan, rollout }: Pick<StepInput, "plan" | "rollout">, folder?: string): WorkerPlan {
    const own = options.plans.get(plan);
    if (own === undefined) {
      const mine = [...options.plans.keys()].join(", ");
      throw new OtherPlanError(
        `rollout ${rollout} is of the plan with the digest ${plan}, and this worker has ${mine}. Give a worker the tenants' file as ` +
          "it was when the rollout began.",
      );
    }
    if (folder !== undefined && folder !== own.folderId) {
      throw new OtherFolderError(
        `rollout ${rollout} began with the folder of rollouts ${folder}, and this worker has ${own.folderId}. All ` +
          "workers of a plan share one: mount the same volume, or name it with --folder.",
      );
    }
    return own;
  }

  /** Tells that it lives while something is done. What fails is told as the cluster takes it. */
  async function living<T>(tenant: string | undefined, act: () => Promise<T>): Promise<T> {
    const heartbeat = options.heartbeat ?? ((line: string) => Context.current().heartbeat(line));
    const timeout = options.heartbeat === undefined ? Context.current().info.heartbeatTimeoutMs : undefined;
    const beat = () => heartbeat((tenant === undefined ? undefined : lines.get(tenant)) ?? "");
    let timer: NodeJS.Timeout | undefined;
    try {
      beat();
      timer = setInterval(beat, Math.min(HEARTBEAT_EVERY, (timeout ?? Infinity) / 3));
      return await act();
    } catch (error) {
      throw toFailure(error, options.safe);
    } finally {
      clearInterval(timer);
    }
  }

  const step =
    <T>(act: (activities: LocalActivities, tenant: TenantSpec, own: WorkerPlan, input: StepInput) => Promise<T>) =>
    (input: StepInput): Promise<T> =>
      living(input.tenant, async () => {
        const own = planOf(input, input.folder);
        const tenant = own.tenants.get(input.tenant);
        if (tenant === undefined) throw new Error(`the plan ${input.plan} has no tenant ${input.tenant}`);
        // A try that the cluster has given up may still run here; what it does is let end first.
        const before = running.get(tenant.id);
        const now = (before ?? Promise.resolve())
          .catch(() => undefined)
          .then(() => act(rolloutOf(own, input), tenant, own, input));
        running.set(tenant.id, now);
        try {
          return await now;
        } finally {
          if (running.get(tenant.id) === now) running.delete(tenant.id);
          lines.delete(tenant.id);
        }
      });

  const tries = () => (options.heartbeat === undefined ? Context.current().info.attempt : 1);

  return {
    open: (input) =>
      living(undefined, async () => {
        const own = planOf(input);
        own.folderOf(input.rollout, input.instance);
        return { folder: own.folderId };
      }),
    scan: step((activities, tenant) => activities.scan(tenant)),
    preview: step(async (activities, tenant, own, { rollout, instance }) => {
      const previewed = await activities.preview(tenant);
      await options.onPreviewed?.(own.folderOf(rollout, instance), tenant, previewed);
      const { level, code, sentence } = previewed.verdict;
      return { changes: previewed.changes, verdict: { level, code, sentence } };
    }),
    save: step((activities, tenant) => activities.save(tenant)),
    apply: step(async (activities, tenant) => {
      const { changed } = await activities.apply(tenant);
      // A try whose end nobody has heard may have written; to soak without need is better than not to soak.
      return { changed: changed || tries() > 1 };
    }),
    verify: step((activities, tenant) => activities.verify(tenant)),
    restore: step((activities, tenant) => activities.restore(tenant)),
    healthCheck: (input) => living(undefined, () => healthCheck(planOf(input, input.folder), input)),
  };

  async function healthCheck(own: WorkerPlan, input: HealthCheckInput): Promise<void> {
    const wave = own.plan.waves.find(({ name }): boolean => name === input.wave) as WaveSpec;
    const tenants = input.tenants.map((id) => own.tenants.get(id)!);
    await rolloutOf(own, input).healthCheck(wave, wave.gate.healthCheck!, tenants);
  }
}
