import { pick } from "../passkeyPolicy/inputs.js";
import type { CheckedInputs, GuardSettings } from "../passkeyPolicy/inputs.js";
import { classOf, type PartType } from "../passkeyPolicy/owner.js";
import type { PolicyState } from "../passkeyPolicy/state.js";
import type { Part } from "./part.js";
import { passkeyGroupTarget } from "./passkeyGroupTarget.js";
import { passkeyKeyRestrictions } from "./passkeyKeyRestrictions.js";
import { passkeyProfile } from "./passkeyProfile.js";

/** Properties of a resource as the engine keeps them, inputs and state alike. */
export type Properties = Record<string, unknown>;

/** What every resource has beside its declaration. */
const OURS = ["schema", "owner", "tenantId", "resolved", "mode", "managed", "__provider"] as const;

/** What a resource declares, of all its properties. */
export const declaredIn = <Declared extends GuardSettings>(part: Part<Declared>, properties: Properties): Declared =>
  pick(properties as Declared, part.declared) as Declared;

/** The properties of a resource in the form of a `PasskeyPolicy`. */
export function inward<Declared extends GuardSettings>(part: Part<Declared>, properties: Properties): Properties {
  const { profileIds } = (properties["resolved"] ?? {}) as Partial<CheckedInputs>;
  return {
    ...pick(properties, OURS),
    ...(profileIds !== undefined && { profileIds }),
    ...part.toPolicy(declaredIn(part, properties)),
  };
}

/** Properties in the form of a `PasskeyPolicy` as those of a resource that declares `declared`. */
export function outward<Declared extends GuardSettings>(
  part: Part<Declared>,
  properties: CheckedInputs | PolicyState,
  declared: Declared,
): Properties {
  return { ...pick(properties as unknown as Properties, OURS), ...declared, ...part.outputs(properties) };
}

/** The state of a resource of ours in the form of a `PasskeyPolicy`; `undefined` for any other resource. */
export function policyStateOf(type: string, outputs: Properties): PolicyState | undefined {
  switch (classOf(type) as PartType | "PasskeyPolicy" | undefined) {
    case "PasskeyPolicy":
      return outputs as unknown as PolicyState;
    case "PasskeyProfile":
      return inward(passkeyProfile, outputs) as unknown as PolicyState;
    case "PasskeyKeyRestrictions":
      return inward(passkeyKeyRestrictions, outputs) as unknown as PolicyState;
    case "PasskeyGroupTarget":
      return inward(passkeyGroupTarget, outputs) as unknown as PolicyState;
    default:
      return undefined;
  }
}
