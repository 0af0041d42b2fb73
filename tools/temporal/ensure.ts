import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheRoot, fileHash } from "../engine/cache.ts";
import { compareVersions, goVersion } from "../engine/definition.ts";
import { withLock } from "../engine/ensure.ts";
import { onPath } from "../engine/path.ts";
import { elapsed, lineProgress, streamProgress, type Progress } from "../engine/progress.ts";
import { WayClosedError } from "../engine/types.ts";
import { buildTemporal } from "./build.ts";
import { fileName, minimumVersion, temporalKey, temporalVersion } from "./definition.ts";
import { TemporalUnavailableError, type Temporal } from "./types.ts";

const execute = promisify(execFile);

/** Where a Temporal CLI is looked for, and how it is made. Tests put their own in. */
export interface TemporalWays {
  /** The folders to look in, as in the variable PATH. */
  path: string;
  /** The cache folder. */
  folder: string;
  /** Puts the program into `folder`, or throws a `WayClosedError`. */
  build(folder: string, progress: Progress): Promise<void>;
}

/** The real ways on this machine. */
export function defaultWays(env: NodeJS.ProcessEnv = process.env): TemporalWays {
  return { path: env.PATH ?? "", folder: temporalFolder(env), build: buildTemporal };
}

/** Where it is kept: in the folder of the project's engines. */
export function temporalFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheRoot(env), temporalKey());
}

/** Finds a Temporal CLI without building one. */
export async function findTemporal(ways: TemporalWays = defaultWays()): Promise<Temporal | undefined> {
  const found = await findOnPath(ways.path);
  if ("cli" in found) return found;
  return (await damage(ways.folder)) === undefined ? temporalIn(ways.folder, "cache") : undefined;
}

/**
 * Gives a Temporal CLI with its development server: from PATH if new enough, else from the project's cache, else built
 * with Go. Throws a `TemporalUnavailableError` that says what to install when none of them works.
 *
 * @example
 * const { cli } = await ensureTemporal();
 * const server = await startTemporal({ cli });
 */
export async function ensureTemporal(
  options: { log?: (line: string) => void } = {},
  ways: TemporalWays = defaultWays(),
): Promise<Temporal> {
  const path = await findOnPath(ways.path);
  if ("cli" in path) return path;
  if ((await damage(ways.folder)) === undefined) return temporalIn(ways.folder, "cache");

  const progress = options.log === undefined ? streamProgress() : lineProgress(options.log);
  const work = async (): Promise<Temporal> => {
    const wrong = await damage(ways.folder); // Another process may have been faster.
    if (wrong === undefined) return temporalIn(ways.folder, "cache");
    if (wrong !== "empty") progress.line(`The Temporal server in ${ways.folder} is ${wrong}; making it anew.`);
    const reason = await make(ways, progress);
    if (reason === undefined) return temporalIn(ways.folder, "built");
    throw new TemporalUnavailableError(advice([`PATH: ${path.reason}`, `cache: ${wrong}`, `build with Go: ${reason}`]));
  };
  return await withLock(ways.folder, progress, work, "the Temporal server");
}

/** What `temporal --version` answers; undefined where it answers nothing of the sort. */
async function versionOf(cli: string): Promise<string | undefined> {
  const { stdout } = await execute(cli, ["--version"], { timeout: 20_000 }).catch(() => ({ stdout: "" }));
  return /^temporal version v?(\d+\.\d+\.\d+[^\s,]*)/.exec(stdout.trim())?.[1];
}

async function findOnPath(path: string): Promise<Temporal | { reason: string }> {
  const reasons: string[] = [];
  for (const cli of onPath(fileName, path)) {
    const version = await versionOf(cli);
    if (version !== undefined && compareVersions(version, minimumVersion) >= 0) return { cli, version, source: "PATH" };
    reasons.push(
      version === undefined ? `${cli} does not tell its version` : `${cli} is ${version}, older than ${minimumVersion}`,
    );
  }
  return { reason: reasons.join("; ") || "no temporal" };
}

const temporalIn = (folder: string, source: "cache" | "built"): Temporal => ({
  cli: join(folder, fileName),
  version: temporalVersion,
  source,
});

/** Why the program in a cache folder cannot be used; undefined where it can. */
async function damage(folder: string): Promise<string | undefined> {
  let expected: string;
  try {
    expected = readFileSync(join(folder, "sha256"), "utf8");
  } catch {
    return "empty";
  }
  const actual = await fileHash(join(folder, fileName)).catch(() => undefined);
  if (actual === undefined) return `damaged: ${fileName} is missing`;
  return actual === expected ? undefined : `damaged: ${fileName} does not match its checksum`;
}

/** Makes the program in a folder of its own and moves it into place when it is whole; returns why it could not. */
async function make({ folder, build }: TemporalWays, progress: Progress): Promise<string | undefined> {
  const work = `${folder}.new-${process.pid}-${randomBytes(4).toString("hex")}`;
  const started = Date.now();
  try {
    mkdirSync(work, { recursive: true });
    await build(work, progress);
    const program = join(work, fileName);
    const version = await versionOf(program);
    if (version !== temporalVersion) return `what was built says ${version ?? "nothing"} when asked for its version`;
    writeFileSync(join(work, "sha256"), await fileHash(program));
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
    progress.line(`Temporal ${version} is ready in ${folder} (${elapsed(started)}).`);
    return undefined;
  } catch (error) {
    if (error instanceof WayClosedError) return error.message;
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function advice(tried: string[]): string {
  return [
    "No Temporal server can be had on this machine. Tried:",
    ...tried.map((line) => `  - ${line}`),
    "Install one of these and run the command again:",
    `  - the Temporal CLI ${minimumVersion} or newer: https://docs.temporal.io/cli/setup-cli`,
    `  - Go ${goVersion} or newer, which builds it in about 4 minutes: https://go.dev/doc/install`,
  ].join("\n");
}
