/** Parts that a stack declares and somebody else has changed, and who has to tell of it. */
import type { Ledger } from "./ledger.ts";
import type { Move, Player } from "./plan.ts";
import { emptySpec, partsDeclared } from "./spec.ts";
import { STACKS } from "./world.ts";
import type { StackName } from "./world.ts";

/** What a command has to tell. */
export interface Duty {
  readonly part: string;
  /** `said`: by a line of the package; `shown`: that, or a change that Pulumi shows. */
  readonly how: "said" | "shown";
}

interface Planned extends Move {
  readonly player: Player;
  readonly drift: ReadonlyMap<string, string | undefined>;
}

const WRITING: ReadonlySet<string> = new Set(["up", "up --refresh", "destroy"]);

const declaredBy = ({ kind, spec }: Move) => partsDeclared(kind === "destroy" ? emptySpec(spec.stack) : spec);

/** What a command has to tell once it succeeds, if what it finds is what was there before the step. */
export function dutiesOf(move: Planned, all: readonly Planned[], ledger: Ledger): Duty[] {
  const { kind, player, drift } = move;
  const declared = declaredBy(move);
  const looks = kind === "refresh" || kind === "preview --refresh";
  const rivals = all.filter((one) => one.player !== player && WRITING.has(one.kind));
  return [...drift].flatMap(([part, now]): Duty[] => {
    const isContested = ledger.contested.has(part);
    const before = rivals.map((rival) => ledger.stacks[rival.player.stack].declared.get(part));
    // The other stack may change it at the same time, perhaps to what this one declares.
    if (isContested && rivals.some((rival, index) => declaredBy(rival).get(part) !== before[index])) return [];
    if (looks) return player.refreshed ? [] : [{ part, how: "shown" }];
    if (kind === "preview" || (kind === "up" && !player.found.has(part))) return [];
    // A profile that is gone is made anew: Pulumi shows that it is created.
    if (declared.has(part) && now === undefined && part.startsWith("profile/")) return [{ part, how: "shown" }];
    // A program that has come to declare what is there has nothing to set back.
    if (declared.has(part)) return declared.get(part) === now ? [] : [{ part, how: "said" }];
    // What a new profile has until its restrictions come is what was there before, and goes with it.
    if (part.endsWith("/isEnforced") && now === "true") return [];
    // What is given up and is as it was before the stack needs no word.
    const isLeft = now !== undefined && now !== ledger.base(part) && !isContested;
    return isLeft ? [{ part, how: "said" }] : [];
  });
}

/** Counts conflicts from when they come up to when they are over. */
export class Conflicts {
  readonly #open = new Map<string, boolean>();
  #provoked = 0;
  #told = 0;

  /** Looks for new ones, and for those that are over. */
  look(ledger: Ledger): void {
    const now = new Set(STACKS.flatMap((stack) => [...ledger.drift(stack).keys()].map((part) => `${stack}:${part}`)));
    for (const key of this.#open.keys()) if (!now.has(key)) this.#open.delete(key);
    for (const key of now) {
      if (this.#open.has(key)) continue;
      this.#open.set(key, false);
      this.#provoked += 1;
    }
  }

  reported(stack: StackName, part: string): void {
    const key = `${stack}:${part}`;
    if (this.#open.get(key) === true) return;
    this.#open.set(key, true);
    this.#told += 1;
  }

  get provoked(): number {
    return this.#provoked;
  }

  get told(): number {
    return this.#told;
  }

  line(): string {
    const silent = this.#provoked - this.#told;
    return `${this.#provoked} provoked, ${this.#told} reported, ${silent} over before anybody had to tell`;
  }
}
