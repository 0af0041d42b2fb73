/** `npm test`: runs every test under test/ and closes with one plain line, `N passed, N failed`. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { azureadText, ensureAzuread, type AzureadPlugin } from "../azuread/index.ts";
import { engineEnvironment, ensureEngine, EngineUnavailableError, type Engine } from "../engine/index.ts";
import { engineHome, groups, isEngineTest, root, select, testFiles, type Group } from "./files.ts";
import { readOptions, usage, type TestOptions } from "./options.ts";
import { closingLines, total, type GroupResult } from "./result.ts";
import type { Assignment } from "./worker.ts";

/** What the harness of the engine's tests is told through the environment. */
export type EngineNote = { engine: Engine; azuread: AzureadPlugin } | { missing: string };

async function engineFor(files: string[], options: TestOptions): Promise<EngineNote> {
  if (!files.some(isEngineTest)) return { missing: "no test of the engine is wanted" };
  if (!options.engine) return { missing: "left out on request: --no-engine or NO_ENGINE" };
  try {
    const engine = await ensureEngine();
    console.log(`Pulumi ${engine.version} (${engine.source}): ${engine.pulumi}`);
    // Asked once: the workers get the answer.
    const azuread = await ensureAzuread(engine, engineEnvironment(engine, engineHome));
    return { engine, azuread };
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    console.log(error.message);
    return { missing: "no Pulumi engine can be had on this machine" };
  }
}

interface Run {
  /** Prints what has been held back, and whatever comes from now on. */
  show(): void;
  stop(): void;
  result: Promise<GroupResult>;
}

/** Starts a group in a process of its own; its output is held back until it is shown. */
function start(group: Group, options: TestOptions, note: EngineNote): Run {
  const assignment: Assignment = { group, mocha: options.mocha, color: process.stdout.isTTY === true };
  const child = spawn(process.execPath, [join(import.meta.dirname, "worker.ts"), JSON.stringify(assignment)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Mocha takes CI=true for a terminal with colours.
    env: {
      ...process.env,
      ...(!assignment.color && { NO_COLOR: "1" }),
      ENTRA_PASSKEYS_TEST_ENGINE: JSON.stringify(note),
      ...("azuread" in note && { ENTRA_PASSKEYS_AZUREAD: note.azuread.kind }),
    },
  });
  const held: [NodeJS.WriteStream, Buffer][] = [];
  let shown = false;
  const forward = (to: NodeJS.WriteStream) => (chunk: Buffer) => (shown ? to.write(chunk) : held.push([to, chunk]));
  child.stdout!.on("data", forward(process.stdout));
  child.stderr!.on("data", forward(process.stderr));
  let result: GroupResult | undefined;
  child.on("message", (message) => (result = message as GroupResult));
  return {
    show() {
      for (const [to, chunk] of held.splice(0)) to.write(chunk);
      shown = true;
    },
    stop: () => child.kill(),
    result: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        const early = `the process of the ${group.name} ended (${signal ?? code}) before its tests were over`;
        resolve(result ?? { passed: 0, failed: [early], skipped: [] });
      });
    }),
  };
}

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2), process.env);
  const files = select(testFiles(), options.files);
  const note = await engineFor(files, options);
  const results: GroupResult[] = [];
  if ("missing" in note && options.requireEngine && files.some(isEngineTest)) {
    const reason = `REQUIRE_ENGINE is set, but there is no engine: ${note.missing}`;
    results.push({ passed: 0, failed: [reason], skipped: [] });
  }
  let next: Run | undefined;
  const all = groups(files);
  for (const [index, group] of all.entries()) {
    const run = next ?? start(group, options, note);
    const following = all[index + 1];
    next = following !== undefined && !options.serial ? start(following, options, note) : undefined;
    run.show();
    results.push(await run.result);
    if (options.mocha.bail && results.at(-1)!.failed.length > 0) {
      next?.stop();
      break;
    }
  }
  const sum = total(results);
  const ran = sum.passed + sum.failed.length + sum.skipped.length > 0;
  if (!ran) console.log("No test matches.");
  const about = "azuread" in note ? [`The engine's tests ran with ${azureadText(note.azuread)}.`] : [];
  console.log(closingLines(sum, about).join("\n"));
  return ran && sum.failed.length === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 1;
}
