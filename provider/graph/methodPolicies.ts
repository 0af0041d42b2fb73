import type { MethodPolicy, MethodTarget } from "../policy/index.js";
import { isObject, unreadable, type Json, type Transport } from "./transport.js";

/**
 * The policies of all authentication methods but passkeys, as far as they say who may use the method. A policy that does
 * not say whom it includes has no state here, because it is not known whether it lets someone in.
 *
 * @throws PermissionError without `Policy.Read.AuthenticationMethod`.
 * @see https://learn.microsoft.com/graph/api/authenticationmethodspolicy-get
 */
export async function readMethodPolicies(transport: Transport): Promise<MethodPolicy[]> {
  const spec = {
    action: "reading the policies of the other authentication methods",
    path: "/policies/authenticationMethodsPolicy",
    permissions: ["Policy.Read.AuthenticationMethod", "Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"],
    headers: { prefer: "include-unknown-enum-members" },
  };
  const { authenticationMethodConfigurations: configurations } = await transport.get(spec);
  if (!Array.isArray(configurations)) throw unreadable(spec, "authenticationMethodConfigurations is not a list");
  return configurations
    .map((configuration: unknown) => {
      if (isObject(configuration) && typeof configuration.id === "string") return toPolicy(configuration);
      throw unreadable(spec, "a policy of a method has no id");
    })
    .filter(({ id }) => id.toLowerCase() !== "fido2");
}

function toPolicy(configuration: Json): MethodPolicy {
  const { id, state, includeTargets, excludeTargets } = configuration;
  const included = toTargets(includeTargets);
  const excluded = excludeTargets === undefined || excludeTargets === null ? [] : toTargets(excludeTargets);
  const partial = Object.keys(configuration).some((name) => /^(in|ex)cludeTargets@odata\.nextLink$/.test(name));
  const known = typeof state === "string" && included && excluded && !partial;
  return {
    id: id as string,
    state: known ? state : undefined,
    includeTargets: included ?? [],
    excludeTargets: excluded ?? [],
  };
}

/** Undefined where it is not a list of targets. */
function toTargets(value: unknown): MethodTarget[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const targets = value.filter(isObject).flatMap(({ id, targetType }) => {
    return typeof id === "string" && typeof targetType === "string" ? [{ id: id.toLowerCase(), targetType }] : [];
  });
  return targets.length === value.length ? targets : undefined;
}
