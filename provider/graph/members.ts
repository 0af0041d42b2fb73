import { GraphError, type Failure } from "./errors.js";
import type { ReadOptions } from "./options.js";
import { unreadable, type Transport } from "./transport.js";

/** Reads groups and their members. */
export const GROUP_PERMISSIONS = ["GroupMember.Read.All", "Group.Read.All"];

/** A user in a group. */
export interface MemberRecord {
  /** Object id in lower case. */
  readonly id: string;
  /** Whether the user is in it through another group only. */
  readonly nested: boolean;
}

/**
 * The users in a group, each once, with how they got there: by being a member, or through nested groups only. One list
 * where no group is in the group, else two. Someone who joins or leaves in between may count as nested.
 *
 * @throws GraphError with status 404 where the group does not exist.
 * @see https://learn.microsoft.com/graph/api/group-list-transitivemembers
 * @see https://learn.microsoft.com/graph/api/group-list-members
 */
export async function readMembers(
  transport: Transport,
  groupId: string,
  options: ReadOptions = {},
): Promise<MemberRecord[]> {
  const all = await listMembers(transport, groupId, "transitiveMembers", options);
  const ids = all.users.map((id) => id.toLowerCase());
  if (!all.hasGroups) return ids.map((id) => ({ id, nested: false }));
  const { users } = await listMembers(transport, groupId, "members", options);
  const direct = new Set(users.map((id) => id.toLowerCase()));
  return ids.map((id) => ({ id, nested: !direct.has(id) }));
}

/** The users among the members, as Graph writes their ids, each once; and whether a group is among them. */
export async function listMembers(
  transport: Transport,
  groupId: string,
  relation: "members" | "transitiveMembers",
  options: ReadOptions = {},
): Promise<{ users: string[]; hasGroups: boolean }> {
  const users = new Map<string, string>();
  let hasGroups = false;
  for await (const page of memberPages(transport, groupId, relation, options)) {
    for (const id of page.users) users.set(id.toLowerCase(), id);
    hasGroups ||= page.hasGroups;
  }
  return { users: [...users.values()], hasGroups };
}

/** Somebody in a group, through nested groups, too; undefined where there is nobody. Reads no further than that takes. */
export async function findMember(transport: Transport, groupId: string): Promise<string | undefined> {
  for await (const { users } of memberPages(transport, groupId, "transitiveMembers")) {
    if (users[0] !== undefined) return users[0];
  }
  return undefined;
}

async function* memberPages(
  transport: Transport,
  groupId: string,
  relation: "members" | "transitiveMembers",
  options: ReadOptions = {},
): AsyncGenerator<{ users: string[]; hasGroups: boolean }> {
  const spec = {
    action: `reading the members of group ${groupId}`,
    path: `/groups/${encodeURIComponent(groupId)}/${relation}`,
    query: { $select: "id", $top: "999" },
    permissions: GROUP_PERMISSIONS,
    onMissing: (failure: Failure) => new GraphError(failure, "The group does not exist (any more): check its id."),
    ...options,
  };
  for await (const page of transport.pages(spec)) {
    const users: string[] = [];
    let hasGroups = false;
    for (const { id, "@odata.type": type } of page) {
      if (typeof id !== "string" || typeof type !== "string") throw unreadable(spec, "a member has no id or type");
      if (type === "#microsoft.graph.user") users.push(id);
      hasGroups ||= type === "#microsoft.graph.group";
    }
    yield { users, hasGroups };
  }
}
