export { PasskeyPolicy } from "./resources/PasskeyPolicy.js";
export type { PasskeyPolicyArgs } from "./resources/PasskeyPolicy.js";
export type {
  IncludeTargetInputs,
  KeyRestrictionsInputs,
  PasskeyPolicyInputs,
  ProfileInputs,
} from "./resources/passkeyPolicy/inputs.js";
export type { ModelSelector } from "./catalogue/index.js";
