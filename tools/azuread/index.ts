export { azureadText, ensureAzuread } from "./ensure.ts";
export { azureadEnvironment } from "./environment.ts";
export { AzureadUnavailableError, azureadVersion, type AzureadChoice, type AzureadPlugin } from "./types.ts";
