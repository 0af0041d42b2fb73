import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ThrottledError } from "../../provider/dist/graph/index.js";
import type { RolloutParts } from "../../provider/dist/rollout/local/parts.js";
import type { RolloutPlan } from "../../provider/dist/rollout/plan.js";
import type { RolloutEvent, RolloutRecord } from "../../provider/dist/rollout/records.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { replayRollout } from "../../provider/dist/rollout/temporal/bundle.js";
import { RolloutClient } from "../../provider/dist/rollout/temporal/client.js";
import { follow } from "../../provider/dist/rollout/temporal/follow.js";
import type { ClusterSettings } from "../../provider/dist/rollout/temporal/settings.js";
import { newInput, nextInput } from "../../provider/dist/rollout/temporal/start.js";
import { startWorker, type RunningWorker } from "../../provider/dist/rollout/temporal/worker.js";
import { idOf, planOf, testFolder } from "../rollout/util.ts";
import { worldActivities, worldOf, type Behaviour, type World, type WorldOptions } from "../rollout/world.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./harness.ts";

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
    // Short histories, so that a few tenants are enough to go on in another run.
    const { address, namespace } = await createTemporal({
      args: ["--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=120"],
    });
    cluster = { address, namespace, taskQueue: "rollouts", codecKeys: [] };
  });
  const afterOne = async () => {
    worker?.stop();
    await worker?.done;
    worker = undefined;
    await client?.close();
  };
  afterEach(afterOne);

  const parts = (): RolloutParts => ({
    readPlan: () => plan,
    planDigest: () => DIGEST,
    activities: () => ({
      ...worldActivities(world, { before: watching }),
      drift: async () => ({ changes: [], parts: [] }),
    }),
  });

  /** What is called as an activity begins. */
  let watching: WorldOptions["before"];
  beforeEach(() => void (watching = undefined));

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

  it("goes on in other runs where the history gets long, with the same records, and forgets nobody it gave up", async () => {
    const tenants = Array.from({ length: 24 }, (_, number) => number);
    const behaviours: Behaviour[] = tenants.map((number) =>
      number % 8 === 3
        ? "failsAlways"
        : number % 8 === 5
          ? "refusedByPreview"
          : number % 8 === 6
            ? "unneeded"
            : "changes",
    );
    const waves = [{ tenants: tenants.slice(0, 16) }, { tenants: tenants.slice(16) }];
    await begin(planOf(waves, { failureBudget: 6, file: file() }), behaviours);
    await client.start(newInput(plan, DIGEST, ID, 0));
    const seen = await followed();
    assert.deepEqual(withoutTimes(seen), withoutTimes(await local(behaviours)));
    const { overview } = (await client.find(ID))!;
    assert.ok(overview.chain.length >= 2, String(overview.chain.length));
    assert.deepEqual((await client.records(ID, overview)).records, seen);
    // A new client has to ask for all of it.
    const other = await RolloutClient.connect(cluster, client.plan);
    assert.deepEqual((await other.records(ID, overview)).records, seen);
    await other.close();
  });

  it("never runs two steps of a tenant at the same time, also for two rollouts", async () => {
    const running = new Set<string>();
    const both: string[] = [];
    watching = async (_step, tenant) => {
      if (running.has(tenant!.id)) both.push(tenant!.id);
      running.add(tenant!.id);
      await new Promise((done) => setTimeout(done, 30));
      running.delete(tenant!.id);
    };
    await begin(planOf([{ tenants: [0, 1], concurrency: 2 }], { file: file() }), []);
    const other = await RolloutClient.connect(cluster, `${client.plan} again`);
    await Promise.all([client.start(newInput(plan, DIGEST, ID, 0)), other.start(newInput(plan, DIGEST, ID, 0))]);
    assert.equal((await followed()).at(-1)!.kind, "done");
    await other.result(ID);
    await other.close();
    assert.deepEqual(both, []);
  });

  /** Every text and all bytes in what the cluster has stored. */
  function wordsOf(value: unknown): string {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
    if (typeof value === "object" && value !== null) return Object.values(value).map(wordsOf).join("\n");
    return String(value);
  }

  it("encrypts what is stored, and is refused without the key", async () => {
    const words = ["secret wave", "503 ServiceUnavailable", DIGEST, idOf(0)];
    const own = planOf([{ name: "secret wave", tenants: [0] }], { file: file() });
    await begin(own, ["failsAlways"]);
    await client.start(newInput(plan, DIGEST, ID, 0));
    await followed();
    const open = wordsOf(await client.history(ID));
    for (const word of words) assert.ok(open.includes(word), word);
    await afterOne();

    await begin(own, ["failsAlways"], { ...cluster, codecKeys: [{ id: "2026", secret: randomBytes(32) }] });
    await client.start(newInput(plan, DIGEST, ID, 0));
    const seen = await followed();
    assert.ok(seen.some((record) => record.kind === "failed" && record.reason === "503 ServiceUnavailable"));
    const sealed = wordsOf(await client.history(ID)).replaceAll(`entra-passkeys/tenant/${idOf(0)}`, "");
    for (const word of words) assert.ok(!sealed.includes(word), word);
    const plain = await RolloutClient.connect(cluster, client.plan);
    try {
      await assert.rejects(plain.find(ID));
    } finally {
      await plain.close();
    }
  });

  it("is left alone by a worker with another plan, which says so, until one with the plan comes", async () => {
    await begin(planOf([{ tenants: [0] }], { file: file() }), []);
    await client.start(newInput(plan, "fedcba9876543210", ID, 0));
    for (let tries = 0; (await client.troubles(ID, [])).length === 0 && tries < 100; tries += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    const [trouble] = await client.troubles(ID, []);
    assert.match(
      trouble!.reason,
      /is of the plan with the digest fedcba9876543210, and this worker has 0123456789abcdef/,
    );
    await client.abort(ID, "Bob");
  });

  it("is replayed without a difference", async () => {
    await begin(planOf([{ tenants: [0, 1] }], { file: file() }), ["failsOnce"]);
    await client.start(newInput(plan, DIGEST, ID, 0));
    await followed();
    await replayRollout(await client.history(ID));
  });

  it("waits for a throttled tenant on the cluster, and does not count it as an attempt", async () => {
    let throttled = 0;
    watching = (step) => {
      if (step !== "apply" || (throttled += 1) > 1) return;
      throw new ThrottledError({ action: "updating the policy", status: 429 }, 200);
    };
    await begin(planOf([{ tenants: [0] }], { file: file() }), []);
    await client.start(newInput(plan, DIGEST, ID, 0));
    const kinds = (await followed()).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["begun", "waveBegun", "previewed", "applying", "applied", "verified", "waveDone", "done"]);
    assert.equal(throttled, 2);
  });
});
