import { randomBytes } from "node:crypto";
import type { RolloutPlan } from "../plan.js";
import type { RolloutRecord } from "../records.js";
import { compact } from "./compact.js";
import { packToFit } from "./pack.js";
import { waveInputs, type Mode, type Overview, type RolloutInput } from "./protocol.js";

/** What a new rollout is started with. */
export function newInput(plan: RolloutPlan, digest: string, rollout: string, tenantPauseMs: number): RolloutInput {
  return {
    rollout,
    plan: digest,
    instance: randomBytes(4).toString("hex"),
    waves: waveInputs(plan),
    failureBudget: plan.failureBudget,
    mode: { kind: "up" },
    tenantPauseMs,
  };
}

/** What another run of a rollout is started with. */
export function nextInput(
  plan: Pick<RolloutPlan, "waves" | "failureBudget">,
  { rollout, plan: digest, instance, folder, chain, run, said }: Overview,
  records: readonly RolloutRecord[],
  mode: Mode,
  tenantPauseMs: number,
): RolloutInput {
  return {
    ...{ rollout, plan: digest, instance, mode, tenantPauseMs },
    waves: waveInputs(plan),
    failureBudget: plan.failureBudget,
    carried: packToFit(compact(records)),
    chain: [...chain, run],
    ...(folder !== undefined && { folder }),
    said,
  };
}

/** Id of the next rollout: the day, and one more than the last one of the day. */
export function nextId(ids: readonly string[], now: number): string {
  const day = new Date(now).toISOString().slice(0, 10);
  const last = ids.findLast((id) => id.startsWith(`${day}-`));
  return `${day}-${Number(last?.split("-").at(-1) ?? 0) + 1}`;
}
