import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createStack, describeWithEngine, type Stack } from "./harness.ts";
import { processes } from "./processes.ts";

/** A resource without `pulumi.dynamic`: the class, the type and one constant string that leads to the handler. */
const program = (args: string, options = "{}") => `
const pulumi = require("@pulumi/pulumi");
const __provider = 'exports.handler=()=>require("./handlers").probe;';
class Probe extends pulumi.CustomResource {
  constructor(name, args, options) {
    super("pulumi-nodejs:dynamic/entra:Probe", name, { ...args, __provider }, options);
  }
}
new Probe("one", ${args}, ${options});`;

/** Says in calls.log what is called; create waits as long as `wait` says. */
const handlers = `
const { appendFileSync } = require("fs");
const { setTimeout: sleep } = require("timers/promises");
const say = (text) => appendFileSync("calls.log", text + "\\n");
exports.probe = {
  async check(olds, news) {
    say("check");
    console.error("seen by check");
    return { inputs: news, failures: news.bad ? [{ property: "bad", reason: "is not allowed" }] : [] };
  },
  async diff(id, olds, news) { say("diff"); return { changes: olds.value !== news.value }; },
  async create(news) { say("create"); await sleep(news.wait ?? 0); say("created"); return { id: "1", outs: news }; },
  async read(id, props) { say("read"); return { id, props: { ...props, value: "drifted" } }; },
  async update(id, olds, news) { say("update"); return { outs: news }; },
  async delete() { say("delete"); },
};`;

describeWithEngine("Stack", () => {
  let stack: Stack;

  beforeEach(async () => {
    stack = await createStack({ program: program('{ value: "a" }'), files: { "handlers.js": handlers } });
  });

  afterEach(() => stack.close());

  const calls = () => {
    const file = join(stack.folder, "calls.log");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  const alive = (pid: number) => processes().some((process) => process.pid === pid);

  it("takes a resource made from a constant text through its life", async () => {
    const preview = await stack.preview();
    assert.deepEqual(preview.changes, { create: 1 });
    assert.deepEqual(calls(), ["check"], "a preview creates nothing");
    assert.ok(preview.diagnostics.some((one) => one.severity === "info#err" && one.message === "seen by check"));

    assert.deepEqual((await stack.up()).changes, { create: 1 });
    const saved = stack.exportState().resources!.find(({ type }) => type.endsWith(":Probe"))!;
    assert.equal(saved.outputs!.__provider, 'exports.handler=()=>require("./handlers").probe;');
    assert.deepEqual((await stack.preview()).changes, { same: 1 });

    stack.setProgram(program('{ value: "b" }'));
    assert.deepEqual((await stack.up()).changes, { update: 1 });
    const drift = await stack.refresh();
    assert.deepEqual(drift.changes, { update: 1 });
    assert.match(drift.output, /~ 1 updated/);
    assert.deepEqual((await stack.destroy()).changes, { delete: 1 });
    assert.equal(calls().at(-1), "delete");
  });

  it("tells a failure from a success", async () => {
    stack.setProgram(program("{ bad: true }"));
    const result = await stack.preview({ expectFailure: true });
    assert.match(result.output, /bad.*is not allowed/s);
    await assert.rejects(stack.preview(), /ended with \d+:.*is not allowed/s);
  });

  it("keeps secrets out of the state", async () => {
    await stack.setConfig("word", "open sesame", { secret: true });
    stack.setProgram(program('{ value: new pulumi.Config().requireSecret("word") }'));
    await stack.up();
    assert.doesNotMatch(JSON.stringify(stack.exportState()), /open sesame/);
  });

  it("leaves a lock and a plugin behind when the command is killed, and cleans up after it", async function () {
    if (!existsSync("/proc")) this.skip();
    stack.setProgram(program("{ wait: 60000 }"));
    const running = stack.run(stack.operation("up"));
    await running.until(() => calls().includes("create"), "create");
    const plugin = running.plugin()!;
    running.kill("SIGKILL");
    assert.equal((await running.done).signal, "SIGKILL");
    assert.ok(alive(plugin.pid), "the plugin outlives the CLI");

    const refused = await stack.up({ expectFailure: true });
    assert.match(refused.output, /lock/);
    await stack.cancel();
    stack.setProgram(program("{}"));
    assert.deepEqual((await stack.up()).changes, { create: 1 });

    stack.close();
    await new Promise((done) => setTimeout(done, 100));
    assert.ok(!alive(plugin.pid));
    assert.ok(!existsSync(stack.folder));
  });

  it("lets a running call finish after an interrupt", async () => {
    stack.setProgram(program("{ wait: 2000 }"));
    const running = stack.run(stack.operation("up"));
    await running.until(() => calls().includes("create"), "create");
    running.interrupt();
    const { code } = await running.done;
    assert.notEqual(code, 0);
    assert.equal(calls().at(-1), "created");
    assert.deepEqual((await stack.up()).changes, { same: 1 }, "what was created is in the state");
  });
});
