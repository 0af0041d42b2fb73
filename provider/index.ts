export { PasskeyPolicy } from "./resources/PasskeyPolicy.js";
export type { PasskeyPolicyArgs } from "./resources/PasskeyPolicy.js";
export type {
  AcknowledgementInputs,
  BreakGlassInputs,
  IncludeTargetInputs,
  KeyRestrictionsInputs,
  PasskeyPolicyInputs,
  ProfileInputs,
} from "./resources/passkeyPolicy/inputs.js";
export { select } from "./catalogue/select.js";
export type { ModelSelector } from "./catalogue/select.js";
