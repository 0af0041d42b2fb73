import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { RolloutPlan } from "../plan.js";
import { stateAfter, type RolloutRecord, type RolloutState } from "../records.js";
import { JOURNAL_FILE, readJournal, syncFolder } from "./journal.js";

/** What is written beside a journal, so that it can be read without the plan, and after the plan has changed. */
export interface RolloutNote {
  readonly version: 1;
  /** The plan's file, from the folder of the rollout. */
  readonly file: string;
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly stack: string }[];
}

/** A rollout as its folder tells it. */
export interface StoredRollout {
  readonly id: string;
  readonly folder: string;
  readonly note: RolloutNote;
  readonly records: readonly RolloutRecord[];
  readonly state: RolloutState;
}

/** Where rollouts are, unless told otherwise: beside the plan. */
export function defaultFolder(planFile: string): string {
  return join(dirname(resolve(planFile)), ".entra-passkeys", "rollouts");
}

const ID = /^(\d{4}-\d{2}-\d{2})-(\d+)$/;

/** By day and then by number, so that the tenth of a day comes after the ninth. */
export function compareIds(one: string, two: string): number {
  const [, day, number] = ID.exec(one)!;
  const [, otherDay, otherNumber] = ID.exec(two)!;
  if (day !== otherDay) return day! < otherDay! ? -1 : 1;
  return Number(number) - Number(otherNumber);
}

function ids(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => ID.test(name))
        .sort(compareIds)
    : [];
}

/** Ids of the rollouts of this plan's file that were begun, oldest first. */
export function rolloutsOf(folder: string, planFile: string): string[] {
  return ids(folder).filter((id) => {
    const own = join(folder, id);
    const note = readNote(own);
    return note !== undefined && resolve(own, note.file) === resolve(planFile) && existsSync(join(own, JOURNAL_FILE));
  });
}

/** Throws a `JournalError` where the journal is damaged. */
export function readRollout(folder: string, id: string): StoredRollout | undefined {
  const own = join(folder, id);
  const note = ID.test(id) ? readNote(own) : undefined;
  if (note === undefined) return undefined;
  const { records } = readJournal(own);
  return { id, folder: own, note, records, state: stateAfter(records) };
}

function readNote(own: string): RolloutNote | undefined {
  const file = join(own, "rollout.json");
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as RolloutNote;
}

/** Makes the folder of a new rollout, with the day and the next number as its id. */
export function createRollout(folder: string, plan: RolloutPlan, now: number): { id: string; folder: string } {
  makeFolders(folder);
  const day = new Date(now).toISOString().slice(0, 10);
  const last = ids(folder).findLast((id) => id.startsWith(`${day}-`));
  for (let number = Number(last?.split("-").at(-1) ?? 0) + 1; ; number += 1) {
    const id = `${day}-${number}`;
    const own = join(folder, id);
    try {
      mkdirSync(own);
    } catch (error) {
      // Another process has taken the number.
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    const tenants = plan.tenants.map(({ id, name, stack }) => ({ id, name, stack }));
    const note: RolloutNote = { version: 1, file: relative(own, plan.file), tenants };
    writeOnce(join(own, "rollout.json"), `${JSON.stringify(note, undefined, 2)}\n`);
    syncFolder(folder);
    return { id, folder: own };
  }
}

function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  mkdirSync(folder, { recursive: true });
  // What is in here is of this machine and of this moment: it belongs into no repository.
  if (basename(folder) === ".entra-passkeys") writeOnce(join(folder, ".gitignore"), "*\n");
  syncFolder(dirname(folder));
}

/** Writes a file that nobody ever sees half; `false` where it is there already. */
export function writeOnce(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, text, { flush: true });
  try {
    linkSync(draft, file);
    syncFolder(dirname(file));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
