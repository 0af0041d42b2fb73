import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApplicationFailure } from "@temporalio/common";
import fc from "fast-check";
import type { LocalActivities } from "../../../provider/dist/rollout/activities/index.js";
import type { ActivitiesOptions, RolloutParts } from "../../../provider/dist/rollout/local/parts.js";
import type { RolloutPlan } from "../../../provider/dist/rollout/plan.js";
import { workerActivities } from "../../../provider/dist/rollout/temporal/activities.js";
import { workerPlan } from "../../../provider/dist/rollout/temporal/plans.js";
import { planOfInput } from "../../../provider/dist/rollout/temporal/protocol.js";
import { safeText } from "../../../provider/dist/rollout/temporal/safe.js";
import { newInput } from "../../../provider/dist/rollout/temporal/start.js";
import { idOf, planOf, testFolder } from "../util.ts";
import { worldActivities, worldOf } from "../world.ts";

const DIGEST = "0123456789abcdef";

describe("newInput", () => {
  it("has nothing of a plan but digest, ids, waves and times", () => {
    const secret = fc.string({ minLength: 4, maxLength: 12 }).map((text) => `MARK-${text}`);
    fc.assert(
      fc.property(fc.array(secret, { minLength: 8, maxLength: 8 }), fc.nat({ max: 3 }), (marks, budget) => {
        const [name, stack, config, prefix, path, variable, command, project] = marks as [string, ...string[]];
        const gate = {
          healthCheck: { command: [command!, project!], timeoutMs: 5 },
          approval: { timeoutMs: 7 },
          soakMs: 3,
        };
        const plain = planOf([{ tenants: [1, 2], gate }, { tenants: [3] }], { failureBudget: budget });
        const plan: RolloutPlan = {
          ...plain,
          file: `/${path}/tenants.yaml`,
          project: `/${project}`,
          tenants: plain.tenants.map((tenant, index) => ({
            ...tenant,
            ...{ name, stack: stack!, cloud: stack!, config: { [config!]: config! } },
            credential:
              index === 0
                ? { kind: "environment", prefix: prefix! }
                : { kind: "certificate", clientId: prefix!, path: path!, passwordVariable: variable! },
          })),
        };
        const input = newInput(plan, DIGEST, "2026-11-26-1", 0);
        assert.ok(!JSON.stringify(input).includes("MARK-"));
        const { waves, failureBudget } = planOfInput(input);
        assert.equal(failureBudget, budget);
        assert.deepEqual(
          waves.map(({ tenants, gate: own }) => [tenants, own.soakMs, own.approval, own.healthCheck?.timeoutMs]),
          plan.waves.map(({ tenants, gate: own }) => [tenants, own.soakMs, own.approval, own.healthCheck?.timeoutMs]),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe("workerActivities", () => {
  const folder = testFolder();
  const asked: ActivitiesOptions[] = [];
  const beats: string[] = [];
  let act: Partial<LocalActivities>;
  beforeEach(() => {
    act = {};
    asked.length = 0;
    beats.length = 0;
  });

  function made(env: NodeJS.ProcessEnv = {}, own?: string) {
    const plan = planOf([{ tenants: [1, 2] }], { file: join(folder(), "tenants.yaml") });
    const parts: RolloutParts = {
      readPlan: () => plan,
      planDigest: () => DIGEST,
      activities(options) {
        asked.push(options);
        return {
          ...worldActivities(worldOf(plan.tenants, [])),
          drift: async () => ({ changes: [], parts: [] }),
          ...act,
        };
      },
    };
    const worker = workerPlan(parts, plan.file, env, own);
    const activities = workerActivities({
      plans: new Map([[DIGEST, worker]]),
      safe: safeText(env, [plan]),
      log: () => {},
      heartbeat: (line) => void beats.push(line),
    });
    const input = {
      ...{ rollout: "2026-11-26-1", plan: DIGEST, instance: "0a1b2c3d", run: "r" },
      ...{ folder: worker.folderId, tenant: idOf(1) },
    };
    return { worker, activities, input };
  }

  const failure = async (work: Promise<unknown>): Promise<ApplicationFailure> => {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof ApplicationFailure, String(error));
      return error;
    }
    return assert.fail("it has worked");
  };

  it("does what is asked in the rollout's own folder, shared with other workers", async () => {
    const { activities, input, worker } = made();
    assert.deepEqual(await activities.open(input), { folder: worker.folderId });
    assert.equal((await activities.scan(input)).needed, true);
    assert.deepEqual(await activities.apply(input), { changed: true });
    assert.equal(asked.length, 1);
    const { folder: own, rollouts, shared } = asked[0]!;
    assert.deepEqual(
      [own, rollouts, shared],
      [join(worker.folder, "temporal-2026-11-26-1-0a1b2c3d"), worker.folder, true],
    );
    // Somebody has gone on with it: programs may have changed since.
    await activities.scan({ ...input, run: "another" });
    assert.equal(asked.length, 2);
  });

  it("refuses another plan and another folder, for another worker to take", async () => {
    const { activities, input } = made();
    const other = await failure(activities.apply({ ...input, plan: "fedcba9876543210" }));
    assert.deepEqual([other.type, other.nonRetryable], ["OtherPlanError", false]);
    const elsewhere = await failure(activities.apply({ ...input, folder: "another" }));
    assert.deepEqual([elsewhere.type, elsewhere.nonRetryable], ["OtherFolderError", false]);
    assert.match(elsewhere.message, /mount the same volume, or name it with --folder/);
    assert.deepEqual(asked, []);
  });

  it("takes no path and no stranger from the cluster", async () => {
    const { activities, input, worker } = made();
    for (const change of [
      { rollout: "../../etc" },
      { instance: "../../../x" },
      { tenant: idOf(9) },
      { tenant: "../x" },
    ]) {
      const { nonRetryable } = await failure(activities.save({ ...input, ...change }));
      assert.equal(nonRetryable, true, JSON.stringify(change));
    }
    assert.deepEqual(readdirSync(worker.folder), ["folder.json"]);
  });

  it("tells the cluster no secret of the worker, neither by an error nor by a sign of life", async () => {
    const env = { NORTHBANK_ARM_CLIENT_SECRET: "s3cret-s3cret", PULUMI_CONFIG_PASSPHRASE: "pass phrase" };
    const { activities, input } = made(env);
    act.apply = async (tenant) => {
      asked.at(-1)!.log!(tenant, "signing in with s3cret-s3cret");
      throw new Error(`s3cret-s3cret and ${encodeURIComponent("pass phrase")} do not do`);
    };
    const { message, stack } = await failure(activities.apply(input));
    assert.equal(message, "[secret] and [secret] do not do");
    assert.ok(!`${stack} ${beats.join()}`.includes("s3cret"));
  });

  it("lets a try end that the cluster has given up, before it begins the next one", async () => {
    const order: string[] = [];
    let end!: () => void;
    const first = new Promise<void>((done) => (end = done));
    let calls = 0;
    act.apply = async () => {
      const call = (calls += 1);
      order.push(`${call} begins`);
      if (call === 1) await first;
      order.push(`${call} ends`);
      return { changed: call === 1 };
    };
    const { activities, input } = made();
    const one = activities.apply(input);
    const two = activities.apply(input);
    await activities.scan({ ...input, tenant: idOf(2) });
    assert.deepEqual(order, ["1 begins"]);
    end();
    assert.deepEqual(await Promise.all([one, two]), [{ changed: true }, { changed: false }]);
    assert.deepEqual(order, ["1 begins", "1 ends", "2 begins", "2 ends"]);
  });

  it("knows its folder by an id, and says where nothing can be kept in it", function () {
    const { worker } = made();
    assert.equal(made().worker.folderId, worker.folderId);
    assert.notEqual(made({}, join(folder(), "elsewhere")).worker.folderId, worker.folderId);
    const file = join(folder(), "file");
    writeFileSync(file, "");
    assert.throws(() => made({}, join(file, "below")), /nothing can be kept there .* share, with --folder/);
    const locked = join(folder(), "locked");
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    // Root may write everywhere.
    if (process.getuid?.() !== 0) assert.throws(() => made({}, locked), /nothing can be kept there/);
    assert.ok(existsSync(join(worker.folder, "folder.json")));
  });
});
