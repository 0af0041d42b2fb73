import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ReadConfig } from "../graph/index.js";
import type { StackText } from "./declared.js";

/** What the selected stack of a program's folder says. */
export interface ProgramFacts {
  /** Its state. */
  readonly stack: StackText;
  readonly config: ReadConfig;
  /** Names of settings that it has encrypted. */
  readonly encrypted: readonly string[];
}

/**
 * Asks `pulumi` for the state and the configuration of a stack. Nothing of the program runs, and nothing is decrypted.
 *
 * @param stack default: the one that is selected
 * @throws Error with what `pulumi` said.
 */
export async function readProgram(
  folder: string,
  stack: string | undefined,
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<ProgramFacts> {
  const which = stack === undefined ? [] : ["--stack", stack];
  const run = async (...args: string[]) => {
    const options = {
      cwd: folder,
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      maxBuffer: 1 << 30,
      timeout: timeoutMs,
    };
    try {
      return (await promisify(execFile)("pulumi", [...args, ...which, "--non-interactive"], options)).stdout;
    } catch (error) {
      const { stderr = "", message, code } = error as Error & { stderr?: string; code?: unknown };
      // Also where the folder is not there.
      const why = code === "ENOENT" ? `there is no pulumi on PATH, or no folder ${folder}` : stderr.trim() || message;
      throw new Error(`pulumi ${args[0]} failed in ${folder}: ${why.replace(/\s+/g, " ")}`, { cause: error });
    }
  };
  const [text, config] = await Promise.all([run("stack", "export"), run("config", "--json")]);
  const values = configIn(config);
  return {
    stack: { from: `the stack in ${folder}`, text },
    config: (key) => {
      const found = values[key];
      return found === undefined || found.secret === true ? undefined : found.value;
    },
    encrypted: Object.entries(values).flatMap(([key, { secret }]) => (secret === true && isOurs(key) ? [key] : [])),
  };
}

const isOurs = (key: string): boolean => key.startsWith("azuread:") || key.startsWith("entra-passkeys:");

function configIn(text: string): Record<string, { value?: string; secret?: boolean }> {
  try {
    return JSON.parse(text) as Record<string, { value?: string; secret?: boolean }>;
  } catch {
    return {};
  }
}
