import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { AuditLog } from "./audit.js";
import { Faults } from "./faults/faults.js";
import { createApp } from "./http/app.js";
import { findTenant, type EmulatorEnv } from "./http/pipeline.js";
import { Throttle } from "./people/throttle.js";
import { plantTenant } from "./plant.js";
import { selfSigned, type KeyAndCertificate } from "./self-signed.js";
import { readSeed, type Seed } from "./seed.js";
import type { SeedName } from "./seeds/index.js";
import { defaultSwitches, parseSwitches, type Switches } from "./switches.js";
import type { EmulatorState, Tenant } from "./tenant.js";
import type { TenantHandle } from "./tenant-handle.js";
import { Tokens } from "./tokens.js";

/** How an emulator is started; everything has a default. */
export interface EmulatorOptions {
  /** An object, the name of a seed that comes with the emulator, or the path of a JSON file. Default `contoso-legacy`. */
  seed?: Seed | SeedName | (string & {});
  /** Default 0: a free one. */
  port?: number;
  /** Answers of the open questions, over the seed's. */
  switches?: Partial<Switches>;
  /** Clock of registrations and throttling, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number;
  /**
   * How far the times in headers (`Date`, `Retry-After` as a date) are ahead of this machine's clock, in seconds: as where
   * that clock is off. Default 0; negative = behind.
   */
  clockOffsetSeconds?: number;
  /**
   * Serves HTTPS, which the azuread provider insists on: with a key and certificate made for this start, or with PEM
   * texts. Default: plain HTTP.
   */
  tls?: "self-signed" | KeyAndCertificate;
}

/** What an emulator is without the port that it answers on. */
export interface EmulatorCore {
  /** The base of Graph, of the token endpoint and of the control routes. */
  readonly url: string;
  /** In the order of the seed. */
  readonly tenants: readonly TenantHandle[];
  /**
   * A tenant by id or domain; the first one without either.
   *
   * @throws RangeError when there is no such tenant
   */
  tenant(idOrDomain?: string): TenantHandle;
  /**
   * An access token without the detour over HTTP.
   *
   * @param permissions roles in it; default: those of the tenant
   */
  token(tenant?: string, permissions?: readonly string[]): string;
  readonly audit: AuditLog;
  readonly faults: Faults;
  /** May be changed at any time; a tenant's own switches come first. */
  readonly switches: Switches;
}

/** The options that need no port. */
export type EmbeddedOptions = Pick<EmulatorOptions, "seed" | "switches" | "now" | "clockOffsetSeconds">;

/** An emulator without a port: whoever made it hands it the requests. */
export interface EmbeddedEmulator extends EmulatorCore {
  /**
   * Answers a request to `url`.
   *
   * @throws Error with the code `ECONNRESET` where a fault cuts the connection
   */
  fetch(request: Request): Promise<Response>;
}

/** A running emulator; its `url` is `http://127.0.0.1:PORT`, with TLS `https://127.0.0.1:PORT`. */
export interface Emulator extends EmulatorCore, AsyncDisposable {
  readonly port: number;
  /** PEM text of what clients have to trust; undefined without TLS. */
  readonly certificate: string | undefined;
  /** Breaks all connections, held ones included, and frees the port. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a local Microsoft Graph on a loopback port.
 *
 * @throws SeedError, SchemaError, SwitchError for bad options; the system's error when the port is taken
 *
 * @example
 * const emulator = await startEmulator({ seed: "contoso-profiles" });
 * // ... talk to emulator.url ...
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { app, state, core, closing } = assemble(options);
  const tls = options.tls === "self-signed" ? await selfSigned() : options.tls;
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, env as EmulatorEnv["Bindings"]),
    // The emulator's requests and responses must not replace the globals of the process that it runs in.
    overrideGlobalObjects: false,
    ...(tls === undefined ? {} : { createServer: createTlsServer, serverOptions: tls }),
  });
  const port = await listen(server, options.port ?? 0);
  state.origin = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;

  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= (async () => {
      closing.abort();
      core.faults.abandon();
      core.audit.abandon();
      await shut(server);
    })());
  return { ...core, url: state.origin, port, certificate: tls?.cert, close, [Symbol.asyncDispose]: close };
}

/**
 * Makes an emulator that listens nowhere, for simulations in one process.
 *
 * @throws SeedError, SchemaError, SwitchError for bad options
 *
 * @example
 * const emulator = embedEmulator({ seed: "contoso-profiles" });
 * const answer = await emulator.fetch(new Request(`${emulator.url}/v1.0/groups`, { headers }));
 */
export function embedEmulator(options: EmbeddedOptions = {}): EmbeddedEmulator {
  const { app, core } = assemble(options);
  return {
    ...core,
    async fetch(request) {
      const response = await app.fetch(request, {} as EmulatorEnv["Bindings"]);
      if (response === RESPONSE_ALREADY_SENT) {
        throw Object.assign(new Error("the connection was cut"), { code: "ECONNRESET" });
      }
      return response;
    },
  };
}

/** Everything but the port. */
function assemble(options: EmbeddedOptions) {
  const seed = readSeed(options.seed ?? "contoso-legacy");
  const switches: Switches = {
    ...defaultSwitches(),
    ...parseSwitches(seed.switches ?? {}),
    ...parseSwitches(options.switches ?? {}),
  };
  const now = options.now ?? Date.now;
  const state: EmulatorState = { origin: "http://127.0.0.1", nextToken: 1, now };
  const tenants = new Map<string, Tenant>();
  seed.tenants.forEach((entry, index) => {
    const tenant = plantTenant(entry, `tenants[${index}]`, switches, state);
    tenants.set(tenant.id, tenant);
  });
  const [first] = tenants.values();
  const closing = new AbortController();
  const audit = new AuditLog();
  const faults = new Faults();
  const tokens = new Tokens(state);
  const throttle = new Throttle(now);
  const clock = { now, offsetMs: (options.clockOffsetSeconds ?? 0) * 1000 };
  const app = createApp({ tenants, audit, faults, tokens, throttle, clock, switches, signal: closing.signal });
  const tenant = (name?: string): Tenant => {
    const found = name === undefined ? first : findTenant(tenants, name);
    if (found === undefined) {
      throw new RangeError(`there is no tenant ${name}; there are ${[...tenants.keys()].join(", ")}`);
    }
    return found;
  };
  const core: EmulatorCore = {
    url: state.origin,
    tenants: [...tenants.values()],
    tenant,
    token: (name, permissions) => tokens.issue(tenant(name), tenant(name).client.id, permissions),
    audit,
    faults,
    switches,
  };
  return { app, state, core, closing };
}

function listen(server: ServerType, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function shut(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) {
      server.closeAllConnections();
    }
  });
}
