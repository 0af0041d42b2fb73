import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { printable } from "../../policy/problem.js";
import type { GateSpec, TenantSpec, WaveSpec } from "../plan.js";
import type { LocalOptions } from "./options.js";

/** How many lines of a command's output are told where it fails. */
const LAST_LINES = 5;
/** How long a command may take to end once it is told to, in milliseconds. */
const GRACE_MS = 5000;

/**
 * Runs the health check of a wave, in the folder of the tenants' file and without a shell. It gets the name of the wave
 * in `ENTRA_PASSKEYS_WAVE` and the ids of its tenants, with commas between them, in `ENTRA_PASSKEYS_TENANTS`.
 *
 * @throws Error with the last lines of its output where it does not end with 0 in time.
 */
export async function healthCheck(
  { plan, env, log }: Pick<LocalOptions, "plan" | "env" | "log">,
  wave: WaveSpec,
  { command, timeoutMs }: NonNullable<GateSpec["healthCheck"]>,
  tenants: readonly TenantSpec[],
): Promise<void> {
  const [file = "", ...args] = command;
  const ids = tenants.map(({ id }) => id).join(",");
  const child = spawn(file, args, {
    cwd: dirname(plan.file),
    env: { ...env, ENTRA_PASSKEYS_WAVE: wave.name, ENTRA_PASSKEYS_TENANTS: ids },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const about = tenants[0] ?? plan.tenants.find(({ id }) => wave.tenants.includes(id));
  const last: string[] = [];
  const tell = (line: string) => {
    last.push(printable(line));
    if (last.length > LAST_LINES) last.shift();
    if (about !== undefined) log(about, `health check: ${printable(line)}`);
  };
  const ends = [linesOf(child.stdout, tell), linesOf(child.stderr, tell)];
  let late = false;
  let kill: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGTERM");
    kill = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  }, timeoutMs);
  try {
    const how = await new Promise<string | undefined>((resolve) => {
      child.once("error", (error) => resolve(`could not be run (${error.message})`));
      child.once("exit", (code, signal) => resolve(code === 0 ? undefined : `ended with ${code ?? signal}`));
    });
    // What it has started may hold its output open for longer.
    await Promise.race([Promise.all(ends), new Promise((done) => setTimeout(done, 200))]);
    const why = late ? `did not end within ${timeoutMs / 1000} seconds` : how;
    if (why === undefined) return;
    throw new Error([`${command.join(" ")} ${why}`, ...last].join("\n"));
  } finally {
    clearTimeout(timer);
    clearTimeout(kill);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** Tells the lines of a stream, the last one without its end, too. */
function linesOf(stream: NodeJS.ReadableStream, tell: (line: string) => void): Promise<void> {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop()!;
    lines.forEach(tell);
  });
  return new Promise((done) => {
    stream.once("error", () => done());
    stream.once("end", () => {
      if (rest !== "") tell(rest);
      done();
    });
  });
}
