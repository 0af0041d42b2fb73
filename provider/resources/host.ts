import {
  TenantSession,
  TenantLock,
  Journal,
  cacheFolder,
  engineOfThisProcess,
  type EngineCheck,
} from "../apply/index.js";
import { createGraph, resolveSettings, type ConnectionSettings, type ReadConfig } from "../graph/index.js";
import type { Graph } from "../graph/index.js";
import type { People } from "../impact/index.js";
import type * as PeopleModule from "../impact/people.js";
import { printable } from "../policy/problem.js";

/** What the handlers need of the world. One for each process; tests make their own. */
export interface Host {
  /** Throws a `SettingsError` or `CloudUnsupportedError` with the way out. */
  settings(): ConnectionSettings;
  session(): TenantSession;
  /** All that this package asks of the same tenant's Graph. */
  graph(): Graph;
  /** Who has which passkeys in the same tenant. */
  people(): People;
  readonly env: NodeJS.ProcessEnv;
  readonly journal: Journal;
  /** One writer for each tenant on this machine. */
  lock(): TenantLock;
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

interface Tenant {
  readonly graph: Graph;
  readonly session: TenantSession;
  people?: People;
}

/** Default of `ENTRA_PASSKEYS_VERIFY_SECONDS`. */
const VERIFY_SECONDS = 30;

/** The host of a plugin process, which has one. Settings, clients and sessions are made on first use. */
export function processHost(env: NodeJS.ProcessEnv = process.env): Host {
  let config: ReadConfig | undefined;
  const tenants = new Map<string, Tenant>();
  const settings = () => resolveSettings(env, config);
  const said = new Set<string>();
  const above = (name: string) => {
    const value = Number(env[name]);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const gatherMs = above("ENTRA_PASSKEYS_GATHER_MS");
  const log = (line: string) => void process.stderr.write(`${printable(line)}\n`);
  const tenant = (): Tenant => {
    const wanted = settings();
    let known = tenants.get(wanted.tenantId);
    if (known === undefined) {
      const graph = createGraph(wanted);
      tenants.set(wanted.tenantId, (known = { graph, session: new TenantSession(graph, undefined, gatherMs) }));
    }
    return known;
  };
  return {
    settings,
    env,
    session: () => tenant().session,
    graph: () => tenant().graph,
    people() {
      const known = tenant();
      if (known.people === undefined) {
        // Loaded when someone has to be assessed: most runs have no change.
        const { People: Everyone } = require("../impact/people.js") as typeof PeopleModule;
        known.people = new Everyone(known.graph, { cacheFolder: cacheFolder(env), env, log });
      }
      return known.people;
    },
    journal: new Journal(cacheFolder(env)),
    lock: () => new TenantLock(cacheFolder(env), settings().tenantId),
    engine: engineOfThisProcess(),
    log,
    logOnce(line) {
      if (!said.has(line)) log(line);
      said.add(line);
    },
    now: () => Date.now(),
    verifySeconds: above("ENTRA_PASSKEYS_VERIFY_SECONDS") ?? VERIFY_SECONDS,
    configure: (read) => void (config = read),
  };
}
