import type { RolloutPlan, TenantSpec } from "./plan.js";
import { StepCancelledError, type Activities, type Surroundings } from "./ports.js";
import { stateAfter, type RolloutEvent, type RolloutState } from "./records.js";

/** Whom to give back to; without a restriction the rollout ends with it. */
export interface RollbackScope {
  readonly waves?: ReadonlySet<string>;
  /** Ids. */
  readonly tenants?: ReadonlySet<string>;
}

/** A wave and its tenants whose update was begun, and that were not given back yet. */
export interface RollbackWave {
  readonly wave: string;
  readonly tenants: readonly string[];
}

/** What a rollback goes through: the last wave first, and of each the tenants that may have been written to. */
export function rollbackWaves(records: readonly RolloutEvent[], scope: RollbackScope = {}): RollbackWave[] {
  const [begun] = records;
  if (begun?.kind !== "begun") return [];
  const { tenants: progress } = stateAfter(records);
  const written = (id: string) => progress.get(id)!.attempts > 0 && progress.get(id)!.phase !== "restored";
  return [...begun.waves]
    .reverse()
    .filter(({ name }) => scope.waves?.has(name) ?? true)
    .map(({ name, tenants }) => ({
      wave: name,
      tenants: tenants.filter((id) => (scope.tenants?.has(id) ?? true) && written(id)).reverse(),
    }))
    .filter(({ tenants }) => tenants.length > 0);
}

/**
 * Gives back what was saved of each tenant, wave by wave, the last one first. A failure is recorded and is that tenant's
 * alone. May be run again: whoever has got it back is left alone.
 *
 * @returns where the rollout stands, and whether the run was stopped before its end.
 */
export async function rollBack(
  plan: RolloutPlan,
  records: readonly RolloutEvent[],
  activities: Pick<Activities, "restore">,
  surroundings: Pick<Surroundings, "record" | "stopReason">,
  scope: RollbackScope = {},
): Promise<{ readonly state: RolloutState; readonly stopped?: string }> {
  const events = [...records];
  const tell = async (event: RolloutEvent) => {
    await surroundings.record(event);
    events.push(event);
  };
  const byId = new Map(plan.tenants.map((tenant) => [tenant.id, tenant]));
  const stop = () => surroundings.stopReason?.();
  for (const { wave, tenants } of rollbackWaves(records, scope)) {
    const waiting = [...tenants];
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined && stop() === undefined; id = waiting.shift()) {
        await restore(id, byId.get(id), activities, tell, stop);
      }
    };
    const concurrency = plan.waves.find(({ name }) => name === wave)?.concurrency ?? 1;
    const workers = await Promise.allSettled(Array.from({ length: Math.max(1, concurrency) }, worker));
    // Others are let finish what they do first.
    for (const result of workers) if (result.status === "rejected") throw result.reason;
  }
  const stopped = stop();
  return { state: stateAfter(events), ...(stopped !== undefined && { stopped }) };
}

async function restore(
  id: string,
  tenant: TenantSpec | undefined,
  activities: Pick<Activities, "restore">,
  tell: (event: RolloutEvent) => Promise<void>,
  stop: () => string | undefined,
): Promise<void> {
  if (tenant === undefined) {
    return tell({ kind: "notRestored", tenant: id, reason: "The plan does not name the tenant any more." });
  }
  await tell({ kind: "restoring", tenant: id });
  let changed: boolean;
  try {
    ({ changed } = await activities.restore(tenant));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Whoever goes on gives back to it.
    if (error instanceof StepCancelledError && stop() !== undefined) return;
    return tell({ kind: "notRestored", tenant: id, reason: error.message });
  }
  await tell({ kind: "restored", tenant: id, changed });
}
