import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Stack, UNTHROTTLED, describeWithEngine, engineOfTests } from "../engine/stack.ts";
import type { TenantHandle } from "../../provider/dist/emulator/index.js";
import { localActivities } from "../../provider/dist/rollout/activities/index.js";
import type { RolloutParts } from "../../provider/dist/rollout/local/parts.js";
import type { RolloutPlan, TenantSpec } from "../../provider/dist/rollout/plan.js";
import type { RolloutEvent } from "../../provider/dist/rollout/records.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { RolloutClient } from "../../provider/dist/rollout/temporal/client.js";
import { newInput } from "../../provider/dist/rollout/temporal/start.js";
import { startWorker } from "../../provider/dist/rollout/temporal/worker.js";
import { DIGEST } from "./fleet.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./harness.ts";
import { ID, until, withoutTimes } from "./rig.ts";

const IDS = ["7e4a1c00-0000-4000-8000-000000000001", "7e4a1c00-0000-4000-8000-000000000002"];
const PROGRAM = `
new PasskeyPolicy("passkeys", {
  isSelfServiceRegistrationAllowed: false,
  includeTargets: [{ group: new pulumi.Config().require("group") }],
});`;

type Policy = ReturnType<TenantHandle["policy"]>;

/** Two tenants of an emulator, and what a worker of this package does to them. */
async function begin() {
  const tenants = IDS.map((id, index) => ({
    id,
    displayName: `Bank ${index}`,
    mode: "profiles" as const,
    policy: { state: "enabled" as const, includeTargets: [{ id: "all_users" }] },
    groups: [{ displayName: "Sales" }, { displayName: "Executives" }],
  }));
  const stack = await Stack.create({ seed: { tenants }, switches: UNTHROTTLED }, PROGRAM);
  const { project, emulator } = stack;
  const specs = IDS.map((id, index): TenantSpec => {
    const config = { "project:group": index === 0 ? "Sales" : "Executives" };
    const credential = { kind: "environment", prefix: `BANK${index}` } as const;
    return { id, name: `Bank ${index}`, stack: `bank-${index}`, cloud: "global", config, credential };
  });
  const gate = { soakMs: 0, healthCheck: { command: [process.execPath, "-e", ""], timeoutMs: 30_000 } };
  const waves = specs.map(({ id, name }) => ({ name, tenants: [id], concurrency: 1, gate }));
  const plan: RolloutPlan = { file: join(project, "tenants.yaml"), project, tenants: specs, waves, failureBudget: 0 };
  const { ARM_TENANT_ID: _tenant, ARM_CLIENT_ID: _client, ARM_CLIENT_SECRET: _secret, ...env } = stack.env;
  const parts: RolloutParts = {
    readPlan: () => plan,
    planDigest: () => DIGEST,
    activities: ({ folder, log = () => {}, shared }) =>
      localActivities({
        ...{ plan, env, log, pulumi: engineOfTests().pulumi, folder: folder ?? join(stack.folder, "rollout") },
        ...(shared !== undefined && { shared }),
        environmentOf: ({ id }) => {
          const { client } = emulator.tenant(id);
          return { ARM_TENANT_ID: id, ARM_CLIENT_ID: client.id, ARM_CLIENT_SECRET: client.secret };
        },
      }),
  };
  /** The policies, with groups by their names, and no address: these differ from emulator to emulator. */
  const policies = () =>
    IDS.map((id) => {
      const tenant = emulator.tenant(id);
      const policy = JSON.parse(JSON.stringify(tenant.policy()).replaceAll(emulator.url, "")) as Policy;
      for (const target of policy.includeTargets) {
        if (target.id !== "all_users") target.id = tenant.groups.get(target.id).displayName;
      }
      return policy;
    });
  return { stack, plan, parts, env, policies };
}

describeWithEngine("a rollout on Temporal with an engine", () => {
  describeWithTemporal("and a server", function () {
    this.timeout(300_000);

    it("has the journal and leaves the policies of one on one machine", async () => {
      quietWorkers();
      const one = await begin();
      await using _one = one.stack;
      const local: RolloutEvent[] = [];
      const activities = one.parts.activities({ plan: one.plan, env: one.env });
      await runRollout(one.plan, { rollout: ID, plan: DIGEST }, [], activities, {
        record: async (event) => void local.push(event),
        now: () => Date.now(),
        sleepUntil: async () => false,
        approval: async () => "timedOut",
        abortedBy: () => undefined,
      });
      assert.equal(local.at(-1)!.kind, "done");

      const other = await begin();
      await using _other = other.stack;
      writeFileSync(other.plan.file, "");
      const { address, namespace } = await createTemporal();
      const cluster = { address, namespace, taskQueue: "engine", codecKeys: [] };
      const folder = join(other.stack.folder, "rollouts");
      const { parts, env, plan } = other;
      const worker = await startWorker({ cluster, parts, files: [plan.file], env, folder });
      const client = await RolloutClient.connect(cluster, "engine");
      try {
        await client.start(newInput(plan, DIGEST, ID, 0));
        await until("the end", async () => !(await client.status(ID))!.running, 200_000);
        const { records } = await client.records(ID, (await client.find(ID))!.overview);
        assert.deepEqual(withoutTimes(records), withoutTimes(local));
        assert.deepEqual(other.policies(), one.policies());
        assert.equal(other.stack.writes(), one.stack.writes());
      } finally {
        worker.stop();
        await worker.done;
        await client.close();
      }
    });
  });
});
