import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureTemporal } from "./ensure.ts";
import { accepting, canListen, freePort } from "./ports.ts";
import { serving } from "./serving.ts";
import { TemporalStartError } from "./types.ts";

/** Options of `startTemporal`. */
export interface TemporalOptions {
  /** The Temporal CLI. @default that of `ensureTemporal` */
  cli?: string;
  /** @default "default" */
  namespace?: string;
  /** What the server writes to its log, of which errors show the end. @default "error" */
  logLevel?: "debug" | "info" | "warn" | "error" | "never";
  /** The port. @default a free one, and another one where it is taken meanwhile */
  port?: number;
  /** More arguments of `temporal server start-dev`, for example `["--search-attribute", "Tenant=Keyword"]`. */
  args?: string[];
  /** How long it may take to serve, in milliseconds. @default 60,000 */
  patience?: number;
}

/** A Temporal development server of one's own, with a database of its own. */
export interface TemporalServer {
  /** For example `127.0.0.1:23456`. */
  readonly address: string;
  readonly namespace: string;
  /** The id of its process; undefined while it does not run. */
  readonly pid: number | undefined;
  /** Stops it if it runs, and starts it on the same port with the same database. */
  restart(): Promise<void>;
  /** Ends it at once, as a crash would; `restart` brings it back with what it had saved. */
  kill(): Promise<void>;
  /** Ends it and removes what it saved. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/** How often a start is tried whose ports were taken meanwhile. */
const ATTEMPTS = 5;

/** How long a server may take to stop before it is killed. */
const GRACE = 10_000;

/**
 * Starts `temporal server start-dev` on a free port of the loopback interface and waits until it takes workflows. The
 * server knows nothing of the caller's own Temporal settings. It ends with the process that started it, unless that one
 * is killed (SIGKILL), which leaves it no time to end anything.
 *
 * @throws TemporalStartError when it does not serve; the message ends with the server's last lines
 * @throws TemporalUnavailableError when no server can be had on this machine
 *
 * @example
 * const server = await startTemporal();
 * const client = new Client({ connection: await Connection.connect({ address: server.address }) });
 * await server.close();
 */
export async function startTemporal(options: TemporalOptions = {}): Promise<TemporalServer> {
  const cli = options.cli ?? (await ensureTemporal()).cli;
  const server = new Server(cli, options);
  try {
    await server.start(options.port);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

class Server implements TemporalServer {
  readonly namespace: string;
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), "entra-passkeys-temporal-")));
  readonly #cli: string;
  readonly #options: TemporalOptions;
  #port = 0;
  #child?: ChildProcess;
  #ended: Promise<void> = Promise.resolve();

  constructor(cli: string, options: TemporalOptions) {
    this.#cli = cli;
    this.#options = options;
    this.namespace = options.namespace ?? "default";
    remember(this);
  }

  get address(): string {
    return `${HOST}:${this.#port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it on a port, or on a free one, and again where one of the server's own inner ports was taken meanwhile. */
  async start(port?: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#port = port ?? (await freePort(HOST));
      // Whoever has the port could be a Temporal server, too, and be taken for this one.
      if (!(await canListen(HOST, this.#port))) {
        throw new TemporalStartError(`The port ${this.#port} on ${HOST} is taken: end what listens there.`);
      }
      this.#spawn();
      const trouble = await this.#untilServing();
      if (trouble === undefined) return;
      await this.kill();
      if (attempt === ATTEMPTS || !/address already in use|can't set frontend port/.test(this.#log())) {
        throw new TemporalStartError(
          `The Temporal server on ${this.address} ${trouble}. It wrote:\n${this.#log() || "nothing"}`,
        );
      }
    }
  }

  async restart(): Promise<void> {
    await this.#stop();
    await this.start(this.#port);
  }

  async kill(): Promise<void> {
    this.end();
    await this.#ended;
  }

  async close(): Promise<void> {
    await this.kill();
    this.remove();
    forget(this);
  }

  /** Sends the signal without waiting for the end. */
  end(signal: NodeJS.Signals = "SIGKILL"): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, signal);
    } catch {
      // It has ended in between.
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #spawn(): void {
    const log = openSync(join(this.#folder, "server.log"), "w");
    const { logLevel = "error", args = [] } = this.#options;
    const where = ["--headless", "--ip", HOST, "--port", `${this.#port}`, "--db-filename", join(this.#folder, "db")];
    const child = spawn(
      this.#cli,
      ["server", "start-dev", ...where, "--namespace", this.namespace, "--log-level", logLevel, ...args],
      { cwd: this.#folder, env: this.#environment(), stdio: ["ignore", log, log], detached: true },
    );
    closeSync(log);
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const over = () => {
        if (this.#child === child) this.#child = undefined;
        resolve();
      };
      child.once("error", over);
      child.once("exit", over);
    });
  }

  /** The caller's, without its settings for Temporal and with a home where the CLI finds none. */
  #environment(): NodeJS.ProcessEnv {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^TEMPORAL_/i.test(name)));
    return { ...env, HOME: this.#folder, XDG_CONFIG_HOME: this.#folder, APPDATA: this.#folder };
  }

  /** What is wrong, or undefined as soon as it serves. */
  async #untilServing(): Promise<string | undefined> {
    const { patience = 60_000 } = this.#options;
    const over = new AbortController();
    const late = setTimeout(() => over.abort(`did not serve within ${patience / 1000} s`), patience);
    void this.#ended.then(() => over.abort("ended before it served"));
    try {
      await accepting(HOST, this.#port, over.signal);
      await serving(this.address, this.namespace, over.signal);
      return this.#child === undefined ? "ended before it served" : undefined;
    } catch (error) {
      if (!over.signal.aborted) throw error;
      return String(over.signal.reason);
    } finally {
      clearTimeout(late);
    }
  }

  /** Lets it stop by itself, or kills it. */
  async #stop(): Promise<void> {
    this.end("SIGTERM");
    const late = setTimeout(() => this.end(), GRACE);
    await this.#ended;
    clearTimeout(late);
  }

  #log(): string {
    return readFileSync(join(this.#folder, "server.log"), "utf8").trim().split("\n").slice(-20).join("\n");
  }
}

const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
const open = new Set<Server>();

/** Ends what is still open, when the process ends that started it. */
function endAll(): void {
  for (const server of open) {
    server.end();
    server.remove();
  }
}

function onSignal(signal: NodeJS.Signals): void {
  endAll();
  for (const name of signals) process.off(name, onSignal);
  // Somebody else who listens decides when the process ends.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function remember(server: Server): void {
  if (open.size === 0) {
    process.on("exit", endAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  open.add(server);
}

function forget(server: Server): void {
  if (!open.delete(server) || open.size > 0) return;
  process.off("exit", endAll);
  for (const signal of signals) process.off(signal, onSignal);
}
