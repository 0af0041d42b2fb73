import type { CustomStrength } from "../policy/customStrength.js";
import { isObject, unreadable, type Json, type Transport } from "./transport.js";

/** Where authentication strengths are, below the version. */
const PATH = "/policies/authenticationStrengthPolicies";
/** Where Graph documents their combination configurations. */
const CONFIGURATIONS_PATH = "/identity/conditionalAccess/authenticationStrength/policies";
const ODATA_TYPE = "#microsoft.graph.fido2CombinationConfiguration";
const READ = ["Policy.Read.AuthenticationMethod", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"];
const WRITE = ["Policy.ReadWrite.ConditionalAccess", "Policy.ReadWrite.AuthenticationMethod"];
const PREFER = { prefer: "include-unknown-enum-members" };

/** What a strength is made of. */
export type NewStrength = Pick<CustomStrength, "displayName" | "description" | "allowedCombinations">;

/**
 * All authentication strengths of the tenant, the built-in ones among them.
 *
 * @throws UnreadableAnswerError where one lacks what it must have.
 * @see https://learn.microsoft.com/graph/api/authenticationstrengthroot-list-policies
 */
export async function listStrengths(transport: Transport): Promise<CustomStrength[]> {
  const spec = { action: "reading the authentication strengths", path: PATH, permissions: READ, headers: PREFER };
  const strengths: CustomStrength[] = [];
  for (const strength of await transport.list(spec)) {
    const { id, displayName, description, policyType, allowedCombinations } = strength;
    if (
      typeof id !== "string" ||
      typeof displayName !== "string" ||
      !Array.isArray(allowedCombinations) ||
      !allowedCombinations.every((item) => typeof item === "string")
    ) {
      throw unreadable(spec, "a strength lacks its id, its name or its combinations");
    }
    strengths.push({
      id: id.toLowerCase(),
      displayName,
      description: typeof description === "string" ? description : "",
      policyType: typeof policyType === "string" ? policyType : "unknown",
      allowedCombinations,
      ...(await configurations(transport, strength, id)),
    });
  }
  return strengths;
}

/** Whether the list carries them depends on the service; of built-in strengths nobody asks. */
async function configurations(
  transport: Transport,
  strength: Json,
  id: string,
): Promise<Pick<CustomStrength, "fido2">> {
  const spec = { action: "reading an authentication strength", path: pathOf(id, true), permissions: READ };
  const inline = strength.combinationConfigurations;
  const all = Array.isArray(inline)
    ? inline.filter(isObject)
    : strength.policyType === "builtIn"
      ? []
      : await transport.list(spec);
  const ours = all.filter((one) => one["@odata.type"] === ODATA_TYPE || Array.isArray(one.allowedAAGUIDs));
  const [first, ...more] = ours;
  if (first === undefined) return {};
  const { id: configuration, allowedAAGUIDs } = first;
  const isRead = typeof configuration === "string" && Array.isArray(allowedAAGUIDs);
  if (!isRead || more.length > 0) throw unreadable(spec, "it is not clear which models a strength is limited to");
  return {
    fido2: { id: configuration, allowedAAGUIDs: allowedAAGUIDs.map((aaguid) => String(aaguid).toLowerCase()) },
  };
}

/**
 * Creates a strength without a limit to models; that is written as a configuration of its own.
 *
 * @returns its id.
 * @see https://learn.microsoft.com/graph/api/authenticationstrengthroot-post-policies
 */
export async function createStrength(transport: Transport, strength: NewStrength): Promise<string> {
  const { displayName, description, allowedCombinations } = strength;
  const spec = { action: `creating the authentication strength ${displayName}`, path: PATH, permissions: WRITE };
  const { id } = await transport.create(spec, {
    displayName,
    description,
    allowedCombinations: [...allowedCombinations],
  });
  if (typeof id !== "string") throw unreadable(spec, "the new strength has no id");
  return id.toLowerCase();
}

/** @see https://learn.microsoft.com/graph/api/authenticationstrengthpolicy-update */
export async function patchStrength(
  transport: Transport,
  id: string,
  members: Partial<Pick<CustomStrength, "displayName" | "description">>,
): Promise<void> {
  await transport.patch(
    { action: "updating an authentication strength", path: pathOf(id), permissions: WRITE },
    { ...members },
  );
}

/** @see https://learn.microsoft.com/graph/api/authenticationstrengthpolicy-updateallowedcombinations */
export async function updateAllowedCombinations(
  transport: Transport,
  id: string,
  allowedCombinations: readonly string[],
): Promise<void> {
  await transport.create(
    {
      action: "updating the combinations of an authentication strength",
      path: `${pathOf(id)}/updateAllowedCombinations`,
      permissions: WRITE,
    },
    { allowedCombinations: [...allowedCombinations] },
  );
}

/**
 * Limits `fido2` of a strength to models.
 *
 * @param configuration id of the configuration that there is; absent: a new one.
 * @see https://learn.microsoft.com/graph/api/resources/fido2combinationconfiguration
 */
export async function limitToModels(
  transport: Transport,
  id: string,
  configuration: string | undefined,
  allowedAAGUIDs: readonly string[],
): Promise<void> {
  const action = "limiting an authentication strength to models";
  const body = { "@odata.type": ODATA_TYPE, allowedAAGUIDs: [...allowedAAGUIDs], appliesToCombinations: ["fido2"] };
  if (configuration === undefined) {
    await transport.create({ action, path: pathOf(id, true), permissions: WRITE }, body);
  } else {
    const path = `${pathOf(id, true)}/${encodeURIComponent(configuration)}`;
    await transport.patch({ action, path, permissions: WRITE }, body);
  }
}

/** Takes the limit to models away. */
export async function removeLimit(transport: Transport, id: string, configuration: string): Promise<void> {
  const path = `${pathOf(id, true)}/${encodeURIComponent(configuration)}`;
  await transport.remove({ action: "taking the models off an authentication strength", path, permissions: WRITE });
}

/** @see https://learn.microsoft.com/graph/api/authenticationstrengthpolicy-delete */
export async function deleteStrength(transport: Transport, id: string): Promise<void> {
  await transport.remove({ action: "deleting an authentication strength", path: pathOf(id), permissions: WRITE });
}

function pathOf(id: string, configurations = false): string {
  const [base, below] = configurations ? [CONFIGURATIONS_PATH, "/combinationConfigurations"] : [PATH, ""];
  return `${base}/${encodeURIComponent(id)}${below}`;
}
