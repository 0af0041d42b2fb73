import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sameValue, type ManagedMember, type ManagedMembers, type MemberValue } from "../policy/documents.js";
import { writeDurably } from "./journal.js";
import { OTHER_CACHE } from "./unwritable.js";

/** What a run that changes a document other than the passkey policy wrote down before its first request. */
export interface DocumentEntry {
  readonly version: 1;
  readonly tenantId: string;
  readonly owner: string;
  /** Which document, such as `temporaryAccessPass`. */
  readonly document: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly managed: ManagedMembers;
  /** Id of the object that the resource manages, once it has one. */
  readonly objectId?: string;
  /** The run came to its end. */
  readonly done?: boolean;
  /** By member, what was there before another resource that is gone now and whose value this one had found. */
  readonly inherited?: Readonly<Record<string, { readonly was: MemberValue; readonly prior?: MemberValue }>>;
}

/**
 * A note for each resource, so that what was there before survives a process that is killed, and goes along from one
 * resource to another that declares the same. No secrets and no names of people.
 */
export class DocumentJournal {
  readonly #folder: string;

  /** @param folder the cache folder, as of `Journal`. */
  constructor(folder: string) {
    this.#folder = join(folder, "journal");
  }

  #file(tenantId: string, owner: string): string {
    const hash = createHash("sha256").update(owner).digest("hex").slice(0, 16);
    return join(this.#folder, `${tenantId.toLowerCase()}-${hash}${SUFFIX}`);
  }

  write(entry: DocumentEntry): void {
    const { inherited } = this.read(entry.tenantId, entry.owner) ?? {};
    const file = this.#file(entry.tenantId, entry.owner);
    writeDurably(file, { ...(inherited && { inherited }), ...entry }, OTHER_CACHE);
  }

  /** @throws Error where there is an entry that cannot be read: what was there before must never be guessed. */
  read(tenantId: string, owner: string): DocumentEntry | undefined {
    const file = this.#file(tenantId, owner);
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    const entry = parse(text);
    if (entry?.owner === owner) return entry;
    throw new Error(
      `the note ${file} of an earlier run cannot be read, so what was there before is not known. Restore the file, or ` +
        "remove it: then what is there now counts as what was there before.",
    );
  }

  /** Entries of other resources for the same document whose runs came to their ends. */
  others({ tenantId, owner, document }: Pick<DocumentEntry, "tenantId" | "owner" | "document">): DocumentEntry[] {
    let names: string[];
    try {
      names = readdirSync(this.#folder);
    } catch {
      return []; // nothing was written down yet
    }
    return names
      .filter((name) => name.startsWith(`${tenantId.toLowerCase()}-`) && name.endsWith(SUFFIX))
      .flatMap((name) => parse(readOr(join(this.#folder, name))) ?? [])
      .filter((entry) => entry.owner !== owner && entry.document === document && entry.done === true);
  }

  /** What a state says, with what others have left to the resource since. */
  withInherited(tenantId: string, owner: string, managed: ManagedMembers): ManagedMembers {
    const inherited = this.read(tenantId, owner)?.inherited ?? {};
    return Object.fromEntries(
      Object.entries(managed).map(([name, member]): [string, ManagedMember] => {
        const left = inherited[name];
        if (left === undefined || member.prior === undefined || !sameValue(member.prior, left.was))
          return [name, member];
        const { prior: _older, ...rest } = member;
        return [name, left.prior === undefined ? rest : { ...rest, prior: left.prior }];
      }),
    );
  }

  /** Whether another resource declares the value that this one wrote. */
  isHeld(of: Pick<DocumentEntry, "tenantId" | "owner" | "document">, name: string, written: MemberValue): boolean {
    return this.others(of).some(({ managed }) => managed[name] && sameValue(managed[name].written, written));
  }

  /** Leaves what was there before to the resources that found the value of this one. */
  passOn(of: Pick<DocumentEntry, "tenantId" | "owner" | "document">, managed: ManagedMembers): void {
    for (const other of this.others(of)) {
      const theirs = this.withInherited(other.tenantId, other.owner, other.managed);
      const left = Object.entries(managed).filter(([name, { written }]) => {
        const member = theirs[name];
        return member?.prior !== undefined && sameValue(member.prior, written) && sameValue(member.written, written);
      });
      if (left.length === 0) continue;
      const inherited = Object.fromEntries(
        left.map(([name, { prior, written }]) => [name, { was: written, ...(prior !== undefined && { prior }) }]),
      );
      this.write({ ...other, inherited: { ...other.inherited, ...inherited } });
    }
  }

  /** Forgets a resource: it is gone. */
  clear(tenantId: string, owner: string): void {
    rmSync(this.#file(tenantId, owner), { force: true });
  }
}

const SUFFIX = ".document.json";

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function parse(text: string): DocumentEntry | undefined {
  try {
    const entry = JSON.parse(text) as DocumentEntry;
    return entry.version === 1 && typeof entry.managed === "object" ? entry : undefined;
  } catch {
    return undefined;
  }
}
