/**
 * Plays rollouts that between them take every turn that a workflow has, and replays each history that comes of it. With
 * UPDATE_HISTORIES=1 they are stored for the version of the package: at a release, so that later code is held against
 * them (test/rollout/temporal/replay.test.ts).
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "@temporalio/client";
import proto from "@temporalio/proto";
import { replayRollout } from "../../provider/dist/rollout/temporal/bundle.js";
import type { Mode } from "../../provider/dist/rollout/temporal/protocol.js";
import type { TemporalServer } from "../../tools/temporal/index.ts";
import { planOf, testFolder, type WaveShape } from "../rollout/util.ts";
import type { Behaviour } from "../rollout/world.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./harness.ts";
import { ID, Rig } from "./rig.ts";
import { withoutMachine } from "./withoutMachine.ts";

const root = resolve(import.meta.dirname, "../..");
const { version } = JSON.parse(readFileSync(join(root, "provider/package.json"), "utf8")) as { version: string };
const STORED = join(root, "test/rollout/temporal/histories", version);
const { History } = proto.temporal.api.history.v1;
const MINUTE = 60_000;
/** Of the steps of tenants, which are all alike, so many of each kind are enough. */
const STEPS_KEPT = 1;

describeWithTemporal("histories of rollouts on Temporal", function () {
  this.timeout(180_000);
  const folder = testFolder();
  let server: TemporalServer;
  const kept = new Map<string, Uint8Array>();
  const kinds = new Map<string, number>();
  before(quietWorkers);
  before(async () => {
    // Short histories, so that a few tenants are enough to go on in another run.
    const args = ["--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=120"];
    server = await createTemporal({ args });
  });

  async function play(
    scenario: string,
    waves: readonly WaveShape[],
    behaviours: readonly Behaviour[],
    act: (rig: Rig) => Promise<void> = async () => {},
    failureBudget = 0,
  ): Promise<void> {
    const plan = planOf(waves, { failureBudget, file: join(folder(), "tenants.yaml") });
    await using rig = new Rig(server, folder(), plan, behaviours);
    await rig.work("worker");
    await rig.begin();
    await act(rig);
    await rig.ended();
    await keep(scenario, rig);
  }

  /** Replays what is there of a scenario, and notes it. */
  async function keep(scenario: string, rig: Rig): Promise<void> {
    const { taskQueue, namespace } = rig.cluster;
    const { workflow } = new Client({ connection: rig.client.connection, namespace });
    let number = 0;
    for await (const { workflowId, runId, type, status } of workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
      if (status.name === "RUNNING") continue;
      const history = await workflow.getHandle(workflowId, runId).fetchHistory();
      await replayRollout(history);
      const kind = `${type} ${status.name} ${history.events?.length}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (type.includes("Step") && kinds.get(kind)! > STEPS_KEPT) continue;
      number += 1;
      withoutMachine(history, folder());
      kept.set(`${scenario}-${number}`, History.encode(history).finish());
    }
  }

  const goOn = (mode: Mode) => async (rig: Rig) => {
    await rig.ended();
    await rig.goOn(mode);
  };

  it("with an approval, a soak time, a failure that is tried again, and a tenant that is held back", () =>
    play(
      "approved",
      [{ tenants: [0, 1, 2], gate: { soakMs: 200, approval: { timeoutMs: MINUTE } } }, { tenants: [3] }],
      ["changes", "failsOnce", "refusedByPreview", "unneeded"],
      async (rig) => {
        await rig.recorded("approvalAsked");
        await rig.client.approve(ID, rig.plan.waves[0]!.name, "Ada");
      },
      1,
    ));

  it("with a failure budget that is spent, and another run", () =>
    play("resumed", [{ tenants: [0, 1] }], ["failsAlways", "changes"], goOn({ kind: "resume" })));

  it("with an abort while an approval is waited for", () =>
    play(
      "aborted",
      [{ tenants: [0], gate: { approval: { timeoutMs: MINUTE } } }, { tenants: [1] }],
      [],
      async (rig) => {
        await rig.recorded("approvalAsked");
        await rig.client.abort(ID, "Ada");
      },
    ));

  it("with an approval that nobody gives", () =>
    play("timed-out", [{ tenants: [0], gate: { approval: { timeoutMs: 200 } } }, { tenants: [1] }], []));

  it("with a rollback", () =>
    play("rolled-back", [{ tenants: [0] }, { tenants: [1] }], ["changes"], goOn({ kind: "rollback", by: "Ada" })));

  it("with a health check, and in several runs, because the history gets long", () =>
    play(
      "long",
      [{ tenants: [0, 1, 2, 3, 4, 5], gate: { healthCheck: { command: ["true"], timeoutMs: MINUTE } } }],
      [],
    ));

  after(() => {
    if (process.env["UPDATE_HISTORIES"] !== "1") return;
    rmSync(STORED, { recursive: true, force: true });
    mkdirSync(STORED, { recursive: true });
    for (const [name, history] of kept) writeFileSync(join(STORED, `${name}.binpb`), history);
  });
});
