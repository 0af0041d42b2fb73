import {
  Client,
  Connection,
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  type WorkflowHandle,
} from "@temporalio/client";
import { decodeOptionalFailureToOptionalError } from "@temporalio/common/lib/internal-non-workflow";
import { compareIds } from "../local/folder.js";
import type { RolloutRecord } from "../records.js";
import { connectionOptions, dataConverter } from "./converter.js";
import {
  planPrefix,
  QUERY,
  ROLLOUT_TYPE,
  rolloutWorkflowId,
  SIGNAL,
  stepWorkflowId,
  type Overview,
  type RecordsPage,
  type RolloutInput,
  type RolloutResult,
} from "./protocol.js";
import type { ClusterSettings } from "./settings.js";
import { unreachable } from "./worker.js";

/** How a rollout stands on the cluster. */
export interface ClusterRun {
  readonly running: boolean;
  /** `COMPLETED` is an end of its own; `TERMINATED`, `FAILED`, `TIMED_OUT` and `CANCELLED` are not. */
  readonly status: string;
  readonly overview: Overview;
}

/** A step that failed and is tried again, on another worker or later. */
export interface Trouble {
  readonly tenant?: string;
  readonly reason: string;
}

/** Another rollout of the plan has just begun, or this one runs. */
export class RolloutRunsError extends Error {
  override readonly name = "RolloutRunsError";
}

/** No worker has answered. */
export class NoWorkerError extends Error {
  override readonly name = "NoWorkerError";
}

/** How long a worker may take to answer a query, in milliseconds. */
const ANSWER_MS = 10_000;

/** Rollouts on a cluster, for one plan by its name. */
export class RolloutClient {
  readonly #client: Client;
  /** Records of runs that have ended: they stay as they are. */
  readonly #ended = new Map<string, readonly RolloutRecord[]>();

  private constructor(
    readonly settings: ClusterSettings,
    /** Name of the plan on the cluster. */
    readonly plan: string,
    readonly connection: Connection,
  ) {
    this.#client = new Client({
      connection,
      namespace: settings.namespace,
      dataConverter: dataConverter(settings),
    });
  }

  /** @throws Error that names the address where nobody answers. */
  static async connect(settings: ClusterSettings, plan: string): Promise<RolloutClient> {
    try {
      const connection = await Connection.connect({ ...connectionOptions(settings), connectTimeout: "10s" });
      return new RolloutClient(settings, plan, connection);
    } catch (error) {
      throw unreachable(settings, error);
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Ids of the plan's rollouts that the cluster still knows, oldest first. */
  async ids(): Promise<string[]> {
    const prefix = planPrefix(this.plan);
    const found = new Set<string>();
    const query = `WorkflowType = '${ROLLOUT_TYPE}' AND WorkflowId STARTS_WITH '${prefix.replaceAll("'", "''")}'`;
    await this.#asked(async () => {
      for await (const { workflowId } of this.#client.workflow.list({ query })) {
        const id = workflowId.slice(prefix.length);
        if (workflowId.startsWith(prefix) && /^\d{4}-\d{2}-\d{2}-\d+$/.test(id)) found.add(id);
      }
    });
    return [...found].sort(compareIds);
  }

  /** Whether its last run still runs, also where no worker does; nothing where the cluster does not know it. */
  async status(id: string): Promise<Pick<ClusterRun, "running" | "status"> | undefined> {
    try {
      const { status } = await this.#asked(() => this.#handle(id).describe());
      return { running: status.name === "RUNNING", status: status.name };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** The rollout as it stands; nothing where the cluster does not know it (any more). */
  async find(id: string): Promise<ClusterRun | undefined> {
    const status = await this.status(id);
    if (status === undefined) return undefined;
    return { ...status, overview: await this.#query<Overview>(this.#handle(id), QUERY.overview) };
  }

  /**
   * Starts a rollout, or another run of it.
   *
   * @returns id of the run
   * @throws RolloutRunsError where it runs already, or a new one has taken the id.
   */
  async start(input: RolloutInput): Promise<string> {
    const isNew = input.mode.kind === "up";
    try {
      const { firstExecutionRunId } = await this.#asked(() =>
        this.#client.workflow.start(ROLLOUT_TYPE, {
          workflowId: rolloutWorkflowId(this.plan, input.rollout),
          taskQueue: this.settings.taskQueue,
          args: [input],
          workflowIdReusePolicy: isNew ? WorkflowIdReusePolicy.REJECT_DUPLICATE : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        }),
      );
      return firstExecutionRunId;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      throw new RolloutRunsError(`Rollout ${input.rollout} ${isNew ? "has begun" : "runs on the cluster"} already.`);
    }
  }

  approve(id: string, wave: string, by: string): Promise<void> {
    return this.#asked(() => this.#handle(id).signal(SIGNAL.approve, wave, by));
  }

  abort(id: string, by: string): Promise<void> {
    return this.#asked(() => this.#handle(id).signal(SIGNAL.abort, by));
  }

  /** What is tried again, of the rollout itself and at these tenants, and why it did not work the last time. */
  async troubles(id: string, tenants: readonly string[]): Promise<readonly Trouble[]> {
    const all: Trouble[] = [];
    const steps = tenants.map((tenant) => ({
      tenant,
      handle: this.#client.workflow.getHandle(stepWorkflowId(tenant)),
    }));
    for (const { tenant, handle } of [{ tenant: undefined, handle: this.#handle(id) }, ...steps]) {
      // It may have ended by now.
      const described = await handle.describe().catch(() => undefined);
      for (const { lastFailure } of described?.raw.pendingActivities ?? []) {
        const error = await decodeOptionalFailureToOptionalError(this.#client.options.loadedDataConverter, lastFailure);
        if (error !== undefined) all.push({ ...(tenant !== undefined && { tenant }), reason: error.message });
      }
    }
    return all;
  }

  /** What the cluster has stored of the last run of a rollout, for a replay. */
  history(id: string): Promise<unknown> {
    return this.#asked(() => this.#handle(id).fetchHistory());
  }

  /** Why a run has ended that did not end by itself. */
  async failure(id: string): Promise<string | undefined> {
    try {
      await this.#handle(id).result();
      return undefined;
    } catch (error) {
      const { message, cause } = error as Error;
      return cause instanceof Error ? cause.message : message;
    }
  }

  /** What the last run of it has come to; only once it has ended. */
  result(id: string): Promise<RolloutResult> {
    return this.#asked(() => this.#handle(id).result() as Promise<RolloutResult>);
  }

  /**
   * All records, of all runs. Of runs that the cluster does not know any more there is what the next one has taken over.
   *
   * @param overview of the last run.
   * @returns also how many of them are of the last run.
   */
  async records(
    id: string,
    { chain, run }: Pick<Overview, "chain" | "run">,
  ): Promise<{ readonly records: RolloutRecord[]; readonly own: number }> {
    const parts: (readonly RolloutRecord[])[] = [];
    const runs = [...chain, run];
    for (let index = runs.length - 1; index >= 0; index -= 1) {
      const records = await this.#recordsOf(id, runs[index]!, index < runs.length - 1);
      if (records === undefined) {
        parts.unshift(await this.#pages(this.#handle(id, runs[index + 1]), QUERY.carried, 0));
        break;
      }
      parts.unshift(records);
    }
    return { records: parts.flat(), own: parts.at(-1)!.length };
  }

  async #recordsOf(id: string, run: string, hasEnded: boolean): Promise<readonly RolloutRecord[] | undefined> {
    const known = this.#ended.get(run);
    if (known !== undefined) return known;
    try {
      const records = await this.#pages(this.#handle(id, run), QUERY.records, 0);
      if (hasEnded) this.#ended.set(run, records);
      return records;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** Records and steps of one run from these on, as many as fit into an answer. */
  page(id: string, run: string, from: number, step: number): Promise<RecordsPage> {
    return this.#query<RecordsPage, [number, number]>(this.#handle(id, run), QUERY.records, from, step);
  }

  async #pages(handle: WorkflowHandle, query: string, from: number): Promise<RolloutRecord[]> {
    const all: RolloutRecord[] = [];
    for (;;) {
      const { records, total } = await this.#query<RecordsPage, [number, number]>(
        handle,
        query,
        from + all.length,
        Number.MAX_SAFE_INTEGER,
      );
      all.push(...records);
      if (records.length === 0 || from + all.length >= total) return all;
    }
  }

  #handle(id: string, run?: string): WorkflowHandle {
    return this.#client.workflow.getHandle(rolloutWorkflowId(this.plan, id), run);
  }

  async #query<T, Args extends unknown[] = []>(handle: WorkflowHandle, name: string, ...args: Args): Promise<T> {
    try {
      return await this.connection.withDeadline(Date.now() + ANSWER_MS, () => handle.query<T, Args>(name, ...args));
    } catch (error) {
      // DEADLINE_EXCEEDED, and FAILED_PRECONDITION where no worker has ever polled.
      const code = grpcCode(error);
      if (code === 4 || code === 9 || error instanceof QueryNotRegisteredError) {
        throw new NoWorkerError(
          `No worker answers on the task queue ${this.settings.taskQueue} of ${this.settings.address}. Start one by ` +
            '"entra-passkeys worker <tenants.yaml>".',
          { cause: error },
        );
      }
      throw this.#told(error);
    }
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.#told(error);
    }
  }

  #told(error: unknown): unknown {
    const code = grpcCode(error);
    return code !== undefined && code !== NOT_FOUND ? unreachable(this.settings, detailed(error)) : error;
  }
}

const NOT_FOUND = 5;

/** The client wraps what gRPC says, or does not. */
const grpcError = (error: unknown) => {
  const { cause } = error as { cause?: unknown };
  return isGrpcServiceError(error) ? error : isGrpcServiceError(cause) ? cause : undefined;
};

const grpcCode = (error: unknown): number | undefined => grpcError(error)?.code;

function detailed(error: unknown): Error {
  const details = grpcError(error)?.details;
  return new Error(details === undefined || details === "" ? (error as Error).message : details);
}
