/**
 * The workflows of a rollout. They run in Temporal's sandbox, which replays them: nothing here and in what is imported may
 * read a clock, a file or the environment. What is done between activities must stay as it is for running rollouts, so a
 * change of it goes behind `patched`, or into a type of its own; the replay of stored histories tells.
 */
import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
  WorkflowIdReusePolicy,
} from "@temporalio/workflow";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import type { TenantSpec } from "../plan.js";
import { StepCancelledError, type Activities, type Surroundings } from "../ports.js";
import { stateAfter, type RolloutEvent, type RolloutRecord } from "../records.js";
import { rollBack } from "../rollback.js";
import { runRollout } from "../run.js";
import { compact } from "./compact.js";
import { cancelledWhileWaiting, Ending } from "./ending.js";
import { page } from "./page.js";
import { packToFit, unpack } from "./pack.js";
import {
  planOfInput,
  QUERY,
  SIGNAL,
  STEP_TYPE,
  stepWorkflowId,
  type BegunStep,
  type Overview,
  type RecordsPage,
  type RolloutInput,
  type RolloutResult,
  type Step,
  type StepInput,
  type TemporalActivities,
  type TenantStepInput,
} from "./protocol.js";
import { RETRY, STEP_TIMES } from "./times.js";

export { entraPasskeysTenantStepV1 } from "./step.js";

const overviewQuery = defineQuery<Overview>(QUERY.overview);
const recordsQuery = defineQuery<RecordsPage, [from: number, step: number]>(QUERY.records);
const carriedQuery = defineQuery<RecordsPage, [from: number]>(QUERY.carried);
const approveSignal = defineSignal<[wave: string, by: string]>(SIGNAL.approve);
const abortSignal = defineSignal<[by: string]>(SIGNAL.abort);

/** A rollout, or one run of it. */
export async function entraPasskeysRolloutV1(input: RolloutInput): Promise<RolloutResult> {
  const run = new Run(input);
  run.listen();
  return CancellationScope.nonCancellable(() => run.go());
}

class Run {
  readonly #carried: readonly RolloutRecord[];
  readonly #records: RolloutRecord[] = [];
  readonly #approved: Map<string, string>;
  readonly #steps = new Map<string, Step>();
  readonly #begunSteps: BegunStep[] = [];
  #abortedBy: string | undefined;
  #cancelled = false;
  #folder: string | undefined;
  /** Nobody aborts a rollback. */
  readonly #ending = new Ending(
    () => this.#cancelled || (this.#abortedBy !== undefined && this.input.mode.kind !== "rollback"),
  );

  constructor(readonly input: RolloutInput) {
    this.#carried = input.carried === undefined ? [] : unpack(input.carried);
    this.#approved = new Map(input.said?.approved);
    this.#abortedBy = input.said?.abortedBy;
    this.#folder = input.folder;
  }

  listen(): void {
    setHandler(approveSignal, (wave, by) => {
      // Of several answers the first one counts.
      if (!this.#approved.has(wave)) this.#approved.set(wave, by);
    });
    setHandler(abortSignal, (by) => {
      this.#abortedBy ??= by;
      this.#ending.heard();
    });
    setHandler(overviewQuery, () => this.#overview());
    setHandler(recordsQuery, (from, step) => page(this.#records, from, this.#begunSteps.slice(step)));
    setHandler(carriedQuery, (from) => page(this.#carried, from));
    CancellationScope.current().cancelRequested.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
      this.#cancelled = true;
      this.#ending.heard();
    });
  }

  #overview(): Overview {
    const { rollout, plan, instance, mode, chain = [] } = this.input;
    return {
      ...{ rollout, plan, instance, mode: mode.kind, chain, run: workflowInfo().runId },
      ...(this.#folder !== undefined && { folder: this.#folder }),
      records: this.#records.length,
      carried: this.#carried.length,
      said: this.#said(),
      begun: this.#begunSteps.length,
      steps: [...this.#steps].map(([tenant, step]) => ({ tenant, step })),
    };
  }

  #said() {
    return { approved: [...this.#approved], ...(this.#abortedBy !== undefined && { abortedBy: this.#abortedBy }) };
  }

  get #all(): RolloutRecord[] {
    return [...this.#carried, ...this.#records];
  }

  async go(): Promise<RolloutResult> {
    const { mode } = this.input;
    if (mode.kind === "abort") {
      this.#record({ kind: "aborted", by: mode.by });
      return { ended: stateAfter(this.#all).ended! };
    }
    await this.#open();
    return mode.kind === "rollback" ? this.#rollBack(mode) : this.#rollOut();
  }

  async #rollOut(): Promise<RolloutResult> {
    const { input } = this;
    const { ended } = await runRollout(
      planOfInput(input),
      { rollout: input.rollout, plan: input.plan },
      this.#carried,
      this.#activities(),
      this.#surroundings(),
      { takesOver: input.mode.kind === "takeOver" },
    );
    if (ended === undefined) return this.#handOver({ kind: "takeOver" });
    return { ended };
  }

  async #rollBack(mode: Extract<RolloutInput["mode"], { kind: "rollback" }>): Promise<RolloutResult> {
    const { input } = this;
    if (mode.by !== undefined) this.#record({ kind: "aborted", by: mode.by });
    const before = this.#all;
    const surroundings = this.#surroundings();
    const { state, stopped } = await rollBack(
      planOfInput(input),
      before,
      this.#activities(),
      { record: surroundings.record, stopReason: () => surroundings.stopReason?.() ?? (isFull() ? "full" : undefined) },
      mode.tenants === undefined ? {} : { tenants: new Set(mode.tenants) },
    );
    const reason = surroundings.stopReason?.();
    if (stopped !== undefined && reason === undefined) {
      // Whom this run has tried, the next one leaves alone.
      const tried = new Set(this.#records.flatMap((record) => ("tenant" in record ? [record.tenant] : [])));
      const all = mode.tenants ?? input.waves.flatMap(({ tenants }) => tenants);
      return this.#handOver({ kind: "rollback", tenants: all.filter((id) => !tried.has(id)) });
    }
    return { ...(state.ended && { ended: state.ended }), ...(reason !== undefined && { stopped: reason }) };
  }

  #handOver(mode: RolloutInput["mode"]): Promise<never> {
    const { runId } = workflowInfo();
    return continueAsNew<typeof entraPasskeysRolloutV1>({
      ...this.input,
      mode,
      carried: packToFit(compact(this.#all)),
      chain: [...(this.input.chain ?? []), runId],
      said: this.#said(),
      ...(this.#folder !== undefined && { folder: this.#folder }),
    });
  }

  /** The first worker says which folder it is: others that have another one leave the steps alone. */
  async #open(): Promise<void> {
    if (this.#folder !== undefined || this.#ending.ends()) return;
    const { startToClose } = STEP_TIMES.scan;
    const { open } = proxyActivities<TemporalActivities>({
      startToCloseTimeout: startToClose,
      heartbeatTimeout: this.#heartbeat,
      retry: RETRY,
    });
    const { rollout, plan, instance } = this.input;
    try {
      ({ folder: this.#folder } = await this.#ending.run(() => open({ rollout, plan, instance })));
    } catch (error) {
      // Nothing has begun, and nothing will: the records say why.
      if (error instanceof StepCancelledError && this.#ending.ends()) return;
      const { name, message } = error as Error;
      throw ApplicationFailure.nonRetryable(message, name);
    }
  }

  #record(event: RolloutEvent): void {
    this.#records.push({ at: new Date(Date.now()).toISOString(), ...event });
  }

  #surroundings(): Surroundings {
    const { ends } = this.#ending;
    return {
      record: async (event) => this.#record(event),
      now: () => Date.now(),
      abortedBy: () => this.#abortedBy,
      stopReason: () => (this.#cancelled ? "it was cancelled on the cluster" : undefined),
      handsOver: isFull,
      sleepUntil: (time) => conditionUntil(ends, time),
      approval: async (wave, until) => {
        await conditionUntil(() => ends() || this.#approved.has(wave), until);
        if (ends()) return "aborted";
        const by = this.#approved.get(wave);
        return by === undefined ? "timedOut" : { by };
      },
    };
  }

  #activities(): Activities {
    const step =
      <T>(name: Step) =>
      async ({ id }: TenantSpec): Promise<T> => {
        this.#steps.set(id, name);
        this.#begunSteps.push({ after: this.#records.length, tenant: id, step: name });
        try {
          const { tenantPauseMs: pauseMs, heartbeatMs } = this.input;
          const input = { step: name, input: this.#stepInput(id), pauseMs };
          return await this.#ending.run(
            () => this.#alone({ ...input, ...(heartbeatMs !== undefined && { heartbeatMs }) }) as Promise<T>,
          );
        } finally {
          this.#steps.delete(id);
        }
      };
    return {
      scan: step("scan"),
      preview: step("preview"),
      save: step("save"),
      apply: step("apply"),
      verify: step("verify"),
      restore: step("restore"),
      healthCheck: async ({ name }, { timeoutMs }, tenants) => {
        const { healthCheck } = proxyActivities<TemporalActivities>({
          startToCloseTimeout: timeoutMs + 60_000,
          heartbeatTimeout: this.#heartbeat,
          retry: RETRY,
          cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        });
        const { tenant: _none, ...about } = this.#stepInput("");
        const input = { ...about, wave: name, tenants: tenants.map(({ id }) => id) };
        await this.#ending.run(() => cancelledWhileWaiting(() => healthCheck(input)));
      },
    };
  }

  get #heartbeat(): number {
    return this.input.heartbeatMs ?? STEP_TIMES.scan.heartbeat;
  }

  #stepInput(tenant: string): StepInput {
    const { rollout, plan, instance } = this.input;
    return { rollout, plan, instance, run: workflowInfo().firstExecutionRunId, folder: this.#folder!, tenant };
  }

  /** Runs a step once no other rollout is at the tenant. */
  async #alone(input: TenantStepInput): Promise<unknown> {
    for (let pause = 1_000; ; pause = Math.min(pause * 2, 30_000)) {
      try {
        return await executeChild(STEP_TYPE, {
          workflowId: stepWorkflowId(input.input.tenant),
          args: [input],
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
          // A rollout that is terminated leaves the update that runs to its end.
          parentClosePolicy: ParentClosePolicy.ABANDON,
          cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        await sleep(pause);
      }
    }
  }
}

/** Whether the history is as long as Temporal likes it to be. */
const isFull = (): boolean => workflowInfo().continueAsNewSuggested;

/** Waits until it holds (`true`), or the time has come. */
async function conditionUntil(holds: () => boolean, time: number): Promise<boolean> {
  const left = time - Date.now();
  return left <= 0 ? holds() : condition(holds, left);
}
