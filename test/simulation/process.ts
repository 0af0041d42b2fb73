/** One plugin process of the simulation: it can be killed at any wait, and nothing of it goes on after that. */
import { EngineGoneError, Journal, TenantSession } from "../../provider/dist/apply/index.js";
import type { TenantLock } from "../../provider/dist/apply/index.js";
import { createGraph, resolveSettings } from "../../provider/dist/graph/index.js";
import { People } from "../../provider/dist/impact/people.js";
import type { Host } from "../../provider/dist/resources/host.js";
import type { World } from "./world.ts";

/** What the engine knows of its plugin, and the plugin of the world. */
export class Process {
  /** False once it was killed. */
  alive = true;
  /** False once the engine that started it is gone: it does not know yet. */
  engine = true;
  /** Calls of the engine that have not ended. */
  calls = 0;
  readonly world: World;
  readonly name: string;
  readonly stack: string;

  constructor(world: World, stack: string, name: string) {
    this.world = world;
    this.stack = stack;
    this.name = name;
  }

  /** Waits in virtual time; a process that was killed waits for ever. */
  readonly sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => this.world.clock.after(ms, () => this.alive && resolve()));

  /** Dies at once: what it has sent may arrive all the same. */
  kill(): void {
    this.alive = this.engine = false;
  }

  host(): Host {
    const { world } = this;
    const { clock, variant } = world;
    const env = {
      ARM_TENANT_ID: world.tenant.id,
      ARM_CLIENT_ID: world.tenant.client.id,
      ARM_CLIENT_SECRET: world.tenant.client.secret,
      ENTRA_PASSKEYS_ENDPOINT: world.emulator.url,
      ENTRA_PASSKEYS_CACHE: world.cache,
    };
    const settings = resolveSettings(env);
    const now = () => clock.now();
    const log = (line: string) => {
      this.world.said.push(line);
      world.log(`  ${this.name} says: ${line}`);
    };
    const real = createGraph(settings, {
      credential: {
        getToken: async () => {
          await this.sleep(world.network.latency());
          return { token: world.emulator.token(), expiresOnTimestamp: now() + 3_600_000 };
        },
      },
      surroundings: {
        now,
        sleep: this.sleep,
        random: () => world.network.random.next(),
        // The network itself ends requests that get no answer.
        deadline: () => NEVER,
        fetch: (url, init) => world.network.send(this, url, init),
      },
    });
    const graph = variant.graph?.(real) ?? real;
    const session = new TenantSession(graph, { now, sleep: this.sleep });
    let people: People | undefined;
    const said = new Set<string>();
    return {
      settings: () => settings,
      env,
      session: () => session,
      graph: () => graph,
      people: () => (people ??= new People(graph, { cacheFolder: world.cache, env, log })),
      journal: variant.journal?.(world.cache) ?? new Journal(world.cache),
      lock: () => world.lock.of(this) as TenantLock,
      engine: async () => {
        await this.sleep(1);
        if (!this.engine) throw new EngineGoneError();
      },
      log,
      logOnce(line) {
        if (!said.has(line)) log(line);
        said.add(line);
      },
      now,
      verifySeconds: world.verifySeconds,
      configure() {},
    };
  }
}

const NEVER = new AbortController().signal;
