import type { StrengthRequirement } from "../policy/index.js";
import { fido2Limit } from "../policy/access/grants.js";
import { readAuthenticationStrength, readConditionalAccessPolicy } from "../policy/access/read.js";
import { requirementOf, type Strength } from "../policy/access/requirement.js";
import { isObject, unreadable, type Json, type RequestSpec, type Transport } from "./transport.js";

const PREFER = { prefer: "include-unknown-enum-members" };

/** Lists the Conditional Access policies. */
export const CONDITIONAL_ACCESS: RequestSpec = {
  action: "reading the Conditional Access policies",
  path: "/identity/conditionalAccess/policies",
  permissions: ["Policy.Read.All"],
  headers: PREFER,
};

/** Lists the authentication strengths. */
export const STRENGTHS: RequestSpec = {
  action: "reading the authentication strengths",
  path: "/policies/authenticationStrengthPolicies",
  permissions: [
    "Policy.Read.AuthenticationMethod",
    "Policy.Read.All",
    "Policy.ReadWrite.AuthenticationMethod",
    "Policy.ReadWrite.ConditionalAccess",
  ],
  headers: PREFER,
};

/** The combination configurations of a strength whose list does not carry them: that depends on the service. */
export function listConfigurations(transport: Transport, id: string): Promise<Json[]> {
  return transport.list({
    ...STRENGTHS,
    path: `${STRENGTHS.path}/${encodeURIComponent(id)}/combinationConfigurations`,
  });
}

/**
 * The Conditional Access policies that are enabled and ask for an authentication strength at sign-in, each with what its
 * strength allows. Left out: policies in report-only mode, and those for user actions, such as registering security
 * information. Ids of users are object ids, `all`, or `guestsorexternalusers`; `none` is left out.
 *
 * `conditional` is whether it does not ask always: other conditions than users, all resources and all client types; or
 * only some resources or authentication contexts, of which only those would be lost; or another control would do instead.
 * A policy for all resources but a few asks always.
 *
 * @throws PermissionError without `Policy.Read.All`; LicenceError or PermissionError where the tenant lacks Entra ID P1.
 * @see https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies
 * @see https://learn.microsoft.com/graph/api/authenticationstrengthroot-list-policies
 */
export async function readStrengthRequirements(transport: Transport): Promise<StrengthRequirement[]> {
  const policies = (await transport.list(CONDITIONAL_ACCESS)).filter(({ state, grantControls }) => {
    return state === "enabled" && isObject(grantControls) && isObject(grantControls.authenticationStrength);
  });
  if (policies.length === 0) return [];
  const strengths = await readStrengths(transport, new Set(policies.map(strengthId)));
  return policies.flatMap((policy) => {
    const strength = strengths.get(strengthId(policy));
    if (!strength) {
      throw unreadable(CONDITIONAL_ACCESS, "a policy asks for an authentication strength that does not exist");
    }
    return requirementOf(readConditionalAccessPolicy(policy), strength) ?? [];
  });
}

function strengthId(policy: Json): string {
  const { authenticationStrength } = policy.grantControls as Json;
  return String((authenticationStrength as Json).id).toLowerCase();
}

/** Those that are asked for, by id. */
async function readStrengths(transport: Transport, wanted: ReadonlySet<string>): Promise<Map<string, Strength>> {
  const strengths = new Map<string, Strength>();
  for (const strength of await transport.list(STRENGTHS)) {
    const { id, displayName, allowedCombinations, combinationConfigurations } = strength;
    if (typeof id !== "string" || !isTexts(allowedCombinations)) {
      throw unreadable(STRENGTHS, "a strength lacks its id or its combinations");
    }
    if (!wanted.has(id.toLowerCase())) continue;
    const configurations = Array.isArray(combinationConfigurations)
      ? combinationConfigurations.filter(isObject)
      : await listConfigurations(transport, id);
    const limit = fido2Limit(readAuthenticationStrength({ combinationConfigurations: configurations }));
    if (limit === "unknown") throw unreadable(STRENGTHS, "a strength does not say which models it is limited to");
    strengths.set(id.toLowerCase(), {
      name: typeof displayName === "string" ? displayName : id,
      id: id.toLowerCase(),
      allowedCombinations,
      ...(limit !== "any" && { allowedAaguids: limit }),
    });
  }
  return strengths;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
