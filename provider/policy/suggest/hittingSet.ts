/** The fewest elements that hit every set. */
export interface HittingSet {
  /** Sorted. */
  readonly chosen: readonly number[];
  /** Every hitting set has at least so many; equal to the size of `chosen` where that is proven to be the smallest. */
  readonly atLeast: number;
}

type Sets = readonly (readonly number[])[];

/** So many steps of the search are taken before a good answer does instead of the best one; a second or so where there are thousands of sets. */
const MOST_STEPS = 20_000;

/**
 * The smallest choice of elements of which every set has one. What is forced is taken and what cannot matter is left out
 * first; the rest is searched exhaustively, part by part, within a bound of steps. Beyond it a greedy choice is given,
 * with how small the best one could be. The same sets always give the same choice; of equal ones lower numbers are
 * preferred.
 *
 * @param sets none of them empty.
 */
export function smallestHittingSet(sets: Sets, mostSteps = MOST_STEPS): HittingSet {
  const { forced, rest } = reduce(sets);
  const chosen = [...forced];
  let atLeast = forced.length;
  for (const part of partsOf(rest)) {
    const search = new Search(part, mostSteps);
    chosen.push(...search.best);
    atLeast += search.atLeast;
  }
  return { chosen: chosen.sort((a, b) => a - b), atLeast };
}

/** Takes elements that are alone in a set, and leaves out sets and elements that another one makes needless. */
function reduce(sets: Sets): { readonly forced: readonly number[]; readonly rest: Sets } {
  const forced: number[] = [];
  let open: Sets = sets.map((set) => [...new Set(set)].sort((a, b) => a - b));
  for (;;) {
    open = withoutSupersets(open);
    const alone = new Set(open.flatMap((set) => (set.length === 1 ? set : [])));
    if (alone.size > 0) {
      forced.push(...alone);
      open = open.filter((set) => !set.some((element) => alone.has(element)));
      continue;
    }
    const dominated = dominatedIn(open);
    if (dominated.size === 0) return { forced, rest: open };
    open = open.map((set) => set.filter((element) => !dominated.has(element)));
  }
}

/** Whoever hits the smaller set hits the larger one. */
function withoutSupersets(sets: Sets): Sets {
  const distinct = [...new Map(sets.map((set) => [set.join(), set])).values()].sort((a, b) => a.length - b.length);
  const byFirst = new Map<number, (readonly number[])[]>();
  return distinct.filter((set) => {
    const own = new Set(set);
    if (set.some((first) => byFirst.get(first)?.some((smaller) => smaller.every((element) => own.has(element))))) {
      return false;
    }
    byFirst.set(set[0]!, [...(byFirst.get(set[0]!) ?? []), set]);
    return true;
  });
}

/** Elements in whose place another one would do everywhere; of two that are alike the lower one stays. */
function dominatedIn(sets: Sets): Set<number> {
  const containing = new Map<number, (readonly number[])[]>();
  for (const set of sets) {
    for (const element of set) containing.set(element, [...(containing.get(element) ?? []), set]);
  }
  const dominated = new Set<number>();
  for (const [element, mine] of containing) {
    const instead = mine[0]!.filter((other) => other !== element && mine.every((set) => set.includes(other)));
    const better = instead.some((other) => containing.get(other)!.length > mine.length || other < element);
    if (better) dominated.add(element);
  }
  return dominated;
}

/** Sets that share elements, directly or through others, belong together; the rest can be decided apart. */
function partsOf(sets: Sets): Sets[] {
  const parts: { elements: Set<number>; sets: (readonly number[])[] }[] = [];
  for (const set of sets) {
    const touching = parts.filter(({ elements }) => set.some((element) => elements.has(element)));
    const part = { elements: new Set(set), sets: [set] };
    for (const other of touching) {
      for (const element of other.elements) part.elements.add(element);
      part.sets.unshift(...other.sets);
      parts.splice(parts.indexOf(other), 1);
    }
    parts.push(part);
  }
  return parts.map((part) => part.sets);
}

/** Branch and bound: one element of some set has to be in, so each of its elements is tried in turn. */
class Search {
  best: readonly number[];
  atLeast: number;
  #steps = 0;

  constructor(
    sets: Sets,
    private readonly mostSteps: number,
  ) {
    this.best = greedy(sets);
    this.atLeast = disjoint(sets);
    const complete = this.#run(sets, []);
    if (complete) this.atLeast = this.best.length;
  }

  /** @returns whether everything was looked at. */
  #run(open: Sets, chosen: readonly number[]): boolean {
    if (open.length === 0) {
      if (chosen.length < this.best.length) this.best = chosen;
      return true;
    }
    if (chosen.length + disjoint(open) >= this.best.length) return true;
    if ((this.#steps += 1) > this.mostSteps) return false;
    const smallest = open.reduce((a, b) => (b.length < a.length ? b : a));
    const tried = new Set<number>();
    for (const element of smallest) {
      // Whatever has one of the elements that were tried before was looked at with them.
      const rest = open
        .filter((set) => !set.includes(element))
        .map((set) => (tried.size === 0 ? set : set.filter((other) => !tried.has(other))));
      if (rest.every((set) => set.length > 0) && !this.#run(rest, [...chosen, element])) return false;
      tried.add(element);
    }
    return true;
  }
}

/** Sets that share nothing need an element each. */
function disjoint(sets: Sets): number {
  const used = new Set<number>();
  let count = 0;
  for (const set of sets.toSorted((a, b) => a.length - b.length)) {
    if (set.some((element) => used.has(element))) continue;
    count += 1;
    for (const element of set) used.add(element);
  }
  return count;
}

function greedy(sets: Sets): number[] {
  const chosen: number[] = [];
  for (let open = sets; open.length > 0;) {
    const hits = new Map<number, number>();
    for (const element of open.flat()) hits.set(element, (hits.get(element) ?? 0) + 1);
    const [best] = [...hits].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a));
    chosen.push(best);
    open = open.filter((set) => !set.includes(best));
  }
  // An early choice may have become needless.
  for (const element of [...chosen]) {
    const others = chosen.filter((other) => other !== element);
    if (sets.every((set) => set.some((other) => others.includes(other)))) chosen.splice(chosen.indexOf(element), 1);
  }
  return chosen;
}
