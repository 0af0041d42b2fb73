import { isCompromisedModel } from "../compromised.js";
import { smallestHittingSet } from "./hittingSet.js";
import type { Need } from "./needs.js";

/** What people need, by how many need the same. */
export class NeedCount {
  readonly #counts = new Map<Need, number>();

  add(need: Need): void {
    this.#counts.set(need, (this.#counts.get(need) ?? 0) + 1);
  }

  /**
   * The fewest listings that give everyone one of theirs. A compromised model is only taken where somebody has no other:
   * it never stands in for another one, even where it is listed anyway.
   *
   * @param listingOf what is to be counted: listings with the same text are one.
   */
  fewest(listingOf: (listing: Need[number][number]) => string): {
    readonly chosen: string[];
    readonly atLeast: number;
  } {
    const sets: string[][] = [];
    const holders = new Map<string, number>();
    for (const [need, people] of this.#counts) {
      for (const oneOf of need) {
        const sound = oneOf.filter(({ aaguid }) => !isCompromisedModel(aaguid));
        const set = [...new Set((sound.length > 0 ? sound : oneOf).map(listingOf))];
        for (const one of set) holders.set(one, (holders.get(one) ?? 0) + people);
        sets.push(set);
      }
    }
    // Of equal choices the one that more people have, so that fewer lose a key.
    const order = [...holders.keys()].sort((a, b) => holders.get(b)! - holders.get(a)! || (a < b ? -1 : 1));
    const place = new Map(order.map((one, index) => [one, index]));
    const { chosen, atLeast } = smallestHittingSet(sets.map((set) => set.map((one) => place.get(one)!)));
    return { chosen: chosen.map((index) => order[index]!).sort(), atLeast };
  }
}
