import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";

/** The root of the workspace. */
export const root = resolve(import.meta.dirname, "../..");

/**
 * Where the engine's tests have their Pulumi home and compiled code: common to all, so that it is made once; not common
 * to two checkouts, because a plugin in it may be one of the checkout.
 */
export const engineHome = join(
  tmpdir(),
  `entra-passkeys-engine-tests-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`,
);

/** Tests that run beside each other, in a process for each group. */
export interface Group {
  name: string;
  /** Relative to the root, with slashes. */
  files: string[];
}

/** Every `*.test.ts` under test/ that `npm test` runs, sorted. */
export function testFiles(): string[] {
  return everyTestFile().filter((file) => !isBrowserTest(file));
}

/** What `npm run test:browser` runs, sorted. */
export function browserTestFiles(): string[] {
  return everyTestFile().filter(isBrowserTest);
}

function everyTestFile(): string[] {
  return readdirSync(resolve(root, "test"), { recursive: true, encoding: "utf8" })
    .map((file) => `test/${file.split(sep).join("/")}`)
    .filter((file) => file.endsWith(".test.ts") && !file.includes("/node_modules/"))
    .sort();
}

/** Keeps the files that are named, or whose path contains what is named; throws for a name that nothing answers to. */
export function select(files: string[], names: string[]): string[] {
  const chosen = new Set<string>();
  for (const name of names) {
    const path = relative(root, resolve(name)).split(sep).join("/");
    const matches = files.filter((file) => file === path || file.includes(name.replace(/^\.\//, "")));
    if (matches.length === 0) throw new Error(`no test file matches ${name}`);
    for (const match of matches) chosen.add(match);
  }
  return names.length === 0 ? files : files.filter((file) => chosen.has(file));
}

/** Whether a file may need a real Pulumi engine. */
export function needsEngine(file: string): boolean {
  return file.startsWith("test/engine/") || needsTemporal(file);
}

/** Whether a file needs a real Temporal server. */
export function needsTemporal(file: string): boolean {
  return file.startsWith("test/temporal/");
}

/** Whether a file needs a browser. */
function isBrowserTest(file: string): boolean {
  return file.startsWith("test/browser/");
}

/** The tests of real servers and engines wait for other processes most of the time, so they run beside the others. */
export function groups(files: string[]): Group[] {
  return [
    { name: "tests", files: files.filter((file) => !needsEngine(file)) },
    { name: "engine", files: files.filter((file) => needsEngine(file) && !needsTemporal(file)) },
    { name: "temporal", files: files.filter(needsTemporal) },
  ].filter((group) => group.files.length > 0);
}
