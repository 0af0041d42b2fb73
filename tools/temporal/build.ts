import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { compile, findGo, goEnvironment } from "../engine/go.ts";
import type { Progress } from "../engine/progress.ts";
import { WayClosedError } from "../engine/types.ts";
import { fileName, moduleFiles, temporalModule, temporalVersion, versionVariable } from "./definition.ts";

/**
 * Compiles the Temporal CLI into `folder` with the Go toolchain, from a module whose versions and checksums are
 * committed beside this file. The proxy, the checksum database and the flags are those of the caller's environment.
 */
export async function buildTemporal(
  folder: string,
  progress: Progress,
  { go = findGo(), env = process.env }: { go?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  if (go === undefined) throw new WayClosedError("no go on PATH");
  const work = join(folder, "module");
  await mkdir(work, { recursive: true });
  // A copy, since some go commands write to these files.
  for (const { name, path } of moduleFiles) await copyFile(path, join(work, name));
  progress.line("Building the Temporal development server with Go; this takes about 4 minutes on two cores, once ...");
  const target = join(folder, fileName);
  const what = { package: temporalModule.package, target, variable: versionVariable, version: temporalVersion };
  await compile(what, { go, work, env: goEnvironment(env) }, progress);
  await chmod(target, 0o755);
  await rm(work, { recursive: true });
}
