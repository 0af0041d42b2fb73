import type { Inventory, Person } from "../policy/index.js";
import { buildInventory, type BuildOptions, type BuildResult } from "./build.js";
import { groupsOf, type InventoryScope } from "./directory.js";
import type { PersonLine } from "./format.js";
import { Interning } from "./intern.js";
import type { InventoryGraph } from "./port.js";
import { Tally, type Totals } from "./tally.js";

/** An inventory that was just read. */
export interface LiveInventory extends Inventory, BuildResult {
  /** When reading began, ISO 8601. */
  readonly created: string;
  readonly totals: Totals;
}

/**
 * Reads an inventory into memory, as for a preview of a change that concerns a few groups; see {@link buildInventory}.
 * Ids and times of passkeys are not kept.
 */
export async function collectInventory(
  graph: InventoryGraph,
  scope: InventoryScope,
  options: BuildOptions,
): Promise<LiveInventory> {
  const created = new Date(graph.now()).toISOString();
  const interning = new Interning();
  const people: Person[] = [];
  const tally = new Tally();
  const sink = {
    begin: () => {},
    write: ({ report: _report, readAt: _readAt, ...person }: PersonLine) => {
      const { otherMethods, passkeys } = person;
      tally.add(person);
      people.push({
        ...person,
        ...(otherMethods && { otherMethods: interning.list(otherMethods) }),
        ...(passkeys && { passkeys: interning.passkeys(passkeys) }),
      });
    },
  };
  const result = await buildInventory(graph, scope, sink, options);
  const { all, scope: deciding } = groupsOf(scope);
  return {
    people,
    scope: deciding === "everyone" ? deciding : new Set(deciding),
    groupsRead: new Set(all),
    created,
    totals: tally.totals,
    ...result,
  };
}
