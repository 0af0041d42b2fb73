import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "./child.ts";
import { engineVersion } from "./definition.ts";
import { elapsed, type Progress } from "./progress.ts";
import { WayClosedError } from "./types.ts";

/**
 * Where Pulumi publishes releases: archives, and beside them a list of SHA-256 checksums. A mirror of that folder can be
 * named in `ENTRA_PASSKEYS_ENGINE_RELEASES`.
 */
export function releases(env: NodeJS.ProcessEnv = process.env): string {
  return env.ENTRA_PASSKEYS_ENGINE_RELEASES || "https://get.pulumi.com/releases/sdk";
}

/** How long the first answer may take, and how long a transfer may stand still. A refused network costs no more. */
export interface Patience {
  connect: number;
  stall: number;
}

const defaultPatience: Patience = { connect: 5_000, stall: 30_000 };

/** The programs of an archive that an engine with Node.js programs needs. */
const wanted = /^pulumi(-language-nodejs|-resource-pulumi-nodejs|-analyzer-policy)?(\.exe|\.cmd)?$/;

/** The archive for this platform; undefined where Pulumi publishes none. */
export function archiveName(platform: string = process.platform, arch: string = process.arch): string | undefined {
  const system = { linux: "linux", darwin: "darwin", win32: "windows" }[platform];
  if (system === undefined || !["x64", "arm64"].includes(arch)) return undefined;
  return `pulumi-v${engineVersion}-${system}-${arch}.${system === "windows" ? "zip" : "tar.gz"}`;
}

/** Finds the SHA-256 of a file in a list as `sha256sum` writes it. */
export function checksumIn(list: string, file: string): string | undefined {
  for (const line of list.split("\n")) {
    const [hash, name] = line.trim().split(/\s+\*?/);
    if (name === file && /^[0-9a-f]{64}$/i.test(hash ?? "")) return hash!.toLowerCase();
  }
  return undefined;
}

/** One request, without retries. */
async function request(url: string, patience: Patience): Promise<{ response: Response; abort: AbortController }> {
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(new Error(`no answer within ${patience.connect / 1000} s`)),
    patience.connect,
  );
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`);
    return { response, abort };
  } catch (error) {
    const cause = (error as Error).cause as { code?: string; message?: string } | undefined;
    throw new WayClosedError(`${url}: ${cause?.code ?? cause?.message ?? (error as Error).message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Saves what comes from a URL and returns its SHA-256; gives up when nothing comes for a while. */
async function save(url: string, file: string, patience: Patience, progress: Progress): Promise<string> {
  const { response, abort } = await request(url, patience);
  const total = Number(response.headers.get("content-length") ?? 0);
  const hash = createHash("sha256");
  const started = Date.now();
  let bytes = 0;
  const stalled = () => abort.abort(new Error(`no data for ${patience.stall / 1000} s`));
  let timer = setTimeout(stalled, patience.stall);
  const body = response.body!;
  async function* watch() {
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(stalled, patience.stall);
      hash.update(chunk);
      bytes += chunk.length;
      const share = total > 0 ? ` of ${(total / 1e6).toFixed(0)}` : "";
      progress.status(`  ${(bytes / 1e6).toFixed(0)}${share} MB, ${elapsed(started)}`);
      yield chunk;
    }
  }
  try {
    await pipeline(watch, createWriteStream(file));
  } catch (error) {
    throw new WayClosedError(`${url} broke off after ${bytes} bytes: ${(error as Error).message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  return hash.digest("hex");
}

/**
 * Puts the programs of Pulumi's official release into `bin`, checked against its published checksums. One try; every
 * reason why it cannot be had is a `WayClosedError`.
 */
export async function downloadEngine(
  folder: string,
  progress: Progress,
  { base = releases(), patience = defaultPatience }: { base?: string; patience?: Patience } = {},
): Promise<void> {
  const archive = archiveName();
  if (archive === undefined) throw new WayClosedError(`no release for ${process.platform} ${process.arch}`);
  const { response } = await request(`${base}/pulumi-${engineVersion}-checksums.txt`, patience);
  const list = await response.text().catch((error: Error) => {
    throw new WayClosedError(`the checksums of Pulumi ${engineVersion} broke off: ${error.message}`, { cause: error });
  });
  const expected = checksumIn(list, archive);
  if (expected === undefined) throw new WayClosedError(`no checksum is published for ${archive}`);

  progress.line(`Downloading Pulumi ${engineVersion} from ${base} ...`);
  const file = join(folder, archive);
  const actual = await save(`${base}/${archive}`, file, patience, progress);
  if (actual !== expected) throw new WayClosedError(`${archive} does not match its published checksum`);
  await unpack(file, folder);
}

async function unpack(file: string, folder: string): Promise<void> {
  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  // bsdtar, which Windows has, opens zip archives too.
  const { code, errors } = await run("tar", ["-xf", file, "-C", unpacked]).catch((error: Error) => ({
    code: -1,
    errors: [error.message],
  }));
  if (code !== 0) throw new WayClosedError(`${file} cannot be unpacked: ${errors.join(" ")}`);
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  for (const entry of await readdir(unpacked, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !wanted.test(entry.name)) continue;
    await rename(join(entry.parentPath, entry.name), join(bin, entry.name)).catch(() =>
      cp(join(entry.parentPath, entry.name), join(bin, entry.name)),
    );
  }
  await rm(unpacked, { recursive: true });
  await rm(file);
}
