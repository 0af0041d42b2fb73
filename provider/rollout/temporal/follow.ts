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
  /** How many of its steps are known. Default: none. */
  readonly steps?: number;
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
  let steps = from.steps ?? 0;
  let silent = false;

  /** Tells what has happened in a run since the last look, in its order. */
  async function tellOf(own: string): Promise<void> {
    if (own !== run) {
      run = own;
      seen = 0;
      steps = 0;
    }
    for (;;) {
      const page = await client.page(id, own, seen, steps);
      const waiting = [...page.steps];
      for (const record of [...page.records, undefined]) {
        while (waiting.length > 0 && waiting[0]!.after <= seen) {
          const { tenant, step } = waiting.shift()!;
          steps += 1;
          onStep(tenant, step);
        }
        if (record === undefined) break;
        seen += 1;
        onRecord(record);
      }
      if (page.records.length === 0 || seen >= page.total) return;
    }
  }

  while (!signal.aborted) {
    try {
      const now = await client.find(id);
      if (now === undefined) throw new Error(`The cluster does not know rollout ${id} any more.`);
      silent = false;
      const { overview } = now;
      const runs = [...overview.chain, overview.run];
      // Of runs that have ended meanwhile, the rest; then those of the one that goes on.
      for (const own of runs.slice(runs.indexOf(run))) await tellOf(own);
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
