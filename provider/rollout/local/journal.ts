import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { RolloutEvent, RolloutRecord } from "../records.js";
import { readLines, writeLine, type JournalText } from "./lines.js";

/** Name of the journal in the folder of a rollout. */
export const JOURNAL_FILE = "journal.jsonl";

/** Reads the journal in the folder of a rollout, also while somebody writes it; without a journal there is no record. */
export function readJournal(folder: string): JournalText {
  const file = join(folder, JOURNAL_FILE);
  return existsSync(file) ? readLines(readFileSync(file), file) : { records: [], length: 0 };
}

/**
 * The journal of a rollout, to be written by one process at a time: one JSON object a line, each on the disk before what
 * follows from it begins.
 */
export class Journal {
  readonly #descriptor: number;
  readonly #records: RolloutRecord[];
  #length: number;
  /** The beginning of a line that was cut off, because a crash had left it. */
  readonly torn: string | undefined;

  private constructor(descriptor: number, { records, length, torn }: JournalText) {
    this.#descriptor = descriptor;
    this.#records = [...records];
    this.#length = length;
    this.torn = torn;
  }

  /** Opens the journal in this folder, or makes it; the folder has to exist. Throws a `JournalError` where it is damaged. */
  static open(folder: string): Journal {
    const file = join(folder, JOURNAL_FILE);
    const isNew = !existsSync(file);
    const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o644);
    try {
      const text = readLines(readFileSync(file), file);
      if (fstatSync(descriptor).size > text.length) {
        ftruncateSync(descriptor, text.length);
        fsyncSync(descriptor);
      }
      if (isNew) {
        fsyncSync(descriptor);
        syncFolder(folder);
      }
      return new Journal(descriptor, text);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  get records(): readonly RolloutRecord[] {
    return this.#records;
  }

  /** Writes a record, and returns once it is on the disk. Where that fails the journal is as it was. */
  append(event: RolloutEvent, at: number = Date.now()): RolloutRecord {
    const record: RolloutRecord = { at: new Date(at).toISOString(), ...event };
    const bytes = Buffer.from(writeLine(record));
    try {
      // At a place, and not at the end: after a disk that was full the next line must not follow half of this one.
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#length + done);
      }
      fsyncSync(this.#descriptor);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#length);
      throw error;
    }
    this.#length += bytes.length;
    this.#records.push(record);
    return record;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** A new file is lost in a crash unless its folder is on the disk, too. */
export function syncFolder(folder: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(folder, "r");
  } catch (error) {
    // Windows opens no folder, and needs no such thing.
    if (process.platform === "win32") return;
    throw error;
  }
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network folders refuse it.
    if (!["EINVAL", "EPERM", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    closeSync(descriptor);
  }
}
