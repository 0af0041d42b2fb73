import { GraphError, PermissionError, type RegistrationRow } from "../graph/index.js";
import { isPasskeyWord } from "../policy/index.js";
import type { Person } from "../policy/index.js";
import type { Stamp } from "./format.js";
import { Interning } from "./intern.js";
import { Memberships } from "./memberships.js";
import type { InventoryGraph } from "./port.js";
import { whyUnreadable } from "./report.js";
import type { InventoryProgress } from "./progress.js";

/** Whom an inventory is read for. */
export interface InventoryScope {
  /** Everyone, or the members of these groups, by object id. */
  readonly people: "everyone" | readonly string[];
  /** Further groups whose members are read, so that it is known who is in them. */
  readonly groups?: readonly string[];
  /** Further accounts, by object id, whose passkeys are read whatever groups they are in and whatever the report says. */
  readonly users?: readonly string[];
}

/** All groups that a scope reads, and those that decide who is in it: lower case, sorted. */
export function groupsOf({ people, groups = [] }: InventoryScope): { all: string[]; scope: "everyone" | string[] } {
  const sorted = (ids: readonly string[]) => [...new Set(ids.map((id) => id.toLowerCase()))].sort();
  if (people === "everyone") return { all: sorted(groups), scope: people };
  return { all: sorted([...people, ...groups]), scope: sorted(people) };
}

/** What the directory knows of people: groups, and which accounts are disabled or guests. */
export class Directory {
  readonly #interning = new Interning();
  #guests: ReadonlySet<string> | undefined;

  constructor(
    private readonly graph: InventoryGraph,
    private readonly signal: AbortSignal | undefined,
    private readonly scopeGroups: ReadonlySet<string> | undefined,
    private readonly memberships: Memberships,
    /** With their user type; undefined where they cannot be read. */
    private readonly disabled: ReadonlyMap<string, string | undefined> | undefined,
    /** True, or why the disabled accounts cannot be read. */
    readonly accounts: true | string,
    readonly missingGroups: readonly string[],
  ) {}

  /** Members of the groups that were read, and disabled accounts; some twice. */
  *everyone(): Generator<string> {
    yield* this.memberships.members();
    for (const id of this.disabled?.keys() ?? []) if (this.memberships.of(id).groups.length === 0) yield id;
  }

  /** The members of the groups that decide. */
  scoped(): Generator<string> {
    return this.memberships.members(this.scopeGroups);
  }

  isDisabled(id: string): boolean {
    return this.disabled?.has(id) === true;
  }

  /** For tenants whose report, which has the user types, cannot be read. */
  async readGuests(): Promise<void> {
    if (this.accounts !== true) return;
    const guests = await this.graph.readAccounts("guests", { ...(this.signal && { signal: this.signal }) });
    this.#guests = new Set(guests.map(({ id }) => id));
  }

  /** Someone without passkeys. What is not known is absent. */
  person(user: string, id: string, row: RegistrationRow | undefined): Person {
    const { groups, nested } = this.memberships.of(id);
    const guest = this.#guests && (this.#guests.has(id) ? "guest" : "member");
    const userType = (row?.userType ?? this.disabled?.get(id) ?? guest)?.toLowerCase();
    // The report leaves disabled users out.
    const enabled = this.disabled ? !this.disabled.has(id) : row ? true : undefined;
    const others = row?.methodsRegistered?.filter((word) => !isPasskeyWord(word));
    return {
      user,
      ...(userType !== undefined && { userType: this.#interning.text(userType) }),
      ...(enabled !== undefined && { enabled }),
      ...(row?.isAdmin !== undefined && { isAdmin: row.isAdmin }),
      groups,
      ...(nested.length > 0 && { nested }),
      ...(others && { otherMethods: this.#interning.list(others) }),
    };
  }

  /** What tells whether someone's passkeys changed; undefined where the report does not say enough. */
  stamp(row: RegistrationRow | undefined): Stamp | undefined {
    const words = row?.methodsRegistered?.filter(isPasskeyWord).sort();
    if (row?.lastUpdated === undefined || !words?.length) return undefined;
    return { updated: row.lastUpdated, words: this.#interning.list(words) };
  }
}

/** Reads the groups of a scope, and the disabled accounts where that is permitted. */
export async function readDirectory(
  graph: InventoryGraph,
  scope: InventoryScope,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: InventoryProgress) => void },
): Promise<Directory> {
  const { all, scope: deciding } = groupsOf(scope);
  const memberships = new Memberships();
  const missing: string[] = [];
  const { signal, onProgress } = options;
  const read = { ...(signal && { signal }) };
  for (const [index, group] of all.entries()) {
    onProgress?.({ phase: "groups", done: index, total: all.length });
    try {
      memberships.add(group, await graph.readMembers(group, read));
    } catch (error) {
      if (!(error instanceof GraphError && error.status === 404)) throw error;
      missing.push(group);
    }
  }
  onProgress?.({ phase: "accounts", done: 0 });
  const disabled = await readDisabled(graph, read);
  const known = typeof disabled !== "string";
  return new Directory(
    graph,
    signal,
    deciding === "everyone" ? undefined : new Set(deciding),
    memberships,
    known ? disabled : undefined,
    known ? true : disabled,
    missing,
  );
}

async function readDisabled(
  graph: InventoryGraph,
  options: { readonly signal?: AbortSignal },
): Promise<Map<string, string | undefined> | string> {
  try {
    const accounts = await graph.readAccounts("disabled", options);
    return new Map(accounts.map(({ id, userType }) => [id, userType]));
  } catch (error) {
    if (error instanceof PermissionError) return whyUnreadable(error);
    throw error;
  }
}
