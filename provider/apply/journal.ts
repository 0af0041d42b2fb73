import { createHash } from "node:crypto";
import {
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { digestOf, parseFacet } from "../policy/index.js";
import type { Inheritance, Over } from "./inheritance.js";
import type { Managed } from "./managed.js";
import { OTHER_CACHE, writing } from "./unwritable.js";

/** What a run wrote down before its first PATCH. */
export interface JournalEntry {
  readonly version: 1;
  readonly tenantId: string;
  readonly owner: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly managed: Managed;
  /** Digest of the `managed` of the state that the run began with; absent where there was none, and in older entries. */
  readonly from?: string;
  /** The run came to its end; absent while it runs, where it was stopped, and in older entries. */
  readonly done?: boolean;
  /** By part, the other resource whose value was found there. */
  readonly over?: Over;
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
 * A note for each resource of what was in the tenant before its first write, and of what others left to it. A process that is killed cannot hand its
 * state to the engine; the next run finds here what to restore one day. No secrets and no names of people: group ids,
 * AAGUIDs and settings.
 */
export class Journal {
  constructor(readonly folder: string) {}

  #file(tenantId: string, owner: string, from?: string): string {
    const name = `${tenantId.toLowerCase()}-${hash(owner)}${from === undefined ? "" : `.from-${hash(from)}`}`;
    return join(this.folder, "journal", `${name}.json`);
  }

  /**
   * Writes an entry so that it survives a kill or a power cut right afterwards.
   *
   * @throws UnwritableError
   */
  write(entry: JournalEntry): void {
    writeDurably(this.#file(entry.tenantId, entry.owner), entry, OTHER_CACHE);
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

  /** The entry of a resource, where there is one that can be read. */
  entry(tenantId: string, owner: string): JournalEntry | undefined {
    const read = this.read(tenantId, owner);
    return read !== undefined && "entry" in read ? read.entry : undefined;
  }

  /** The entry of a run that began with this state, which is still the last one that the engine got. */
  stopped(tenantId: string, owner: string, managed: Managed): JournalEntry | undefined {
    const entry = this.entry(tenantId, owner);
    return entry?.from !== undefined && entry.from === digestOf(managed) ? entry : undefined;
  }

  /** The entries of the other resources of a tenant, of whatever stack; those that cannot be read are left out. */
  others(tenantId: string, owner: string): JournalEntry[] {
    return this.#files(tenantId, ENTRY).flatMap((file) => {
      const entry = parse<JournalEntry>(file);
      return entry?.version === 1 && entry.owner !== owner && isReadable(entry.managed) ? [entry] : [];
    });
  }

  /** Notes what a resource leaves to another one, beside what it left to it before. */
  bequeath(inheritance: Inheritance): void {
    const { tenantId, owner, from } = inheritance;
    const file = this.#file(tenantId, owner, from);
    const facets = { ...parse<Inheritance>(file)?.facets, ...inheritance.facets };
    writeDurably(file, { ...inheritance, facets }, OTHER_CACHE);
  }

  /** What others left to a resource. */
  inheritances(tenantId: string, owner: string): Inheritance[] {
    return this.#files(tenantId, leftTo(owner)).flatMap((file) => {
      const inheritance = parse<Inheritance>(file);
      return inheritance?.version === 1 && inheritance.owner === owner ? [inheritance] : [];
    });
  }

  /** The files of a tenant whose names go on so behind it. */
  #files(tenantId: string, rest: RegExp): string[] {
    const folder = join(this.folder, "journal");
    const start = `${tenantId.toLowerCase()}-`;
    try {
      return readdirSync(folder)
        .filter((name) => name.startsWith(start) && rest.test(name.slice(start.length)))
        .map((name) => join(folder, name));
    } catch {
      return []; // nothing was written down yet
    }
  }

  /** Forgets a resource: it is gone. */
  clear(tenantId: string, owner: string): void {
    rmSync(this.#file(tenantId, owner), { force: true });
    for (const file of this.#files(tenantId, leftTo(owner))) rmSync(file, { force: true });
  }
}

/**
 * Writes a file so that it is there whole or not at all, also after a power cut. Readable by its owner only.
 *
 * @param wayOut what else can be done where it cannot be written, beside making room for it
 * @throws UnwritableError; the file is as it was then.
 */
export function writeDurably(file: string, content: object, wayOut?: string): void {
  const draft = `${file}.${process.pid}`;
  writing(
    file,
    () => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      try {
        const handle = openSync(draft, "w", 0o600);
        try {
          // All of it or an error: a single write may end early on a disk that is nearly full.
          writeFileSync(handle, `${JSON.stringify(content, null, 1)}\n`);
          fsyncSync(handle);
        } finally {
          closeSync(handle);
        }
        renameSync(draft, file);
      } catch (error) {
        // Where it cannot be removed either, the first error says why.
        attempt(() => rmSync(draft, { force: true }));
        throw error;
      }
    },
    wayOut,
  );
}

function attempt(run: () => void): void {
  try {
    run();
  } catch {
    // said by another error
  }
}

const ENTRY = /^[0-9a-f]{16}\.json$/;
const leftTo = (owner: string): RegExp => new RegExp(`^${hash(owner)}\\.from-[0-9a-f]{16}\\.json$`);

const hash = (owner: string): string => createHash("sha256").update(owner).digest("hex").slice(0, 16);

/** The content of a file; nothing where it is not there or is no JSON. */
function parse<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

function isReadable(managed: unknown): boolean {
  try {
    return isManaged(managed);
  } catch {
    return false;
  }
}
