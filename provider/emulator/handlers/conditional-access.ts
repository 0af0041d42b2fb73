import type { ConditionalAccessPolicy } from "../access/policies.js";
import { graphErrors } from "../errors.js";
import type { Answer, SignedCall } from "../http/call.js";
import { nextLink, readPage, refuseOtherOptions } from "../http/paging.js";
import type { Throttle } from "../people/throttle.js";
import { context, filtered, requirePremium, strengthObject } from "./access.js";

const POLICIES = "identity/conditionalAccess/policies";

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
