import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const HANDLERS = resolve(import.meta.dirname, "../../provider/dist/handlers.js");

/** What Pulumi's dynamic provider does: an error is written down, whatever it is, and the process lives on. */
const plugin = `
const errors = new Set();
process.on("uncaughtException", (error) => {
  if (errors.size > 100) process.exit(99);
  errors.add(error);
  console.error(error.stack);
});
require(${JSON.stringify(HANDLERS)});
process.stdin.resume();
process.on("message", (line) => process.stderr.write(line));
`;

describe("a plugin whose engine was killed", function () {
  this.timeout(30_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "entra-passkeys-orphan-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (address: string) => {
    const file = join(folder, "dynamic-provider.cjs");
    writeFileSync(file, plugin);
    const child = spawn(process.execPath, [file, address], { stdio: ["pipe", "pipe", "pipe", "ipc"] });
    await once(child, "spawn");
    // Nobody reads any more, as after the death of the engine.
    child.stdout!.destroy();
    child.stderr!.destroy();
    return child;
  };

  it("ends when it finds that nobody reads what it says, instead of saying so for ever", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    const child = await start(`127.0.0.1:${port}`);
    child.send("speak");
    assert.deepEqual(await once(child, "exit"), [1, null]);
  });

  it("goes on where its engine still is there", async () => {
    const engine = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(engine, "listening");
    const child = await start(`127.0.0.1:${(engine.address() as AddressInfo).port}`);
    const asked = once(engine, "connection");
    child.send("speak");
    await asked;
    child.send("speak again");
    await once(engine, "connection");
    assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
    child.kill("SIGKILL");
    await once(child, "exit");
    engine.close();
  });
});
