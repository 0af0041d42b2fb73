import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** How a program ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  /** The last lines of standard error. */
  errors: string[];
}

/** Options of `run`. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Gets each line of standard error as it comes. */
  onLine?: (line: string) => void;
}

const running = new Set<ChildProcess>();

/** Runs a program in a process group of its own, so that `endChildren` also ends what it started. */
export function run(command: string, args: string[], { cwd, env, onLine }: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    running.add(child);
    let stdout = "";
    const errors: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    createInterface({ input: child.stderr }).on("line", (line) => {
      errors.push(line);
      if (errors.length > 30) errors.shift();
      onLine?.(line);
    });
    child.once("error", (error) => {
      running.delete(child);
      reject(error);
    });
    child.once("close", (code) => {
      running.delete(child);
      resolve({ code, stdout, errors });
    });
  });
}

/** Ends every program that `run` started and that still runs. */
export function endChildren(): void {
  for (const child of running) {
    if (child.pid === undefined) continue;
    try {
      process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // It has ended in between.
    }
  }
}
