/** What the stacks do in a step. */
import { changed } from "./change.ts";
import type { Bounds } from "./change.ts";
import type { Kind } from "./pulumi.ts";
import type { Random } from "./random.ts";
import { emptySpec, isEmpty } from "./spec.ts";
import type { Spec } from "./spec.ts";
import { other, SYNCED } from "./world.ts";
import type { StackName } from "./world.ts";

/** A target that both stacks declare, with different profiles. */
export interface Dispute {
  readonly group: string;
  readonly owner: StackName;
  /** The step in which both let it go. */
  readonly until: number;
}

/** What a stack is at. */
export interface Player {
  readonly stack: StackName;
  /** The program of the last `up` or `destroy`, whatever became of it. */
  spec: Spec;
  /** The command that failed and has to succeed now. */
  again?: Kind | undefined;
  /** Found out by a refresh, and not set back yet. */
  refreshed: boolean;
  /** The parts that it found for sure, of which the next `up` has to tell. */
  found: ReadonlySet<string>;
}

export interface Move {
  readonly kind: Kind;
  readonly spec: Spec;
  /** The command starts so much later, in milliseconds. */
  readonly delay: number;
}

export const newPlayer = (stack: StackName): Player => ({
  stack,
  spec: emptySpec(stack),
  refreshed: false,
  found: new Set(),
});

const USUAL: Readonly<Record<Kind | "nothing", number>> = {
  up: 5,
  "up --refresh": 3,
  preview: 0.6,
  "preview --refresh": 0.6,
  refresh: 0.8,
  destroy: 0.8,
  nothing: 1,
};

/** Where a declared part has been changed: only what looks at the tenant can tell. */
const DISTURBED: Readonly<Record<Kind | "nothing", number>> = {
  up: 0,
  "up --refresh": 5,
  preview: 0,
  "preview --refresh": 1.5,
  refresh: 1.5,
  destroy: 1.5,
  nothing: 0,
};

/** What a stack does next; undefined for nothing. */
export function nextMove(player: Player, random: Random, drifted: boolean, bounds: Bounds): Move | undefined {
  const delay = random.below(1500);
  const next = changed(player.spec, random, bounds);
  const kind = random.weighted(drifted && !player.refreshed ? DISTURBED : USUAL);
  if (player.again !== undefined) return { kind: player.again, spec: player.spec, delay };
  if (kind === "nothing") return undefined;
  if (isEmpty(player.spec) && kind !== "up --refresh") return { kind: "up", spec: next, delay };
  const keeps = kind === "refresh" || kind === "destroy";
  return { kind, spec: keeps ? player.spec : next, delay };
}

/** A target of one stack that the other one may declare, too. */
export function newDispute(
  specs: Readonly<Record<StackName, Spec>>,
  random: Random,
  step: number,
  retired: ReadonlySet<string>,
): Dispute | undefined {
  const owner = random.pick(["alpha", "beta"] as const);
  const groups = Object.entries(specs[owner].include)
    .filter(([group, profiles]) => profiles.join() === "default" && !retired.has(group))
    .map(([group]) => group);
  return groups.length === 0 ? undefined : { group: random.pick(groups), owner, until: step + 4 + random.below(3) };
}

/** The program of the stack that intrudes. */
export const intruding = (spec: Spec, { group }: Dispute): Spec => ({
  ...spec,
  include: { ...spec.include, [group]: [SYNCED] },
});

/** A program without the target that was disputed. */
export const lettingGo = (spec: Spec, { group }: Dispute): Spec => ({
  ...spec,
  include: Object.fromEntries(Object.entries(spec.include).filter(([name]) => name !== group)),
});

export const intruderOf = ({ owner }: Dispute): StackName => other(owner);
