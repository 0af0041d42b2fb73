import { listOfEntry } from "../policy/index.js";
import type { FacetChange, FacetName, Fido2Policy } from "../policy/index.js";
import { Behind } from "./behind.js";
import { ClaimedError } from "./errors.js";
import type { Clock, GroupRecord, PolicyGraph } from "./port.js";
import { systemClock } from "./port.js";
import { SharedRead } from "./sharedRead.js";

/** How old a read of the policy may be and still serve as the read right before a write, in milliseconds. */
export const FRESH_MS = 2000;

/** How long a change waits for others to join its plan, in milliseconds. */
const GATHER_MS = 25;

/**
 * One tenant within one process: reads that are shared, and who declares which part of the policy.
 *
 * Claims live in the process only: another stack's cannot be seen.
 */
export class TenantSession {
  readonly #claims = new Map<FacetName, string>();
  /** What resources have established in this process. */
  readonly #established = new Map<string, ReadonlySet<FacetName>>();
  /** Who has been checked and is to come with a change. */
  readonly #expected = new Set<string>();
  #looking = 0;
  readonly #groups = new Map<string, Promise<GroupLookup>>();
  readonly #members = new Map<string, Promise<ReadonlySet<string> | Error>>();
  readonly #policy: SharedRead<Fido2Policy>;
  readonly #behind: Behind;

  constructor(
    readonly graph: PolicyGraph,
    readonly clock: Clock = systemClock,
    readonly gatherMs: number = GATHER_MS,
  ) {
    this.#behind = new Behind(clock);
    this.#policy = new SharedRead(
      () => this.#behind.read(() => this.graph.readPasskeyPolicy()),
      () => this.clock.now(),
    );
  }

  /**
   * The policy, from memory where a read is not older than `maxAge` milliseconds. Reads in flight are shared; a failed
   * read is not remembered.
   */
  policy(maxAge?: number): Promise<Fido2Policy> {
    return this.#policy.get(maxAge);
  }

  /** Reads the policy anew, whatever is in memory. */
  readAgain(): Promise<Fido2Policy> {
    return this.#policy.again();
  }

  /** When the read that is in memory was asked for, in milliseconds since the epoch; 0 where there is none. */
  get askedAt(): number {
    return this.#policy.askedAt;
  }

  /** Parts are about to be written. */
  writing(changes: readonly FacetChange[]): void {
    this.#behind.writing(changes);
  }

  /** What was written has been read back: an answer from before it is behind. */
  wrote(changes: readonly FacetChange[]): void {
    this.#behind.seen(changes);
  }

  /** Forgets what was read, because it was written to. */
  forget(): void {
    this.#policy.forget();
  }

  /** Groups by id and by name. Each is asked for once in a process, those of one call in as few requests as possible. */
  async groups(ids: readonly string[], names: readonly string[]): Promise<GroupLookup> {
    const key = JSON.stringify([[...ids].sort(), [...names].sort()]);
    if (ids.length + names.length === 0) return { byId: new Map(), byName: new Map() };
    let lookup = this.#groups.get(key);
    if (lookup === undefined) {
      lookup = this.graph.findGroups({ ids, names }).then(groupLookup);
      this.#groups.set(key, lookup);
      lookup.catch(() => this.#groups.delete(key));
    }
    return lookup;
  }

  /** The users of a group, or the error that reading them met. */
  members(group: string): Promise<ReadonlySet<string> | Error> {
    let members = this.#members.get(group);
    if (members === undefined) {
      members = this.graph.readUserMembers(group).then(
        (users) => new Set(users),
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      this.#members.set(group, members);
    }
    return members;
  }

  /** The other resource of this process that declares a facet, or a list that contains it. */
  claimedBy(facet: FacetName, except: string): string | undefined {
    for (const [claimed, by] of this.#claims) {
      if (by !== except && overlap(facet, claimed)) return by;
    }
    return undefined;
  }

  /**
   * Notes that `owner` declares these facets and no others. Throws a `ClaimedError` where another resource of this
   * process declares one of them, or a list that contains it.
   */
  claim(owner: string, facets: Iterable<FacetName>): void {
    const wanted = [...facets];
    for (const facet of wanted) {
      const by = this.claimedBy(facet, owner);
      if (by !== undefined) throw new ClaimedError(facet, by);
    }
    for (const [claimed, by] of [...this.#claims]) {
      if (by === owner) this.#claims.delete(claimed);
    }
    for (const facet of wanted) this.#claims.set(facet, owner);
  }

  /** The facets that a resource of this process declares. */
  claimsOf(owner: string): FacetName[] {
    return [...this.#claims].flatMap(([facet, by]) => (by === owner ? [facet] : []));
  }

  /** The other resource of this process that declares a part of a profile. */
  claimedWithin(profile: FacetName, except: string): string | undefined {
    return [...this.#claims].find(([facet, by]) => by !== except && facet.startsWith(`${profile}/`))?.[1];
  }

  /** Notes what a resource established: where it replaces one of the same owner, that one is deleted afterwards. */
  establish(owner: string, facets: Iterable<FacetName>): void {
    this.#established.set(owner, new Set(facets));
  }

  hasEstablished(owner: string, facet: FacetName): boolean {
    return this.#established.get(owner)?.has(facet) ?? false;
  }

  /** Notes that a resource was checked and comes with a change; in a preview it never does. */
  expect(owner: string): void {
    this.#expected.add(owner);
  }

  /** A resource that was expected has come. */
  arrived(owner: string): void {
    this.#expected.delete(owner);
  }

  /** Runs a check or a diff, at whose end a resource may be expected. */
  async looking<T>(look: () => Promise<T>): Promise<T> {
    this.#looking += 1;
    try {
      return await look();
    } finally {
      this.#looking -= 1;
    }
  }

  /** Whether resources are being checked. */
  get isLooking(): boolean {
    return this.#looking > 0;
  }

  /** Whether resources are being checked, or were checked and have yet to come with their changes. */
  get isExpecting(): boolean {
    return this.isLooking || this.#expected.size > 0;
  }
}

/** Whether two facets are the same part, or one is an entry of the list that the other is. */
function overlap(a: FacetName, b: FacetName): boolean {
  if (a === b) return true;
  return listOfEntry(a)?.list === b || listOfEntry(b)?.list === a;
}

export interface GroupLookup {
  readonly byId: ReadonlyMap<string, GroupRecord>;
  /** Display names in lower case; several groups may share one. */
  readonly byName: ReadonlyMap<string, readonly GroupRecord[]>;
}

function groupLookup(records: readonly GroupRecord[]): GroupLookup {
  const byName = new Map<string, GroupRecord[]>();
  for (const record of records) {
    const name = record.displayName.toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []).filter(({ id }) => id !== record.id), record]);
  }
  return { byId: new Map(records.map((record) => [record.id.toLowerCase(), record])), byName };
}
