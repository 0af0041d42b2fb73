import { NativeConnection, Runtime, Worker, type Logger } from "@temporalio/worker";
import type { RolloutParts } from "../local/parts.js";
import type { TenantSpec } from "../plan.js";
import type { Previewed } from "../ports.js";
import { workerActivities } from "./activities.js";
import { workflowBundle } from "./bundle.js";
import { connectionOptions, dataConverter } from "./converter.js";
import { workerPlan, type WorkerPlan } from "./plans.js";
import { safeText } from "./safe.js";
import type { ClusterSettings } from "./settings.js";

export interface WorkerOptions {
  readonly cluster: ClusterSettings;
  /** What is done to tenants: those of this package, or of a test. */
  readonly parts: RolloutParts;
  /** Files of tenants. */
  readonly files: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Folder of rollouts. Default: beside each file. */
  readonly folder?: string;
  /** How many steps of tenants at a time. Default: 4. */
  readonly maxConcurrent?: number;
  /** How many steps a second all workers of the task queue begin together. Default: as many as they can. */
  readonly perSecond?: number;
  /** How long updates that run may take to end after a stop, in milliseconds. Default: 30 minutes. */
  readonly graceMs?: number;
  /** A line of an update or of a health check. */
  readonly log?: (tenant: TenantSpec, line: string) => void;
  readonly onPreviewed?: (folder: string, tenant: TenantSpec, previewed: Previewed) => Promise<void>;
}

/** A worker that polls. */
export interface RunningWorker {
  readonly plans: readonly WorkerPlan[];
  /** Ends after a stop, once what runs has ended; rejects where the cluster cannot be reached any more. */
  readonly done: Promise<void>;
  /** Takes no more work, and lets what runs end. */
  stop(): void;
}

const GRACE_MS = 30 * 60_000;

/**
 * Starts a worker: it reads the plans, checks their folders, connects, and polls.
 *
 * @throws PlanError, ClusterSettingsError, Error where the cluster does not answer or a folder cannot be written to.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { cluster, parts, files, env, folder, maxConcurrent = 4, perSecond, graceMs = GRACE_MS, log } = options;
  const plans = files.map((file) => workerPlan(parts, file, env, folder));
  const safe = safeText(
    env,
    plans.map(({ plan }) => plan),
  );
  const connection = await connect(cluster);
  try {
    const worker = await Worker.create({
      connection,
      namespace: cluster.namespace,
      taskQueue: cluster.taskQueue,
      dataConverter: dataConverter(cluster),
      workflowBundle: await workflowBundle(cluster.codecKeys.length > 0),
      activities: workerActivities({
        plans: new Map(plans.map((plan) => [plan.digest, plan])),
        safe,
        log: log ?? (() => {}),
        ...(options.onPreviewed && { onPreviewed: options.onPreviewed }),
      }),
      maxConcurrentActivityTaskExecutions: maxConcurrent,
      ...(perSecond !== undefined && { maxTaskQueueActivitiesPerSecond: perSecond }),
      shutdownGraceTime: graceMs,
    });
    const done = worker.run().finally(() => connection.close());
    return { plans, done, stop: () => void (worker.getState() === "RUNNING" && worker.shutdown()) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function connect(cluster: ClusterSettings): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(connectionOptions(cluster));
  } catch (error) {
    throw unreachable(cluster, error);
  }
}

/** Names the place and the way out. */
export function unreachable({ address, namespace }: ClusterSettings, error: unknown): Error {
  const reason = (error as Error).message.split("\n")[0]!.trim();
  return new Error(
    `Temporal at ${address} (namespace ${namespace}) cannot be reached: ${reason}. Check --address, --namespace and TLS, and ` +
      "that the server runs.",
    { cause: error },
  );
}

/**
 * For a process that is a worker and nothing else: signals are its own business, and what the SDK has to say goes there.
 *
 * @param log a line of a problem, already safe
 */
export function ownProcess(log: (line: string) => void, env: NodeJS.ProcessEnv): void {
  const safe = safeText(env);
  const tell = (level: string, message: string, meta?: Readonly<Record<string | symbol, unknown>>) => {
    if (level !== "WARN" && level !== "ERROR") return;
    const error = meta?.["error"];
    log(safe(error instanceof Error ? `${message}: ${error.message}` : message));
  };
  const logger: Logger = {
    log: tell,
    trace: () => {},
    debug: () => {},
    info: () => {},
    warn: (message, meta) => tell("WARN", message, meta),
    error: (message, meta) => tell("ERROR", message, meta),
  };
  Runtime.install({ shutdownSignals: [], logger });
}
