import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

/** What takes part in running a program on this machine. */
export interface EngineFacts {
  /** Version of this package. */
  readonly version: string;
  /** Version of the Node.js that is first on PATH; absent where there is none, or it does not tell. */
  readonly node?: string;
  /** The Pulumi CLI that is first on PATH; absent where there is none. */
  readonly pulumi?: {
    readonly version?: string;
    /** Of the programs that belong to it, those that are neither beside it nor on PATH. */
    readonly missing: readonly string[];
  };
  /** The folder of the program. */
  readonly folder: string;
  /** Versions of packages as the program finds them. */
  readonly installed: Readonly<Partial<Record<InstalledPackage, string>>>;
  /** Whether the plugin of the azuread package is there. */
  readonly azureadPlugin: "there" | "onPath" | "missing";
  /** Whether NODE_COMPILE_CACHE is set. */
  readonly compileCache: boolean;
}

const PACKAGES = ["@pulumi/pulumi", "@pulumi/azuread", "pulumi-entra-passkeys"] as const;
export type InstalledPackage = (typeof PACKAGES)[number];

/** What a program with dynamic resources needs beside the CLI. */
const COMPANIONS = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** Finds out what is installed: looks into folders, and asks `node` and `pulumi` for their versions. */
export async function engineFacts(env: NodeJS.ProcessEnv, folder: string, timeoutMs: number): Promise<EngineFacts> {
  const path = env["PATH"] ?? "";
  const [nodeFile, pulumiFile] = [onPath("node", path), onPath("pulumi", path)];
  const [node, pulumi] = await Promise.all([
    nodeFile && versionOf(nodeFile, ["--version"], env, timeoutMs),
    pulumiFile && versionOf(pulumiFile, ["version"], { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeoutMs),
  ]);
  const packages = PACKAGES.flatMap((name) => {
    const version = installedVersion(name, folder);
    return version === undefined ? [] : [[name, version] as const];
  });
  const installed = Object.fromEntries(packages) as EngineFacts["installed"];
  return {
    version: versionIn(join(__dirname, "..", "..", "package.json")) ?? "unknown",
    ...(node !== undefined && { node }),
    ...(pulumiFile !== undefined && {
      pulumi: {
        ...(pulumi !== undefined && { version: pulumi }),
        missing: COMPANIONS.filter((name) => !hasCompanion(name, pulumiFile, path)),
      },
    }),
    folder,
    installed,
    azureadPlugin: azureadPlugin(installed["@pulumi/azuread"], env),
    compileCache: (env["NODE_COMPILE_CACHE"] ?? "") !== "",
  };
}

const WINDOWS = process.platform === "win32";

/** The names that a program can have as a file. */
const fileNames = (name: string): string[] => (WINDOWS ? [`${name}.exe`, `${name}.cmd`] : [name]);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(name: string, path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return folders.flatMap((folder) => fileNames(name).map((file) => resolve(folder, file))).find(isProgram);
}

function hasCompanion(name: string, pulumi: string, path: string): boolean {
  const folders = [dirname(pulumi), dirname(realpathSync(pulumi))];
  const beside = folders.some((folder) => fileNames(name).some((file) => isProgram(join(folder, file))));
  return beside || onPath(name, path) !== undefined;
}

async function versionOf(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeout: number,
): Promise<string | undefined> {
  const asked = promisify(execFile)(file, args, { env, timeout }).catch(() => ({ stdout: "" }));
  return /^v?(\d+\.\d+\.\d+\S*)/.exec((await asked).stdout.trim())?.[1];
}

/** As the program's own `import` would find it. */
function installedVersion(name: string, folder: string): string | undefined {
  try {
    return versionIn(createRequire(join(folder, "index.js")).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function versionIn(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

/** @see https://www.pulumi.com/docs/iac/concepts/plugins */
function azureadPlugin(version: string | undefined, env: NodeJS.ProcessEnv): EngineFacts["azureadPlugin"] {
  const home = env["PULUMI_HOME"] || join(env["HOME"] || homedir(), ".pulumi");
  if (version !== undefined && existsSync(join(home, "plugins", `resource-azuread-v${version}`))) return "there";
  return onPath("pulumi-resource-azuread", env["PATH"] ?? "") === undefined ? "missing" : "onPath";
}
