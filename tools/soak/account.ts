import { Conflicts } from "./conflicts.ts";

/** What a soak came to, in figures. */
export class Account {
  readonly seed: number;
  steps = 0;
  readonly commands = new Map<string, number>();
  /** Commands that failed, each on account of a fault. */
  failures = 0;
  requests = 0;
  patches = 0;
  readonly faults = new Map<string, number>();
  foreignEdits = 0;
  conflicts = new Conflicts();
  ms = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  count(of: Map<string, number>, name: string, number = 1): void {
    of.set(name, (of.get(name) ?? 0) + number);
  }

  lines(): string[] {
    const list = (of: ReadonlyMap<string, number>) =>
      [...of]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, number]) => `${number} ${name}`)
        .join(", ") || "none";
    const total = [...this.commands.values()].reduce((sum, one) => sum + one, 0);
    return [
      `Seed ${this.seed}, ${this.steps} steps in ${(this.ms / 1000).toFixed(0)} s`,
      `Commands: ${total} (${list(this.commands)}); ${this.failures} failed on account of a fault`,
      `Requests: ${this.requests}, ${this.patches} of them PATCHes of the policy`,
      `Faults met: ${list(this.faults)}`,
      `Changes by the third writer: ${this.foreignEdits} of parts that no stack declares`,
      `Conflicts: ${this.conflicts.line()}`,
    ];
  }
}

/** The soak found something: what, where, and how to see it again. */
export class SoakFailure extends Error {
  override readonly name = "SoakFailure";
  readonly seed: number;
  readonly step: number;

  /** @param history what happened in the step, command by command, with the programs. */
  constructor(seed: number, step: number, what: readonly string[], history: readonly string[]) {
    const found = what.map((one) => `  - ${one}`).join("\n");
    super(
      `Step ${step} with the seed ${seed}:\n${found}\n\n${history.join("\n")}\n` +
        `Again: npm run soak -- --seed ${seed} --steps ${step}`,
    );
    this.seed = seed;
    this.step = step;
  }
}
