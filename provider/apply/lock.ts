import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OTHER_CACHE, unwritable, writing } from "./unwritable.js";

/** Who holds a lock: a process id alone may be another process by now, so its start goes with it. */
export interface LockOwner {
  pid: number;
  start: string;
  host: string;
}

/** A lock that is held. */
export interface Lock {
  release(): void;
}

/** A lock that was waited for, or was taken over from a process that is gone. */
export interface AcquiredLock extends Lock {
  readonly waited: boolean;
}

/** When a process started, in the system's own words; undefined where there is no such process. */
export function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  try {
    // After the command in brackets, which may hold blanks: state is the first field, start time the 20th.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return startFromPs(pid);
  }
}

function startFromPs(pid: number): string | undefined {
  if (process.platform === "win32") return "alive";
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** This process as an owner. */
export function ownOwner(): LockOwner {
  return { pid: process.pid, start: processStart(process.pid) ?? "", host: hostname() };
}

function readOwner(file: string): LockOwner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockOwner;
  } catch {
    return undefined;
  }
}

/** Whether the owner still runs. An owner on another machine (a shared folder) is taken to be alive. */
export function isAlive(owner: LockOwner): boolean {
  return owner.host !== hostname() || processStart(owner.pid) === owner.start;
}

/** Takes the lock if nobody living has it; returns the living owner otherwise. */
function tryLock(file: string): Lock | LockOwner | undefined {
  const mine = JSON.stringify(ownOwner());
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(draft, mine);
    linkSync(draft, file); // Atomic, and nobody ever reads a half-written owner.
    return {
      release() {
        // Someone may have removed it by hand, and another process taken it since.
        if (existsSync(file) && readFileSync(file, "utf8") === mine) rmSync(file);
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const owner = readOwner(file);
  if (owner !== undefined && isAlive(owner)) return owner;
  clearStale(file);
  return undefined;
}

/** Removes a lock whose owner is gone, one process at a time, so that none removes the lock of its successor. */
function clearStale(file: string): void {
  const guard = `${file}.clearing`;
  try {
    writeFileSync(guard, "", { flag: "wx" });
  } catch {
    if (Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 10_000) {
      rmSync(guard, { force: true });
    }
    return;
  }
  try {
    const owner = readOwner(file);
    if (owner === undefined || !isAlive(owner)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Takes the lock, waiting for a living owner to release it or to end. A lock that a killed process left is taken over.
 * `onWait` is called every `poll` milliseconds while another process has it.
 */
export async function acquireLock(
  file: string,
  { onWait, poll = 500 }: { onWait?: (owner: LockOwner) => void; poll?: number } = {},
): Promise<AcquiredLock> {
  mkdirSync(dirname(file), { recursive: true });
  for (let waited = false; ; waited = true) {
    const got = tryLock(file);
    if (got !== undefined && "release" in got) return { ...got, waited };
    if (got !== undefined) onWait?.(got);
    await sleep(got === undefined ? 20 : poll);
  }
}

/** A turn at writing to a tenant. */
export interface Turn {
  /** Whether another process may have written after a read that began at `time`, in milliseconds since the epoch. */
  mayHaveWritten(time: number): boolean;
  /** @param wrote whether something was sent in this turn. */
  end(wrote: boolean): void;
}

/**
 * One writer for each tenant on a machine. Microsoft Graph replaces lists whole and has no ETag, so of two processes that
 * read, change and write at the same time one would undo what the other did, and neither would see it.
 */
export class TenantLock {
  readonly #lock: string;
  readonly #written: string;

  /** @param folder where locks are, shared by the processes of a user; it may be kept from machine to machine. */
  constructor(folder: string, tenantId: string) {
    const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
    const file = join(folder, "locks", tenantId.toLowerCase());
    // What a killed process of another machine left there must stop nobody.
    this.#lock = `${file}-${machine}.lock`;
    this.#written = `${file}.written`;
  }

  /**
   * Waits for the turn of this process. `onWait` is called once, with the process that has it.
   *
   * @throws UnwritableError where the lock cannot be written.
   */
  async take(onWait: (owner: LockOwner) => void): Promise<Turn> {
    let told = false;
    const lock = await acquireLock(this.#lock, {
      poll: 50,
      onWait(owner) {
        if (!told) onWait(owner);
        told = true;
      },
    }).catch((error: unknown) => {
      throw unwritable(this.#lock, error, OTHER_CACHE);
    });
    try {
      this.#keepMark();
    } catch (error) {
      lock.release();
      throw error;
    }
    return {
      mayHaveWritten: (time) => lock.waited || this.#lastWrite() >= time,
      end: (wrote) => {
        if (wrote) this.#mark();
        lock.release();
      },
    };
  }

  /** Has the mark's file there before anything is sent, so that the end of a turn needs no room for a new one. */
  #keepMark(): void {
    if (existsSync(this.#written)) return;
    writing(
      this.#written,
      () => {
        closeSync(openSync(this.#written, "a"));
        utimesSync(this.#written, 0, 0);
      },
      OTHER_CACHE,
    );
  }

  /** What was written is written: a full disk must neither hide that nor keep the lock. */
  #mark(): void {
    try {
      writeFileSync(this.#written, String(Date.now()));
    } catch {
      // Emptied by the attempt; the time of the file tells then.
    }
  }

  #lastWrite(): number {
    try {
      const text = readFileSync(this.#written, "utf8");
      return text === "" ? statSync(this.#written).mtimeMs : Number(text);
    } catch {
      return 0;
    }
  }
}
