import { mkdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Engine } from "./types.ts";

/** The workspace's own programs, Node.js 24 among them. */
const workspaceBin = resolve(import.meta.dirname, "../../node_modules/.bin");

/** Options of `engineEnvironment`. */
export interface EnvironmentOptions {
  /** The environment to start from. @default process.env */
  env?: NodeJS.ProcessEnv;
  /** The folder of the stacks' state. @default `<home>/state` */
  state?: string;
  /** The passphrase of the stacks' secrets. @default "" */
  passphrase?: string;
}

/**
 * The environment for Pulumi commands that know nothing of the caller's own Pulumi: home, plugins, state and compiled
 * code live under `home`, and every `PULUMI_*` variable of the caller (tokens, backend, stack, options) is left out.
 */
export function engineEnvironment(
  engine: Engine,
  home: string,
  { env: caller = process.env, state = join(home, "state"), passphrase = "" }: EnvironmentOptions = {},
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(caller)) {
    if (!/^PULUMI_|^FORCE_COLOR$/i.test(name)) env[name] = value;
  }
  const folders = { pulumi: join(home, "pulumi"), compiled: join(home, "compiled") };
  for (const folder of [folders.pulumi, folders.compiled, state]) mkdirSync(folder, { recursive: true });
  return {
    ...env,
    PATH: [workspaceBin, engine.path, caller.PATH].filter(Boolean).join(delimiter),
    PULUMI_HOME: folders.pulumi,
    PULUMI_BACKEND_URL: pathToFileURL(resolve(state)).href,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    NODE_COMPILE_CACHE: folders.compiled,
    NO_COLOR: "1",
  };
}
