import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { run, type RunOptions } from "./child.ts";
import { goModules, goVersion, moduleFiles, type GoModule, type Product } from "./definition.ts";
import { onPath } from "./path.ts";
import { elapsed, type Progress } from "./progress.ts";
import { WayClosedError } from "./types.ts";

/** The variable of Pulumi's code that holds the version which `pulumi version` prints. */
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The Go command: from PATH, or where Go's own installation puts it. */
export function findGo(): string | undefined {
  const name = process.platform === "win32" ? "go.exe" : "go";
  return onPath(name)[0] ?? ["/usr/local/go/bin/go"].find((file) => existsSync(file));
}

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
    const tool: Tool = { go, work, env: { ...env, CGO_ENABLED: "0", GOWORK: "off" } };
    for (const product of module.products) {
      const target = join(bin, product.file);
      await (product.copy
        ? copyFrom(module, product.copy, target, tool)
        : compile(module, product, target, tool, progress));
      await chmod(target, 0o755);
      progress.line(`  ${product.file} ${module.version}, ${elapsed(started)}`);
    }
  }
  await rm(join(folder, "modules"), { recursive: true });
}

interface Tool {
  go: string;
  work: string;
  env: NodeJS.ProcessEnv;
}

async function runGo(tool: Tool, args: string[], onLine?: RunOptions["onLine"]): Promise<string> {
  const { code, stdout, errors } = await run(tool.go, args, { cwd: tool.work, env: tool.env, onLine }).catch(
    (error: Error) => ({ code: -1, stdout: "", errors: [error.message] }),
  );
  if (code === 0) return stdout;
  const said = errors.join("\n");
  if (/requires go >=|unknown directive|invalid go version|toolchain not available/.test(said)) {
    const version = await run(tool.go, ["env", "GOVERSION"], { env: tool.env }).catch(() => ({ stdout: "" }));
    throw new WayClosedError(`${tool.go} is ${version.stdout.trim() || "too old"}; Go ${goVersion} or newer is needed`);
  }
  throw new WayClosedError(`go ${args[0]} failed: ${errors.slice(-6).join("\n    ")}`);
}

/** Copies one file of a module, whose content Go compares with go.sum. */
async function copyFrom(module: GoModule, file: string, target: string, tool: Tool): Promise<void> {
  const answer = JSON.parse(await runGo(tool, ["mod", "download", "-json", module.module])) as { Dir: string };
  await copyFile(join(answer.Dir, file), target);
}

async function compile(
  module: GoModule,
  product: Product,
  target: string,
  tool: Tool,
  progress: Progress,
): Promise<void> {
  const pkg = product.package!;
  const started = Date.now();
  const tell = (text: string) => progress.status(`  ${product.file}: ${text}, ${elapsed(started)}`);
  const downloads = (line: string) => line.startsWith("go: downloading") && tell(line.slice(4));
  const total = (await runGo(tool, ["list", "-mod=readonly", "-deps", pkg], downloads)).trim().split("\n").length;
  let compiled = 0;
  const flags = ["-mod=readonly", "-trimpath", `-ldflags=-s -w -X ${versionVariable}=${module.version}`];
  await runGo(tool, ["build", "-v", ...flags, "-o", target, pkg], (line) => {
    if (!line.includes(" ")) tell(`compiled ${++compiled} of at most ${total} packages`);
  });
}
