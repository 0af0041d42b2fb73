/** Reports of real previews, and how they are compared with what is expected of them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { engineOfTests, type Stack } from "./stack.ts";

const root = resolve(import.meta.dirname, "../..");
export const CLI = join(root, "provider/dist/cli/main.js");
const golden = join(import.meta.dirname, "report");

/** The same pseudonyms in every run. */
export const SALT = { ENTRA_PASSKEYS_SALT: "reports of the tests, always the same" };

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function execute(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Ended> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
  }
  child.stdin.end(options.input ?? "");
  return new Promise((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => done({ code, ...texts }));
  });
}

/** What `pulumi preview --json` says of a program, as it is told to a report. */
export async function previewOf(
  stack: Stack,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout, stderr } = await execute(
    engineOfTests().pulumi,
    ["preview", "--json", "--show-sames", "--non-interactive", ...args],
    { cwd: stack.project, env: { ...stack.env, ...SALT, ENTRA_PASSKEYS_REPORT: "1", ...env } },
  );
  assert.ok(stdout.trim().startsWith("{"), `${stdout}\n${stderr}`);
  return stdout;
}

export interface Reported {
  readonly code: number | null;
  readonly markdown: string;
  readonly json: string;
  readonly stderr: string;
}

/** Runs `entra-passkeys report` on previews. */
export async function reportOf(
  stack: Pick<Stack, "folder" | "env">,
  previews: readonly string[],
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = stack.env,
): Promise<Reported> {
  const files = previews.map((preview, index) => {
    const file = join(stack.folder, `preview-${index}.json`);
    writeFileSync(file, preview);
    return file;
  });
  const json = join(stack.folder, "report.json");
  const { code, stdout, stderr } = await execute(
    process.execPath,
    [CLI, "report", ...files, "--markdown", "-", "--json", json, ...args],
    { cwd: stack.folder, env: { ...env, ...SALT } },
  );
  assert.ok(existsSync(json), stderr);
  return { code, markdown: stdout, json: readFileSync(json, "utf8"), stderr };
}

/**
 * Compares with the file of the same name; with `UPDATE_GOLDEN=1` writes it instead, to be read before it is committed.
 *
 * @param name with its ending.
 */
export function assertGolden(name: string, actual: string): void {
  const file = join(golden, name);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  assert.equal(actual, readFileSync(file, "utf8"), `${name}; UPDATE_GOLDEN=1 writes it anew`);
}
