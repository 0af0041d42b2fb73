import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RolloutParts } from "../../provider/dist/rollout/local/parts.js";
import type { RolloutPlan } from "../../provider/dist/rollout/plan.js";
import type { RolloutEvent, RolloutRecord } from "../../provider/dist/rollout/records.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { RolloutClient } from "../../provider/dist/rollout/temporal/client.js";
import { follow } from "../../provider/dist/rollout/temporal/follow.js";
import type { ClusterSettings } from "../../provider/dist/rollout/temporal/settings.js";
import { newInput, nextInput } from "../../provider/dist/rollout/temporal/start.js";
import { startWorker, type RunningWorker } from "../../provider/dist/rollout/temporal/worker.js";
import { planOf, testFolder } from "../rollout/util.ts";
import { worldActivities, worldOf, type Behaviour, type World } from "../rollout/world.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./rollout-server.ts";

const DIGEST = "0123456789abcdef";
const ID = "2026-11-26-1";

describeWithTemporal("a rollout on Temporal", () => {
  const folder = testFolder();
  let cluster: ClusterSettings;
  let worker: RunningWorker | undefined;
  let client: RolloutClient;
  let plan: RolloutPlan;
  let world: World;
  let names = 0;

  before(async () => {
    quietWorkers();
    const { address, namespace } = await createTemporal();
    cluster = { address, namespace, taskQueue: "rollouts", codecKeys: [] };
  });
  afterEach(async () => {
    worker?.stop();
    await worker?.done;
    worker = undefined;
    await client?.close();
  });

  const parts = (): RolloutParts => ({
    readPlan: () => plan,
    planDigest: () => DIGEST,
    activities: () => ({ ...worldActivities(world), drift: async () => ({ changes: [], parts: [] }) }),
  });

  async function begin(own: RolloutPlan, behaviours: readonly Behaviour[], settings = cluster): Promise<void> {
    plan = own;
    world = worldOf(plan.tenants, behaviours);
    mkdirSync(join(folder(), "project"), { recursive: true });
    worker = await startWorker({ cluster: settings, parts: parts(), files: [plan.file], env: {} });
    names += 1;
    client = await RolloutClient.connect(settings, `plan ${names}`);
  }

  /** Follows the rollout to the end of its run. */
  async function followed(act: (record: RolloutRecord) => Promise<void> | void = () => {}): Promise<RolloutRecord[]> {
    const seen: RolloutRecord[] = [];
    const acts: unknown[] = [];
    const { overview } = (await client.find(ID))!;
    await follow(
      client,
      ID,
      { run: overview.run, records: 0 },
      {
        onRecord: (record) => {
          seen.push(record);
          acts.push(act(record));
        },
        onStep: () => {},
        onNote: assert.fail,
        signal: new AbortController().signal,
        poll: 50,
      },
    );
    await Promise.all(acts);
    return seen;
  }

  const withoutTimes = (records: readonly RolloutEvent[]) =>
    records.map((record) => {
      const { at: _at, until: _until, ...rest } = record as RolloutEvent & { at?: string; until?: string };
      return rest;
    });

  /** The records of the same rollout on one machine. */
  async function local(behaviours: readonly Behaviour[]): Promise<RolloutEvent[]> {
    const records: RolloutEvent[] = [];
    let now = 0;
    await runRollout(plan, { rollout: ID, plan: DIGEST }, [], worldActivities(worldOf(plan.tenants, behaviours)), {
      record: async (event) => void records.push(event),
      now: () => now,
      sleepUntil: async (time) => ((now = time), false),
      approval: async () => ({ by: "Ada" }),
      abortedBy: () => undefined,
    });
    return records;
  }

  const file = () => join(folder(), "tenants.yaml");

  it("has the same journal as on one machine, but for the times, and is approved by a signal", async () => {
    const behaviours = ["changes", "failsOnce", "refusedByPreview", "unneeded"] as const;
    const waves = [
      {
        tenants: [0, 1],
        gate: { approval: { timeoutMs: 60_000 }, healthCheck: { command: ["true"], timeoutMs: 1_000 } },
      },
      { tenants: [2, 3], gate: { soakMs: 10 } },
    ];
    await begin(planOf(waves, { failureBudget: 1, file: file() }), behaviours);
    await client.start(newInput(plan, DIGEST, ID, 0));
    const seen = await followed(async (record) => {
      if (record.kind === "approvalAsked") await client.approve(ID, record.wave, "Ada");
    });
    assert.deepEqual(withoutTimes(seen), withoutTimes(await local(behaviours)));
    assert.deepEqual(await client.ids(), [ID]);
    const { overview, running } = (await client.find(ID))!;
    assert.equal(running, false);
    assert.deepEqual((await client.records(ID, overview)).records, seen);
  });

  it("stops where the failure budget is spent, and another run goes on with it", async () => {
    await begin(planOf([{ tenants: [0, 1] }], { file: file() }), ["failsAlways", "changes"]);
    await client.start(newInput(plan, DIGEST, ID, 0));
    const first = await followed();
    assert.equal(first.at(-1)!.kind, "stopped");
    world[plan.tenants[0]!.id]!.behaviour = "changes";
    const { overview } = (await client.find(ID))!;
    await client.start(nextInput(plan, overview, first, { kind: "resume" }, 0));
    const second = await followed();
    assert.deepEqual([second[0]!.kind, second.at(-1)!.kind], ["resumed", "done"]);
    const last = (await client.find(ID))!.overview;
    assert.deepEqual((await client.records(ID, last)).records, [...first, ...second]);
  });
});
