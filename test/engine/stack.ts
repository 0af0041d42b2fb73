import { spawn, type ChildProcess } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../provider/dist/emulator/index.js";
import { azureadEnvironment, azureadText, ensureAzuread, type AzureadPlugin } from "../../tools/azuread/index.ts";
import { placeExample } from "../../tools/demo/example.ts";
import { engineEnvironment, type Engine } from "../../tools/engine/index.ts";
import { engineHome } from "../../tools/test/files.ts";

const root = resolve(import.meta.dirname, "../..");

/** What `npm test` says of the engine: it, or why there is none. */
const note = JSON.parse(process.env.ENTRA_PASSKEYS_TEST_ENGINE ?? '{"missing":"run it by npm test"}') as
  { engine: Engine; azuread: AzureadPlugin } | { missing: string };

/** The engine of a suite that is not skipped. */
export function engineOfTests(): Engine {
  if (!("engine" in note)) throw new Error(note.missing);
  return note.engine;
}

/** Which azuread plugin stacks run with whose emulator serves HTTPS, for titles. */
export const azureadOfTests = "azuread" in note ? azureadText(note.azuread) : "no azuread plugin";

/** A suite that needs a real engine; without one it is skipped by name and reason. */
export function describeWithEngine(title: string, suite: (this: Mocha.Suite) => void): void {
  if ("engine" in note) return void describe(title, suite);
  describe.skip(`${title} [${note.missing}]`, suite);
}

/** Several commands in a row; the documented limits of reports and Conditional Access are tested elsewhere. */
export const UNTHROTTLED = { reportRequestsPer10Seconds: 1000, conditionalAccessRequestsPerSecond: 1000 };

export interface Result {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** The resource classes that a program of a test has. */
const CLASSES = [
  "PasskeyPolicy",
  "PasskeyProfile",
  "PasskeyKeyRestrictions",
  "PasskeyGroupTarget",
  "PasskeyAuthenticationStrength",
  "TemporaryAccessPassPolicy",
];

/** A Pulumi project with one stack in a temporary folder, and an emulated tenant that it points at. */
export class Stack implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "entra-passkeys-"));
  project = join(this.folder, "project");
  readonly #running = new Set<ChildProcess>();
  readonly emulator: Emulator;
  readonly #beside: Stack | undefined;
  env: NodeJS.ProcessEnv;

  private constructor(emulator: Emulator, beside?: Stack) {
    this.emulator = emulator;
    this.#beside = beside;
    const tenant = emulator.tenant();
    this.env = {
      ...engineEnvironment(engineOfTests(), engineHome, { state: join(this.folder, "state") }),
      ARM_TENANT_ID: tenant.id,
      ARM_CLIENT_ID: tenant.client.id,
      ARM_CLIENT_SECRET: tenant.client.secret,
      ENTRA_PASSKEYS_ENDPOINT: emulator.url,
      ENTRA_PASSKEYS_CACHE: join((beside ?? this).folder, "cache"),
      ENTRA_PASSKEYS_VERIFY_SECONDS: "3",
      // On a busy machine the engine's calls are far apart; tests count plans.
      ENTRA_PASSKEYS_GATHER_MS: "250",
    };
  }

  static async create(options: EmulatorOptions, program: string, name = "project"): Promise<Stack> {
    return new Stack(await startEmulator(options)).#init(program, name);
  }

  /** With an emulator that serves HTTPS, programs may use `@pulumi/azuread`, too. */
  async #useAzuread(): Promise<void> {
    const { certificate } = this.emulator;
    if (certificate === undefined) return;
    await ensureAzuread(engineOfTests(), this.env);
    const file = join(this.folder, "emulator.pem");
    writeFileSync(file, certificate);
    this.env = { ...this.env, ...azureadEnvironment(this.emulator, file) };
  }

  /** The program of an example, under its own name. */
  static async ofExample(options: EmulatorOptions, name: string): Promise<Stack> {
    const stack = new Stack(await startEmulator(options));
    await stack.#useAzuread();
    return stack.#placeExample(name);
  }

  async #placeExample(name: string): Promise<this> {
    this.project = placeExample(this.project, name);
    await this.ok("stack", "init", "dev");
    return this;
  }

  /** Another example on the same machine, for the same tenant; to be closed before this one. */
  async exampleBeside(name: string): Promise<Stack> {
    const stack = new Stack(this.emulator, this);
    await stack.#useAzuread();
    return stack.#placeExample(name);
  }

  /** Another project of the same machine, for the same tenant; to be closed before this one. */
  beside(program: string, name: string): Promise<Stack> {
    return new Stack(this.emulator, this).#init(program, name);
  }

  async #init(program: string, name: string): Promise<Stack> {
    await this.#useAzuread();
    mkdirSync(this.project);
    symlinkSync(join(root, "node_modules"), join(this.project, "node_modules"));
    writeFileSync(join(this.project, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.js\n`);
    writeFileSync(join(this.project, "package.json"), JSON.stringify({ name }));
    this.program(program);
    await this.ok("stack", "init", "dev");
    return this;
  }

  /** Sets the program: what comes after `pulumi` and the resource classes are there. */
  program(text: string): void {
    const classes = `{ ${CLASSES.join(", ")} }`;
    const head = `const pulumi = require("@pulumi/pulumi");\nconst ${classes} = require("pulumi-entra-passkeys");\n`;
    writeFileSync(join(this.project, "index.js"), `${head}${text}\n`);
  }

  /** Runs pulumi; `onStart` gets the live process. */
  run(args: string[], onStart?: (child: ChildProcess) => void): Promise<Result> {
    const child = spawn(engineOfTests().pulumi, [...args, "--non-interactive"], { cwd: this.project, env: this.env });
    this.#running.add(child);
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    onStart?.(child);
    return new Promise((done, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.#running.delete(child);
        done({ code, output });
      });
    });
  }

  /** Runs pulumi for what it prints on standard output, and fails where its exit code is not 0. */
  async json(...args: string[]): Promise<{ stdout: string }> {
    let stdout = "";
    const { code, output } = await this.run(args, (child) => {
      child.stdout!.on("data", (chunk) => (stdout += chunk));
    });
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return { stdout };
  }

  /** Runs pulumi and fails where its exit code is not 0. */
  async ok(...args: string[]): Promise<string> {
    const { code, output } = await this.run(args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  /** Runs pulumi and fails where its exit code is 0. */
  async refused(...args: string[]): Promise<string> {
    const { code, output } = await this.run(args);
    if (code === 0) throw new Error(`pulumi ${args.join(" ")} should have failed:\n${output}`);
    return output;
  }

  up = (...args: string[]) => this.ok("up", "--yes", "--skip-preview", ...args);
  preview = (...args: string[]) => this.ok("preview", ...args);
  unchanged = (...args: string[]) => this.ok("preview", "--expect-no-changes", ...args);
  destroy = (...args: string[]) => this.ok("destroy", "--yes", "--skip-preview", ...args);
  refresh = (...args: string[]) => this.ok("refresh", "--yes", "--skip-preview", ...args);

  /** An output of the stack that is a text. */
  output = async (name: string) => (await this.ok("stack", "output", name)).trim();

  /** The saved state as `pulumi stack export` gives it. */
  async state(): Promise<{ resources: SavedResource[] }> {
    return (JSON.parse(await this.ok("stack", "export")) as { deployment: { resources: SavedResource[] } }).deployment;
  }

  /** When each file of the state was written last. */
  stateFiles(): string {
    const folder = join(this.folder, "state");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    return files
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => `${file} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs}`)
      .sort()
      .join("\n");
  }

  /** Requests since `from`, as `GET policy`. */
  requests(from = 0): string[] {
    return this.emulator.audit.entries.slice(from).map(({ method, kind }) => `${method} ${kind}`);
  }

  /** The tenant's policy, to be compared byte for byte, also with that of another emulator. */
  policy(): string {
    return JSON.stringify(this.emulator.tenant().policy()).replaceAll(this.emulator.url, "");
  }

  /** How many PATCHes of the policy were sent. */
  writes(): number {
    return this.requests().filter((request) => request === "PATCH policy").length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    // The plugin of a killed CLI lives on; it works in the project's folder and so is told from everyone else's.
    for (const pid of workingIn(this.folder)) process.kill(pid, "SIGKILL");
    if (this.#beside === undefined) await this.emulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface SavedResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** The processes whose working folder is within `folder`; from /proc. */
function workingIn(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The process ids of everything that a process has started, itself included; from /proc. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(entry)]);
    } catch {
      // ended meanwhile
    }
  }
  const found: number[] = [];
  for (let queue = [pid]; queue.length > 0; queue = queue.flatMap((id) => parents.get(id) ?? [])) found.push(...queue);
  return found;
}

/** The process that runs the handlers for a pulumi process. */
export function pluginOf(cli: ChildProcess): number {
  const plugin = descendants(cli.pid!).find((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return line.includes("dynamic-provider") && /node\0|node\b/.test(line.split("\0")[0] ?? "");
    } catch {
      return false;
    }
  });
  if (plugin === undefined) throw new Error("there is no plugin process");
  return plugin;
}
