import { facetPlace } from "../../policy/index.js";
import { resourceName } from "../../resources/passkeyPolicy/owner.js";
import type { TenantSpec } from "../plan.js";
import { DriftError } from "../ports.js";
import { broken, readPromise } from "./promise.js";
import type { Tenants } from "./tenants.js";

/** Reads the policy until it is what the update has promised; a `DriftError` with what is not. */
export async function verify(promises: string, tenants: Tenants, tenant: TenantSpec): Promise<void> {
  const promise = readPromise(promises, tenant);
  if (promise === undefined) throw new Error(`no update has promised anything of ${tenant.name}`);
  const parts = await tenants.policyUntil(tenant, (policy) => broken(promise, policy));
  if (parts.length === 0) return;
  const places = parts.map(({ owner, facet }) => `${facetPlace(facet)} of ${resourceName(owner)}`).join(", ");
  throw new DriftError(
    `the tenant has another value than the update has written: ${places}. Find out who changed it (Entra audit log, ` +
      "category Policy), and go on with the rollout.",
  );
}
