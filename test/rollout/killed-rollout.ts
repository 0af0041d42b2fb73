/**
 * A rollout in a process of its own, on tenants in a file: `node killed-rollout.ts <folder> [<record> <lost|kept|torn>]`.
 * It ends itself by SIGKILL with that record of this run, counted from 0: before it is written, after, or in the middle.
 * `test/rollout/kill.test.ts` runs it.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Journal, JOURNAL_FILE } from "../../provider/dist/rollout/local/journal.js";
import { lockRollout, lockTenants } from "../../provider/dist/rollout/local/locks.js";
import { localSurroundings } from "../../provider/dist/rollout/local/surroundings.js";
import { sayApproved } from "../../provider/dist/rollout/local/words.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { planOf } from "./util.ts";
import { worldActivities, worldOf, type World } from "./world.ts";

const plan = planOf(
  [
    { tenants: [0, 1, 2], concurrency: 2, gate: { soakMs: 20, healthCheck: { command: ["true"], timeoutMs: 1_000 } } },
    { tenants: [3, 4, 5], concurrency: 2, gate: { approval: { timeoutMs: 60_000 } } },
  ],
  { failureBudget: 2 },
);
const behaviours = ["changes", "unneeded", "failsOnce", "refusedByPreview", "failsAlways", "changes"] as const;

const [folder = "", at, how] = process.argv.slice(2);
const worldFile = join(folder, "world.json");
const calls = join(folder, "calls.jsonl");
const own = join(folder, "2026-11-26-1");
const kill = (): never => {
  process.kill(process.pid, "SIGKILL");
  // The signal may take a moment.
  for (;;);
};

mkdirSync(own, { recursive: true });
const world = existsSync(worldFile)
  ? (JSON.parse(readFileSync(worldFile, "utf8")) as World)
  : worldOf(plan.tenants, behaviours);
const locks = [await lockTenants(folder, plan.tenants, "2026-11-26-1"), await lockRollout(own, "2026-11-26-1")];
const journal = Journal.open(own);
let written = 0;
const surroundings = localSurroundings({
  journal,
  folder: own,
  poll: 50,
  onRecord: (record) => {
    if (record.kind === "approvalAsked") sayApproved(own, record.wave, { by: "Ada", at: record.at });
    if (String(written) === at && how === "kept") kill();
    written += 1;
  },
});
const activities = worldActivities(world, {
  before: (step, tenant) => appendFileSync(calls, `${JSON.stringify([step, tenant?.id])}\n`),
  after: () => writeFileSync(worldFile, JSON.stringify(world)),
});
await runRollout(plan, { rollout: "2026-11-26-1", plan: "abc" }, journal.records, activities, {
  ...surroundings,
  async record(event) {
    if (String(written) === at && how === "lost") kill();
    if (String(written) === at && how === "torn") {
      appendFileSync(join(own, JOURNAL_FILE), JSON.stringify({ at: new Date().toISOString(), ...event }).slice(0, 45));
      kill();
    }
    await surroundings.record(event);
  },
});
surroundings.close();
journal.close();
locks.forEach((lock) => lock.release());
