import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import proto from "@temporalio/proto";
import { bundleWorkflowCode, DefaultLogger, Worker } from "@temporalio/worker";
import { replayRollout } from "../../../provider/dist/rollout/temporal/bundle.js";
import { quietWorkers } from "../../temporal/harness.ts";
import { tellsOfMachine } from "../../temporal/withoutMachine.ts";

const STORED = resolve(import.meta.dirname, "histories");
const stored = readdirSync(STORED, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".binpb"));
const bytes = (file: string) => readFileSync(join(STORED, file));
const read = (file: string) => proto.temporal.api.history.v1.History.decode(bytes(file));

describe("stored histories of rollouts on Temporal", function () {
  this.timeout(120_000);
  before(quietWorkers);

  it("are there for every workflow", () => {
    const events = stored.flatMap((file) => read(file).events);
    const types = new Set(events.map((event) => event.workflowExecutionStartedEventAttributes?.workflowType?.name));
    for (const type of ["entraPasskeysRolloutV1", "entraPasskeysTenantStepV1"]) assert.ok(types.has(type), type);
    assert.ok(
      events.some((event) => event.workflowExecutionContinuedAsNewEventAttributes),
      "one that went on in another run",
    );
  });

  it("tell of no machine", () => {
    assert.deepEqual(
      stored.filter((file) => tellsOfMachine(bytes(file))),
      [],
    );
  });

  for (const file of stored) {
    it(`${file} is replayed by the code as it is`, () => replayRollout(read(file)));
  }

  it("would tell where a workflow does something else", async () => {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: resolve(import.meta.dirname, "changedWorkflows.ts"),
      logger: new DefaultLogger("ERROR", () => {}),
    });
    const history = read(stored.find((file) => file.includes("aborted"))!);
    await assert.rejects(Worker.runReplayHistory({ workflowBundle }, history), /[Nn]ondeterminism/);
  });
});
