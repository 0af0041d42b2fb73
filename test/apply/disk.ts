import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why there is no small disk here, for the title of a skipped test. */
export const NO_DISK = "mounting a small disk takes root and Linux";

/** A disk of a few kilobytes that can be filled, or made read-only. */
export class Disk implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "entra-passkeys-disk-"));
  #fillers = 0;

  private constructor(kilobytes: number) {
    run("mount", "-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", this.folder);
  }

  /** @returns nothing where this user may not mount */
  static mount(kilobytes = 512): Disk | undefined {
    try {
      return new Disk(kilobytes);
    } catch {
      return undefined;
    }
  }

  /** Leaves no byte. */
  fill(): void {
    const handle = openSync(join(this.folder, `filler-${(this.#fillers += 1)}`), "w");
    try {
      for (;;) writeSync(handle, Buffer.alloc(4096));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(handle);
    }
  }

  /** Makes room again, or makes it writable again. */
  free(): void {
    run("mount", "-o", "remount,rw", this.folder);
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith("filler-")) rmSync(join(this.folder, name));
    }
  }

  makeReadOnly(): void {
    run("mount", "-o", "remount,ro", this.folder);
  }

  [Symbol.dispose](): void {
    run("umount", "-l", this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const run = (command: string, ...args: string[]): void => void execFileSync(command, args, { stdio: "ignore" });
