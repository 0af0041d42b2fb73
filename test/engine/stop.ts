import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultHandle } from "../../provider/dist/emulator/index.js";
import { pluginOf, type Stack } from "./stack.ts";

/** The ways in which a command may be stopped. */
export const STOPS = ["SIGKILL of the plugin", "SIGKILL of the CLI", "SIGINT"] as const;
export type Stop = (typeof STOPS)[number];

/**
 * Runs a command and stops it right after its `step`th PATCH: the service has taken it, and the plugin does not know so
 * yet, because its read-back is held. A lock that is left is taken away.
 *
 * @param between what must hold at that moment.
 */
export async function stopAfter(
  stack: Stack,
  verb: "up" | "destroy",
  step: number,
  stop: Stop,
  between: () => void = () => {},
): Promise<void> {
  const written = stack.writes();
  await stopWhen(stack, verb, stop, readBack(stack, step), between);
  if (stop === "SIGKILL of the CLI") {
    assert.equal(stack.writes() - written, step, "a plugin without its engine writes nothing more");
  }
}

/**
 * Runs a command and stops it right after its `nth` write of a document, whosever it is: the service has taken it, and
 * its answer is held. A lock that is left is taken away.
 *
 * @returns what that write was, as `POST /beta/policies/...`
 */
export async function stopAtWrite(stack: Stack, verb: "up" | "destroy", nth: number, stop: Stop): Promise<string> {
  const held = stack.emulator.faults.add({
    match: { method: ["POST", "PATCH", "PUT", "DELETE"], path: /\/(policies|identity)\// },
    do: { kind: "hold", phase: "after" },
    after: nth - 1,
  });
  await stopWhen(stack, verb, stop, Promise.resolve(held));
  const { method, path } = await held.arrived;
  return `${method} ${path}`;
}

/** Runs a command and stops it when a request is held. */
async function stopWhen(
  stack: Stack,
  verb: "up" | "destroy",
  stop: Stop,
  reached: Promise<FaultHandle>,
  between: () => void = () => {},
): Promise<void> {
  let child!: ChildProcess;
  const run = stack.run([verb, "--yes", "--skip-preview"], (started) => void (child = started));
  const cancelling = new Promise<void>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (text) => void (/cancelling/.test(String(text)) && resolve()));
  });
  const early = run.then(({ output }) => assert.fail(`pulumi ${verb} ended before it was stopped:\n${output}`));
  early.catch(() => {}); // It fails in the end, when nobody waits for it any more.
  const held = await Promise.race([reached, early]);
  await Promise.race([held.arrived, early]);
  between();
  if (stop === "SIGKILL of the plugin") process.kill(pluginOf(child), "SIGKILL");
  if (stop === "SIGKILL of the CLI") {
    await stateWritten(stack);
    // A killed engine is gone before the run goes on.
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
  if (stop === "SIGINT") {
    child.kill("SIGINT");
    // The engine has taken notice; the call that runs may finish.
    await Promise.race([cancelling, early]);
  }
  held.release();
  const { code, output } = await run;
  if (stop !== "SIGINT") assert.notEqual(code, 0, output);
  if (stop === "SIGKILL of the CLI") {
    await settled(stack);
    await stack.ok("cancel", "--yes");
  }
}

/** Holds the first read of the policy after its `step`th PATCH from now that the service takes. */
async function readBack({ emulator }: Stack, step: number): Promise<FaultHandle> {
  let { lastSeq: after } = emulator.audit;
  for (let taken = 0; taken < step; taken += 1) {
    const patch = await emulator.audit.next(
      ({ method, kind, status }) => method === "PATCH" && kind === "policy" && status < 300,
      { after, timeoutMs: 100_000 },
    );
    after = patch.seq;
  }
  // The answer to that PATCH has not left yet, so its read-back is still to come.
  return emulator.faults.hold({ method: "GET", kind: "policy" });
}

/**
 * Waits until nothing else of the command is under way: an engine that is killed while it writes its state to a file
 * leaves half of it, and the stack is lost.
 */
async function stateWritten(stack: Stack): Promise<void> {
  for (let seen: string | undefined; ;) {
    const now = stack.stateFiles();
    if (now === seen) return;
    seen = now;
    await sleep(250);
  }
}

/** Waits until the plugin that outlived its CLI has come to rest: no request of it is under way. */
async function settled(stack: Stack): Promise<void> {
  // Any further write would be the fault that this looks for; a read may still come, and then nothing.
  for (let seen = -1; seen !== stack.requests().length;) {
    seen = stack.requests().length;
    await sleep(500);
  }
}
