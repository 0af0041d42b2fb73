import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { compareVersions, fileName, minimumVersion, programs, type Program } from "./definition.ts";
import type { Engine } from "./types.ts";

const execute = promisify(execFile);

/** An engine on PATH, or why there is none that can be used. */
export type PathState = { engine: Engine } | { reason: string };

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Every file of that name on PATH, in order, without the same file twice. */
export function onPath(name: string, path: string = process.env.PATH ?? ""): string[] {
  const seen = new Set<string>();
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => resolve(folder, name))
    .filter((file) => isProgram(file) && !seen.has(realpathSync(file)) && seen.add(realpathSync(file)));
}

/** What `pulumi version` answers, without the `v`; undefined where it answers nothing of the sort. */
export async function versionOf(pulumi: string): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { stdout } = await execute(pulumi, ["version"], { env, timeout: 20_000 }).catch(() => ({ stdout: "" }));
  return /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
}

function companion(program: Program, pulumi: string, path: string): string | undefined {
  const beside = [dirname(pulumi), dirname(realpathSync(pulumi))].map((folder) => join(folder, fileName(program)));
  return beside.find(isProgram) ?? onPath(fileName(program), path)[0];
}

/** Looks for a CLI on PATH that is new enough and has its language host and launcher beside it or on PATH. */
export async function findOnPath(path: string = process.env.PATH ?? ""): Promise<PathState> {
  const reasons: string[] = [];
  for (const pulumi of onPath(fileName("pulumi"), path)) {
    const version = await versionOf(pulumi);
    if (version === undefined) {
      reasons.push(`${pulumi} does not tell its version`);
      continue;
    }
    if (compareVersions(version, minimumVersion) < 0) {
      reasons.push(`${pulumi} is ${version}, older than ${minimumVersion}`);
      continue;
    }
    const files = programs.map((program) => (program === "pulumi" ? pulumi : companion(program, pulumi, path)));
    const missing = programs.filter((_, index) => files[index] === undefined);
    if (missing.length > 0) {
      reasons.push(`${pulumi} has no ${missing.join(" and no ")}`);
      continue;
    }
    const folders = new Set(files.map((file) => dirname(file!)));
    return { engine: { pulumi, path: [...folders].join(delimiter), version, source: "path" } };
  }
  return { reason: reasons.join("; ") || "no pulumi" };
}
