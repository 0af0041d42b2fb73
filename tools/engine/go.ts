import { existsSync } from "node:fs";
import { basename } from "node:path";
import { run, type RunOptions } from "./child.ts";
import { goVersion } from "./definition.ts";
import { onPath } from "./path.ts";
import { elapsed, type Progress } from "./progress.ts";
import { WayClosedError } from "./types.ts";

/** The Go command: from PATH, or where Go's own installation puts it. */
export function findGo(): string | undefined {
  const name = process.platform === "win32" ? "go.exe" : "go";
  return onPath(name)[0] ?? ["/usr/local/go/bin/go"].find((file) => existsSync(file));
}

/** A Go toolchain at work. */
export interface Tool {
  /** The Go command. */
  go: string;
  /** The folder with go.mod and go.sum. */
  work: string;
  env: NodeJS.ProcessEnv;
}

/** The environment of a build that is the same on every machine: no C compiler, no workspace of the caller. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, CGO_ENABLED: "0", GOWORK: "off" };
}

/** Runs a Go command and gives its standard output; throws a `WayClosedError` that says what Go said. */
export async function runGo(tool: Tool, args: string[], onLine?: RunOptions["onLine"]): Promise<string> {
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

/** A program that Go is to make. */
export interface Compilation {
  /** The path of the package. */
  package: string;
  /** The file that is written. */
  target: string;
  /** The variable of the program that holds its version, and the version. */
  variable: string;
  version: string;
}

/** Compiles one program and tells how far it is. */
export async function compile(
  { package: name, target, variable, version }: Compilation,
  tool: Tool,
  progress: Progress,
): Promise<void> {
  const started = Date.now();
  const tell = (text: string) => progress.status(`  ${basename(target)}: ${text}, ${elapsed(started)}`);
  const downloads = (line: string) => line.startsWith("go: downloading") && tell(line.slice(4));
  const total = (await runGo(tool, ["list", "-mod=readonly", "-deps", name], downloads)).trim().split("\n").length;
  let compiled = 0;
  const flags = ["-mod=readonly", "-trimpath", `-ldflags=-s -w -X ${variable}=${version}`];
  await runGo(tool, ["build", "-v", ...flags, "-o", target, name], (line) => {
    if (!line.includes(" ")) tell(`compiled ${++compiled} of at most ${total} packages`);
  });
}
