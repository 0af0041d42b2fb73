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

/** What a process knows of one tenant's people. Everything is read when it is first needed, and once. */
export class People {
  readonly #live = new Map<string, { readonly at: number; readonly inventory: Promise<LiveInventory> }>();
  readonly #files = new Map<string, FileInventory>();
  #methods: { readonly at: number; readonly known: Promise<KnownMethods> } | undefined;
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
    const known = this.#live.get(key);
    const now = this.graph.now();
    if (known !== undefined && now - known.at <= KEEP_MS) return known.inventory;
    const inventory = collectInventory(this.graph, scope, {
      pseudonyms: this.pseudonyms,
      onProgress: progressLines(this.options.log, () => this.graph.now()),
      ...(this.options.onPerson && { onPerson: this.options.onPerson }),
    });
    this.#live.set(key, { at: now, inventory });
    inventory.catch(() => this.#live.delete(key));
    return inventory;
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
      for (const { id, nested } of await this.#members(group)) {
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

  async #members(group: string): Promise<readonly { readonly id: string; readonly nested: boolean }[]> {
    try {
      return await this.graph.readMembers(group);
    } catch (error) {
      if (error instanceof GraphError && error.status === 404) return [];
      throw error;
    }
  }

  /** The other methods' policies and the strengths that Conditional Access asks for. */
  methods(): Promise<KnownMethods> {
    const now = this.graph.now();
    if (this.#methods === undefined || now - this.#methods.at > KEEP_MS) {
      const known = readTenantMethods(this.graph, this.pseudonyms);
      this.#methods = { at: now, known };
      known.catch(() => (this.#methods = undefined));
    }
    return this.#methods.known;
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
