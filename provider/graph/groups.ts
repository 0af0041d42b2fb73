import { readEach } from "./batch.js";
import { GROUP_PERMISSIONS, listMembers } from "./members.js";
import { nextLink, pageItems, unreadable, type Json, type RequestSpec, type Transport } from "./transport.js";

/** A group, as far as targets need it. */
export interface GroupRecord {
  /** Object id, as Graph writes it. */
  readonly id: string;
  readonly displayName: string;
  /** Only security groups can be targets. */
  readonly securityEnabled: boolean;
  /** Whether a rule, not a person, decides who is a member. */
  readonly dynamic: boolean;
}

/** Which groups to look for. */
export interface GroupQuery {
  /** Object ids; what is not a GUID is no group's id and is not asked for. */
  readonly ids?: readonly string[];
  /** Display names, compared by Graph without regard to case. Several groups can have the same one. */
  readonly names?: readonly string[];
}

/** Graph takes 15 values in one `in`. @see https://learn.microsoft.com/graph/filter-query-parameter */
const VALUES_PER_REQUEST = 15;
/** Characters of an encoded filter; gateways refuse long URLs, and display names can have 256 characters of any script. */
const FILTER_LENGTH = 1500;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SELECT = "id,displayName,securityEnabled,mailEnabled,groupTypes";

/** More filters than these go as one batch: many groups are to cost no more requests than a few. */
const SINGLE_REQUESTS = 2;

/**
 * The groups that exist of those asked for, each once, in no particular order. No request where nothing is asked for.
 *
 * @see https://learn.microsoft.com/graph/api/group-list
 */
export async function findGroups(transport: Transport, query: GroupQuery): Promise<GroupRecord[]> {
  const ids = unique(query.ids ?? []).filter((id) => GUID.test(id));
  const filters = [...toFilters("id", ids), ...toFilters("displayName", unique(query.names ?? []))];
  const found =
    filters.length <= SINGLE_REQUESTS
      ? await Promise.all(filters.map((filter) => list(transport, filter)))
      : await listMany(transport, filters);
  return [...new Map(found.flat().map((group) => [group.id.toLowerCase(), group])).values()];
}

/**
 * The object ids of all users in a group, through nested groups, too. Other members are left out.
 *
 * Asks for members of every type and picks the users here: the request for users only is answered from an index that
 * lags behind, and needs a permission to read users.
 *
 * @throws GraphError with status 404 where the group does not exist.
 * @see https://learn.microsoft.com/graph/api/group-list-transitivemembers
 */
export async function readUserMembers(transport: Transport, groupId: string): Promise<string[]> {
  return (await listMembers(transport, groupId, "transitiveMembers")).users;
}

const ACTION = "looking up groups";

async function list(transport: Transport, filter: string): Promise<GroupRecord[]> {
  const query = { $filter: filter, $select: SELECT };
  const spec = { action: ACTION, path: "/groups", query, permissions: GROUP_PERMISSIONS };
  return (await transport.list(spec)).map((group) => readRecord(spec, group));
}

/** @see https://learn.microsoft.com/graph/json-batching */
async function listMany(transport: Transport, filters: readonly string[]): Promise<GroupRecord[][]> {
  const path = (filter: string) => `/groups?$filter=${encodeURIComponent(filter)}&$select=${SELECT}`;
  const spec = { action: ACTION, path: "/groups", permissions: GROUP_PERMISSIONS };
  const found: GroupRecord[][] = [];
  await readEach(transport, { ...spec, path }, filters, async (answer) => {
    if ("failure" in answer) throw answer.failure;
    if ("gone" in answer) throw unreadable(spec, "a list of groups is not there");
    const groups = [...pageItems(spec, answer.body)];
    const link = nextLink(spec, answer.body);
    if (link !== undefined) for await (const page of transport.pages(spec, link)) groups.push(...page);
    found.push(groups.map((group) => readRecord(spec, group)));
  });
  return found;
}

function readRecord(spec: RequestSpec, group: Json): GroupRecord {
  const record = toRecord(group);
  if (!record) throw unreadable(spec, "a group lacks one of the properties asked for");
  return record;
}

function toRecord(group: Json): GroupRecord | undefined {
  const { id, displayName, securityEnabled, groupTypes } = group;
  if (typeof id !== "string" || typeof displayName !== "string") return undefined;
  if (typeof securityEnabled !== "boolean" || !Array.isArray(groupTypes)) return undefined;
  return { id, displayName, securityEnabled, dynamic: groupTypes.includes("DynamicMembership") };
}

function toFilters(field: string, values: readonly string[]): string[] {
  const filters: string[][] = [];
  let length = 0;
  for (const value of values) {
    const literal = `'${value.replaceAll("'", "''")}'`;
    const last = filters.at(-1);
    const added = encodeURIComponent(literal).length + 3;
    if (last && last.length < VALUES_PER_REQUEST && length + added <= FILTER_LENGTH) {
      last.push(literal);
      length += added;
    } else {
      filters.push([literal]);
      length = added;
    }
  }
  return filters.map((literals) => `${field} in (${literals.join(",")})`);
}

/** Each value once, without regard to case, because Graph compares that way. */
function unique(values: readonly string[]): string[] {
  return [...new Map(values.map((value) => [value.toLowerCase(), value])).values()];
}
