import { groupOutputs } from "./group-outputs.ts";
import { idsOf, nameIs } from "./group.ts";
import { STAND_IN, type Graph, type Values } from "./types.ts";

/** A function of the plugin. */
export interface Lookup {
  readonly token: string;
  invoke(graph: Graph, args: Values): Promise<Values>;
}

const ARGUMENTS = [
  "displayName",
  "objectId",
  "mailNickname",
  "mailEnabled",
  "securityEnabled",
  "includeTransitiveMembers",
];

/** `azuread.getGroup`: one group by its name or id; none and several are errors. */
export const getGroup: Lookup = {
  token: "azuread:index/getGroup:getGroup",

  async invoke(graph, args) {
    const unknown = Object.keys(args).find((name) => args[name] != null && !ARGUMENTS.includes(name));
    if (unknown !== undefined) throw new Error(`${getGroup.token} has no argument "${unknown}" in ${STAND_IN}`);
    const { displayName, mailNickname, objectId } = args;
    const given = [displayName, mailNickname, objectId].filter((value) => value != null && value !== "");
    if (given.length !== 1) {
      throw new Error("one of `displayName,mailNickname,objectId` must be specified, and only one");
    }
    const found = objectId ? await byId(graph, String(objectId), args) : await byFilter(graph, args);
    const id = `/groups/${String(found.id)}`;
    const members = await idsOf(graph, `${id}/${args.includeTransitiveMembers ? "transitiveMembers" : "members"}`);
    const owners = await idsOf(graph, `${id}/owners`);
    const { includeTransitiveMembers } = args;
    return { ...groupOutputs(found), id, members, owners, dynamicMemberships: [], includeTransitiveMembers };
  },
};

async function byFilter(graph: Graph, args: Values): Promise<Record<string, unknown>> {
  const name = args.displayName ? nameIs(String(args.displayName)) : `mailNickname eq '${String(args.mailNickname)}'`;
  const flags = (["mailEnabled", "securityEnabled"] as const).flatMap((flag) =>
    args[flag] == null ? [] : [`${flag} eq ${String(args[flag])}`],
  );
  const filter = [name, ...flags].join(" and ");
  const [found, another] = await graph.list(`/beta/groups?$filter=${encodeURIComponent(filter)}`);
  if (found === undefined) throw new Error(`No group found matching specified filter (${filter})`);
  if (another !== undefined) throw new Error(`More than one group found matching specified filter (${filter})`);
  return found;
}

async function byId(graph: Graph, id: string, args: Values): Promise<Record<string, unknown>> {
  const found = await graph.find(`/beta/groups/${id}`);
  if (found === undefined) throw new Error(`No group found with object ID: "${id}"`);
  for (const flag of ["mailEnabled", "securityEnabled"] as const) {
    if (args[flag] == null || (found[flag] === true) === args[flag]) continue;
    throw new Error(`Group with object ID "${id}" does not have the specified ${flag} setting (${String(args[flag])})`);
  }
  return found;
}
