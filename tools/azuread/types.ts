/** The version of `@pulumi/azuread` that the workspace has, and so of its plugin. */
export const azureadVersion = "6.9.1";

/** Which azuread plugin a stack runs with. */
export interface AzureadPlugin {
  kind: "real" | "stand-in";
  version: string;
}

/** Which plugin is wanted; `auto` is the real one where it can be had. */
export type AzureadChoice = "real" | "stand-in" | "auto";

/** The plugin that is asked for cannot be had; the message says why and what to do. */
export class AzureadUnavailableError extends Error {
  override readonly name = "AzureadUnavailableError";
}

/** The file name of the plugin's program. */
export const pluginProgram = process.platform === "win32" ? "pulumi-resource-azuread.exe" : "pulumi-resource-azuread";

/** The folder of the plugin within a folder of plugins. */
export const pluginFolder = `resource-azuread-v${azureadVersion}`;
