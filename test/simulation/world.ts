/** One tenant in virtual time, with everything that happens to it. */
import { mkdirSync, rmSync } from "node:fs";
import type { EmbeddedEmulator, TenantHandle } from "../../provider/dist/emulator/index.js";
import type { Journal } from "../../provider/dist/apply/index.js";
import type { Graph } from "../../provider/dist/graph/index.js";
import { Random } from "../../tools/soak/random.ts";
import { Clock } from "./clock.ts";
import { Lock } from "./lock.ts";
import { Network } from "./network.ts";
import { Oracle } from "./oracle.ts";
import { drawPolicy, drawSwitches } from "./tenant.ts";
import { drawEdit } from "./writer.ts";

/** A package that is broken on purpose, to see that the simulation finds it. */
export interface Variant {
  readonly graph?: (graph: Graph) => Graph;
  readonly journal?: (folder: string) => Journal;
}

/** What may happen; all of it by default. */
export interface Powers {
  readonly faults: boolean;
  readonly writers: boolean;
  readonly kills: boolean;
}

export class World {
  readonly clock = new Clock();
  readonly lines: string[] = [];
  /** What the package has said. */
  readonly said: string[] = [];
  readonly emulator: EmbeddedEmulator;
  readonly tenant: TenantHandle;
  readonly network: Network;
  readonly oracle: Oracle;
  readonly lock = new Lock((process, what) => this.oracle.turn(process, what));
  readonly verifySeconds: number;
  readonly cache: string;
  readonly variant: Variant;
  readonly #writer: Random;

  /** @param cache a folder for journals, which is emptied. */
  constructor(seed: number, emulator: EmbeddedEmulator, cache: string, powers: Powers, variant: Variant) {
    const random = new Random("tenant", seed);
    this.emulator = emulator;
    this.cache = cache;
    this.variant = variant;
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    emulator.audit.clear();
    this.tenant = emulator.tenant();
    Object.assign(emulator.switches, drawSwitches(random));
    const policy = drawPolicy(random);
    this.tenant.setPolicy(() => policy);
    this.verifySeconds = random.pick([4, 10, 30]);
    this.network = new Network(this, seed, powers.faults ? random.pick([0, 0.1, 0.2, 0.35]) : 0);
    this.#writer = new Random("writer", seed);
    const drops = emulator.switches.listWhileNotEnforced === "dropped";
    this.oracle = new Oracle(this.tenant.policy(), () => this.clock.now(), drops);
    this.log(`begins with ${JSON.stringify(policy)}`);
  }

  /** Ids that a run makes up differ from run to run, and decide nothing. */
  log(line: string): void {
    this.lines.push(`${this.clock.elapsed()} ${line.replace(/(request-id) [0-9a-f-]{36}/g, "$1 (id)")}`);
  }

  edit(): void {
    this.tenant.setPolicy(drawEdit(this.#writer));
    const changed = this.oracle.edited(this.tenant.policy());
    this.log(`another writer changes ${changed.join(", ") || "nothing"}`);
  }
}
