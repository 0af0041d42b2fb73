import { randomUUID } from "node:crypto";
import type { ConditionalAccessPolicy } from "../access/policies.js";
import { readPolicy, type PolicyContext } from "../access/policy-body.js";
import { graphErrors } from "../errors.js";
import { sameId } from "../guid.js";
import { objectBody } from "../http/body.js";
import type { Answer, SignedCall } from "../http/call.js";
import { nextLink, readPage, refuseOtherOptions } from "../http/paging.js";
import type { Throttle } from "../people/throttle.js";
import { graphTicks } from "../time.js";
import { context, filtered, requirePremium, strengthObject } from "./access.js";

const POLICIES = "identity/conditionalAccess/policies";

/** `GET /identity/conditionalAccess/policies`: `$filter` by name, state and id, `$top` and `@odata.nextLink`. */
export function listPolicies(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, ["$filter", "$top", "$skiptoken"]);
  const rows = filtered(seen(call), call, ["id", "displayName", "state"], "conditionalAccessPolicy");
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
  return { status: 200, body: entity(call, policyOf(call, seen(call))) };
}

/** `POST /identity/conditionalAccess/policies`: 201. */
export function createPolicy(call: SignedCall): Answer {
  requirePremium(call);
  const { tenant } = call;
  const written = readPolicy(objectBody(call), undefined, contextOf(call));
  const id = randomUUID();
  const policy: ConditionalAccessPolicy = { id, createdDateTime: graphTicks(), modifiedDateTime: null, ...written };
  tenant.conditionalAccess.put(policy);
  return { status: 201, body: entity(call, policy), headers: { Location: `${call.url.href}/${id}` } };
}

/** `PATCH /identity/conditionalAccess/policies/{id}`: 204. */
export function updatePolicy(call: SignedCall): Answer {
  requirePremium(call);
  const before = policyOf(call, call.tenant.conditionalAccess.all);
  const written = readPolicy(objectBody(call), before, contextOf(call));
  call.tenant.conditionalAccess.put({ ...before, ...written, modifiedDateTime: graphTicks() });
  return { status: 204 };
}

/** `DELETE /identity/conditionalAccess/policies/{id}`: 204. */
export function deletePolicy(call: SignedCall): Answer {
  requirePremium(call);
  call.tenant.conditionalAccess.remove(policyOf(call, call.tenant.conditionalAccess.all).id);
  return { status: 204 };
}

/** The documented limit of Conditional Access policies, for each tenant. It tells no time to come back. */
export function passPolicies(call: SignedCall, throttle: Throttle): void {
  const { conditionalAccessRequestsPerSecond: requests } = call.tenant.effectiveSwitches;
  throttle.pass(`conditionalAccess ${call.tenant.id}`, { requests, windowMs: 1000, retryAfter: false });
}

/** What a read sees, which may be stale. */
function seen(call: SignedCall): readonly ConditionalAccessPolicy[] {
  return call.tenant.read("conditionalAccess").conditionalAccess;
}

function policyOf(call: SignedCall, all: readonly ConditionalAccessPolicy[]): ConditionalAccessPolicy {
  const id = call.params["id"] ?? "";
  const policy = all.find((one) => sameId(one.id, id));
  if (policy === undefined) {
    throw graphErrors.notFound(id);
  }
  return policy;
}

function contextOf({ tenant }: SignedCall): PolicyContext {
  return { directory: tenant.directory, strengths: tenant.strengths, switches: tenant.effectiveSwitches };
}

function entity(call: SignedCall, policy: ConditionalAccessPolicy): object {
  return { "@odata.context": context(call, `${POLICIES}/$entity`), ...policyObject(call, policy) };
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
