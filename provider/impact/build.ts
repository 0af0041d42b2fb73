import { PermissionError, type Fido2Method, type Fido2MethodsAnswer, type GraphError } from "../graph/index.js";
import type { RegistrationRow } from "../graph/index.js";
import { isPasskeyWord } from "../policy/index.js";
import type { Passkey, Person } from "../policy/index.js";
import type { PersonLine, Source, Stamp } from "./format.js";
import { readDirectory, type Directory, type InventoryScope } from "./directory.js";
import type { InventoryGraph } from "./port.js";
import type { InventoryProgress } from "./progress.js";
import type { Pseudonyms } from "./pseudonyms.js";
import { reportOf, wholeReport } from "./report.js";

/** Options of reading an inventory. */
export interface BuildOptions {
  readonly pseudonyms: Pseudonyms;
  readonly onProgress?: (progress: InventoryProgress) => void;
  /** Called for each person of the inventory with the object id, for the one file that may have names. */
  readonly onPerson?: (objectId: string, user: string) => void;
  /** Ends reading with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Batches in flight at most. @default 4 */
  readonly concurrency?: number;
}

/** Takes people as they are read, in no particular order. */
export interface InventorySink {
  /** Called once, before the first person. */
  begin(source: Source): void;
  /** Whether an earlier run that was cut wrote this person already. */
  has?(user: string): boolean;
  /** What an earlier inventory has of someone's passkeys, if that may be kept while the report says the same. */
  earlier?(user: string, stamp: Stamp): Pick<PersonLine, "passkeys" | "readAt"> | undefined;
  write(person: PersonLine): void;
}

/** What became of people who are not in the inventory, or not whole. */
export interface BuildResult {
  readonly source: Source;
  /** How many accounts were deleted while they were read. */
  readonly gone: number;
  /** How many people's passkeys could not be read, by Graph's error code or status. */
  readonly unread: Readonly<Record<string, number>>;
  /** Groups that do not exist (any more); nobody is in them. */
  readonly missingGroups: readonly string[];
}

/**
 * Reads who has which passkeys. For everyone: the registration report says who has any, and passkeys are read of those,
 * of disabled accounts, which the report leaves out, and of members of groups whom it does not have. For groups: the
 * passkeys of all members are read, so that the report's lag does not count, and the report adds other methods.
 *
 * @throws ReportNeededError for everyone where the report cannot be read.
 * @throws PermissionError without a permission that nothing makes up for.
 */
export async function buildInventory(
  graph: InventoryGraph,
  scope: InventoryScope,
  sink: InventorySink,
  options: BuildOptions,
): Promise<BuildResult> {
  return new Build(graph, scope, sink, options).run();
}

/** Someone whose passkeys are to be read. */
interface Candidate {
  readonly person: Person;
  readonly stamp?: Stamp;
}

class Build {
  readonly #queue = new Map<string, Candidate>();
  readonly #failed = new Map<string, GraphError>();
  readonly #always: ReadonlySet<string>;
  #gone = 0;
  #done = 0;
  #total = 0;

  constructor(
    private readonly graph: InventoryGraph,
    private readonly scope: InventoryScope,
    private readonly sink: InventorySink,
    private readonly options: BuildOptions,
  ) {
    this.#always = new Set(scope.users?.map((id) => id.toLowerCase()));
  }

  async run(): Promise<BuildResult> {
    const directory = await readDirectory(this.graph, this.scope, this.options);
    const source = this.scope.people === "everyone" ? await this.#everyone(directory) : await this.#members(directory);
    await this.#readPasskeys();
    const unread: Record<string, number> = {};
    for (const { code, status, name } of this.#failed.values()) {
      const reason = code ?? String(status ?? name);
      unread[reason] = (unread[reason] ?? 0) + 1;
    }
    return { source, gone: this.#gone, unread, missingGroups: directory.missingGroups };
  }

  async #everyone(directory: Directory): Promise<Source> {
    const { graph, sink, options } = this;
    const source: Source = { report: true, accounts: directory.accounts };
    const seen = new Set<string>();
    let begun = false;
    await wholeReport(graph, options, (rows) => {
      if (!begun) sink.begin(source);
      begun = true;
      for (const row of rows) {
        if (seen.has(row.id)) continue;
        seen.add(row.id);
        const hasNone = row.methodsRegistered?.some(isPasskeyWord) === false;
        this.#add(directory, row.id, row, hasNone && !this.#always.has(row.id));
      }
      options.onProgress?.({ phase: "report", done: seen.size });
    });
    const others = new Set([...directory.everyone(), ...this.#always]);
    for (const id of others) if (!seen.has(id)) this.#add(directory, id, undefined, false);
    return source;
  }

  async #members(directory: Directory): Promise<Source> {
    const { graph, sink, options } = this;
    const ids = [...new Set([...directory.scoped(), ...this.#always])];
    const enabled = ids.filter((id) => !directory.isDisabled(id));
    const { report, rows } = await reportOf(graph, options, enabled);
    if (report !== true) await directory.readGuests();
    const source: Source = { report, accounts: directory.accounts };
    sink.begin(source);
    for (const id of ids) this.#add(directory, id, rows.get(id), false);
    return source;
  }

  /** Puts someone down, at once where nothing has to be read. */
  #add(directory: Directory, id: string, row: RegistrationRow | undefined, hasNone: boolean): void {
    const { sink, options } = this;
    const user = options.pseudonyms.user(id);
    options.onPerson?.(id, user);
    if (sink.has?.(user)) return;
    const person = directory.person(user, id, row);
    if (hasNone) return sink.write({ ...person, passkeys: [] });
    const stamp = this.scope.people === "everyone" ? directory.stamp(row) : undefined;
    const kept = stamp && sink.earlier?.(user, stamp);
    if (kept) sink.write({ ...person, ...kept, report: stamp });
    else this.#queue.set(id, { person, ...(stamp && { stamp }) });
  }

  async #readPasskeys(): Promise<void> {
    this.#total = this.#queue.size;
    this.#progress();
    await this.#read([...this.#queue.keys()]);
    // What failed for a while may work now; who may not be read stays so.
    const again = [...this.#failed].filter(([, failure]) => !(failure instanceof PermissionError));
    if (again.length > 0) await this.#read(again.map(([id]) => id));
    // Last, so that a run that was cut before reads them again.
    for (const id of this.#failed.keys()) this.#finish(id, {});
  }

  async #read(ids: readonly string[]): Promise<void> {
    const { signal, concurrency } = this.options;
    await this.graph.readFido2Methods(ids, (answer) => this.#settle(answer), {
      ...(signal && { signal }),
      ...(concurrency !== undefined && { concurrency }),
    });
  }

  #settle(answer: Fido2MethodsAnswer): void {
    const { user: id } = answer;
    if ("failure" in answer) return void this.#failed.set(id, answer.failure);
    this.#failed.delete(id);
    if ("methods" in answer) return this.#finish(id, { passkeys: answer.methods.map(this.#toPasskey) });
    this.#gone += 1;
    this.#finish(id, undefined);
  }

  /** @param read undefined = the account is gone */
  #finish(id: string, read: Pick<Person, "passkeys"> | undefined): void {
    const { person, stamp } = this.#queue.get(id)!;
    if (read) this.sink.write({ ...person, ...read, ...(read.passkeys && stamp && { report: stamp }) });
    this.#queue.delete(id);
    this.#done += 1;
    this.#progress();
  }

  #progress(): void {
    this.options.onProgress?.({ phase: "passkeys", done: this.#done, total: this.#total });
  }

  readonly #toPasskey = (method: Fido2Method): Passkey => ({
    ...(method.id !== undefined && { id: this.options.pseudonyms.passkey(method.id) }),
    ...(method.aaGuid !== undefined && { aaguid: method.aaGuid }),
    ...(method.passkeyType !== undefined && { passkeyType: method.passkeyType }),
    ...(method.attestationLevel !== undefined && { attestationLevel: method.attestationLevel }),
    ...(method.createdDateTime !== undefined && { created: method.createdDateTime }),
    ...(method.lastUsedDateTime !== undefined && { lastUsed: method.lastUsedDateTime }),
  });
}
