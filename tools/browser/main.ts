/** `npm run test:browser`: opens the HTML report in an installed Chromium and closes as `npm test` does. */
import { fork } from "node:child_process";
import { join } from "node:path";
import { browserTestFiles, root, select } from "../test/files.ts";
import { readOptions } from "../test/options.ts";
import { closingLines, type GroupResult } from "../test/result.ts";
import type { Assignment } from "../test/worker.ts";
import { findChromium } from "./chromium.ts";

const MISSING =
  "no Chromium on this machine: install one (Debian: apt-get install chromium), or say where it is with CHROMIUM_PATH";

function run(assignment: Assignment, chromium: string): Promise<GroupResult> {
  const child = fork(join(import.meta.dirname, "../test/worker.ts"), [JSON.stringify(assignment)], {
    cwd: root,
    env: { ...process.env, ...(!assignment.color && { NO_COLOR: "1" }), CHROMIUM_PATH: chromium },
  });
  let result: GroupResult | undefined;
  child.on("message", (message) => (result = message as GroupResult));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const early = `the process of the tests ended (${signal ?? code}) before they were over`;
      resolve(result ?? { passed: 0, failed: [early], skipped: [] });
    });
  });
}

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2), process.env);
  const files = select(browserTestFiles(), options.files);
  const chromium = findChromium(process.env);
  if (chromium === undefined) {
    const required = !["", "0", undefined].includes(process.env.REQUIRE_BROWSER);
    const failed = required ? [`REQUIRE_BROWSER is set, but there is ${MISSING}`] : [];
    const skipped = required ? [] : files.map((title) => ({ title, reason: MISSING }));
    console.log(closingLines({ passed: 0, failed, skipped }).join("\n"));
    return !required;
  }
  console.log(`Chromium: ${chromium}`);
  const group = { name: "tests in a browser", files };
  const result = await run({ group, mocha: options.mocha, color: process.stdout.isTTY === true }, chromium);
  const ran = result.passed + result.failed.length + result.skipped.length > 0;
  if (!ran) console.log("No test matches.");
  console.log(closingLines(result, ["Screenshots are in .artifacts/browser/."]).join("\n"));
  return ran && result.failed.length === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
