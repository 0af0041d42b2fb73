export type { Authentication, CertificateSource, OidcSource } from "./authentication.js";
export { CLOUDS, CloudUnsupportedError, findCloud, type Cloud } from "./clouds.js";
export { createCredential } from "./credentials.js";
export {
  BadRequestError,
  GraphError,
  OutcomeUnknownError,
  PermissionError,
  PolicyMissingError,
  SignInError,
  ThrottledError,
  UnreadableAnswerError,
} from "./errors.js";
export { createGraph, type Graph } from "./graph.js";
export type { GroupQuery, GroupRecord } from "./groups.js";
export type { GraphOptions, RequestEvent, RetryLimits, Surroundings } from "./options.js";
export type { PatchOptions } from "./policy.js";
export { SettingsError, type ReadConfig } from "./reader.js";
export { Secret } from "./secret.js";
export { resolveSettings, type ConnectionSettings } from "./settings.js";
export type { RequestCounter } from "./transport.js";
