import { TenantSession, Journal, cacheFolder, engineOfThisProcess, type EngineCheck } from "../apply/index.js";
import { createGraph, resolveSettings, type ConnectionSettings, type ReadConfig } from "../graph/index.js";
import type { People } from "../impact/index.js";

/** What the handlers need of the world. One for each process; tests make their own. */
export interface Host {
  /** Throws a `SettingsError` or `CloudUnsupportedError` with the way out. */
  settings(): ConnectionSettings;
  session(): TenantSession;
  /** Who has which passkeys in the same tenant. */
  people(): People;
  readonly env: NodeJS.ProcessEnv;
  readonly journal: Journal;
  readonly engine: EngineCheck;
  /** A line for people; Pulumi shows it under Diagnostics. */
  log(line: string): void;
  /** The same, once for each line in a process: Pulumi may ask for one plan several times. */
  logOnce(line: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** How long to read back until a change shows, in seconds. */
  readonly verifySeconds: number;
  /** Stores the stack configuration. Must not wait: Pulumi hands out the provider before configure is done. */
  configure(config: ReadConfig): void;
}

/** Default of `ENTRA_PASSKEYS_VERIFY_SECONDS`. */
const VERIFY_SECONDS = 30;

/** The host of a plugin process, which has one. Settings, clients and sessions are made on first use. */
export function processHost(env: NodeJS.ProcessEnv = process.env): Host {
  let config: ReadConfig | undefined;
  const tenants = new Map<string, { readonly session: TenantSession; readonly people: People }>();
  const settings = () => resolveSettings(env, config);
  const said = new Set<string>();
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const tenant = () => {
    const wanted = settings();
    let known = tenants.get(wanted.tenantId);
    if (known === undefined) {
      // Loaded with the first tenant: a run without changes has none.
      const { People: Everyone } = require("../impact/people.js") as typeof import("../impact/people.js");
      const graph = createGraph(wanted);
      known = {
        session: new TenantSession(graph),
        people: new Everyone(graph, { cacheFolder: cacheFolder(env), env, log }),
      };
      tenants.set(wanted.tenantId, known);
    }
    return known;
  };
  const seconds = Number(env["ENTRA_PASSKEYS_VERIFY_SECONDS"]);
  return {
    settings,
    env,
    session: () => tenant().session,
    people: () => tenant().people,
    journal: new Journal(cacheFolder(env)),
    engine: engineOfThisProcess(),
    log,
    logOnce(line) {
      if (!said.has(line)) log(line);
      said.add(line);
    },
    now: () => Date.now(),
    verifySeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : VERIFY_SECONDS,
    configure: (read) => void (config = read),
  };
}
