import { setTimeout as sleep } from "node:timers/promises";
import type { RolloutRecord } from "../records.js";
import { NoWorkerError, type ClusterRun, type RolloutClient } from "./client.js";
import type { Step } from "./protocol.js";

export interface FollowOptions {
  readonly onRecord: (record: RolloutRecord) => void;
  /** A step of a tenant has begun. */
  readonly onStep: (tenant: string, step: Step) => void;
  /** Something that whoever watches should know. */
  readonly onNote: (text: string) => void;
  /** Ends the watching, and not the rollout. */
  readonly signal: AbortSignal;
  /** Milliseconds between looks. Default: 1,000. */
  readonly poll?: number;
}

/** Where to follow a rollout from: a run, and how many of its records are known. */
export interface FollowFrom {
  readonly run: string;
  readonly records: number;
}

/**
 * Follows a rollout to the end of its run.
 *
 * @returns the run at its end; nothing where the watching was ended.
 */
export async function follow(
  client: RolloutClient,
  id: string,
  from: FollowFrom,
  { onRecord, onStep, onNote, signal, poll = 1_000 }: FollowOptions,
): Promise<ClusterRun | undefined> {
  let { run, records: seen } = from;
  let steps = new Set<string>();
  let silent = false;
  while (!signal.aborted) {
    try {
      const now = await client.find(id);
      if (now === undefined) throw new Error(`The cluster does not know rollout ${id} any more.`);
      silent = false;
      const { overview } = now;
      const runs = [...overview.chain, overview.run];
      // Of runs that have ended meanwhile, the rest; then those of the one that goes on.
      for (const own of runs.slice(runs.indexOf(run))) {
        if (own !== run) seen = 0;
        run = own;
        const records = await client.recordsFrom(id, own, seen);
        records.forEach(onRecord);
        seen += records.length;
      }
      const current = new Set(overview.steps.map(({ tenant, step }) => `${tenant} ${step}`));
      for (const { tenant, step } of overview.steps) if (!steps.has(`${tenant} ${step}`)) onStep(tenant, step);
      steps = current;
      if (!now.running && seen >= overview.records) return now;
    } catch (error) {
      if (!(error instanceof NoWorkerError)) throw error;
      // The rollout waits for a worker, and so does whoever watches it.
      if (!silent) onNote(error.message);
      silent = true;
    }
    await sleep(poll, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
