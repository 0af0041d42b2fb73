import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheRoot, type Engine } from "../engine/index.ts";
import { onPath } from "../engine/path.ts";
import { isStandIn } from "./stand-in.ts";
import { azureadVersion, pluginFolder, pluginProgram } from "./types.ts";

const execute = promisify(execFile);

/** So long is an installer that could not be reached not asked again. */
const VERDICT_HOURS = 6;

/** The real plugin on PATH, which the engine takes before any other. */
export function realOnPath(env: NodeJS.ProcessEnv): string | undefined {
  return onPath(pluginProgram, env.PATH)[0];
}

/** The real plugin's program in a folder of plugins, if it is there and whole. */
export function realIn(plugins: string): string | undefined {
  const folder = join(plugins, pluginFolder);
  const program = join(folder, pluginProgram);
  return existsSync(program) && !existsSync(`${folder}.partial`) && !isStandIn(folder) ? program : undefined;
}

/** Options of `installReal`. */
export interface InstallOptions {
  /** The project's cache, where the plugin is kept for every home. @default cacheRoot() */
  cache?: string;
  /** How long the installer may take. */
  seconds: number;
  /** Whether a verdict of the last hours spares the installer. */
  trustVerdict: boolean;
}

/** Has Pulumi install the plugin into the project's cache; returns its program, or why there is none. */
export async function installReal(
  engine: Engine,
  env: NodeJS.ProcessEnv,
  { cache = cacheRoot(), seconds, trustVerdict }: InstallOptions,
): Promise<{ program: string } | { reason: string }> {
  const home = join(cache, `azuread-v${azureadVersion}`);
  const plugins = join(home, "plugins");
  const verdict = join(home, "unreachable");
  const there = realIn(plugins);
  if (there !== undefined) return { program: there };
  if (trustVerdict && ageInHours(verdict) < VERDICT_HOURS) {
    return { reason: `Pulumi's installer did not have it in the last ${VERDICT_HOURS} hours (${verdict})` };
  }
  mkdirSync(home, { recursive: true });
  const args = ["plugin", "install", "resource", "azuread", azureadVersion, "--exact", "--non-interactive"];
  const options = { env: { ...env, PULUMI_HOME: home }, timeout: seconds * 1000, killSignal: "SIGKILL" as const };
  const failure = await execute(engine.pulumi, args, options).then(
    () => undefined,
    (error: Error & { killed?: boolean; stderr?: string }) =>
      error.killed ? `no answer within ${seconds} seconds` : lastLine(error.stderr) || error.message,
  );
  const program = realIn(plugins);
  if (program !== undefined) {
    rmSync(verdict, { force: true });
    return { program };
  }
  writeFileSync(verdict, `${failure ?? "the installer installed nothing"}\n`);
  return { reason: `Pulumi's installer: ${failure ?? "it installed nothing"}` };
}

/** Makes a plugin of the cache one of a home's plugins. */
export function placeReal(program: string, plugins: string): void {
  const folder = join(plugins, pluginFolder);
  if (realIn(plugins) !== undefined) return;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  if (process.platform === "win32") copyFileSync(program, join(fresh, pluginProgram));
  else symlinkSync(program, join(fresh, pluginProgram));
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

function ageInHours(file: string): number {
  const at = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return at === undefined ? Infinity : (Date.now() - at) / 3_600_000;
}

function lastLine(text = ""): string {
  return text.trim().split("\n").at(-1) ?? "";
}
