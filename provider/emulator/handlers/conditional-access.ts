import type { ConditionalAccessPolicy } from "../access/policies.js";
import type { AuthenticationStrength } from "../access/strengths.js";
import { parseFilter } from "../directory/filter.js";
import { graphErrors, GraphHttpError } from "../errors.js";
import type { Answer, SignedCall } from "../http/call.js";
import { nextLink, readPage, refuseOtherOptions } from "../http/paging.js";
import type { Throttle } from "../people/throttle.js";

const POLICIES = "identity/conditionalAccess/policies";
const STRENGTHS = "policies/authenticationStrengthPolicies";

/** `GET /identity/conditionalAccess/policies`: `$filter` by name, state and id, `$top` and `@odata.nextLink`. */
export function listPolicies(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, ["$filter", "$top", "$skiptoken"]);
  const rows = filtered(
    call.tenant.conditionalAccess.all,
    call,
    ["id", "displayName", "state"],
    "conditionalAccessPolicy",
  );
  const page = readPage(call.query, call.tenant.effectiveSwitches.pageSize);
  return {
    status: 200,
    body: {
      "@odata.context": context(call, POLICIES),
      ...nextLink(call, page, rows.length),
      value: rows.slice(page.start, page.start + page.size).map((policy) => policyObject(call, policy)),
    },
  };
}

/** `GET /identity/conditionalAccess/policies/{id}`. */
export function getPolicy(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, []);
  const policy = call.tenant.conditionalAccess.byId(call.params["id"] ?? "");
  if (policy === undefined) {
    throw graphErrors.notFound(call.params["id"] ?? "");
  }
  return {
    status: 200,
    body: { "@odata.context": context(call, `${POLICIES}/$entity`), ...policyObject(call, policy) },
  };
}

/** `GET /policies/authenticationStrengthPolicies`: built-in and custom ones, with their configurations inside. */
export function listStrengths(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, ["$filter", "$expand"]);
  requireKnownExpand(call);
  const names = ["policyType", "displayName"];
  const rows = filtered(call.tenant.strengths.all, call, names, "authenticationStrengthPolicy");
  const value = rows.map((strength) => strengthObject(call, strength));
  return { status: 200, body: { "@odata.context": context(call, STRENGTHS), value } };
}

/** `GET /policies/authenticationStrengthPolicies/{id}`. */
export function getStrength(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, ["$expand"]);
  requireKnownExpand(call);
  const strength = strengthOf(call);
  return {
    status: 200,
    body: { "@odata.context": context(call, `${STRENGTHS}/$entity`), ...strengthObject(call, strength) },
  };
}

/** `GET /policies/authenticationStrengthPolicies/{id}/combinationConfigurations`. */
export function listCombinations(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, []);
  const strength = strengthOf(call);
  return {
    status: 200,
    body: {
      "@odata.context": context(call, combinations(strength)),
      value: structuredClone(strength.combinationConfigurations),
    },
  };
}

/** The documented limit of Conditional Access policies, for each tenant. It tells no time to come back. */
export function passPolicies(call: SignedCall, throttle: Throttle): void {
  const { conditionalAccessRequestsPerSecond: requests } = call.tenant.effectiveSwitches;
  throttle.pass(`conditionalAccess ${call.tenant.id}`, { requests, windowMs: 1000, retryAfter: false });
}

function policyObject(call: SignedCall, policy: ConditionalAccessPolicy): object {
  const { strength: id, grantControls, ...rest } = structuredClone(policy);
  const strength = id === undefined ? undefined : call.tenant.strengths.byId(id);
  const path = `${POLICIES}('${policy.id}')/grantControls/authenticationStrength/$entity`;
  const asked = strength === undefined ? null : strengthObject(call, strength);
  const grants = {
    ...grantControls,
    "authenticationStrength@odata.context": context(call, path),
    authenticationStrength: asked,
  };
  return { ...rest, grantControls: grantControls === null ? null : grants };
}

/** With its configurations inside, as in the sample of Graph docs, whether `$expand` asks for them or not. */
function strengthObject(call: SignedCall, strength: AuthenticationStrength): object {
  const { combinationConfigurations, ...rest } = structuredClone(strength);
  return {
    ...rest,
    "combinationConfigurations@odata.context": context(call, combinations(strength)),
    combinationConfigurations,
  };
}

function strengthOf(call: SignedCall): AuthenticationStrength {
  const id = call.params["id"] ?? "";
  const found = call.tenant.strengths.byId(id);
  if (found === undefined) {
    throw graphErrors.notFound(id);
  }
  return found;
}

function requireKnownExpand(call: SignedCall): void {
  const expand = call.query.get("$expand");
  if (expand !== null && expand !== "combinationConfigurations") {
    throw graphErrors.notImplemented(`$expand '${expand}' here`);
  }
}

function filtered<T extends object>(rows: readonly T[], call: SignedCall, names: string[], type: string): readonly T[] {
  const text = call.query.get("$filter");
  if (text === null) {
    return rows;
  }
  const filter = parseFilter(text, new Set(names), type);
  return rows.filter((row) => filter.matches(Object.fromEntries(Object.entries(row))));
}

function requirePremium(call: SignedCall): void {
  const refused = call.tenant.effectiveSwitches.conditionalAccessWithoutLicence === "refused";
  if (call.tenant.licence === "free" && refused) {
    throw new GraphHttpError(403, "AccessDenied", "Your tenant is not licensed for this feature.");
  }
}

function combinations(strength: AuthenticationStrength): string {
  return `${STRENGTHS}('${strength.id}')/combinationConfigurations`;
}

function context(call: SignedCall, fragment: string): string {
  return `${call.origin}/${call.version}/$metadata#${fragment}`;
}
