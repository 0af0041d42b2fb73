import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/index.ts";
import { installReal, placeReal, realIn, realOnPath, type InstallOptions } from "./real.ts";
import { placeStandIn } from "./stand-in.ts";
import { AzureadUnavailableError, azureadVersion, type AzureadChoice, type AzureadPlugin } from "./types.ts";

const VARIABLE = "ENTRA_PASSKEYS_AZUREAD";

/** How long the installer is waited for by `auto` and by `real`. */
const SECONDS = { auto: 8, real: 300 };

/**
 * Sees to it that programs with `@pulumi/azuread` find their plugin in a home of Pulumi: the real one from PATH, from
 * the home, from the project's cache or from Pulumi's installer; else the stand-in. The variable
 * `ENTRA_PASSKEYS_AZUREAD` (`real`, `stand-in`, `auto`) chooses; `auto` asks an installer that cannot be reached for a
 * few seconds, and not again for hours.
 *
 * @param env environment of the Pulumi commands, from `engineEnvironment`
 * @throws AzureadUnavailableError when the plugin that was chosen cannot be had
 */
export async function ensureAzuread(
  engine: Engine,
  env: NodeJS.ProcessEnv,
  options: { choice?: AzureadChoice; install?: Partial<InstallOptions> } = {},
): Promise<AzureadPlugin> {
  const choice = options.choice ?? readChoice(env[VARIABLE] ?? process.env[VARIABLE]);
  const plugins = pluginsOf(env);
  const onPath = realOnPath(env);
  if (choice === "stand-in") {
    if (onPath !== undefined) {
      throw new AzureadUnavailableError(
        `Pulumi takes ${onPath} before any stand-in: take it off PATH, or set ${VARIABLE}=real`,
      );
    }
    return standIn(plugins);
  }
  if (onPath !== undefined || realIn(plugins) !== undefined) return { kind: "real", version: azureadVersion };
  const found = await installReal(engine, env, {
    seconds: SECONDS[choice],
    trustVerdict: choice === "auto",
    ...options.install,
  });
  if ("program" in found) {
    placeReal(found.program, plugins);
    return { kind: "real", version: azureadVersion };
  }
  if (choice === "auto") return standIn(plugins);
  throw new AzureadUnavailableError(
    `The azuread plugin ${azureadVersion} cannot be had. ${found.reason}. ` +
      `Set ${VARIABLE}=stand-in, or put pulumi-resource-azuread on PATH.`,
  );
}

function standIn(plugins: string): AzureadPlugin {
  placeStandIn(plugins);
  return { kind: "stand-in", version: azureadVersion };
}

function pluginsOf(env: NodeJS.ProcessEnv): string {
  if (!env.PULUMI_HOME) throw new Error("PULUMI_HOME is not set: the environment has to come from engineEnvironment");
  const plugins = join(env.PULUMI_HOME, "plugins");
  mkdirSync(plugins, { recursive: true });
  return plugins;
}

function readChoice(value: string | undefined): AzureadChoice {
  if (value === undefined || value === "") return "auto";
  if (value === "real" || value === "stand-in" || value === "auto") return value;
  throw new Error(`${VARIABLE} is real, stand-in or auto, not ${value}`);
}

/** A plugin in words, for logs and titles. */
export function azureadText({ kind, version }: AzureadPlugin): string {
  return kind === "real" ? `the real azuread plugin ${version}` : `the stand-in for the azuread plugin ${version}`;
}
