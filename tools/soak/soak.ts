/** Two stacks, a third writer and a service that is not always well, on one tenant: step by step, checked after each. */
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator, FaultHandle } from "../../provider/dist/emulator/index.js";
import type { Engine } from "../engine/index.ts";
import { Account, SoakFailure } from "./account.ts";
import { foreignEdit, interference } from "./admin.ts";
import { Conflicts, dutiesOf } from "./conflicts.ts";
import type { Duty } from "./conflicts.ts";
import { Ledger } from "./ledger.ts";
import { intruderOf, intruding, lettingGo, newDispute, newPlayer, nextMove } from "./plan.ts";
import type { Dispute, Move, Player } from "./plan.ts";
import { mishap, Projects, shown, told } from "./pulumi.ts";
import { Random } from "./random.ts";
import { emptySpec, partsDeclared } from "./spec.ts";
import { addTrouble } from "./trouble.ts";
import { PROFILE_LIMIT, soakSeed, STACKS } from "./world.ts";
import type { StackName } from "./world.ts";

export interface SoakOptions {
  readonly engine: Engine;
  readonly seed: number;
  /** The soak ends after so many steps, or so long. */
  readonly steps?: number | undefined;
  readonly minutes?: number | undefined;
  /** One line for each step. */
  readonly log?: ((line: string) => void) | undefined;
}

/** @throws SoakFailure where something is not as it must be. */
export async function soak(options: SoakOptions): Promise<Account> {
  const switches = {
    profileLimit: PROFILE_LIMIT,
    // Many commands in a row; the documented limits are tested elsewhere.
    reportRequestsPer10Seconds: 1000,
    conditionalAccessRequestsPerSecond: 1000,
  };
  await using emulator = await startEmulator({ seed: soakSeed(), switches });
  using projects = new Projects(options.engine, emulator);
  await projects.init();
  return await new Soak(options, emulator, projects).run();
}

/** A command of a step, and what it has to say. */
interface Played extends Planned {
  readonly code: number | null;
  readonly output: string;
}

/** A command that is about to start. */
interface Planned extends Move {
  readonly player: Player;
  /** Declared parts that somebody else has changed, with what is there now. */
  readonly drift: ReadonlyMap<string, string | undefined>;
}

class Soak {
  readonly #options: SoakOptions;
  readonly #emulator: Emulator;
  readonly #projects: Projects;
  readonly #ledger: Ledger;
  readonly #account: Account;
  readonly #conflicts = new Conflicts();
  readonly #players: Readonly<Record<StackName, Player>> = { alpha: newPlayer("alpha"), beta: newPlayer("beta") };
  readonly #retired = new Set<string>();
  #dispute: Dispute | undefined;
  #step = 0;
  #history: string[] = [];

  constructor(options: SoakOptions, emulator: Emulator, projects: Projects) {
    this.#options = options;
    this.#emulator = emulator;
    this.#projects = projects;
    this.#ledger = new Ledger(emulator.tenant());
    this.#account = new Account(options.seed);
  }

  async run(): Promise<Account> {
    const { steps = Infinity, minutes = Infinity } = this.#options;
    const started = performance.now();
    const account = this.#account;
    const requests = this.#emulator.audit.lastSeq;
    while (this.#step < steps && performance.now() - started < minutes * 60_000) {
      this.#step += 1;
      await this.#play(new Random(this.#options.seed, this.#step));
      account.steps += 1;
    }
    await this.#end(new Random(this.#options.seed, "end"));
    account.conflicts = this.#conflicts;
    account.requests = this.#emulator.audit.lastSeq - requests;
    account.ms = performance.now() - started;
    return account;
  }

  async #play(random: Random): Promise<void> {
    this.#history = [];
    const [mood, edits, conflict] = [random.next(), new Random(random.next()), new Random(random.next())];
    const moves = { alpha: new Random(random.next()), beta: new Random(random.next()) };
    const recovering = STACKS.some((stack) => this.#players[stack].again !== undefined);
    this.#editNow(edits);
    if (!recovering) this.#provoke(conflict, mood);
    const conflicts = this.#history.map((line) => `; ${line}`).join("");
    const planned = STACKS.flatMap((stack) => this.#plan(stack, moves[stack]) ?? []);
    const troubles = recovering ? new Map() : addTrouble(this.#emulator.faults, new Random(random.next()));
    const edit = this.#editMeanwhile(edits);
    const faults: FaultHandle[] = [...troubles.keys()];
    const seq = this.#emulator.audit.lastSeq;
    const duties = planned.map((move) => dutiesOf(move, planned, this.#ledger));
    const played = await Promise.all(planned.map((move) => this.#run(move)));
    for (const [fault, name] of troubles) {
      if (fault.fired > 0) this.#account.count(this.#account.faults, name as string, fault.fired);
    }
    const troubled = faults.some(({ fired }) => fired > 0);
    if ((edit?.fired ?? 0) > 0) this.#history.push("Meanwhile the third writer changed parts of no stack.");
    this.#emulator.faults.clear();
    this.#countPatches(seq);
    for (const [index, one] of played.entries()) {
      if (one.code === 0) this.#expectTold(one, duties[index]!);
      this.#settle(one, troubled);
    }
    this.#expect(this.#ledger.problems());
    this.#conflicts.look(this.#ledger);
    await this.#verify();
    const names = played.map(({ player, kind, code }) => `${player.stack} ${kind}${code === 0 ? "" : " failed"}`);
    this.#options.log?.(`step ${this.#step}: ${names.join(", ") || "nothing"}${conflicts}`);
  }

  #expect(problems: readonly string[]): void {
    if (problems.length > 0) throw new SoakFailure(this.#options.seed, this.#step, problems, this.#history);
  }

  /** Changes of parts that no stack declares, while no command runs. */
  #editNow(random: Random): void {
    const tenant = this.#emulator.tenant();
    for (let count = random.below(3); count > 0; count--) {
      tenant.setPolicy(this.#ledger.noted(foreignEdit(random, tenant)));
      this.#account.foreignEdits += 1;
    }
  }

  /**
   * A change of parts that no stack declares, right after a write: Graph has no ETag, and who writes a list in between
   * another one's reading and writing is undone by it, which nobody can tell.
   */
  #editMeanwhile(random: Random): FaultHandle | undefined {
    const tenant = this.#emulator.tenant();
    const edit = this.#ledger.noted(foreignEdit(random, tenant));
    if (!random.chance(0.6)) return undefined;
    const counted = (policy: Parameters<typeof edit>[0]) => {
      edit(policy);
      this.#account.foreignEdits += 1;
    };
    return this.#emulator.faults.otherWriter("after", counted, undefined, { after: random.below(3) });
  }

  /** A conflict: of the third writer with a stack, or between the stacks. */
  #provoke(random: Random, mood: number): void {
    const { alpha, beta } = this.#players;
    if (this.#dispute !== undefined && this.#step >= this.#dispute.until) {
      for (const player of [alpha, beta]) player.spec = lettingGo(player.spec, this.#dispute);
      this.#dispute = undefined;
    } else if (this.#dispute === undefined && mood < 0.2) {
      const specs = { alpha: alpha.spec, beta: beta.spec };
      const dispute = newDispute(specs, random, this.#step, this.#retired);
      if (dispute === undefined) return;
      this.#dispute = dispute;
      this.#retired.add(dispute.group);
      this.#ledger.contested.add(`include/${dispute.group}`);
      const intruder = this.#players[intruderOf(dispute)];
      intruder.spec = intruding(intruder.spec, dispute);
      this.#history.push(`${intruder.stack} declares the target ${dispute.group}, which ${dispute.owner} has, too.`);
    } else if (mood > 0.6) this.#interfere(random);
  }

  #interfere(random: Random): void {
    const stack = random.pick(STACKS);
    if (this.#ledger.drift(stack).size > 0) return;
    const { declared } = this.#ledger.stacks[stack];
    const parts = [...declared.keys()].filter((part) => !this.#ledger.contested.has(part));
    for (const part of random.shuffled(parts).slice(0, 6)) {
      const tenant = this.#emulator.tenant();
      const edit = interference(part, random, tenant);
      if (edit === undefined) continue;
      tenant.setPolicy(this.#ledger.noted(edit));
      this.#conflicts.look(this.#ledger);
      const now = this.#ledger.drift(stack);
      if (now.has(part))
        this.#history.push(`The third writer changed ${part} of ${stack}: ${now.get(part) ?? "gone"}.`);
      return;
    }
  }

  #plan(stack: StackName, random: Random): Planned | undefined {
    const player = this.#players[stack];
    const drift = this.#ledger.drift(stack);
    const disputed = this.#dispute !== undefined;
    const move = nextMove(player, random, drift.size > 0, {
      retired: this.#retired,
      fixed: new Set(this.#dispute === undefined ? [] : [this.#dispute.group]),
      kept: new Set([...drift.keys()].map((part) => part.replace(/^include\//, ""))),
      sameResources: drift.size > 0 || disputed,
      sameProfiles: drift.size > 0,
    });
    return move && { ...move, player, drift };
  }

  async #run(move: Planned): Promise<Played> {
    const { player, kind, spec, delay } = move;
    await sleep(delay);
    const outcome = await this.#projects.run(kind, spec);
    this.#account.count(this.#account.commands, kind);
    const text = this.#projects.text(spec);
    this.#history.push(`--- ${player.stack}: pulumi ${kind} (${outcome.code})`, text, outcome.output.trimEnd(), "---");
    const problem = mishap(outcome);
    this.#expect(problem === undefined ? [] : [`${player.stack}, pulumi ${kind}: ${problem}`]);
    return { ...move, ...outcome };
  }

  #settle({ player, kind, spec, code, output, drift }: Played, troubled: boolean): void {
    const { stack } = player;
    const writes = kind === "up" || kind === "up --refresh" || kind === "destroy";
    const declared = kind === "destroy" ? partsDeclared(emptySpec(stack)) : partsDeclared(spec);
    if (code !== 0) {
      const allowed = troubled || /Someone else is changing/.test(output);
      this.#expect(allowed ? [] : [`${stack}, pulumi ${kind}: it failed although nothing was in its way`]);
      this.#account.failures += 1;
      if (!writes) return;
      player.spec = spec;
      player.again = kind;
      this.#ledger.stacks[stack].attempted = declared;
      return;
    }
    if (kind === "refresh") {
      player.refreshed = drift.size > 0;
      // What both stacks have, the other one may have changed after it was read.
      player.found = new Set([...drift.keys()].filter((part) => !this.#ledger.contested.has(part)));
    }
    if (!writes) return;
    player.spec = spec;
    player.again = undefined;
    player.refreshed = false;
    player.found = new Set();
    this.#ledger.settle(stack, declared);
  }

  #expectTold({ player, kind, output }: Played, duties: readonly Duty[]): void {
    for (const { part, how } of duties) {
      const lines = how === "said" ? told(output) : [...told(output), ...shown(output)];
      const missing = `${player.stack}, pulumi ${kind}: it does not tell that somebody else changed ${part}`;
      this.#expect(lines.length > 0 ? [] : [missing]);
      this.#conflicts.reported(player.stack, part);
    }
  }

  /** Stacks with which nobody interfered have no changes, also not after a look at the tenant. */
  async #verify(): Promise<void> {
    const quiet = STACKS.filter(
      (stack) => this.#players[stack].again === undefined && this.#ledger.drift(stack).size === 0,
    ).filter((stack) => !this.#players[stack].refreshed && this.#isApplied(stack));
    await Promise.all(
      quiet.map(async (stack) => {
        const { spec } = this.#players[stack];
        const outcome = await this.#projects.run("preview --refresh", spec, "--expect-no-changes");
        this.#account.count(this.#account.commands, "preview --refresh --expect-no-changes");
        this.#history.push(`--- ${stack}: a preview that should show no changes`, outcome.output, "---");
        const problem =
          mishap(outcome) ?? (outcome.code === 0 ? undefined : "there are changes although nobody made any");
        this.#expect(problem === undefined ? [] : [`${stack}, preview --refresh: ${problem}`]);
      }),
    );
    this.#expect(this.#ledger.problems());
  }

  /** Whether the program is what is declared: not after a destroy, or where a conflict is about to begin or to end. */
  #isApplied(stack: StackName): boolean {
    const wanted = partsDeclared(this.#players[stack].spec);
    const { declared } = this.#ledger.stacks[stack];
    // Without any resource there is no stack, which a preview would create.
    return (
      wanted.size > 0 &&
      wanted.size === declared.size &&
      [...wanted].every(([part, value]) => declared.get(part) === value)
    );
  }

  #countPatches(seq: number): void {
    const entries = this.#emulator.audit.entries.filter((entry) => entry.seq > seq);
    this.#account.patches += entries.filter(({ method, kind }) => method === "PATCH" && kind === "policy").length;
  }

  /** Both stacks go, in random order, and the tenant is as the third writer left it. */
  async #end(random: Random): Promise<void> {
    this.#history = [];
    const seq = this.#emulator.audit.lastSeq;
    for (const stack of random.shuffled(STACKS)) {
      const player = this.#players[stack];
      player.again = undefined;
      const move = { kind: "destroy" as const, spec: player.spec, delay: 0, player, drift: this.#ledger.drift(stack) };
      const duties = dutiesOf(move, [move], this.#ledger);
      const played = await this.#run(move);
      this.#expectTold(played, duties);
      this.#settle(played, false);
      this.#expect(this.#ledger.problems());
      this.#conflicts.look(this.#ledger);
    }
    this.#countPatches(seq);
  }
}
