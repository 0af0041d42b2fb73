import { statSync } from "node:fs";
import { GraphError } from "../graph/index.js";
import type { Inventory, Person } from "../policy/index.js";
import { collectInventory, type LiveInventory } from "./collect.js";
import type { InventoryScope } from "./directory.js";
import { readInventoryFile, type FileInventory } from "./inventoryFile.js";
import type { InventoryGraph, MethodsGraph } from "./port.js";
import type { InventoryProgress } from "./progress.js";
import { openPseudonyms, type Pseudonyms } from "./pseudonyms.js";
import { readTenantMethods, type KnownMethods } from "./tenantMethods.js";

/** How long what was read of people serves a process, in milliseconds: a check and the create right after it. */
const KEEP_MS = 10 * 60_000;

/** Progress is told so often, in milliseconds. */
const PROGRESS_MS = 5000;

export interface PeopleOptions {
  /** Where the salt of the pseudonyms is kept. */
  readonly cacheFolder: string;
  readonly env: NodeJS.ProcessEnv;
  /** One line for people, now and then while reading takes long. */
  readonly log: (line: string) => void;
  /** Called for each person who is read from Graph, for the one file that may have names. */
  readonly onPerson?: (objectId: string, user: string) => void;
}

/** A member of a group, by object id, and whether through nested groups only. */
interface Membership {
  readonly id: string;
  readonly nested: boolean;
}

/** What is being read, or was read a short while ago. A reading that failed is forgotten. */
class Recent<T> {
  readonly #known = new Map<string, { readonly at: number; readonly value: Promise<T> }>();

  constructor(private readonly now: () => number) {}

  get(key: string, read: () => Promise<T>, maxAge = KEEP_MS): Promise<T> {
    const known = this.#known.get(key);
    const at = this.now();
    if (known !== undefined && at - known.at <= maxAge) return known.value;
    const reading = { at, value: read() };
    this.#known.set(key, reading);
    reading.value.catch(() => this.#known.get(key) === reading && this.#known.delete(key));
    return reading.value;
  }
}

/** What a process knows of one tenant's people. Everything is read when it is first needed, and once. */
export class People {
  readonly #live = new Recent<LiveInventory>(() => this.graph.now());
  readonly #members = new Recent<readonly Membership[]>(() => this.graph.now());
  readonly #methods = new Recent<KnownMethods>(() => this.graph.now());
  readonly #files = new Map<string, FileInventory>();
  #pseudonyms: Pseudonyms | undefined;

  constructor(
    readonly graph: InventoryGraph & MethodsGraph,
    private readonly options: PeopleOptions,
  ) {}

  get pseudonyms(): Pseudonyms {
    const { cacheFolder, env } = this.options;
    return (this.#pseudonyms ??= openPseudonyms(this.graph.tenantId, cacheFolder, env));
  }

  /** People with their passkeys from Graph; what is in flight or was read a short while ago is shared. */
  live(scope: InventoryScope): Promise<LiveInventory> {
    const key = JSON.stringify([scope.people, scope.groups ?? [], scope.users ?? []]);
    return this.#live.get(key, () =>
      collectInventory(this.graph, scope, {
        pseudonyms: this.pseudonyms,
        onProgress: progressLines(this.options.log, () => this.graph.now()),
        ...(this.options.onPerson && { onPerson: this.options.onPerson }),
      }),
    );
  }

  /**
   * People from a file, which is read once while it stays the same.
   *
   * @param maxAge in hours.
   * @throws InventoryError for a file that cannot be used.
   */
  file(path: string, maxAge: number, now: number): FileInventory {
    const rules = { tenantId: this.graph.tenantId, maxAge, now };
    const stamp = stampOf(path);
    const key = JSON.stringify([path, maxAge, stamp]);
    let inventory = stamp === undefined ? undefined : this.#files.get(key);
    if (inventory === undefined) this.#files.set(key, (inventory = readInventoryFile(path, rules)));
    return inventory;
  }

  /** The same people with the membership of further groups; groups that do not exist (any more) have nobody in them. */
  async withGroups(inventory: Inventory, groups: readonly string[]): Promise<Inventory> {
    const { groupsRead } = inventory;
    const missing = groups.filter((group) => groupsRead?.has(group) === false);
    if (missing.length === 0) return inventory;
    const further = new Map<string, { readonly group: string; readonly nested: boolean }[]>();
    for (const group of missing) {
      for (const { id, nested } of await this.#members.get(group, () => this.#readMembers(group))) {
        const user = this.pseudonyms.user(id);
        further.set(user, [...(further.get(user) ?? []), { group, nested }]);
      }
    }
    const people = inventory.people.map((person): Person => {
      const found = further.get(person.user);
      if (found === undefined) return person;
      const nested = found.filter((one) => one.nested).map(({ group }) => group);
      return {
        ...person,
        groups: [...person.groups, ...found.map(({ group }) => group)],
        ...(nested.length > 0 && { nested: [...(person.nested ?? []), ...nested] }),
      };
    });
    return { ...inventory, people, groupsRead: new Set([...groupsRead!, ...missing]) };
  }

  async #readMembers(group: string): Promise<readonly Membership[]> {
    try {
      return await this.graph.readMembers(group);
    } catch (error) {
      if (error instanceof GraphError && error.status === 404) return [];
      throw error;
    }
  }

  /**
   * The other methods' policies and the strengths that Conditional Access asks for.
   *
   * @param maxAge of what is remembered, in milliseconds.
   */
  methods(maxAge?: number): Promise<KnownMethods> {
    return this.#methods.get("", () => readTenantMethods(this.graph, (id) => this.pseudonyms.user(id)), maxAge);
  }
}

function stampOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.mtimeMs} ${found.size}`;
}

const PHASES: Readonly<Record<InventoryProgress["phase"], string>> = {
  groups: "reading the members of groups",
  accounts: "reading which accounts are disabled",
  report: "reading the registration report",
  passkeys: "reading passkeys",
};

/** Turns progress into a line now and then; a reading that is quick has none. */
function progressLines(log: (line: string) => void, now: () => number): (progress: InventoryProgress) => void {
  let last = now();
  return ({ phase, done, total }) => {
    if (now() - last < PROGRESS_MS) return;
    last = now();
    log(`${PHASES[phase]}: ${done}${total === undefined ? "" : ` of ${total}`}`);
  };
}
