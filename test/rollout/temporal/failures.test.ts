import assert from "node:assert/strict";
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from "@temporalio/common";
import { ThrottledError } from "../../../provider/dist/graph/index.js";
import { DriftError, HeldBackError } from "../../../provider/dist/rollout/ports.js";
import {
  fromFailure,
  OtherFolderError,
  OtherPlanError,
  toFailure,
} from "../../../provider/dist/rollout/temporal/failures.js";

const wrapped = (cause: Error) =>
  new ChildWorkflowFailure(
    "default",
    { workflowId: "entra-passkeys/tenant/1", runId: "1" },
    "step",
    "NON_RETRYABLE_FAILURE",
    new ActivityFailure("the activity failed", "apply", "1", "NON_RETRYABLE_FAILURE", "worker", cause),
  );

describe("toFailure", () => {
  for (const error of [
    new HeldBackError("It would lock 3 people out."),
    new DriftError("Somebody."),
    new TypeError("No."),
  ]) {
    it(`keeps ${error.name}, its message, and nothing of the machine, and is not tried again`, () => {
      const failure = toFailure(error);
      assert.deepEqual([failure.type, failure.message, failure.nonRetryable], [error.name, error.message, true]);
      assert.equal(failure.stack, `${error.name}: ${error.message}`);
      const back = fromFailure(wrapped(failure)) as Error;
      assert.deepEqual([back.name, back.message], [error.name, error.message]);
    });
  }

  it("waits as long as the service asks for, on the cluster", () => {
    const failure = toFailure(new ThrottledError({ action: "reading the policy", status: 429 }, 17_000));
    assert.deepEqual([failure.nonRetryable, failure.nextRetryDelay], [false, 17_000]);
    const silent = toFailure(new ThrottledError({ action: "reading the policy", status: 503 }, undefined));
    assert.deepEqual([silent.nonRetryable, silent.nextRetryDelay], [false, 60_000]);
  });

  it("leaves what another worker can do to another worker", () => {
    for (const error of [new OtherPlanError("Another plan."), new OtherFolderError("Another folder.")]) {
      const { nonRetryable, nextRetryDelay } = toFailure(error);
      assert.deepEqual([nonRetryable, nextRetryDelay], [false, 10_000]);
    }
  });

  it("says what may be said only", () => {
    const failure = toFailure(new Error("with s3cret"), (text) => text.replace("s3cret", "[secret]"));
    assert.equal(failure.message, "with [secret]");
    assert.ok(!JSON.stringify([failure.stack, failure]).includes("s3cret"));
  });
});

describe("fromFailure", () => {
  it("gives back the classes that a rollout knows", () => {
    assert.ok(fromFailure(wrapped(toFailure(new HeldBackError("No.")))) instanceof HeldBackError);
    assert.ok(fromFailure(wrapped(toFailure(new DriftError("No.")))) instanceof DriftError);
  });

  it("says what was tried last where the time is over, and that workers are missing where nothing was", () => {
    const last = ApplicationFailure.create({ message: "another plan", type: "OtherPlanError" });
    const late = new TimeoutFailure("late", undefined, "SCHEDULE_TO_CLOSE");
    assert.match((fromFailure(wrapped(late)) as Error).message, /^no worker has done it in time/);
    Object.assign(late, { cause: last });
    const error = fromFailure(wrapped(late)) as Error;
    assert.deepEqual([error.name, error.message], ["OtherPlanError", "another plan"]);
  });
});
