/** One schedule from one seed: commands of stacks, faults, other writers and kills, and what must hold whatever happens. */
import { tmpdir } from "node:os";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../tools/soak/random.ts";
import { CheckFailed } from "../resources/util.ts";
import { mishap } from "./mishap.ts";
import { SimulatedProgram } from "./program.ts";
import { changed, declarationsOf, emptySpec } from "./spec.ts";
import type { Spec } from "./spec.ts";
import { makeEmulator, STACKS } from "./tenant.ts";
import type { StackName } from "./tenant.ts";
import { World } from "./world.ts";
import type { Powers, Variant } from "./world.ts";

type Kind = "up" | "up --refresh" | "refresh" | "destroy" | "preview";

const KINDS: Readonly<Record<Kind, number>> = { up: 6, "up --refresh": 3, refresh: 1, destroy: 1, preview: 0.5 };

/** A command that takes longer hangs: every wait of the package has an end. */
const LONGEST_MS = 60 * 60_000;
const MOST_EVENTS = 20_000;

interface Stack {
  readonly name: StackName;
  readonly program: SimulatedProgram;
  spec: Spec;
  /** What was cut short, and has to be repeated as it was. */
  again: Kind | undefined;
}

interface Command {
  readonly stack: Stack;
  readonly kind: Kind;
  readonly since: number;
  ended: boolean;
  error: unknown;
}

/** What a schedule came to. */
export interface Report {
  readonly seed: number;
  readonly found: readonly string[];
  readonly lines: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

export const ALL_POWERS: Powers = { faults: true, writers: true, kills: true };

const emulator = makeEmulator();
/** In memory where there is such a place: the journal is flushed to the disk with every write. */
const cache = join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), `passkeys-simulation-${process.pid}`);

process.once("exit", () => rmSync(cache, { recursive: true, force: true }));

/**
 * Runs the schedule of a seed.
 *
 * @param variant something that is broken on purpose.
 */
export async function simulate(seed: number, powers: Powers = ALL_POWERS, variant: Variant = {}): Promise<Report> {
  return new Schedule(new World(seed, emulator, cache, powers, variant), seed, powers).run();
}

class Schedule {
  readonly #random: Random;
  readonly #stacks: readonly Stack[];
  readonly #counts: Record<string, number> = {};
  readonly world: World;
  readonly seed: number;
  readonly powers: Powers;

  constructor(world: World, seed: number, powers: Powers) {
    this.world = world;
    this.seed = seed;
    this.powers = powers;
    this.#random = new Random("schedule", seed);
    this.#stacks = STACKS.slice(0, 1 + this.#random.below(3)).map((name) => ({
      name,
      program: new SimulatedProgram(world, name),
      spec: emptySpec(name, world.tenant.mode),
      again: undefined,
    }));
  }

  get #isFine(): boolean {
    return this.world.oracle.found.length === 0;
  }

  async run(): Promise<Report> {
    const steps = 1 + this.#random.below(5);
    for (let step = 0; step < steps && this.#isFine; step += 1) await this.#step();
    if (this.#isFine) await this.#settle();
    const { lines, oracle, network } = this.world;
    for (const [fault, times] of network.met) this.#count(fault, times);
    return { seed: this.seed, found: oracle.found, lines, counts: this.#counts };
  }

  #count(what: string, times = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + times;
  }

  /** One or several stacks do something at once, while others write and processes die. */
  async #step(): Promise<void> {
    const random = this.#random;
    const moving = this.#stacks.filter((_, index) => index === 0 || random.chance(0.6));
    const commands = random.shuffled(moving).map((stack) => {
      const next = changed(stack.spec, random);
      const kind = random.weighted(KINDS);
      if (stack.again === undefined && kind.startsWith("up") && random.chance(0.85)) stack.spec = next;
      return { stack, kind: stack.again ?? kind, delay: random.below(1500) };
    });
    const begun = commands.map(({ stack, kind, delay }) => this.#begin(stack, kind, delay));
    const at = (chance: number) => (random.chance(chance) ? 1 + random.below(60) : undefined);
    const edits = [at(0.5), at(0.25)].filter((one) => one !== undefined);
    const kills = begun.map(() => ({ at: at(0.25), engineOnly: random.chance(0.35) }));
    let happened = 0;
    await this.#until(begun, () => {
      happened += 1;
      if (this.powers.writers && edits.includes(happened)) this.world.edit();
      for (const [index, { at: when, engineOnly }] of kills.entries()) {
        if (this.powers.kills && when === happened) this.#kill(begun[index]!, engineOnly);
      }
    });
  }

  #begin(stack: Stack, kind: Kind, delay: number): Command {
    const { world } = this;
    const command: Command = { stack, kind, since: world.oracle.history.last.number, ended: false, error: undefined };
    if (kind !== "destroy" && kind !== "refresh") world.oracle.wants(stack.spec);
    world.clock.after(delay, () => {
      world.log(`${stack.name}: ${kind}${kind.startsWith("up") ? ` ${JSON.stringify(stack.spec)}` : ""}`);
      void this.#execute(command).then(
        () => (command.ended = true),
        (error: unknown) => Object.assign(command, { ended: true, error }),
      );
    });
    return command;
  }

  async #execute({ stack: { program, spec }, kind }: Command): Promise<void> {
    program.refreshFirst = kind === "up --refresh";
    switch (kind) {
      case "destroy":
        return program.destroy();
      case "refresh":
        return program.refresh();
      case "preview":
        return void (await program.preview(...declarationsOf(spec)));
      default:
        return program.apply(...declarationsOf(spec));
    }
  }

  /** Goes on until all commands have ended, and everything that they had begun. */
  async #until(commands: readonly Command[], onEvent: () => void = () => {}): Promise<void> {
    const { clock, oracle } = this.world;
    const [begin, first] = [clock.now(), clock.happened];
    const isOpen = (command: Command) => {
      const { current } = command.stack.program;
      return !command.ended || (current !== undefined && current.alive && current.engine && current.calls > 0);
    };
    const told = new Set<Command>();
    for (;;) {
      await clock.settle();
      for (const command of commands) {
        if (isOpen(command) || told.has(command)) continue;
        told.add(command);
        this.#ended(command);
      }
      if (told.size === commands.length || !this.#isFine) return;
      if (!clock.next() || clock.now() - begin > LONGEST_MS || clock.happened - first > MOST_EVENTS) {
        const open = commands.filter((one) => !told.has(one)).map(({ stack, kind }) => `${stack.name}: ${kind}`);
        return void oracle.found.push(`${open.join(", ")} never ends`);
      }
      onEvent();
    }
  }

  /** The CLI dies with its plugin, or leaves it behind, which does not know yet. */
  #kill(command: Command, engineOnly: boolean): void {
    const { stack } = command;
    const process = stack.program.current;
    if (command.ended || process === undefined || !process.alive || !process.engine) return;
    if (engineOnly) process.engine = false;
    else process.kill();
    this.#count(engineOnly ? "engine killed" : "killed");
    this.world.log(`${stack.name}: ${engineOnly ? "the engine is killed, its plugin lives on" : "is killed"}`);
    command.ended = true;
    command.error = KILLED;
  }

  #ended({ stack, kind, error, since }: Command): void {
    const { world } = this;
    const { oracle } = world;
    const process = stack.program.current;
    if (error === KILLED) {
      stack.again = kind;
      return;
    }
    if (error === undefined) {
      this.#count(`${kind} ended well`);
      world.log(`${stack.name}: ${kind} ended well`);
      stack.again = undefined;
      if (kind === "destroy") stack.spec = emptySpec(stack.name, stack.spec.mode);
      const applied = kind.startsWith("up") ? stack.spec : undefined;
      if (process !== undefined) oracle.succeeded(process, applied, kind === "up --refresh", since);
      return;
    }
    const { name, message } = error as Error;
    this.#count(`failed: ${error instanceof CheckFailed ? "CheckFailed" : name}`);
    world.log(`${stack.name}: ${kind} failed with ${name}: ${message}`);
    const what = mishap(error);
    if (what !== undefined) oracle.found.push(`${stack.name}: ${kind} ${what}`);
  }

  /** Nothing goes wrong any more: every stack comes to what it declares, stays there, and goes without a trace. */
  async #settle(): Promise<void> {
    const { world } = this;
    world.network.rate = 0;
    world.log("nothing goes wrong any more");
    await this.#quiet();
    for (const stack of this.#stacks) {
      if (!(await this.#command(stack, "up --refresh"))) return;
      const before = world.oracle.history.versions.length;
      if (!(await this.#command(stack, "up"))) return;
      if (world.oracle.history.versions.length > before) {
        world.oracle.found.push(`${stack.name}: a second up writes again`);
      }
    }
    for (const stack of this.#random.shuffled(this.#stacks)) {
      if (!(await this.#command(stack, "destroy"))) return;
    }
    this.#count("settled");
    world.oracle.judgeEnd();
  }

  /** Lets everything happen that is still on its way. */
  async #quiet(): Promise<void> {
    const { clock } = this.world;
    for (;;) {
      await clock.settle();
      if (!clock.next()) return;
    }
  }

  async #command(stack: Stack, kind: Kind): Promise<boolean> {
    if (!this.#isFine) return false;
    const command = this.#begin(stack, kind, 0);
    await this.#until([command]);
    if (command.error !== undefined) {
      this.#count("not settled");
      const { name, message } = command.error as Error;
      // The tenant is not as the program needs it, which only a person can change.
      if (!(command.error instanceof CheckFailed) && name !== "PlanRefusedError")
        this.world.oracle.found.push(`${stack.name}: ${kind} fails without a reason: ${message}`);
    }
    return this.#isFine && command.error === undefined;
  }
}

const KILLED = Symbol("killed");
