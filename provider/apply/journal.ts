import { createHash } from "node:crypto";
import { mkdirSync, openSync, closeSync, fsyncSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseFacet } from "../policy/index.js";
import type { Managed } from "./managed.js";

/** What a run wrote down before its first PATCH. */
export interface JournalEntry {
  readonly version: 1;
  readonly tenantId: string;
  readonly owner: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly managed: Managed;
}

/** What the journal knows of a resource: nothing, an entry, or that there was one which cannot be read. */
export type JournalRead = { readonly entry: JournalEntry } | { readonly damaged: string } | undefined;

/**
 * Where interrupted runs are written down: `ENTRA_PASSKEYS_CACHE`, else `pulumi-entra-passkeys` in the user's cache
 * folder (`XDG_CACHE_HOME`, `~/.cache`).
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["ENTRA_PASSKEYS_CACHE"];
  if (own !== undefined && own !== "") return own;
  const base = env["XDG_CACHE_HOME"];
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "pulumi-entra-passkeys");
}

/** Whether this is what a run writes down. Throws where a part is none that this version knows. */
function isManaged(value: unknown): boolean {
  const isObject = (part: unknown) => typeof part === "object" && part !== null && !Array.isArray(part);
  if (!isObject(value)) return false;
  return Object.entries(value as Managed).every(([facet, part]) => parseFacet(facet) && isObject(part));
}

/**
 * A note for each resource of what was in the tenant before its first write. A process that is killed cannot hand its
 * state to the engine; the next create finds here what to restore one day. No secrets and no names of people: group ids,
 * AAGUIDs and settings.
 */
export class Journal {
  constructor(readonly folder: string) {}

  #file(tenantId: string, owner: string): string {
    const name = createHash("sha256").update(owner).digest("hex").slice(0, 16);
    return join(this.folder, "journal", `${tenantId.toLowerCase()}-${name}.json`);
  }

  /** Writes an entry so that it survives a kill or a power cut right afterwards. */
  write(entry: JournalEntry): void {
    const file = this.#file(entry.tenantId, entry.owner);
    mkdirSync(join(this.folder, "journal"), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    const handle = openSync(draft, "w", 0o600);
    try {
      writeSync(handle, `${JSON.stringify(entry, null, 1)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  }

  read(tenantId: string, owner: string): JournalRead {
    const file = this.#file(tenantId, owner);
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { damaged: file };
    }
    try {
      const entry = JSON.parse(text) as JournalEntry;
      if (entry.version === 1 && entry.owner === owner && isManaged(entry.managed)) return { entry };
    } catch {
      // said below
    }
    return { damaged: file };
  }

  /** Forgets a resource: its state is with the engine, or it is gone. */
  clear(tenantId: string, owner: string): void {
    rmSync(this.#file(tenantId, owner), { force: true });
  }
}
