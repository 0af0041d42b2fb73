export { CERTIFICATION_LEVELS } from "./model.js";
export type { AuthenticatorModel, CertificationLevel, ModelKind, StatusReport, Transport } from "./model.js";
export { catalogueDate, catalogueNumber } from "./edition.js";
export { findModel, modelName, resolveModel, type Resolution } from "./resolve.js";
export { isCompromised, listVendors, selectModels, SelectorTooWideError, type ModelSelector } from "./select.js";
export { MICROSOFT_AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS } from "./wellKnown.js";
