import type { FacetName, Problem } from "../../policy/index.js";
import type { CheckedInputs, GuardSettings, PasskeyPolicyInputs } from "../passkeyPolicy/inputs.js";
import type { PartType } from "../passkeyPolicy/owner.js";

/**
 * A resource that declares one part of the policy: how its declaration is written as a `PasskeyPolicy`, and read back.
 * Everything else, from check to delete, is done by the handler of `PasskeyPolicy`.
 */
export interface Part<Declared extends GuardSettings> {
  readonly type: PartType;
  /** The properties that a program declares. */
  readonly declared: readonly (keyof Declared & string)[];
  toPolicy(declared: Declared): PasskeyPolicyInputs;
  /** The declaration with what drifted of it, given as a `PasskeyPolicy`. */
  fromPolicy(drifted: PasskeyPolicyInputs, declared: Declared): Declared;
  id(inputs: CheckedInputs): string;
  /** By property, what another value of makes another resource. */
  identity(inputs: CheckedInputs): Readonly<Record<string, string>>;
  /** What programs see beside the declaration; known at preview. */
  outputs(inputs: CheckedInputs): Readonly<Record<string, unknown>>;
  /** What is wrong with a declaration whose properties have the right form. */
  problems?(declared: Declared): Problem[];
  /** The facet whose absence says that the resource is gone; of most resources only drift can be seen. */
  goneWith?(inputs: CheckedInputs): FacetName | undefined;
}
