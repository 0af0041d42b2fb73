import type { StoredRollout } from "../../rollout/local/folder.js";
import { Journal } from "../../rollout/local/journal.js";
import { lockRollout, RolloutLockedError, runningProcess } from "../../rollout/local/locks.js";
import { approvedWord, sayAborted, sayApproved } from "../../rollout/local/words.js";
import type { RolloutState } from "../../rollout/records.js";
import { findRollout, listed, placeOf } from "./choose.js";
import { writeJson } from "./progress.js";
import { wavesOf } from "./summary.js";
import { EXIT } from "../exit-codes.js";
import { oneLine, type Surface } from "./surface.js";

export interface SayFlags {
  readonly folder?: string;
  readonly rollout?: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** `entra-passkeys rollout approve`: lets a rollout that asks for it go on after a wave. */
export function approve(surface: Surface, wave: string, file: string, flags: SayFlags): number {
  const found = findRollout(placeOf(file, flags.folder), flags.rollout);
  const { id, folder } = found;
  const earlier = approvedEarlier(found, wave, () => approvedWord(folder, wave)?.by);
  if (earlier !== undefined) return say(surface, flags, id, `${wave} was approved by ${earlier} already.`, earlier);
  const by = flags.by ?? surface.user;
  sayApproved(folder, wave, { by, at: new Date(surface.now()).toISOString() });
  const then =
    runningProcess(folder) === undefined ? ' It counts once somebody runs "entra-passkeys rollout resume".' : "";
  return say(surface, flags, id, `${wave} of rollout ${id} is approved by ${by}.${then}`, by);
}

/** Who has approved the wave already, if somebody has; throws where it does not ask for it. */
export function approvedEarlier(
  { id, state, records }: Pick<StoredRollout, "id" | "state" | "records">,
  wave: string,
  said: () => string | undefined,
): string | undefined {
  const progress = state.waves.get(wave);
  if (progress === undefined) {
    throw new Error(`Rollout ${id} has no wave ${JSON.stringify(wave)}. It has ${listed(wavesOf(records))}.`);
  }
  if (state.ended?.how === "aborted") throw new Error(`Rollout ${id} was ${state.ended.reason}, for good.`);
  const earlier = progress.approvedBy ?? said();
  if (earlier !== undefined) return earlier;
  if (progress.approvalUntil === undefined || progress.done) {
    const why = progress.done ? "is done, and needs no approval" : "does not wait for an approval yet";
    throw new Error(`${wave} ${why}. See "entra-passkeys rollout status".`);
  }
  return undefined;
}

/** `entra-passkeys rollout abort`: ends a rollout for good; what it has changed stays. */
export async function abort(surface: Surface, file: string, flags: SayFlags): Promise<number> {
  const { id, folder, state } = findRollout(placeOf(file, flags.folder), flags.rollout);
  const already = abortedEarlier(id, state);
  if (already !== undefined) return say(surface, flags, id, already);
  const by = flags.by ?? surface.user;
  // Said before it is known whether anybody listens: a process that begins now finds it.
  sayAborted(folder, { by, at: new Date(surface.now()).toISOString() });
  try {
    await recordAbort(surface, folder, id, by);
  } catch (error) {
    if (!(error instanceof RolloutLockedError)) throw error;
    const { pid } = error.owner;
    return say(surface, flags, id, `Process ${pid} aborts rollout ${id} as soon as what runs is finished.`, by);
  }
  return say(surface, flags, id, abortedText(id), by);
}

/** What to say where the rollout was aborted already; throws where it is done. */
export function abortedEarlier(id: string, { ended }: RolloutState): string | undefined {
  if (ended?.how === "aborted") return `Rollout ${id} was ${ended.reason} already.`;
  if (ended?.how === "done") {
    throw new Error(`Rollout ${id} is done. Give back what it changed by "entra-passkeys rollout rollback".`);
  }
  return undefined;
}

export const abortedText = (id: string): string =>
  `Rollout ${id} is aborted. What it has changed stays: see "entra-passkeys rollout rollback".`;

/** Where no process goes on with the rollout, this one writes it down. */
export async function recordAbort(surface: Surface, folder: string, id: string, by: string): Promise<void> {
  const lock = await lockRollout(folder, id);
  try {
    const journal = Journal.open(folder);
    try {
      // The process that had it may have written the end itself.
      if (!["aborted", "done"].includes(journal.records.at(-1)!.kind)) {
        journal.append({ kind: "aborted", by }, surface.now());
      }
    } finally {
      journal.close();
    }
  } finally {
    lock.release();
  }
}

export function say(surface: Surface, { json }: SayFlags, rollout: string, text: string, by?: string): number {
  if (json) writeJson(surface.out, { kind: "said", rollout, ...(by !== undefined && { by }), text });
  else surface.out.write(`${oneLine(text)}\n`);
  return EXIT.ok;
}
