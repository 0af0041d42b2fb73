import type { RolloutPlan } from "../../../rollout/plan.js";
import { withConcurrency, type RunFlags } from "../drive.js";
import { exitCode } from "../summary.js";
import { nothingToResume, unfinished, wanted, type ResumeFlags } from "../up.js";
import { ROLLOUT_EXIT } from "../summary.js";
import { findOnCluster, newestId, tenantPause, type Session } from "./found.js";
import { watch, type Watched } from "./watch.js";

/** `entra-passkeys rollout up --engine temporal`: begins a rollout on the cluster. */
export async function upOnCluster(session: Session, file: string, flags: RunFlags): Promise<number> {
  const { surface, temporal, client } = session;
  const plan = surface.parts.readPlan(file);
  await refuseSecond(session);
  if (!(await wanted(surface, plan, flags))) return ROLLOUT_EXIT.error;
  const id = temporal.nextId(await client.ids(), surface.now());
  const digest = surface.parts.planDigest(plan);
  const wide = withConcurrency(plan, flags.concurrency);
  let run: string;
  try {
    run = await client.start(temporal.newInput(wide, digest, id, tenantPause(flags.tenantPerMinute)));
  } catch (error) {
    // Somebody was faster: the cluster lists what has just begun a moment later.
    if (error instanceof temporal.RolloutRunsError) throw unfinished(id);
    throw error;
  }
  return watch(session, { ...about(plan, id, flags), before: [], from: { run, records: 0 } });
}

/** `entra-passkeys rollout resume --engine temporal`: another run of it; where one runs, watches it. */
export async function resumeOnCluster(session: Session, file: string, flags: ResumeFlags): Promise<number> {
  const { surface, temporal, client } = session;
  const plan = surface.parts.readPlan(file);
  const found = await findOnCluster(session, file, flags.rollout);
  const { id, records, own, state, overview } = found;
  if (found.running) {
    surface.err.write(`Rollout ${id} runs on the cluster, and is watched from here on.\n`);
    return watch(session, {
      ...about(plan, id, flags),
      before: records,
      from: { run: overview.run, records: own, steps: overview.begun },
    });
  }
  const code = nothingToResume(surface, plan, id, state, flags);
  if (code !== undefined) return code;
  const wide = withConcurrency(plan, flags.concurrency);
  const pause = tenantPause(flags.tenantPerMinute);
  const run = await client.start(temporal.nextInput(wide, overview, records, { kind: "resume" }, pause));
  return watch(session, { ...about(plan, id, flags), before: records, from: { run, records: 0 } });
}

function about(plan: RolloutPlan, id: string, flags: RunFlags): Pick<Watched, "plan" | "id" | "flags" | "outcome"> {
  return { plan, id, flags, outcome: (state) => ({ state, code: exitCode(state) }) };
}

async function refuseSecond(session: Session): Promise<void> {
  const { client } = session;
  const id = await newestId(session);
  const last = id === undefined ? undefined : await client.status(id);
  if (id === undefined || last === undefined) return;
  // What ended without a word, or was stopped, is gone on with or ended for good first.
  if (last.running || last.status !== "COMPLETED") throw unfinished(id);
  const { ended } = await client.result(id);
  if (ended === undefined || ended.how === "stopped") throw unfinished(id);
}
