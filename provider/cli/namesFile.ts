import { closeSync, constants, fchmodSync, lstatSync, openSync, readFileSync, writeSync } from "node:fs";

const FORMAT = "entra-passkeys-names";
const WAY_OUT = "Choose another file for --show-users, or remove it.";

/**
 * The one file that has people's names: which pseudonym is whom, JSON Lines, readable by its owner only. It replaces a
 * file of its own kind and nothing else, and follows no link.
 */
export class NamesFile {
  /** @throws Error where something else is in the way. */
  constructor(
    private readonly path: string,
    private readonly tenant: string,
  ) {
    let isFile: boolean;
    try {
      isFile = lstatSync(path).isFile();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    if (!isFile) throw new Error(`${path} is no regular file, and names are not written through a link. ${WAY_OUT}`);
    if (!isOurs(path)) throw new Error(`${path} is a file of another kind, and it is not overwritten. ${WAY_OUT}`);
  }

  /** Writes all names at once. */
  write(names: Iterable<readonly [user: string, name: string]>): void {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);
    const file = openSync(this.path, flags, 0o600);
    try {
      // A file that is there from before keeps its mode otherwise.
      fchmodSync(file, 0o600);
      writeSync(file, `${JSON.stringify({ format: FORMAT, version: 1, tenant: this.tenant })}\n`);
      for (const [user, name] of names) writeSync(file, `${JSON.stringify({ user, name })}\n`);
    } finally {
      closeSync(file);
    }
  }
}

function isOurs(path: string): boolean {
  const [first = ""] = readFileSync(path, "utf8").split("\n", 1);
  try {
    return (JSON.parse(first) as { format?: unknown } | null)?.format === FORMAT;
  } catch {
    return false;
  }
}
