import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import type { TemporalServer } from "../../tools/temporal/index.ts";
import { idOf, planOf, testFolder, type WaveShape } from "../rollout/util.ts";
import type { Behaviour } from "../rollout/world.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./harness.ts";
import { ID, Rig, withoutTimes } from "./rig.ts";

const MINUTE = 60_000;

describeWithTemporal("a rollout on Temporal, of which something dies", function () {
  this.timeout(180_000);
  const folder = testFolder();
  let server: TemporalServer;
  before(quietWorkers);
  before(async () => void (server = await createTemporal()));

  const rigOf = (waves: readonly WaveShape[], behaviours: readonly Behaviour[] = [], failureBudget = 0) =>
    new Rig(server, folder(), planOf(waves, { failureBudget, file: join(folder(), "tenants.yaml") }), behaviours);

  for (const moment of ["begins", "done"] as const) {
    it(`has the journal of one that was not disturbed after a worker was killed as its update ${moment}`, async () => {
      const behaviours = ["unneeded", "changes"] as const;
      await using rig = rigOf([{ tenants: [0, 1], gate: { soakMs: 500 } }, { tenants: [2] }], behaviours);
      const child = await rig.child("child");
      const held = rig.fleet.hold("apply", idOf(1), moment);
      await rig.begin();
      await rig.marked({ step: "apply", tenant: idOf(1), moment });
      child.kill("SIGKILL");
      await once(child, "exit");
      held.release();
      await rig.work("heir");
      assert.deepEqual(withoutTimes(await rig.ended()), await rig.undisturbed(behaviours));
      const tries = rig.fleet.marks({ step: "apply", tenant: idOf(1), moment: "begins" });
      assert.deepEqual(
        tries.map(({ worker }) => worker),
        ["child", "heir"],
      );
      assert.equal(rig.fleet.world()[idOf(1)]!.updated, true);
      // What had ended is not done again.
      assert.equal(rig.fleet.marks({ step: "save", tenant: idOf(1), moment: "begins" }).length, 1);
    });
  }

  for (const how of ["restarted", "killed, and back after that"]) {
    it(`goes on where the server is ${how}, and does nothing twice`, async () => {
      const behaviours = ["changes", "failsOnce", "changes"] as const;
      await using rig = rigOf([{ tenants: [0, 1] }, { tenants: [2] }], behaviours);
      await rig.work("a");
      const held = rig.fleet.hold("apply", idOf(0), "begins");
      await rig.begin();
      await rig.marked({ step: "apply", tenant: idOf(0), moment: "begins" });
      if (how !== "restarted") await server.kill();
      await server.restart();
      // The worker is heard of again before anything else happens.
      await rig.recorded("applying");
      held.release();
      assert.deepEqual(withoutTimes(await rig.ended()), await rig.undisturbed(behaviours));
      const begun = (number: number) => rig.fleet.marks({ tenant: idOf(number), moment: "begins" });
      const each = ["scan", "preview", "save", "apply", "verify"];
      assert.deepEqual(
        begun(0).map(({ step }) => step),
        each,
      );
      assert.deepEqual(
        begun(2).map(({ step }) => step),
        each,
      );
    });
  }

  it("is worked at by two workers, no tenant by both at once, and counts whom it gives up once", async () => {
    const behaviours = ["changes", "refusedByUpdate", "changes", "failsAlways"] as const;
    await using rig = rigOf([{ tenants: [0, 1, 2, 3], concurrency: 4 }, { tenants: [4] }], behaviours, 2);
    const held = [0, 1, 2, 3].map((number) => rig.fleet.hold("scan", idOf(number), "begins"));
    await rig.work("a", { maxConcurrent: 1 });
    await rig.work("b", { maxConcurrent: 1 });
    await rig.begin();
    // Neither takes more than one, so both have to have one.
    await rig.marked({ worker: "a", moment: "begins" });
    await rig.marked({ worker: "b", moment: "begins" });
    held.forEach((one) => one.release());
    const records = withoutTimes(await rig.ended());
    assert.equal(records.at(-1)!.kind, "done");
    const text = (all: readonly unknown[]) => all.map((record) => JSON.stringify(record)).sort();
    assert.deepEqual(text(records), text(await rig.undisturbed(behaviours)));
    const at = new Map<string, string>();
    for (const { tenant, moment, worker, step } of rig.fleet.marks()) {
      if (moment === "begins") assert.equal(at.get(tenant!), undefined, `${step} of ${tenant} at ${worker}`);
      if (moment === "begins") at.set(tenant!, worker);
      if (moment === "ends") at.delete(tenant!);
    }
  });

  it("stops where nobody approves in time, asks again when it is gone on with, and does nothing again", async () => {
    await using rig = rigOf([{ tenants: [0], gate: { approval: { timeoutMs: 300 } } }, { tenants: [1] }]);
    await rig.work("a");
    await rig.begin();
    const stopped = await rig.ended();
    const last = stopped.at(-1)!;
    assert.ok(last.kind === "stopped" && /nobody approved wave 1 in time/.test(last.reason));
    await rig.goOn({ kind: "resume" });
    assert.deepEqual(
      (await rig.ended()).slice(stopped.length).map(({ kind }) => kind),
      ["resumed", "approvalAsked", "stopped"],
    );
    const { overview } = (await rig.client.find(ID))!;
    assert.equal(overview.chain.length, 1);
    assert.equal(rig.fleet.marks({ step: "apply", moment: "begins" }).length, 1);
    assert.equal(rig.fleet.marks({ tenant: idOf(1) }).length, 0);
  });

  it("waits for an approval, which is given once, and goes on", async () => {
    await using rig = rigOf([{ tenants: [0], gate: { approval: { timeoutMs: 60 * MINUTE } } }, { tenants: [1] }]);
    await rig.work("a");
    await rig.begin();
    await rig.recorded("approvalAsked");
    assert.equal(rig.fleet.marks({ tenant: idOf(1) }).length, 0);
    await rig.client.approve(ID, "wave 1", "Ada");
    await rig.client.approve(ID, "wave 1", "Eve");
    assert.deepEqual(withoutTimes(await rig.ended()), await rig.undisturbed([]));
  });

  it("does not try an update again that is held back, and counts it against the failure budget", async () => {
    await using rig = rigOf([{ tenants: [0, 1] }, { tenants: [2] }], ["refusedByUpdate", "refusedByUpdate"], 1);
    await rig.work("a");
    await rig.begin();
    const records = await rig.ended();
    const held = records.filter(({ kind }) => kind === "heldBack");
    assert.equal(held.length, 2);
    assert.match(JSON.stringify(records.at(-1)), /"stopped","reason":"2 tenants have failed or been held back/);
    assert.equal(rig.fleet.marks({ step: "apply", moment: "begins" }).length, 2);
    assert.equal(rig.fleet.marks({ tenant: idOf(2) }).length, 0);
  });
});
