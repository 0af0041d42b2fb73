/**
 * A local Microsoft Graph for the Passkey (FIDO2) policy: both modes, groups, users, tokens, an audit log, faults on
 * demand, and a switch for every question that Graph's documentation leaves open.
 */
export type {
  ConditionalAccessEdit,
  ConditionalAccessInput,
  ConditionalAccessPolicy,
  ConditionalAccessUsers,
} from "./access/policies.js";
export {
  BUILT_IN_STRENGTHS,
  type AuthenticationStrength,
  type CombinationConfiguration,
  type StrengthEdit,
  type StrengthInput,
} from "./access/strengths.js";
export { AuditLog, AuditTimeout, type AuditEntry } from "./audit.js";
export { DirectoryError } from "./directory/directory.js";
export type { Group, GroupInput, User, UserInput } from "./directory/types.js";
export {
  embedEmulator,
  startEmulator,
  type EmbeddedEmulator,
  type Emulator,
  type EmulatorOptions,
} from "./emulator.js";
export { Faults, type FaultTiming } from "./faults/faults.js";
export type {
  FaultAction,
  FaultedRequest,
  FaultHandle,
  FaultMatch,
  FaultSpec,
  Phase,
  RetryAfter,
} from "./faults/types.js";
export type { PolicyEdit } from "./fido2/document.js";
export type {
  ExcludeTarget,
  Fido2Policy,
  IncludeTarget,
  KeyRestrictions,
  PasskeyProfile,
  RenderedFido2Policy,
} from "./fido2/types.js";
export type { RequestKind } from "./http/call.js";
export type { MethodEdit, MethodTarget } from "./methods/configurations.js";
export type { MethodSample } from "./methods/samples.js";
export type { RegistrationDetails } from "./people/report.js";
export type { PersonChanges, PersonInput } from "./people/split.js";
export {
  AUTHENTICATOR_AAGUIDS,
  METHOD_WORDS,
  WINDOWS_HELLO_AAGUIDS,
  type Passkey,
  type PasskeyInput,
  type Registrations,
  type RegistrationsInput,
} from "./people/types.js";
export { ALL_PERMISSIONS } from "./permissions.js";
export { SchemaError } from "./schema.js";
export type { KeyAndCertificate } from "./self-signed.js";
export { isSeedName, readSeed, SeedError, type PolicySeed, type Seed, type TenantSeed } from "./seed.js";
export { generatePeople, type GeneratedPeople, type GeneratedPeopleOptions } from "./seeds/generate.js";
export { seeds, type SeedName } from "./seeds/index.js";
export {
  defaultOf,
  defaultSwitches,
  parseSwitches,
  switchCatalogue,
  SwitchError,
  switchNames,
  type Switches,
  type SwitchName,
} from "./switches.js";
export type { Cloud, Licence, Secrets, TenantHandle } from "./tenant-handle.js";
