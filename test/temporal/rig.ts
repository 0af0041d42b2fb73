/** A rollout of a fleet on a server, with workers that come and go. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@temporalio/client";
import type { RolloutPlan, TenantSpec } from "../../provider/dist/rollout/plan.js";
import type { RolloutEvent, RolloutRecord } from "../../provider/dist/rollout/records.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { RolloutClient } from "../../provider/dist/rollout/temporal/client.js";
import { stepWorkflowId, type Mode } from "../../provider/dist/rollout/temporal/protocol.js";
import type { ClusterSettings } from "../../provider/dist/rollout/temporal/settings.js";
import { newInput, nextInput } from "../../provider/dist/rollout/temporal/start.js";
import { startWorker, type RunningWorker } from "../../provider/dist/rollout/temporal/worker.js";
import type { TemporalServer } from "../../tools/temporal/index.ts";
import { worldActivities, worldOf, type Behaviour, type Step } from "../rollout/world.ts";
import { DIGEST, Fleet, type Mark } from "./fleet.ts";
import type { Told } from "./worker-child.ts";

export const ID = "2026-11-26-1";
/** Silence after which a worker is dead; a tenth of what it is outside of tests. */
const HEARTBEAT_MS = 6_000;

/** `PENDING_ACTIVITY_STATE_CANCEL_REQUESTED` */
const PENDING_CANCEL = 3;

let rigs = 0;

export interface WorkOptions {
  readonly maxConcurrent?: number;
  /** Called as a step begins; what it throws is how it ends. */
  readonly before?: (step: Step, tenant: TenantSpec) => void;
  /** Digest of the plan that it has. Default: that of the rollout. */
  readonly digest?: string;
}

export class Rig implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly cluster: ClusterSettings;
  readonly #workers: RunningWorker[] = [];
  readonly #children: ChildProcess[] = [];
  #client: RolloutClient | undefined;
  readonly #name: string;

  constructor(
    { address, namespace }: TemporalServer,
    folder: string,
    plan: RolloutPlan,
    behaviours: readonly Behaviour[],
  ) {
    rigs += 1;
    this.#name = `rig ${rigs}`;
    this.cluster = { address, namespace, taskQueue: this.#name, codecKeys: [] };
    this.fleet = Fleet.make(folder, plan, behaviours);
  }

  get plan(): RolloutPlan {
    return this.fleet.plan;
  }

  get client(): RolloutClient {
    return this.#client!;
  }

  async begin(): Promise<void> {
    this.#client = await RolloutClient.connect(this.cluster, this.#name);
    await this.client.start({ ...newInput(this.plan, DIGEST, ID, 0), heartbeatMs: HEARTBEAT_MS });
  }

  async goOn(mode: Mode): Promise<void> {
    const { overview } = (await this.client.find(ID))!;
    const { records } = await this.client.records(ID, overview);
    await this.client.start(nextInput(this.plan, overview, records, mode, 0));
  }

  /** A worker of this process. */
  async work(name: string, { before, maxConcurrent, digest }: WorkOptions = {}): Promise<RunningWorker> {
    const parts = this.fleet.parts(name, before);
    const worker = await startWorker({
      cluster: this.cluster,
      parts: digest === undefined ? parts : { ...parts, planDigest: () => digest },
      files: [this.plan.file],
      env: {},
      ...(maxConcurrent !== undefined && { maxConcurrent }),
    });
    this.#workers.push(worker);
    return worker;
  }

  /** A worker of its own process, once it polls. */
  async child(name: string): Promise<ChildProcess> {
    const told: Told = { name, folder: this.fleet.folder, plan: this.plan, cluster: this.cluster };
    const script = join(import.meta.dirname, "worker-child.ts");
    const child = spawn(process.execPath, [script, JSON.stringify(told)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#children.push(child);
    await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the worker ended with ${String(code)}`))),
    ]);
    return child;
  }

  async records(): Promise<RolloutRecord[]> {
    const run = await this.client.find(ID);
    return run === undefined ? [] : (await this.client.records(ID, run.overview)).records;
  }

  /** Waits for a record. */
  recorded(kind: RolloutRecord["kind"], times = 1): Promise<void> {
    return until(
      `${times} x ${kind}`,
      async () => (await this.records()).filter((own) => own.kind === kind).length >= times,
    );
  }

  marked(mark: Partial<Mark>, times = 1): Promise<void> {
    return until(`${times} x ${JSON.stringify(mark)}`, async () => this.fleet.marks(mark).length >= times);
  }

  /** Waits until the worker that is at a tenant was told, by an answer to a heartbeat, that its step is cancelled. */
  async toldToCancel(tenant: string): Promise<void> {
    const { namespace } = this.cluster;
    const handle = new Client({ connection: this.client.connection, namespace }).workflow.getHandle(
      stepWorkflowId(tenant),
    );
    const beat = async () => {
      const { raw } = await handle.describe();
      const [activity] = raw.pendingActivities ?? [];
      const asked = activity?.state === PENDING_CANCEL;
      return asked ? `${String(activity.lastHeartbeatTime?.seconds)}.${activity.lastHeartbeatTime?.nanos}` : undefined;
    };
    let first: string | undefined;
    await until("the cancellation of the step", async () => (first = await beat()) !== undefined);
    await until("a heartbeat after it", async () => ![undefined, first].includes(await beat()));
  }

  /** All records, once its run has ended. */
  async ended(): Promise<RolloutRecord[]> {
    await until("the end of the run", async () => !(await this.client.status(ID))!.running);
    // The answer of a worker that was killed is waited for first.
    let records: RolloutRecord[] = [];
    await until("its records", async () => (records = await this.records()).length > 0);
    return records;
  }

  /** The records of the same rollout on one machine, undisturbed. */
  async undisturbed(behaviours: readonly Behaviour[]): Promise<RolloutEvent[]> {
    const records: RolloutEvent[] = [];
    let now = 0;
    const activities = worldActivities(worldOf(this.plan.tenants, behaviours));
    await runRollout(this.plan, { rollout: ID, plan: DIGEST }, [], activities, {
      record: async (event) => void records.push(event),
      now: () => now,
      sleepUntil: async (time) => ((now = time), false),
      approval: async () => ({ by: "Ada" }),
      abortedBy: () => undefined,
    });
    return withoutTimes(records);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    if (this.#client !== undefined && (await this.client.status(ID).catch(() => undefined))?.running === true) {
      await this.client.abort(ID, "the test");
    }
    for (const worker of this.#workers) worker.stop();
    await Promise.allSettled(this.#workers.map(({ done }) => done));
    await this.#client?.close();
  }
}

/** Waits until it holds; a probe that fails, as of a server that is down, is tried again. */
export async function until(what: string, probe: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  let last: unknown;
  for (const end = Date.now() + deadlineMs; Date.now() < end; await sleep(50)) {
    try {
      if (await probe()) return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: not within ${deadlineMs / 1000} seconds`, { cause: last });
}

export function withoutTimes(records: readonly RolloutEvent[]): RolloutEvent[] {
  return records.map((record) => {
    const { at: _at, until: _until, ...rest } = record as RolloutEvent & { at?: string; until?: string };
    return rest as RolloutEvent;
  });
}
