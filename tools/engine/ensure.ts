import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { buildEngine } from "./build.ts";
import { cacheFolder, engineIn, readCache, writeManifest } from "./cache.ts";
import { endChildren } from "./child.ts";
import { engineKey, engineVersion, fileName, goVersion, minimumVersion, programs } from "./definition.ts";
import { downloadEngine } from "./download.ts";
import { acquireLock } from "../../provider/dist/apply/lock.js";
import { findOnPath, versionOf, type PathState } from "./path.ts";
import { elapsed, lineProgress, streamProgress, type Progress } from "./progress.ts";
import { EngineUnavailableError, WayClosedError, type Engine, type EngineSource, type EnsureOptions } from "./types.ts";

/** The ways to an engine that are not the cache. Tests put their own in. */
export interface Ways {
  /** Looks on PATH. */
  path(): Promise<PathState>;
  /** Puts the three programs into `folder/bin`, or throws a `WayClosedError`. */
  installer(folder: string, progress: Progress): Promise<void>;
  go(folder: string, progress: Progress): Promise<void>;
  /** The cache folder. */
  folder: string;
}

/** The real ways on this machine. */
export function defaultWays(): Ways {
  return { path: () => findOnPath(), installer: downloadEngine, go: buildEngine, folder: cacheFolder() };
}

/** Finds an engine without downloading or building one. */
export async function findEngine(ways: Ways = defaultWays()): Promise<Engine | undefined> {
  const path = await ways.path();
  if ("engine" in path) return path.engine;
  const cache = await readCache(ways.folder);
  return "engine" in cache ? cache.engine : undefined;
}

/**
 * Gives a Pulumi engine: from PATH if new enough, else from the project's cache, else from Pulumi's official release,
 * else built with Go. Throws an `EngineUnavailableError` that says what to install when none of them works.
 *
 * @example
 * const engine = await ensureEngine();
 * execFileSync(engine.pulumi, ["preview"], { env: engineEnvironment(engine, home) });
 */
export async function ensureEngine(options: EnsureOptions = {}, ways: Ways = defaultWays()): Promise<Engine> {
  const tried: string[] = [];
  const path = await ways.path();
  if ("engine" in path) return path.engine;
  tried.push(`PATH: ${path.reason}`);

  const cache = await readCache(ways.folder);
  if ("engine" in cache) return cache.engine;

  const progress = options.log === undefined ? streamProgress() : lineProgress(options.log);
  return await withLock(ways.folder, progress, async () => {
    const again = await readCache(ways.folder); // Another process may have been faster.
    if ("engine" in again) return again.engine;
    tried.push("damaged" in again ? `cache: damaged, ${again.damaged}` : "cache: empty");
    if ("damaged" in again)
      progress.line(`The engine in ${ways.folder} is damaged (${again.damaged}); making it anew.`);

    const sources: EngineSource[] = options.build === false ? ["installer"] : ["installer", "go"];
    for (const source of sources) {
      const reason = await take(source as "installer" | "go", ways, progress);
      if (reason === undefined) return engineIn(ways.folder, engineVersion, source);
      tried.push(`${source === "go" ? "build with Go" : "Pulumi's release"}: ${reason}`);
      if (source !== sources.at(-1)) progress.line(`Pulumi's release cannot be had (${reason}).`);
    }
    throw new EngineUnavailableError(advice(tried));
  });
}

/** Makes an engine in a folder of its own and moves it into place when it is whole; returns why it could not. */
async function take(source: "installer" | "go", ways: Ways, progress: Progress): Promise<string | undefined> {
  const work = `${ways.folder}.new-${process.pid}-${randomBytes(4).toString("hex")}`;
  const started = Date.now();
  try {
    mkdirSync(work, { recursive: true });
    await ways[source](work, progress);
    const files = readdirSync(join(work, "bin"));
    const missing = programs.filter((program) => !files.includes(fileName(program)));
    if (missing.length > 0) return `it has no ${missing.join(" and no ")}`;
    const version = await versionOf(join(work, "bin", fileName("pulumi")));
    if (version !== engineVersion) return `its pulumi says ${version ?? "nothing"} when asked for its version`;
    await writeManifest(work, { key: engineKey(), version, source }, files);
    rmSync(ways.folder, { recursive: true, force: true });
    renameSync(work, ways.folder);
    progress.line(`Pulumi ${version} is ready in ${ways.folder} (${elapsed(started)}).`);
    return undefined;
  } catch (error) {
    if (error instanceof WayClosedError) return error.message;
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Runs `work` as the only process that changes a folder of the cache; a signal ends it without leaving anything
 * half-made. Whoever waits is told what for.
 */
export async function withLock<T>(
  folder: string,
  progress: Progress,
  work: () => Promise<T>,
  what: string = "the engine",
): Promise<T> {
  let said = 0;
  const lock = await acquireLock(`${folder}.lock`, {
    onWait(owner) {
      if (Date.now() - said < 30_000) return;
      said = Date.now();
      progress.line(`Another process (${owner.pid}) is setting up ${what}; waiting for it.`);
    },
  });
  const clean = () => {
    endChildren();
    removeRemains(folder);
    lock.release();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    clean();
    process.kill(process.pid, signal);
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.once(signal, onSignal);
  try {
    removeRemains(folder);
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    lock.release();
  }
}

/** Removes what killed processes left behind; only the holder of the lock may do so. */
function removeRemains(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.new-`))
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function advice(tried: string[]): string {
  return [
    "No Pulumi engine can be had on this machine. Tried:",
    ...tried.map((line) => `  - ${line}`),
    "Install one of these and run the command again:",
    `  - Pulumi ${minimumVersion} or newer, with its Node.js language host: https://www.pulumi.com/docs/install/`,
    `  - Go ${goVersion} or newer, which builds Pulumi ${engineVersion} in about 5 minutes: https://go.dev/doc/install`,
  ].join("\n");
}

/** How an engine in the cache was made: `installer` or `go`; undefined for another one. */
export function cacheOrigin(engine: Engine): string | undefined {
  try {
    const manifest = join(dirname(dirname(engine.pulumi)), "manifest.json");
    return (JSON.parse(readFileSync(manifest, "utf8")) as { source?: string }).source;
  } catch {
    return undefined;
  }
}
