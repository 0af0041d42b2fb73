import { randomBytes, randomUUID } from "node:crypto";
import { groupOutputs } from "./group-outputs.ts";
import { complete } from "./shape.ts";
import { HalfCreatedError, STAND_IN, type Fields, type Graph, type ResourceType, type Values } from "./types.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const fields: Fields = {
  displayName: { kind: "text", required: true },
  description: { kind: "text" },
  securityEnabled: { kind: "flag" },
  mailEnabled: { kind: "flag" },
  mailNickname: { kind: "text", computed: true, replaces: true },
  members: { kind: "set", computed: true, each: UUID },
  owners: { kind: "set", computed: true, each: UUID },
  preventDuplicateNames: { kind: "flag" },
  assignableToRole: { kind: "flag", replaces: true },
};

/** `azuread.Group` for security groups with assigned members, on beta. Its id is `/groups/{uuid}`. */
export const group: ResourceType = {
  token: "azuread:index/group:Group",
  fields,
  outputs: Object.keys(groupOutputs({})).filter((name) => fields[name] === undefined),

  check({ mailEnabled, securityEnabled }) {
    if (mailEnabled === true) {
      return [{ property: "mailEnabled", reason: `mail-enabled groups are not in ${STAND_IN}; use the real plugin` }];
    }
    const reason = "one of `mailEnabled,securityEnabled` must be specified";
    return mailEnabled == null && securityEnabled == null ? [{ property: "securityEnabled", reason }] : [];
  },

  async create(graph, inputs) {
    if (inputs.preventDuplicateNames === true) await refuseDuplicate(graph, String(inputs.displayName));
    const owners = await ownersOf(graph, (inputs.owners ?? []) as string[]);
    const created = await graph.call("POST", "/beta/groups", {
      "@odata.type": "#microsoft.graph.group",
      ...written(inputs),
      groupTypes: [],
      ...(inputs.assignableToRole === true && { isAssignableToRole: true }),
      mailEnabled: false,
      mailNickname: inputs.mailNickname || randomNickname(),
      "owners@odata.bind": owners.map((id) => linkTo(graph, id)),
    });
    const id = `/groups/${String(created.id)}`;
    try {
      // The real plugin sees by this that the new group can be written everywhere.
      await graph.call("PATCH", `/beta${id}`, { displayName: `TERRAFORM_UPDATE_${randomUUID()}` });
      await graph.call("PATCH", `/beta${id}`, { displayName: inputs.displayName });
      for (const member of (inputs.members ?? []) as string[]) await addTo(graph, `${id}/members`, member);
      return { id, outputs: await readOutputs(graph, id, inputs, await graph.call("GET", `/beta${id}`)) };
    } catch (error) {
      const outputs = { ...groupOutputs(created), ...complete(fields, inputs, groupOutputs(created)) };
      throw new HalfCreatedError({ id, outputs }, error);
    }
  },

  async read(graph, id, before) {
    const found = await graph.find(`/beta${id}`);
    return found && { id, outputs: await readOutputs(graph, id, before, found) };
  },

  async update(graph, id, before, inputs) {
    if (inputs.preventDuplicateNames === true && inputs.displayName !== before.displayName) {
      await refuseDuplicate(graph, String(inputs.displayName));
    }
    await graph.call("PATCH", `/beta${id}`, written(inputs));
    if (inputs.members != null) await setLinks(graph, `${id}/members`, inputs.members as string[], "removed first");
    // A group without owners is never there in between.
    if (inputs.owners != null) await setLinks(graph, `${id}/owners`, inputs.owners as string[], "added first");
    return { id, outputs: await readOutputs(graph, id, inputs, await graph.call("GET", `/beta${id}`)) };
  },

  async delete(graph, id) {
    if ((await graph.find(`/beta${id}`)) !== undefined) await graph.call("DELETE", `/beta${id}`);
  },
};

function written({ displayName, description, securityEnabled }: Values): object {
  return { displayName, description: description || null, securityEnabled: securityEnabled ?? false };
}

async function refuseDuplicate(graph: Graph, name: string): Promise<void> {
  const [found] = await graph.list(`/beta/groups?$filter=${encodeURIComponent(nameIs(name))}`);
  if (found === undefined) return;
  throw new Error(
    `A group with the name "${name}" already exists (${String(found.id)}), and preventDuplicateNames is set: ` +
      `choose another name, or import it with the id /groups/${String(found.id)}`,
  );
}

/** The condition that a directory object has this name. */
export function nameIs(name: string): string {
  return `displayName eq '${name.replaceAll("'", "''")}'`;
}

/** Who owns a new group: the caller where nobody is named; others count by their type, one type after the other. */
async function ownersOf(graph: Graph, wanted: string[]): Promise<string[]> {
  if (wanted.length === 0) return [graph.caller];
  const owners = new Set(wanted.filter((id) => id === graph.caller));
  for (const type of ["user", "servicePrincipal", "group"]) {
    for (const id of wanted.filter((id) => id !== graph.caller)) {
      const { "@odata.type": found } = await graph.call("GET", `/v1.0/directoryObjects/${id}`);
      if (found === `#microsoft.graph.${type}`) owners.add(id);
    }
  }
  return [...owners];
}

async function setLinks(
  graph: Graph,
  path: string,
  wanted: string[],
  order: "added first" | "removed first",
): Promise<void> {
  const there = (await graph.list(`/beta${path}`)).map(({ id }) => String(id));
  const add = async () => {
    for (const id of wanted.filter((id) => !there.includes(id))) await addTo(graph, path, id);
  };
  if (order === "added first") await add();
  for (const id of there.filter((id) => !wanted.includes(id))) await graph.call("DELETE", `/beta${path}/${id}/$ref`);
  if (order === "removed first") await add();
}

async function addTo(graph: Graph, path: string, id: string): Promise<void> {
  await graph.call("POST", `/beta${path}/$ref`, { "@odata.id": linkTo(graph, id) });
}

function linkTo({ base }: Graph, id: string): string {
  return `${base}/beta/directoryObjects/${id}`;
}

async function readOutputs(graph: Graph, id: string, kept: Values, body: Record<string, unknown>): Promise<Values> {
  const owners = await idsOf(graph, `${id}/owners`);
  const members = await idsOf(graph, `${id}/members`);
  const units = (await graph.list(`/beta${id}/memberOf`)).filter(
    (parent) => parent["@odata.type"] === "#microsoft.graph.administrativeUnit",
  );
  return {
    ...groupOutputs(body),
    owners,
    members,
    administrativeUnitIds: units.map((unit) => String(unit.id)),
    preventDuplicateNames: kept.preventDuplicateNames ?? false,
  };
}

/** Ids of a collection of directory objects, sorted. */
export async function idsOf(graph: Graph, path: string): Promise<string[]> {
  return (await graph.list(`/beta${path}`)).map(({ id }) => String(id)).sort();
}

/** Like that of the portal: eight digits, a dash and one more. */
function randomNickname(): string {
  return randomBytes(5)
    .toString("hex")
    .replace(/^(.{8})(.).$/, "$1-$2");
}
