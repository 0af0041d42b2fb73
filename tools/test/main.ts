/** `npm test`: runs every test under test/ and closes with one plain line, `N passed, N failed`. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { azureadText, ensureAzuread, type AzureadPlugin } from "../azuread/index.ts";
import { engineEnvironment, ensureEngine, EngineUnavailableError, type Engine } from "../engine/index.ts";
import { ensureTemporal, TemporalUnavailableError, type Temporal } from "../temporal/index.ts";
import { engineHome, groups, needsEngine, needsTemporal, root, select, testFiles, type Group } from "./files.ts";
import { readOptions, usage, type TestOptions } from "./options.ts";
import { closingLines, total, type GroupResult } from "./result.ts";
import type { Assignment } from "./worker.ts";

/** What the harness of the engine's tests is told through the environment. */
export type EngineNote = { engine: Engine; azuread: AzureadPlugin } | { missing: string };

/** What the harness of the tests on Temporal is told. */
export type TemporalNote = { temporal: Temporal } | { missing: string };

interface Notes {
  engine: EngineNote;
  temporal: TemporalNote;
}

const LEFT_OUT = "left out on request: --no-engine or NO_ENGINE";

async function engineFor(files: string[], options: TestOptions): Promise<EngineNote> {
  if (!files.some(needsEngine)) return { missing: "no test of the engine is wanted" };
  if (!options.engine) return { missing: LEFT_OUT };
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

async function temporalFor(files: string[], options: TestOptions): Promise<TemporalNote> {
  if (!files.some(needsTemporal)) return { missing: "no test on Temporal is wanted" };
  if (!options.engine) return { missing: LEFT_OUT };
  try {
    const temporal = await ensureTemporal();
    console.log(`Temporal ${temporal.version} (${temporal.source}): ${temporal.cli}`);
    return { temporal };
  } catch (error) {
    if (!(error instanceof TemporalUnavailableError)) throw error;
    console.log(error.message);
    return { missing: "no Temporal server can be had on this machine" };
  }
}

/** What is missing although it is wanted, as failures. */
function missing(files: string[], { engine, temporal }: Notes): string[] {
  const failures: string[] = [];
  if ("missing" in engine && files.some(needsEngine)) {
    failures.push(`REQUIRE_ENGINE is set, but there is no engine: ${engine.missing}`);
  }
  if ("missing" in temporal && files.some(needsTemporal)) {
    failures.push(`REQUIRE_ENGINE is set, but there is no Temporal server: ${temporal.missing}`);
  }
  return failures;
}

interface Run {
  /** Prints what has been held back, and whatever comes from now on. */
  show(): void;
  stop(): void;
  result: Promise<GroupResult>;
}

/** Starts a group in a process of its own; its output is held back until it is shown. */
function start(group: Group, options: TestOptions, { engine, temporal }: Notes): Run {
  const assignment: Assignment = { group, mocha: options.mocha, color: process.stdout.isTTY === true };
  const child = spawn(process.execPath, [join(import.meta.dirname, "worker.ts"), JSON.stringify(assignment)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Mocha takes CI=true for a terminal with colours.
    env: {
      ...process.env,
      ...(!assignment.color && { NO_COLOR: "1" }),
      ENTRA_PASSKEYS_TEST_ENGINE: JSON.stringify(engine),
      ENTRA_PASSKEYS_TEST_TEMPORAL: JSON.stringify(temporal),
      ...("azuread" in engine && { ENTRA_PASSKEYS_AZUREAD: engine.azuread.kind }),
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
  const notes: Notes = { engine: await engineFor(files, options), temporal: await temporalFor(files, options) };
  const results: GroupResult[] = [];
  if (options.requireEngine) results.push({ passed: 0, failed: missing(files, notes), skipped: [] });
  let next: Run | undefined;
  const all = groups(files);
  for (const [index, group] of all.entries()) {
    const run = next ?? start(group, options, notes);
    const following = all[index + 1];
    next = following !== undefined && !options.serial ? start(following, options, notes) : undefined;
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
  const { engine } = notes;
  const about = "azuread" in engine ? [`The engine's tests ran with ${azureadText(engine.azuread)}.`] : [];
  console.log(closingLines(sum, about).join("\n"));
  return ran && sum.failed.length === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 1;
}
