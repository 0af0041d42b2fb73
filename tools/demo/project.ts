import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import { azureadEnvironment, ensureAzuread, type AzureadPlugin } from "../azuread/index.ts";
import { engineEnvironment, type Engine } from "../engine/index.ts";
import { placeExample } from "./example.ts";

const root = resolve(import.meta.dirname, "../..");

/** What a Pulumi command did. */
export interface Outcome {
  code: number | null;
  /** Standard output and standard error, as they came. */
  output: string;
  /** Wall time. */
  ms: number;
}

/** A temporary folder with Pulumi projects whose state, caches and processes go when it is closed. */
export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "entra-passkeys-"));
  readonly engine: Engine;
  readonly env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();
  readonly #emulator: Emulator;

  constructor(engine: Engine, emulator: Emulator) {
    this.engine = engine;
    this.#emulator = emulator;
    const tenant = emulator.tenant();
    this.env = {
      ...engineEnvironment(engine, join(this.folder, "home")),
      ARM_TENANT_ID: tenant.id,
      ARM_CLIENT_ID: tenant.client.id,
      ARM_CLIENT_SECRET: tenant.client.secret,
      ENTRA_PASSKEYS_ENDPOINT: emulator.url,
      ENTRA_PASSKEYS_CACHE: join(this.folder, "cache"),
    };
    process.once("exit", () => this[Symbol.dispose]());
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
    ] as const) {
      process.once(signal, () => process.exit(code));
    }
  }

  /**
   * A copy of an example.
   *
   * @returns the project's folder.
   */
  example(name: string): string {
    return placeExample(join(this.folder, "projects"), name);
  }

  /** Points commands at an emulator that serves HTTPS, for programs with `@pulumi/azuread`; tells which plugin there is. */
  async withAzuread(): Promise<AzureadPlugin> {
    const { certificate } = this.#emulator;
    if (certificate === undefined) throw new Error("azuread talks HTTPS only: start the emulator with tls");
    const plugin = await ensureAzuread(this.engine, this.env);
    const file = join(this.folder, "emulator.pem");
    writeFileSync(file, certificate);
    Object.assign(this.env, azureadEnvironment(this.#emulator, file));
    return plugin;
  }

  /** A program of a few lines, run the same way as the examples. */
  program(name: string, text: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    writeFileSync(join(folder, "Pulumi.yaml"), `name: ${name}\n${runtime}main: index.ts\n`);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, type: "module" }));
    writeFileSync(join(folder, "index.ts"), text);
    return folder;
  }

  /** Runs pulumi in a project's folder; `onStart` gets its process id. */
  run(folder: string, args: string[], onStart?: (pid: number) => void): Promise<Outcome> {
    const started = performance.now();
    const child = spawn(this.engine.pulumi, [...args, "--non-interactive"], {
      cwd: folder,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that Ctrl-C reaches this process only, which ends it with all that it started.
      detached: process.platform !== "win32",
    });
    this.#running.add(child);
    if (child.pid !== undefined) onStart?.(child.pid);
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    return new Promise((done, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.#running.delete(child);
        done({ code, output, ms: performance.now() - started });
      });
    });
  }

  /** Runs pulumi and throws, with all that it said, where it fails. */
  async ok(folder: string, ...args: string[]): Promise<Outcome> {
    const outcome = await this.run(folder, args);
    if (outcome.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${outcome.code}:\n${outcome.output}`);
    return outcome;
  }

  [Symbol.dispose](): void {
    const pids = [...this.#running].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    for (const pid of pids.flatMap(family)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A process and all that it started, itself first. */
export function family(pid: number): number[] {
  if (process.platform === "win32") return [pid];
  const parents = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [pid];
  for (const parent of found) found.push(...parents.filter(([, of]) => of === parent).map(([child]) => child));
  return found;
}
