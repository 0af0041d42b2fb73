import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { DefaultLogger, Runtime } from "@temporalio/worker";

const cli = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "temporal"))
  .find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const open: (() => Promise<void>)[] = [];

/** A suite on a real Temporal server; skipped by name where there is no `temporal` on PATH. */
export function describeWithTemporal(title: string, suite: (this: Mocha.Suite) => void): void {
  if (cli === undefined) return void describe.skip(`${title} [no temporal on PATH]`, suite);
  describe(title, function () {
    this.timeout(120_000);
    this.slow(20_000);
    after(async () => {
      for (const close of open.splice(0)) await close();
    });
    suite.call(this);
  });
}

/** A development server of its own, closed when the suite is over. */
export async function createTemporal(
  ...more: readonly string[]
): Promise<{ readonly address: string; readonly namespace: string }> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const args = [
    "server",
    "start-dev",
    "--headless",
    "--ip",
    "127.0.0.1",
    "--port",
    String(port),
    "--log-level",
    "error",
    ...more,
  ];
  const child = spawn(cli!, args, { stdio: ["ignore", "pipe", "ignore"] });
  open.push(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, "exit");
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes(`:${port}`)) break;
  child.stdout.resume();
  return { address: `127.0.0.1:${port}`, namespace: "default" };
}

/** Keeps the log of Temporal's workers out of the output of the tests. */
export function quietWorkers(): void {
  try {
    Runtime.install({ logger: new DefaultLogger("ERROR", () => {}) });
  } catch (error) {
    if ((error as Error).name !== "IllegalStateError") throw error;
  }
}
