import { ALL_USERS } from "../policy/index.js";
import type { Inventory, Registration } from "../policy/index.js";

/**
 * The passkeys of an inventory one by one, as the planner wants them. Someone whose passkeys could not be read has one
 * of which nothing is known, so that it counts as unknown and not as none.
 */
export function registrationsOf(inventory: Inventory): Registration[] {
  return inventory.people.flatMap(({ user, groups, nested, passkeys }): Registration[] => {
    const who = { user, groups, ...(nested !== undefined && { nested }) };
    if (passkeys === undefined) return [{ id: `${user}#unread`, ...who }];
    return passkeys.map(({ id, aaguid, passkeyType }, index) => ({
      id: id ?? `${user}#${index}`,
      ...who,
      ...(aaguid !== undefined && { aaguid: aaguid.toLowerCase() }),
      ...(passkeyType !== undefined && { passkeyType }),
    }));
  });
}

/**
 * Those of some targets (group ids, `all_users`) of which the inventory does not know who is in them, or which of their
 * members it has. A plan that depends on one of them cannot be judged with it.
 */
export function uncoveredTargets(
  inventory: Inventory,
  targets: { readonly include: Iterable<string>; readonly exclude?: Iterable<string> },
): string[] {
  const { scope, groupsRead } = inventory;
  const isRead = (id: string) => groupsRead === undefined || groupsRead.has(id);
  const includes = lowered(targets.include).filter((id) => {
    if (scope === "everyone") return id !== ALL_USERS && !isRead(id);
    return !scope.has(id) || !isRead(id);
  });
  const excludes = lowered(targets.exclude ?? []).filter((id) => !isRead(id));
  return [...new Set([...includes, ...excludes])];
}

function lowered(ids: Iterable<string>): string[] {
  return [...ids].map((id) => id.toLowerCase());
}
