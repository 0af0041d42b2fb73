/** What an example's program asks the engine for. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "../..");

/** A resource that a program declares; types of this package without what Pulumi puts before them. */
export interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** The resources of a program, by type and name, such as `entra:PasskeyPolicy nurses`. */
export interface Program {
  readonly all: readonly string[];
  /** Inputs of one. */
  of(resource: string): Record<string, unknown>;
}

/**
 * Runs the program of an example with a configuration.
 *
 * @throws Error with what the program said where it failed.
 */
export async function programOf(example: string, config: Record<string, string>): Promise<Program> {
  const project = `entra-passkeys${example === "all-personas" ? "" : `-${example}`}`;
  const keys = Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      resolve(import.meta.dirname, "program-child.ts"),
      pathToFileURL(resolve(root, "examples", example, "index.ts")).href,
      project,
    ],
    { cwd: root, env: { ...process.env, PULUMI_CONFIG: JSON.stringify(Object.fromEntries(keys)) } },
  );
  const made = JSON.parse(stdout) as Made[];
  const nameOf = ({ type, name }: Made) => `${type} ${name}`;
  return {
    all: made.map(nameOf),
    of(resource) {
      const found = made.find((one) => nameOf(one) === resource);
      if (found === undefined) throw new Error(`there is no ${resource}; there are ${made.map(nameOf).join(", ")}`);
      return found.inputs;
    },
  };
}
