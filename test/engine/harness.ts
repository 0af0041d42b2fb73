/** What tests of the real engine stand on: a project with one stack in a temporary folder, and commands on it. */
import { mkdtempSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { cacheRoot, engineEnvironment, findEngine, type Engine } from "../../tools/engine/index.ts";
import { describeNeeding } from "../needing.ts";
import { Running, type Result } from "./running.ts";

export type { Diagnostic, Step } from "./events.ts";
export type { ProcessInfo } from "./processes.ts";
export { Running, type Result } from "./running.ts";

const root = resolve(import.meta.dirname, "../..");

/** What `npm test` says of the engine; asked here when a file is run without it. */
const note: { engine: Engine } | { missing: string } = process.env.ENTRA_PASSKEYS_TEST_ENGINE
  ? JSON.parse(process.env.ENTRA_PASSKEYS_TEST_ENGINE)
  : await findEngine().then((engine) => (engine ? { engine } : { missing: "no engine: run npm run engine" }));

/**
 * A suite that needs the real engine. Without one it is skipped by name, with the reason, which `npm test` makes a
 * failure where REQUIRE_ENGINE is set. Its stacks are removed when it is over.
 */
export function describeWithEngine(title: string, suite: (this: Mocha.Suite) => void): void {
  describeNeeding("missing" in note ? note.missing : undefined, title, closeAll, suite);
}

/** What a stack is made of. */
export interface StackOptions {
  /** The text of index.js, CommonJS. */
  program: string;
  /** More files of the program, by path. */
  files?: Record<string, string>;
  config?: Record<string, string>;
  secrets?: Record<string, string>;
  /** Added to the environment of every command. */
  env?: NodeJS.ProcessEnv;
  /** The project's name. @default "project" */
  project?: string;
  /** The stack's name. @default "dev" */
  name?: string;
}

/** Options of a command. */
export interface CommandOptions {
  /** The command must fail; without it, it must not. */
  expectFailure?: boolean;
  /** Read what exists first. */
  refresh?: boolean;
  args?: string[];
  env?: NodeJS.ProcessEnv;
  onOutput?: (text: string) => void;
  signal?: AbortSignal;
}

/** A resource in the saved state. */
export interface SavedResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** The saved state. */
export interface SavedState {
  resources?: SavedResource[];
  pending_operations?: { type: string; resource: SavedResource }[];
}

const open = new Set<Stack>();
const closeAll = () => open.forEach((stack) => stack.close());
process.once("exit", closeAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    closeAll();
    process.kill(process.pid, signal);
  });
}

/** Makes a project with one stack, its state in a folder of its own. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const stack = new Stack(options);
  await stack.command(["stack", "init", stack.name, "--no-select"]);
  const pairs = (flag: string, values: Record<string, string> = {}) =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  const settings = [...pairs("--plaintext", options.config), ...pairs("--secret", options.secrets)];
  if (settings.length > 0) await stack.command(["config", "set-all", "--stack", stack.name, ...settings]);
  return stack;
}

/** A Pulumi project with one stack. */
export class Stack {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "entra-passkeys-stack-")));
  readonly project: string;
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #engine: Engine;
  readonly #started: Running[] = [];

  constructor({ program, files = {}, env = {}, project = "project", name = "dev" }: StackOptions) {
    if (!("engine" in note)) throw new Error(note.missing);
    open.add(this);
    this.#engine = note.engine;
    this.project = project;
    this.name = name;
    // Plugins and compiled code are shared by all tests. No test may reach a tenant of whoever runs it.
    const home = join(cacheRoot(), "test-home");
    const own = engineEnvironment(note.engine, home, { state: join(this.folder, ".state") });
    for (const key of Object.keys(own)) if (/^(ARM|AZURE|ENTRA_PASSKEYS)_/.test(key)) delete own[key];
    this.env = { ...own, PULUMI_DEBUG_COMMANDS: "true", ...env };
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    this.setFile("Pulumi.yaml", `name: ${project}\nruntime: { name: nodejs, options: { typescript: false } }\n`);
    this.setFile("package.json", JSON.stringify({ name: project, private: true, main: "index.js" }));
    this.setProgram(program);
    for (const [path, text] of Object.entries(files)) this.setFile(path, text);
  }

  setProgram(text: string): void {
    this.setFile("index.js", text);
  }

  /** Writes a file of the program. */
  setFile(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  async setConfig(key: string, value: string, { secret = false } = {}): Promise<void> {
    await this.command(["config", "set", "--stack", this.name, secret ? "--secret" : "--plaintext", "--", key, value]);
  }

  /** Starts a command and gives the live process; `done` of what it returns never rejects for an exit code. */
  run(args: string[], { env, onOutput, signal }: CommandOptions = {}): Running {
    const running = new Running(this.#engine.pulumi, ["--non-interactive", "--color", "never", ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      eventLog: args[args.indexOf("--event-log") + 1],
      onOutput,
      signal,
    });
    this.#started.push(running);
    return running;
  }

  /** Runs a command to its end and compares how it ended with what is expected. */
  async command(args: string[], options: CommandOptions = {}): Promise<Result> {
    const result = await this.run(args, options).done;
    if ((result.code !== 0) === (options.expectFailure ?? false)) return result;
    const ended = result.code === 0 ? "should have failed" : `ended with ${result.signal ?? result.code}`;
    throw new Error(`pulumi ${args.join(" ")} ${ended}:\n${result.output}`);
  }

  /** The arguments of an operation, for `run`. */
  operation(verb: string, { refresh = false, args = [] }: CommandOptions = {}): string[] {
    const eventLog = join(this.folder, `.events-${this.#started.length}.json`);
    const yes = verb === "preview" ? [] : ["--yes", "--skip-preview"];
    return [verb, "--stack", this.name, ...yes, ...(refresh ? ["--refresh"] : []), "--event-log", eventLog, ...args];
  }

  preview = (options?: CommandOptions) => this.command(this.operation("preview", options), options);
  up = (options?: CommandOptions) => this.command(this.operation("up", options), options);
  refresh = (options?: CommandOptions) => this.command(this.operation("refresh", options), options);
  destroy = (options?: CommandOptions) => this.command(this.operation("destroy", options), options);
  /** Takes the lock away that a killed command left. */
  cancel = (options?: CommandOptions) => this.command(["cancel", "--stack", this.name, "--yes"], options);

  /** The saved state, secrets encrypted; read from its file, which costs no command. */
  exportState(): SavedState {
    const file = join(this.folder, ".state/.pulumi/stacks", this.project, `${this.name}.json`);
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest?: SavedState } };
    return checkpoint.latest ?? {};
  }

  /** Ends every process that its commands left, and removes its folder. */
  close(): void {
    open.delete(this);
    for (const running of this.#started) running.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
