/** What it costs to have Temporal run a rollout: tenants a minute with one and two workers, beside one process. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { planDigest, readPlan } from "../../provider/dist/rollout/config/index.js";
import type { RolloutPlan } from "../../provider/dist/rollout/plan.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { newInput, RolloutClient } from "../../provider/dist/rollout/temporal/index.js";
import { startTemporal } from "../temporal/index.ts";
import { nothing } from "./nothing.ts";
import { seconds, type Report } from "./report.ts";
import { CLI, measure, prepare, startTenants } from "./rollout.ts";

const COUNT = 200;
const WORKERS = [1, 2];
const NOTHING = resolve(import.meta.dirname, "temporal-worker.ts");

interface Figure {
  readonly steps: "scan" | "nothing";
  readonly engine: "local" | "temporal";
  /** Processes; 1 where the engine is local. */
  readonly workers: number;
  readonly ms: number;
}

export async function benchTemporal(): Promise<Report> {
  const figures: Figure[] = [];
  const folder = mkdtempSync(join(tmpdir(), "entra-passkeys-bench-"));
  const server = await startTemporal();
  try {
    await using emulator = await startTenants(COUNT);
    const { file, env } = prepare(folder, emulator, COUNT);
    const plan = readPlan(file);
    const roomy = { ...env, NODE_OPTIONS: "" };
    const { address } = server;

    figures.push({ steps: "scan", engine: "local", workers: 1, ms: (await measure(["up", file, "--yes"], env)).ms });
    figures.push({ steps: "nothing", engine: "local", workers: 1, ms: await localNothing(plan) });
    for (const workers of WORKERS) {
      const queue = `scan-${workers}`;
      const where = ["--address", address, "--task-queue", queue];
      await withWorkers(workers, [CLI, "worker", file, ...where], roomy, async () => {
        const { ms } = await measure(["up", file, "--yes", "--engine", "temporal", ...where], roomy);
        figures.push({ steps: "scan", engine: "temporal", workers, ms });
      });
      const empty = `nothing-${workers}`;
      await withWorkers(workers, [NOTHING, file, address, empty], roomy, async () => {
        const ms = await temporalNothing(plan, address, empty);
        figures.push({ steps: "nothing", engine: "temporal", workers, ms });
      });
      console.error(`temporal: ${workers === 1 ? "1 worker" : `${workers} workers`}`);
    }
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const labels = figures.map((figure): [string, Figure] => [labelOf(figure), figure]);
  const rows = labels.map(([label, { steps, engine, ms }]): [string, string] => {
    const local = figures.find((other) => other.engine === "local" && other.steps === steps)!;
    const more = engine === "local" ? "" : `, ${((ms - local.ms) / COUNT).toFixed(1)} ms each more than in one process`;
    return [label, `${seconds(ms)}, ${Math.round((COUNT / ms) * 60_000).toLocaleString("en-US")} a minute${more}`];
  });
  const title = `${COUNT} tenants with nothing to do, four at a time, on a development server of this machine`;
  const about = "no goal; scans by the command, which looks once a second; empty steps without it";
  const bars = labels.filter(([, { steps }]) => steps === "scan").map(([label, { ms }]) => ({ label, ms }));
  return { figures: { tenants: COUNT, figures }, rows: [[title, about], ...rows], missed: [], bars };
}

function labelOf({ steps, engine, workers }: Figure): string {
  const by = engine === "local" ? "one process" : `Temporal, ${workers} worker${workers === 1 ? "" : "s"}`;
  return `${steps === "scan" ? "rollout up" : "empty steps"}, ${by}`;
}

async function localNothing(plan: RolloutPlan): Promise<number> {
  const started = performance.now();
  await runRollout(plan, { rollout: "2026-01-01-1", plan: planDigest(plan) }, [], nothing, {
    record: async () => {},
    now: () => Date.now(),
    sleepUntil: async () => false,
    approval: async () => "timedOut",
    abortedBy: () => undefined,
  });
  return performance.now() - started;
}

async function temporalNothing(plan: RolloutPlan, address: string, taskQueue: string): Promise<number> {
  const cluster = { address, namespace: "default", taskQueue, codecKeys: [] };
  const client = await RolloutClient.connect(cluster, taskQueue);
  try {
    const started = performance.now();
    await client.start(newInput(plan, planDigest(plan), "2026-01-01-1", 0));
    const { ended } = await client.result("2026-01-01-1");
    if (ended?.how !== "done") throw new Error(`The rollout with empty steps was not done: ${ended?.reason}`);
    return performance.now() - started;
  } finally {
    await client.close();
  }
}

/** Has so many workers poll meanwhile, each in a process of its own. */
async function withWorkers(
  count: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  run: () => Promise<void>,
): Promise<void> {
  const workers: ChildProcess[] = [];
  try {
    for (let index = 0; index < count; index += 1) workers.push(spawn(process.execPath, args, { env }));
    await Promise.all(workers.map(polling));
    await run();
  } finally {
    await Promise.all(
      workers.map(async (worker) => {
        if (worker.exitCode !== null || worker.signalCode !== null) return;
        worker.kill("SIGTERM");
        await once(worker, "exit");
      }),
    );
  }
}

/** Waits until a worker says that it polls, and lets it say whatever it likes from then on. */
async function polling(worker: ChildProcess): Promise<void> {
  let said = "";
  worker.stderr!.setEncoding("utf8").on("data", (text: string) => (said = `${said}${text}`.slice(-2_000)));
  for await (const line of createInterface({ input: worker.stdout! })) {
    said = `${said}${line}\n`.slice(-2_000);
    if (!line.startsWith("Polling")) continue;
    worker.stdout!.resume();
    return;
  }
  throw new Error(`A worker has ended before it polled:\n${said}`);
}
