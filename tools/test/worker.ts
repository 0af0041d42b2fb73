/** Runs one group of test files with Mocha, in a process of its own, and sends what came of it to main.ts. */
import { resolve } from "node:path";
import Mocha from "mocha";
import { root, type Group } from "./files.ts";
import type { TestOptions } from "./options.ts";
import { skipped, type GroupResult } from "./result.ts";

/** What main.ts gives to a worker. */
export interface Assignment {
  group: Group;
  mocha: TestOptions["mocha"];
  color: boolean;
}

const { group, mocha: options, color } = JSON.parse(process.argv[2]!) as Assignment;
const { grep, fgrep, invert, bail, timeout = 20_000, forbidOnly } = options;
const mocha = new Mocha({ ui: "bdd", reporter: "spec", slow: 1_000, timeout, bail, forbidOnly, color });
if (grep !== undefined) mocha.grep(new RegExp(grep));
if (fgrep !== undefined) mocha.fgrep(fgrep);
if (invert) mocha.invert();

const result: GroupResult = { passed: 0, failed: [], skipped: [] };
try {
  for (const file of group.files) mocha.addFile(resolve(root, file));
  await mocha.loadFilesAsync();
  await new Promise<void>((done) => {
    const runner = mocha.run(() => done());
    runner.on("pass", () => result.passed++);
    runner.on("fail", (test) => result.failed.push(test.fullTitle()));
    runner.on("pending", (test) => result.skipped.push(skipped(test.titlePath(), test.fn !== undefined)));
  });
} catch (error) {
  console.error(error);
  result.failed.push(`the ${group.name} could not be loaded: ${(error as Error).message.split("\n")[0]}`);
}
// Leave without waiting for whatever a test left open.
process.send!(result, undefined, undefined, () => process.exit(0));
