import type { AuthenticationStrength } from "../access/strengths.js";
import { parseFilter } from "../directory/filter.js";
import { GraphHttpError } from "../errors.js";
import type { SignedCall } from "../http/call.js";

/** Where the strengths of a tenant are. */
export const STRENGTHS = "policies/authenticationStrengthPolicies";

/** A strength with its configurations inside, as in the sample of Graph docs, whether `$expand` asks for them or not. */
export function strengthObject(call: SignedCall, strength: AuthenticationStrength): object {
  const { combinationConfigurations, ...rest } = structuredClone(strength);
  return {
    ...rest,
    "combinationConfigurations@odata.context": context(call, configurationsOf(strength)),
    combinationConfigurations,
  };
}

/** Path of the configurations of a strength, as in contexts. */
export function configurationsOf(strength: AuthenticationStrength): string {
  return `${STRENGTHS}('${strength.id}')/combinationConfigurations`;
}

/** Rows for which `$filter` holds; all of them without one. */
export function filtered<T extends object>(
  rows: readonly T[],
  call: SignedCall,
  names: string[],
  type: string,
): readonly T[] {
  const text = call.query.get("$filter");
  if (text === null) {
    return rows;
  }
  const filter = parseFilter(text, new Set(names), type);
  return rows.filter((row) => filter.matches(Object.fromEntries(Object.entries(row))));
}

/** @throws GraphHttpError 403 AccessDenied in a tenant without Entra ID P1, where the switch says so */
export function requirePremium(call: SignedCall): void {
  const refused = call.tenant.effectiveSwitches.conditionalAccessWithoutLicence === "refused";
  if (call.tenant.licence === "free" && refused) {
    throw new GraphHttpError(403, "AccessDenied", "Your tenant is not licensed for this feature.");
  }
}

/** Value of an `@odata.context`. */
export function context(call: SignedCall, fragment: string): string {
  return `${call.origin}/${call.version}/$metadata#${fragment}`;
}
