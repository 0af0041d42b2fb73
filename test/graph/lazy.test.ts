import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { FakeGraph } from "./fake-graph.ts";

const graph = createRequire(import.meta.url).resolve("../../provider/dist/graph/index.js");

/** Runs a script in a process of its own and answers which of the two libraries it loaded. */
function loaded(script: string, env: NodeJS.ProcessEnv = {}): unknown {
  const code = `
    const report = () => console.log(JSON.stringify(["@azure/identity", "@microsoft/microsoft-graph-client"].map(
      (name) => Object.keys(require.cache).some((file) => file.includes(name.replace("/", require("path").sep))))));
    const graph = require(${JSON.stringify(graph)});
    ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", code], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

describe("provider/graph", function () {
  // A process for each test; the second one also waits out three repetitions.
  this.timeout(20_000);
  const env = { ARM_TENANT_ID: "11111111-2222-4333-8444-555555555555", ARM_CLIENT_ID: "app", ARM_CLIENT_SECRET: "s" };

  it("loads neither the sign-in library nor the Graph client before the first request", () => {
    const script =
      "graph.createGraph(graph.resolveSettings(process.env)); graph.createCredential(graph.resolveSettings(process.env)); report();";
    assert.deepEqual(loaded(script, env), [false, false]);
  });

  it("never loads the sign-in library for a local Graph", async () => {
    const fake = await FakeGraph.start();
    await fake.close();
    const script = "graph.createGraph(graph.resolveSettings(process.env)).readPasskeyPolicy().catch(report);";
    assert.deepEqual(loaded(script, { ...env, ENTRA_PASSKEYS_ENDPOINT: fake.url }), [false, true]);
  });
});
