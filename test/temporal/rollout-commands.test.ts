import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { engineOf } from "../../provider/dist/cli/rollout/engine.js";
import { clusterSettings } from "../../provider/dist/rollout/temporal/settings.js";
import { startWorker, type RunningWorker } from "../../provider/dist/rollout/temporal/worker.js";
import { ALL, asked, Stage, YES } from "../cli/rollout-stage.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./harness.ts";

const CLI = resolve(import.meta.dirname, "../../provider/dist/cli/main.js");

describeWithTemporal("entra-passkeys rollout --engine temporal", () => {
  let address: string;
  let stage: Stage;
  let worker: RunningWorker | undefined;

  before(async () => {
    quietWorkers();
    ({ address } = await createTemporal());
  });
  beforeEach(() => void (stage = new Stage()));
  afterEach(async () => {
    worker?.stop();
    await worker?.done;
    worker = undefined;
    rmSync(stage.folder, { recursive: true, force: true });
  });

  const flags = () => ({ engine: "temporal", address, namespace: "default" });
  const engine = () => engineOf(flags(), {});
  const up = (more = {}) => engine().up(stage.surface(), stage.file, { ...YES, ...more });
  const resume = (more = {}) => engine().resume(stage.surface(), stage.file, more);
  const status = (more = {}) => engine().status(stage.surface(), stage.file, { ...ALL, ...more });
  const approve = (wave: string, more = {}) => engine().approve(stage.surface(), wave, stage.file, more);
  const abort = (more = {}) => engine().abort(stage.surface(), stage.file, more);
  const rollback = (more = {}) => engine().rollback(stage.surface(), stage.file, { ...YES, ...ALL, ...more });

  async function work(): Promise<void> {
    const { parts } = stage.surface();
    worker = await startWorker({ cluster: clusterSettings({ address }, {}), parts, files: [stage.file], env: {} });
  }

  async function printed(text: RegExp): Promise<void> {
    for (let tries = 0; !text.test(stage.out + stage.err); tries += 1) {
      if (tries > 600) assert.fail(`${String(text)} was not printed, but: ${stage.out}${stage.err}`);
      await sleep(50);
    }
  }

  it("shows, refuses and answers as on one machine", async () => {
    stage.begin([asked, { name: "rest", tenants: [1, 2] }], ["changes", "changes", "failsOnce"]);
    await work();
    assert.equal(await status(), 0);
    assert.match(stage.printed(), /^No rollout of tenants.yaml has begun/);
    const running = up();
    await printed(/pilot: waits until/);
    await assert.rejects(async () => up(), /Rollout \d{4}-\d{2}-\d{2}-1 of this file is not finished/);
    await assert.rejects(async () => approve("rest"), /rest does not wait for an approval yet/);
    stage.printed();
    assert.equal(await status({ json: true }), 0);
    const [shown] = stage.json();
    assert.match(String(shown!["waitsFor"]), /^The cluster waits until .* for an approval of pilot/);
    assert.equal((shown!["tenants"] as { name: string }[])[0]!.name, stage.plan.tenants[0]!.name);
    assert.equal(await approve("pilot", { by: "Ada" }), 0);
    assert.equal(await running, 0);
    assert.match(
      stage.printed(),
      /pilot: approved by Ada[^]*rest: the wave is done\nDone\n[^]*Rollout \S+-1 is done\.\n$/,
    );
    assert.equal(await resume(), 0);
    assert.match(stage.err, /is done; there is nothing to go on with/);
    assert.equal(await rollback(), 0);
    assert.match(stage.printed(), /3 tenants restored, 0 not restored\.\n$/);
    assert.ok(Object.values(stage.world).every(({ updated }) => !updated));
  });

  it("ends the watching with Ctrl-C and not the rollout, which can be watched again and ended for good", async () => {
    stage.begin([asked, { name: "rest", tenants: [1] }]);
    await work();
    const first = up();
    await printed(/pilot: waits until/);
    stage.signals.emit("SIGINT");
    assert.equal(await first, 3);
    assert.match(stage.err, /Nobody watches any more, and rollout \S+ goes on/);
    stage.printed();
    const again = resume();
    await printed(/is watched from here on/);
    assert.equal(await abort({ by: "Bob" }), 0);
    assert.equal(await again, 1);
    assert.match(stage.printed(), /Aborted by Bob/);
    await assert.rejects(async () => resume(), /was aborted by Bob, for good/);
    assert.equal(await abort(), 0);
  });

  it("goes on with a rollout that was stopped, and ends one for good that does not run", async () => {
    stage.begin([{ name: "pilot", tenants: [0] }], ["failsAlways"]);
    await work();
    assert.equal(await up({ json: true }), 3);
    const kinds = stage.json().map(({ kind }) => kind);
    assert.ok(kinds.includes("progress"), kinds.join());
    assert.deepEqual(kinds.slice(-2), ["stopped", "summary"]);
    assert.equal(await resume(), 3);
    assert.equal(await abort({ by: "Bob" }), 0);
    assert.match(stage.printed(), /is aborted\. What it has changed stays/);
    // Now another one may begin.
    assert.equal(await up({ detach: true }), 0);
    assert.match(stage.printed(), /Rollout \S+-2 runs on the cluster/);
    assert.equal(await resume(), 3);
  });

  it("says that no worker answers, and goes on once one does", async () => {
    stage.begin([{ name: "pilot", tenants: [0] }]);
    const running = engineOf({ ...flags(), taskQueue: "nobody" }, {}).up(stage.surface(), stage.file, YES);
    await printed(/No worker answers on the task queue nobody/);
    const { parts } = stage.surface();
    const cluster = clusterSettings({ address, taskQueue: "nobody" }, {});
    worker = await startWorker({ cluster, parts, files: [stage.file], env: {} });
    assert.equal(await running, 0);
  });

  it("is worked for by a process, which says when it polls, and ends by a signal", async () => {
    mkdirSync(join(stage.folder, "project"));
    writeFileSync(join(stage.folder, "project", "Pulumi.yaml"), "name: passkeys\nruntime: nodejs\n");
    const tenant =
      "{ id: 5f0c7d1e-0000-4000-8000-000000000001, name: Northbank, stack: a, credential: { environment: T } }";
    writeFileSync(stage.file, `version: 1\nproject: project\ntenants:\n  - ${tenant}\n`);
    const child = spawn(process.execPath, [CLI, "worker", stage.file, "--address", address], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "exit");
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith("Polling")) break;
    }
    assert.match(lines[0]!, /tenants\.yaml: plan [0-9a-f]{16}, 1 tenant, rollouts in \S+ \([0-9a-f-]+\)$/);
    assert.match(
      lines[1]!,
      /^Polling entra-passkeys at 127\.0\.0\.1:\d+, namespace default; payloads are not encrypted\.$/,
    );
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null], err);
    assert.match(err, /^Stopping: what runs is finished first/);
  });
});
