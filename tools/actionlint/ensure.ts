import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock } from "../../provider/dist/apply/lock.js";
import { cacheRoot, fileHash } from "../engine/cache.ts";
import { run } from "../engine/child.ts";
import { findGo } from "../engine/go.ts";
import { WayClosedError } from "../engine/types.ts";

const PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint";

const exe = process.platform === "win32" ? ".exe" : "";

const moduleFiles = ["go.mod", "go.sum"].map((name) => ({ name, path: join(import.meta.dirname, name) }));

/** Where it is kept: another go.mod, go.sum or platform gives another folder. */
export function actionlintFolder(env: NodeJS.ProcessEnv = process.env): string {
  const hash = createHash("sha256");
  for (const { path } of moduleFiles) hash.update(readFileSync(path));
  const name = `actionlint-${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 12)}`;
  return join(cacheRoot(env), name);
}

/**
 * Gives the file of `actionlint`, the checker of GitHub Actions workflows: from the project's cache, else built with Go,
 * from modules whose versions and checksums are committed beside this file.
 *
 * @throws WayClosedError where there is no Go, or it cannot build
 */
export async function ensureActionlint({
  go = findGo(),
  env = process.env,
}: { go?: string; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  const folder = actionlintFolder(env);
  if (await isWhole(folder)) return program(folder);
  if (go === undefined) throw new WayClosedError("no go on PATH, which builds actionlint");
  const lock = await acquireLock(`${folder}.lock`);
  try {
    if (!(await isWhole(folder))) await build(folder, go, env); // Another process may have been faster.
  } finally {
    lock.release();
  }
  return program(folder);
}

const program = (folder: string) => join(folder, `actionlint${exe}`);

async function isWhole(folder: string): Promise<boolean> {
  try {
    return readFileSync(join(folder, "sha256"), "utf8") === (await fileHash(program(folder)));
  } catch {
    return false;
  }
}

/** Only the holder of the lock builds, so what is in the way was left by a process that was killed. */
async function build(folder: string, go: string, env: NodeJS.ProcessEnv): Promise<void> {
  const work = `${folder}.new`;
  for (const old of [work, folder]) rmSync(old, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  // A copy, since some go commands write to these files.
  for (const { name, path } of moduleFiles) await copyFile(path, join(work, name));
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags=-s -w", "-o", program(work), PACKAGE];
  const { code, errors } = await run(go, args, {
    cwd: work,
    env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
  }).catch((error: Error) => ({ code: -1, errors: [error.message] }));
  if (code !== 0) {
    rmSync(work, { recursive: true, force: true });
    throw new WayClosedError(`actionlint cannot be built: ${errors.slice(-6).join("\n    ")}`);
  }
  writeFileSync(join(work, "sha256"), await fileHash(program(work)));
  renameSync(work, folder);
}
