import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { goModules, moduleFiles, type GoModule } from "./definition.ts";
import { compile, findGo, goEnvironment, runGo, type Tool } from "./go.ts";
import { elapsed, type Progress } from "./progress.ts";
import { WayClosedError } from "./types.ts";

/** The variable of Pulumi's code that holds the version which `pulumi version` prints. */
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/**
 * Compiles the three programs into `folder/bin` with the Go toolchain, from modules whose versions and checksums are
 * committed beside this file. The proxy, the checksum database and the flags are those of the caller's environment.
 */
export async function buildEngine(
  folder: string,
  progress: Progress,
  { go = findGo(), env = process.env }: { go?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  if (go === undefined) throw new WayClosedError("no go on PATH");
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const started = Date.now();
  progress.line("Building Pulumi with Go; this takes about 5 minutes on two cores, once ...");
  for (const module of goModules) {
    const work = join(folder, "modules", module.folder);
    await mkdir(work, { recursive: true });
    // A copy, since some go commands write to these files.
    for (const { name, path } of moduleFiles(module)) await copyFile(path, join(work, name));
    const { version } = module;
    const tool: Tool = { go, work, env: goEnvironment(env) };
    for (const product of module.products) {
      const target = join(bin, product.file);
      await (product.copy
        ? copyFrom(module, product.copy, target, tool)
        : compile({ package: product.package!, target, variable: versionVariable, version }, tool, progress));
      await chmod(target, 0o755);
      progress.line(`  ${product.file} ${version}, ${elapsed(started)}`);
    }
  }
  await rm(join(folder, "modules"), { recursive: true });
}

/** Copies one file of a module, whose content Go compares with go.sum. */
async function copyFrom(module: GoModule, file: string, target: string, tool: Tool): Promise<void> {
  const answer = JSON.parse(await runGo(tool, ["mod", "download", "-json", module.module])) as { Dir: string };
  await copyFile(join(answer.Dir, file), target);
}
