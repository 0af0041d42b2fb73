import { writeFileSync } from "node:fs";
import { rolloutPage } from "../../../rollout/page/page.js";
import type { RolloutPlan } from "../../../rollout/plan.js";
import { stateAfter, type RolloutRecord, type RolloutState } from "../../../rollout/records.js";
import type { FollowFrom } from "../../../rollout/temporal/follow.js";
import { chooseProgress, tell, type Outcome, type RunFlags } from "../drive.js";
import { writeJson } from "../progress.js";
import { ROLLOUT_EXIT } from "../summary.js";
import type { Session } from "./found.js";

/** A run that is watched. */
export interface Watched {
  readonly plan: RolloutPlan;
  readonly id: string;
  readonly flags: RunFlags;
  /** What happened before. */
  readonly before: readonly RolloutRecord[];
  readonly from: FollowFrom;
  /** Lines on a terminal, too. */
  readonly lines?: boolean;
  /** What its end means. */
  readonly outcome: (state: RolloutState) => Promise<Outcome> | Outcome;
}

/** Shows what happens on the cluster until the run ends there, as a run of this process is shown. Answers the exit code. */
export async function watch({ surface, temporal, client }: Session, watched: Watched): Promise<number> {
  const { plan, id, flags, before, from, lines } = watched;
  if (flags.detach) return detached({ surface }, id, flags);
  const records = [...before];
  const progress = await chooseProgress(surface, plan, before, { ...flags, lines });
  const byId = new Map(plan.tenants.map((tenant) => [tenant.id, tenant]));
  const ends = new AbortController();
  const onSignal = () => ends.abort();
  surface.signals.on("SIGINT", onSignal);
  surface.signals.on("SIGTERM", onSignal);
  try {
    const end = await temporal.follow(client, id, from, {
      onRecord(record) {
        records.push(record);
        progress.record(record);
      },
      onStep(tenant, step) {
        const spec = byId.get(tenant);
        if (spec !== undefined) progress.step(spec, step);
      },
      onNote: (text) => progress.note(text),
      signal: ends.signal,
    });
    if (end === undefined) {
      progress.abandon?.();
      surface.err.write(
        `Nobody watches any more, and rollout ${id} goes on on the cluster. Watch it by: entra-passkeys rollout resume ` +
          "--engine temporal\n",
      );
      return ROLLOUT_EXIT.stopped;
    }
    await progress.end();
    if (end.status !== "COMPLETED") {
      const reason = await client.failure(id);
      throw new Error(
        `Rollout ${id} has ended on the cluster without a word (${end.status.toLowerCase()}${reason === undefined ? "" : `: ${reason}`}). ` +
          "Go on with it by: entra-passkeys rollout resume --engine temporal",
      );
    }
    const outcome = await watched.outcome(stateAfter(records));
    tell(surface, plan, records, outcome, flags);
    return outcome.code;
  } finally {
    surface.signals.off("SIGINT", onSignal);
    surface.signals.off("SIGTERM", onSignal);
    if (!ends.signal.aborted) await progress.end();
    if (flags.html !== undefined) writeFileSync(flags.html, rolloutPage(plan, records));
  }
}

function detached({ surface }: Pick<Session, "surface">, rollout: string, { json }: RunFlags): number {
  const text = `Rollout ${rollout} runs on the cluster. See "entra-passkeys rollout status --engine temporal".`;
  if (json) writeJson(surface.out, { kind: "said", rollout, text });
  else surface.out.write(`${text}\n`);
  return ROLLOUT_EXIT.ok;
}
