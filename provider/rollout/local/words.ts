import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeOnce } from "./folder.js";

/** What somebody said about a rollout in another process: a file in its folder, which the running process looks for. */
export interface Word {
  readonly by: string;
  readonly at: string;
}

/** Names of waves may hold what names of files must not. */
const approvalFile = (folder: string, wave: string) =>
  join(folder, `approved-${encodeURIComponent(wave).replaceAll("*", "%2A")}.json`);

const abortFile = (folder: string) => join(folder, "aborted.json");

/** Approves a wave; `false` where somebody has already. */
export function sayApproved(folder: string, wave: string, word: Word): boolean {
  return writeOnce(approvalFile(folder, wave), `${JSON.stringify({ wave, ...word })}\n`);
}

/** Aborts the rollout; `false` where somebody has already. */
export function sayAborted(folder: string, word: Word): boolean {
  return writeOnce(abortFile(folder), `${JSON.stringify(word)}\n`);
}

/** Who has approved the wave, if somebody has. */
export function approvedWord(folder: string, wave: string): Word | undefined {
  return readWord(approvalFile(folder, wave));
}

/** Who has aborted the rollout, if somebody has. */
export function abortedWord(folder: string): Word | undefined {
  const file = abortFile(folder);
  try {
    return readWord(file);
  } catch {
    // Whoever has put something there means it, and to end early does no harm.
    return { by: "somebody", at: new Date(statSync(file).mtimeMs).toISOString() };
  }
}

function readWord(file: string): Word | undefined {
  if (!existsSync(file)) return undefined;
  const word = JSON.parse(readFileSync(file, "utf8")) as Partial<Word>;
  if (typeof word.by !== "string" || typeof word.at !== "string") {
    throw new Error(`${file}: "by" or "at" is missing. Remove the file, and say it again.`);
  }
  return { by: word.by, at: word.at };
}
