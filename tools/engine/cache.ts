import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { engineKey, fileName, programs } from "./definition.ts";
import type { Engine, EngineSource } from "./types.ts";

/** What a cache folder says about itself; written last, read first. */
export interface Manifest {
  key: string;
  version: string;
  source: EngineSource;
  /** SHA-256 of each file in `bin`. */
  files: Record<string, string>;
}

/** What was found in a cache folder. */
export type CacheState = { engine: Engine } | { missing: true } | { damaged: string };

/** The folder that holds every engine of this project: `$ENTRA_PASSKEYS_ENGINE_CACHE`, or one in the user's cache folder. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.ENTRA_PASSKEYS_ENGINE_CACHE) return resolve(env.ENTRA_PASSKEYS_ENGINE_CACHE);
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-entra-passkeys", "engine");
}

/** The folder of today's engine. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheRoot(env), engineKey());
}

/** SHA-256 of a file, in hexadecimal. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** Describes a finished folder, so that it can be checked before each use. */
export async function writeManifest(folder: string, about: Omit<Manifest, "files">, files: string[]): Promise<void> {
  const hashes: Record<string, string> = {};
  for (const file of [...files].sort()) hashes[file] = await fileHash(join(folder, "bin", file));
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify({ ...about, files: hashes }, null, 2)}\n`);
}

/** Reads a cache folder and compares every program with its checksum. */
export async function readCache(folder: string, key: string = engineKey()): Promise<CacheState> {
  if (!existsSync(folder)) return { missing: true };
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  } catch {
    return { damaged: "its manifest cannot be read" };
  }
  if (manifest.key !== key) return { damaged: `it was made for ${manifest.key}` };
  for (const program of programs) {
    if (manifest.files?.[fileName(program)] === undefined) return { damaged: `its manifest does not list ${program}` };
  }
  for (const [file, expected] of Object.entries(manifest.files)) {
    const actual = await fileHash(join(folder, "bin", file)).catch(() => undefined);
    if (actual === undefined) return { damaged: `${file} is missing` };
    if (actual !== expected) return { damaged: `${file} does not match its checksum` };
  }
  return { engine: engineIn(folder, manifest.version, "cache") };
}

/** The engine in a finished cache folder. */
export function engineIn(folder: string, version: string, source: EngineSource): Engine {
  const bin = join(folder, "bin");
  return { pulumi: join(bin, fileName("pulumi")), path: bin, version, source };
}
