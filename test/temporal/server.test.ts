import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { Client, Connection, WorkflowNotFoundError } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { TemporalStartError, type TemporalServer } from "../../tools/temporal/index.ts";
import { processes } from "../engine/processes.ts";
import { createTemporal, describeWithTemporal, quietWorkers } from "./harness.ts";

describeWithTemporal("startTemporal", () => {
  const connections: Connection[] = [];
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close();
  });

  async function clientOf({ address, namespace }: TemporalServer): Promise<Client> {
    const connection = await Connection.connect({ address });
    connections.push(connection);
    return new Client({ connection, namespace });
  }

  /** Nobody works on it, so it stays as it is. */
  const startWorkflow = async (server: TemporalServer, workflowId: string) =>
    await (await clientOf(server)).workflow.start("waits", { workflowId, taskQueue: "nobody", args: [workflowId] });

  const statusOf = async (server: TemporalServer, workflowId: string) =>
    (await (await clientOf(server)).workflow.getHandle(workflowId).describe()).status.name;

  /** What still runs with the folder of a server in its arguments. */
  const leftOf = ({ address }: { address: string }) =>
    processes().filter(({ argv }) => argv.includes("start-dev") && argv.includes(address.split(":")[1]!));

  it("serves two at once, each with workflows of its own", async () => {
    const [one, two] = await Promise.all([createTemporal(), createTemporal({ namespace: "wards" })]);
    assert.notEqual(one.address, two.address);
    assert.match(one.address, /^127\.0\.0\.1:\d+$/);
    await startWorkflow(one, "first");
    await startWorkflow(two, "second");
    assert.equal(await statusOf(one, "first"), "RUNNING");
    assert.equal(await statusOf(two, "second"), "RUNNING");
    await assert.rejects(statusOf(two, "first"), WorkflowNotFoundError);
    await Promise.all([one.close(), two.close()]);
    assert.deepEqual([...leftOf(one), ...leftOf(two)], []);
  });

  it("has after a restart, and after a crash, what it had before, under the same address", async () => {
    const server = await createTemporal();
    const { address, pid } = server;
    await startWorkflow(server, "before");
    await server.restart();
    assert.equal(server.address, address);
    assert.notEqual(server.pid, pid);
    assert.equal(await statusOf(server, "before"), "RUNNING");

    await startWorkflow(server, "meanwhile");
    await server.kill();
    assert.equal(server.pid, undefined);
    await assert.rejects(Connection.connect({ address, connectTimeout: 1_000 }));
    await server.restart();
    assert.equal(await statusOf(server, "before"), "RUNNING");
    assert.equal(await statusOf(server, "meanwhile"), "RUNNING");
    const handle = (await clientOf(server)).workflow.getHandle("before");
    await handle.terminate();
    assert.equal(await statusOf(server, "before"), "TERMINATED");
    await server.close();
    assert.deepEqual(leftOf(server), []);
  });

  it("lets a workflow go on after a crash, with a worker that was there all the time", async () => {
    const server = await createTemporal();
    const { address, namespace } = server;
    quietWorkers();
    const connection = await NativeConnection.connect({ address });
    const noted: string[] = [];
    let first = () => {};
    const begun = new Promise<void>((resolve) => (first = resolve));
    const note = async (text: string) => (noted.push(text), first(), text.toUpperCase());
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: "notes",
      workflowsPath: join(import.meta.dirname, "workflow.ts"),
      activities: { note },
    });
    await worker.runUntil(async () => {
      const handle = await (
        await clientOf(server)
      ).workflow.start("twice", {
        workflowId: "notes",
        taskQueue: "notes",
        args: ["fido"],
      });
      await begun;
      await server.kill();
      await server.restart();
      await handle.signal("goOn");
      assert.deepEqual(await handle.result(), ["FIDO 1", "FIDO 2"]);
    });
    assert.equal(noted.at(-1), "fido 2");
    await connection.close();
    await server.close();
  });

  it("refuses a port that is taken, and says what the server wrote where it does not serve", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await assert.rejects(createTemporal({ port }), (error) => {
      return error instanceof TemporalStartError && error.message.includes(`port ${port} on 127.0.0.1 is taken`);
    });
    other.close();
    await assert.rejects(createTemporal({ args: ["--no-such-flag"] }), (error) => {
      assert.ok(error instanceof TemporalStartError);
      assert.match(error.message, /ended before it served. It wrote:\n[^]*no-such-flag/);
      return true;
    });
  });

  it("leaves no server behind when the process ends that started it", async () => {
    const module = JSON.stringify(join(import.meta.dirname, "harness.ts"));
    const script = `
      const { createTemporal } = await import(${module});
      const { address } = await createTemporal();
      console.log(address);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [address] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    assert.equal(leftOf({ address }).length, 1);
    child.kill("SIGTERM");
    const [, signal] = await once(child, "exit");
    assert.equal(signal, "SIGTERM");
    await assert.rejects(Connection.connect({ address, connectTimeout: 1_000 }));
    assert.deepEqual(leftOf({ address }), []);
  });
});
