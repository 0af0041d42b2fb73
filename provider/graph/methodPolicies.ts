import { readMethodPolicy } from "../policy/access/read.js";
import type { MethodPolicy } from "../policy/index.js";
import { isObject, unreadable, type Transport } from "./transport.js";

/**
 * The policies of all authentication methods but passkeys, as far as they say who may use the method.
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
      if (isObject(configuration) && typeof configuration.id === "string") return readMethodPolicy(configuration);
      throw unreadable(spec, "a policy of a method has no id");
    })
    .filter(({ id }) => id.toLowerCase() !== "fido2");
}
