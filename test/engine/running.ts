import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readAccount, type Account } from "./events.ts";
import { descendants, isPlugin, marked, signalAll, type ProcessInfo } from "./processes.ts";

/** What a command came to. */
export interface Result extends Account {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  output: string;
}

/** How to start a command. */
export interface StartOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  eventLog?: string;
  onOutput?: (text: string) => void;
  /** Kills the command when it is aborted. */
  signal?: AbortSignal;
}

/** The variable that marks a command and everything it starts. */
const mark = "ENTRA_PASSKEYS_TEST_COMMAND";

/** A Pulumi command while it runs, and what is left of it afterwards. */
export class Running {
  readonly child: ChildProcess;
  /** Resolves when the command has ended, whatever it ended with. */
  readonly done: Promise<Result>;
  readonly #id: string = randomUUID();
  #output = "";
  /** The plugin once it was seen: after its parent's death it can be found no other way where there is no /proc. */
  #plugin: ProcessInfo | undefined;

  constructor(command: string, args: string[], { cwd, env, eventLog, onOutput, signal }: StartOptions) {
    this.child = spawn(command, args, {
      cwd,
      env: { ...env, [mark]: this.#id },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // A process group of its own: Ctrl-C can be sent to it, and not to the tests.
    });
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      this.child[name]!.setEncoding("utf8").on("data", (text: string) => {
        texts[name] += text;
        this.#output += text;
        onOutput?.(text);
      });
    }
    signal?.addEventListener("abort", () => this.kill());
    this.done = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      // Not "close": a plugin that outlives a killed CLI may hold the pipes open.
      this.child.once("exit", async (code, killedBy) => {
        await Promise.race([new Promise((closed) => this.child.once("close", closed)), sleep(500)]);
        const account = readAccount(eventLog ?? "");
        resolve({ code, signal: killedBy, ...texts, output: this.#output, ...account });
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What has been printed until now. */
  get output(): string {
    return this.#output;
  }

  /** Everything that the command started and that still runs, orphans included (those on Linux only). */
  processes(): ProcessInfo[] {
    const found = new Map([...descendants(this.pid), ...marked(mark, this.#id)].map((one) => [one.pid, one]));
    found.delete(this.pid);
    return [...found.values()];
  }

  /** The process that runs the handlers, if there is one now. */
  plugin(): ProcessInfo | undefined {
    return (this.#plugin = this.processes().find(isPlugin) ?? this.#plugin);
  }

  /** Waits until `condition` gives something; fails when the command ends before, or time runs out. */
  async until<T>(condition: () => T | undefined | false, what: string, timeout = 30_000): Promise<T> {
    for (const end = Date.now() + timeout; ;) {
      const value = condition();
      if (value !== undefined && value !== false) return value;
      const ended = this.child.exitCode !== null || this.child.signalCode !== null;
      if (ended || Date.now() > end) {
        throw new Error(`${ended ? "the command ended" : "time ran out"} before ${what}:\n${this.#output}`);
      }
      await sleep(20);
    }
  }

  /** Sends a signal to the CLI alone. */
  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.child.kill(signal);
  }

  /** What Ctrl-C in a terminal does: an interrupt to the CLI's process group. */
  interrupt(): void {
    process.kill(-this.pid, "SIGINT");
  }

  /** Ends the command and everything that it left behind. */
  end(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.kill();
    signalAll([...this.processes(), ...(this.#plugin === undefined ? [] : [this.#plugin])]);
  }
}
