import type { Managed } from "../../apply/index.js";
import { declaredOf } from "./inputs.js";
import type { CheckedInputs } from "./inputs.js";

/** What the engine keeps of a `PasskeyPolicy`. Read by every later version: add to it, never change a meaning. */
export interface PolicyState extends CheckedInputs {
  /** Version of this shape. */
  schema: 1;
  mode: string;
  managed: Managed;
}

/** The state of a resource for the inputs that it has now. */
export function stateOf(inputs: CheckedInputs, mode: string, managed: Managed): PolicyState {
  return {
    schema: 1,
    ...declaredOf(inputs),
    owner: inputs.owner,
    tenantId: inputs.tenantId,
    resolved: inputs.resolved,
    mode,
    profileIds: inputs.resolved.profileIds,
    managed,
    ...(inputs.__provider !== undefined && { __provider: inputs.__provider }),
  };
}

/** The inputs that state holds, as check would return them. */
export function inputsOf(state: PolicyState): CheckedInputs {
  return {
    ...declaredOf(state),
    owner: state.owner,
    tenantId: state.tenantId,
    profileIds: state.resolved.profileIds,
    resolved: state.resolved,
    ...(state.__provider !== undefined && { __provider: state.__provider }),
  };
}
