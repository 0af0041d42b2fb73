export { CERTIFICATION_LEVELS, MODEL_KINDS, TRANSPORTS } from "./model.js";
export type { AuthenticatorModel, CertificationLevel, ModelKind, StatusReport, Transport } from "./model.js";
export { catalogueEdition, type CatalogueEdition } from "./edition.js";
export { findModel, modelName, resolveModel, type Resolution } from "./resolve.js";
export { searchModels } from "./search.js";
export {
  compromises,
  isCompromised,
  listVendors,
  NothingSelectedError,
  select,
  selectModels,
  SelectorTooWideError,
  type ModelSelector,
} from "./select.js";
export { suggest } from "./suggest.js";
export { MICROSOFT_AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS } from "./wellKnown.js";
