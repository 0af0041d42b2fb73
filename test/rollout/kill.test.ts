import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readJournal } from "../../provider/dist/rollout/local/journal.js";
import { stateAfter } from "../../provider/dist/rollout/records.js";
import { testFolder } from "./util.ts";
import type { World } from "./world.ts";

const PROGRAM = join(import.meta.dirname, "killed-rollout.ts");

/** Runs the program to its end; the signal that ended it. */
function run(folder: string, ...args: string[]): Promise<NodeJS.Signals | null> {
  mkdirSync(folder, { recursive: true });
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [PROGRAM, folder, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", fail);
    child.on("close", (code, signal) => {
      if (code === 0 || signal === "SIGKILL") done(signal);
      else fail(new Error(`${args.join(" ")} ended with ${code ?? signal}: ${errors}`));
    });
  });
}

const recordsIn = (folder: string) => readJournal(join(folder, "2026-11-26-1")).records;

function callsIn(folder: string): [step: string, tenant?: string][] {
  const file = join(folder, "calls.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as [string, string?]);
}

/** How it stands in the end, without what a kill may change: how often something was tried. */
function outcome(folder: string) {
  const { ended, tenants, waves } = stateAfter(recordsIn(folder));
  const world = JSON.parse(readFileSync(join(folder, "world.json"), "utf8")) as World;
  return {
    ended,
    waves: [...waves].map(([name, { done, healthy, approvedBy }]) => ({ name, done, healthy, approvedBy })),
    tenants: [...tenants].map(([id, { phase }]) => ({ id, phase, updated: world[id]!.updated })),
  };
}

describe("a rollout that is killed", function () {
  this.timeout(300_000);
  const folder = testFolder();

  for (const how of ["kept", "lost", "torn"] as const) {
    it(`is the same in the end after a kill at every record that is ${how}`, async () => {
      const undisturbed = join(folder(), "undisturbed");
      assert.equal(await run(undisturbed), null);
      const count = recordsIn(undisturbed).length;
      assert.ok(count > 25, String(count));
      const expected = outcome(undisturbed);
      assert.equal(expected.ended?.how, "done");
      const places = Array.from({ length: count }, (_, index) => index);
      const worker = async () => {
        for (let at = places.shift(); at !== undefined; at = places.shift()) await killAt(at, how, expected);
      };
      // They wait for the disk most of the time.
      await Promise.all(Array.from({ length: 4 }, worker));
    });
  }

  async function killAt(at: number, how: string, expected: unknown): Promise<void> {
    const own = join(folder(), `${how}-${at}`);
    assert.equal(await run(own, String(at), how), "SIGKILL");
    const records = recordsIn(own);
    assert.equal(records.length, how === "kept" ? at + 1 : at);
    const applied = records.flatMap((record) => (record.kind === "applied" ? [record.tenant] : []));
    const before = callsIn(own).length;
    assert.equal(await run(own), null);
    const where = `${how} record ${at}`;
    assert.deepEqual(outcome(own), expected, where);
    for (const [step, tenant] of callsIn(own).slice(before)) {
      assert.ok(step !== "apply" || !applied.includes(tenant!), `${where}: ${tenant} was applied once more`);
    }
    assert.deepEqual(
      readdirSync(join(own, "locks")).filter((name) => name.endsWith(".lock")),
      [],
    );
  }
});
