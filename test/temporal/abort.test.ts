import assert from "node:assert/strict";
import { join } from "node:path";
import { ThrottledError } from "../../provider/dist/graph/index.js";
import type { TemporalServer } from "../../tools/temporal/index.ts";
import { idOf, planOf, testFolder, type WaveShape } from "../rollout/util.ts";
import type { Behaviour } from "../rollout/world.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./harness.ts";
import { ID, Rig, until } from "./rig.ts";

const DAY = 24 * 60 * 60_000;

describeWithTemporal("a rollout on Temporal that is to end", () => {
  const folder = testFolder();
  let server: TemporalServer;
  before(async () => {
    quietWorkers();
    server = await createTemporal();
  });

  const rigOf = (waves: readonly WaveShape[], behaviours: readonly Behaviour[] = [], failureBudget = 0) =>
    new Rig(server, folder(), planOf(waves, { failureBudget, file: join(folder(), "tenants.yaml") }), behaviours);
  const kinds = (records: readonly { kind: string }[]) => records.map(({ kind }) => kind);

  it("lets an update that runs end, records it, and begins nothing more", async () => {
    await using rig = rigOf([{ tenants: [0, 1] }]);
    await rig.work("a");
    const held = rig.fleet.hold("apply", idOf(0), "begins");
    await rig.begin();
    await rig.marked({ step: "apply" });
    await rig.client.abort(ID, "Bob");
    await rig.toldToCancel(idOf(0));
    held.release();
    const records = await rig.ended();
    // It is read back, as on one machine.
    const reached = ["begun", "waveBegun", "previewed", "previewed", "applying", "applied", "verified", "aborted"];
    assert.deepEqual(kinds(records), reached);
    assert.deepEqual(rig.fleet.marks({ step: "apply", moment: "ends" }).length, 1);
    assert.equal(rig.fleet.world()[idOf(0)]!.updated, true);
    assert.equal(rig.fleet.world()[idOf(1)]!.updated, false);
  });

  for (const [where, wave, kind] of [
    ["soaks", { tenants: [0], gate: { soakMs: DAY } }, "soaking"],
    ["waits for an approval", { tenants: [0], gate: { approval: { timeoutMs: DAY } } }, "approvalAsked"],
  ] as const) {
    it(`is aborted at once while it ${where}`, async () => {
      await using rig = rigOf([wave, { tenants: [1] }]);
      await rig.work("a");
      await rig.begin();
      await rig.recorded(kind);
      await rig.client.abort(ID, "Bob");
      assert.deepEqual(kinds(await rig.ended()).slice(-2), [kind, "aborted"]);
      assert.equal(rig.fleet.marks({ tenant: idOf(1) }).length, 0);
    });
  }

  it("is aborted at once while no worker has its plan", async () => {
    await using rig = rigOf([{ tenants: [0] }]);
    await rig.work("other", { digest: "fedcba9876543210" });
    await rig.begin();
    await until("the refusal", async () => (await rig.client.troubles(ID, [])).length > 0);
    await rig.client.abort(ID, "Bob");
    assert.deepEqual(kinds(await rig.ended()), ["begun", "waveBegun", "aborted"]);
    assert.deepEqual(rig.fleet.marks(), []);
  });

  it("is aborted at once while the only worker with its plan is gone in mid-wave", async () => {
    await using rig = rigOf([{ tenants: [0] }]);
    const first = await rig.work("a");
    const held = rig.fleet.hold("preview", idOf(0), "done");
    await rig.begin();
    await rig.marked({ step: "preview", moment: "done" });
    first.stop();
    held.release();
    await first.done;
    await rig.work("other", { digest: "fedcba9876543210" });
    await until("the next step", async () => (await rig.client.find(ID))!.overview.steps[0]?.step === "save");
    await rig.client.abort(ID, "Bob");
    assert.equal(kinds(await rig.ended()).at(-1), "aborted");
    assert.ok(!kinds(await rig.records()).includes("failed"));
  });

  for (const step of ["scan", "apply"] as const) {
    it(`is aborted at once while its ${step} waits for a throttled tenant, which has not failed`, async () => {
      await using rig = rigOf([{ tenants: [0] }]);
      await rig.work("a", {
        before: (own) => {
          if (own === step) throw new ThrottledError({ action: "reading the policy", status: 429 }, DAY / 2);
        },
      });
      await rig.begin();
      await rig.marked({ step, moment: "ends" });
      await rig.client.abort(ID, "Bob");
      const before = step === "scan" ? [] : ["previewed", "applying"];
      assert.deepEqual(kinds(await rig.ended()), ["begun", "waveBegun", ...before, "aborted"]);
      assert.equal(rig.fleet.marks({ step, moment: "begins" }).length, 1);
    });
  }
});
