export { PasskeyPolicy } from "./resources/PasskeyPolicy.js";
export type { PasskeyPolicyArgs } from "./resources/PasskeyPolicy.js";
export { PasskeyProfile } from "./resources/PasskeyProfile.js";
export type { PasskeyProfileArgs } from "./resources/PasskeyProfile.js";
export { PasskeyKeyRestrictions } from "./resources/PasskeyKeyRestrictions.js";
export type { PasskeyKeyRestrictionsArgs } from "./resources/PasskeyKeyRestrictions.js";
export { PasskeyGroupTarget } from "./resources/PasskeyGroupTarget.js";
export type { PasskeyGroupTargetArgs } from "./resources/PasskeyGroupTarget.js";
export { TemporaryAccessPassPolicy } from "./resources/TemporaryAccessPassPolicy.js";
export type { TemporaryAccessPassPolicyArgs } from "./resources/TemporaryAccessPassPolicy.js";
export type { TemporaryAccessPassPolicyInputs } from "./resources/documents/temporaryAccessPass.js";
export { PasskeyAuthenticationStrength } from "./resources/PasskeyAuthenticationStrength.js";
export type { PasskeyAuthenticationStrengthArgs } from "./resources/PasskeyAuthenticationStrength.js";
export type { PasskeyAuthenticationStrengthInputs } from "./resources/documents/authenticationStrength.js";
export { PasskeyPersona } from "./resources/PasskeyPersona.js";
export type { PasskeyPersonaArgs, PasskeyPersonaInputs } from "./resources/PasskeyPersona.js";
export { workstationFilter } from "./resources/workstationFilter.js";
export type { WorkstationFilter } from "./resources/workstationFilter.js";
export type { GuardArgs } from "./resources/shim.js";
export type {
  AcknowledgementInputs,
  BreakGlassInputs,
  GuardSettings,
  IncludeTargetInputs,
  KeyRestrictionsInputs,
  PasskeyPolicyInputs,
  ProfileInputs,
} from "./resources/passkeyPolicy/inputs.js";
export type { PasskeyGroupTargetInputs } from "./resources/parts/passkeyGroupTarget.js";
export type { PasskeyKeyRestrictionsInputs } from "./resources/parts/passkeyKeyRestrictions.js";
export type { PasskeyProfileInputs } from "./resources/parts/passkeyProfile.js";
export { select } from "./catalogue/select.js";
export type { ModelSelector } from "./catalogue/select.js";
