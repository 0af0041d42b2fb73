import { SETTINGS } from "../../graph/index.js";
import type { Problem } from "../../policy/index.js";

/** Names under which programs of other providers give a connection; the settings' own names are taken from their table. */
const OTHERS = ["provider", "tenant", "cloud", "connection", "credentials", "subscriptionId"];

const NAMES: ReadonlyMap<string, string> = new Map([
  ...OTHERS.map((name) => [name, "azuread:tenantId"] as const),
  ...Object.keys(SETTINGS).map((setting) => [setting.slice(setting.indexOf(":") + 1), setting] as const),
]);

/**
 * Why a property that says where or as whom to connect is none of a resource, or undefined for any other. The value is
 * never shown: it may be a secret.
 */
export function connectionFault(property: string): Pick<Problem, "reason" | "wayOut"> | undefined {
  const setting = NAMES.get(property);
  if (setting === undefined) return undefined;
  return {
    reason:
      "a resource does not say where and as whom to connect: one stack is for one tenant, and all of its resources " +
      "connect by the stack's settings",
    wayOut:
      `Leave it out and set ${setting} in the configuration of a stack for that tenant, or its environment variable; many ` +
      "tenants take one stack each",
  };
}
