import type { Existing, Fields, Graph, ResourceType, Values } from "./types.ts";

const PATH = "/policies/authenticationStrengthPolicies";

const fields: Fields = {
  displayName: { kind: "text", required: true },
  description: { kind: "text" },
  allowedCombinations: { kind: "set", required: true },
};

/** `azuread.AuthenticationStrengthPolicy`, on v1.0. Its id is `/policies/authenticationStrengthPolicies/{uuid}`. */
export const authenticationStrengthPolicy: ResourceType = {
  token: "azuread:index/authenticationStrengthPolicy:AuthenticationStrengthPolicy",
  fields,
  outputs: [],

  async create(graph, inputs) {
    const { displayName, description = "", allowedCombinations } = inputs;
    const body = { displayName, description, allowedCombinations };
    const { id } = await graph.call("POST", `/v1.0${PATH}`, body);
    return existing(graph, `${PATH}/${String(id)}`);
  },

  async read(graph, id) {
    const found = await graph.find(`/v1.0${id}`);
    return found && { id, outputs: outputsOf(found) };
  },

  async update(graph, id, before, inputs) {
    const { displayName, description = "", allowedCombinations } = inputs;
    await graph.call("PATCH", `/v1.0${id}`, { displayName, description });
    if (!sameSet(before.allowedCombinations, allowedCombinations)) {
      await graph.call("POST", `/v1.0${id}/updateAllowedCombinations`, { allowedCombinations });
    }
    return existing(graph, id);
  },

  async delete(graph, id) {
    await graph.call("DELETE", `/v1.0${id}`);
  },
};

async function existing(graph: Graph, id: string): Promise<Existing> {
  return { id, outputs: outputsOf(await graph.call("GET", `/v1.0${id}`)) };
}

function outputsOf(body: Record<string, unknown>): Values {
  const { displayName, description, allowedCombinations } = body as Values;
  return {
    displayName,
    description: description ?? "",
    allowedCombinations: [...((allowedCombinations ?? []) as string[])].sort(),
  };
}

/** Whether two lists have the same members. */
function sameSet(one: unknown, other: unknown): boolean {
  const text = (set: unknown) => JSON.stringify([...new Set((set ?? []) as string[])].sort());
  return text(one) === text(other);
}
