export type { Authentication, CertificateSource } from "./authentication.js";
export type { OidcSource } from "./oidc.js";
export { CLOUDS, CloudUnsupportedError, findCloud, type Cloud } from "./clouds.js";
export { createCredential } from "./credentials.js";
export {
  BadRequestError,
  GraphError,
  LicenceError,
  OutcomeUnknownError,
  PermissionError,
  PolicyMissingError,
  SignInError,
  ThrottledError,
  UnreadableAnswerError,
} from "./errors.js";
export type { AccountKind, AccountRecord } from "./accounts.js";
export type { Fido2Method, Fido2MethodsAnswer, Fido2MethodsOptions } from "./fido2Methods.js";
export type { NewStrength } from "./customStrengths.js";
export { createGraph, type Graph, type StrengthsGraph } from "./graph.js";
export type { GroupQuery, GroupRecord } from "./groups.js";
export type { InspectedAccount, InspectedMembership, InspectionGraph } from "./inspection.js";
export type { MemberRecord } from "./members.js";
export type { GraphOptions, ReadOptions, RequestEvent, RetryLimits, Surroundings } from "./options.js";
export { policyFault, type PatchOptions } from "./policy.js";
export type { OnReportPage, RegistrationRow } from "./registrationReport.js";
export { foundSettings, SettingsError, type FoundSetting, type ReadConfig } from "./reader.js";
export { Secret } from "./secret.js";
export { isAudience, resolveSettings, type ConnectionSettings } from "./settings.js";
export { readTokenFacts, type TokenFacts } from "./tokenFacts.js";
export { ID_TOKENS, SETTINGS, WAYS, type Setting } from "./variables.js";
export type { RequestCounter } from "./transport.js";
