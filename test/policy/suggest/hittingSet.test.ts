import assert from "node:assert/strict";
import fc from "fast-check";
import { smallestHittingSet } from "../../../provider/dist/policy/index.js";

/** Every choice of elements, the smallest first. */
function bruteForce(sets: readonly number[][], elements: number): number {
  let best = elements;
  for (let choice = 0; choice < 2 ** elements; choice += 1) {
    const size = [...choice.toString(2)].filter((bit) => bit === "1").length;
    if (size < best && sets.every((set) => set.some((element) => choice & (1 << element)))) best = size;
  }
  return best;
}

const sets = (elements: number, most: number) =>
  fc.array(fc.uniqueArray(fc.nat(elements - 1), { minLength: 1, maxLength: 5 }), { maxLength: most });
const hits = (chosen: readonly number[], all: readonly number[][]) =>
  all.every((set) => set.some((element) => chosen.includes(element)));

describe("smallestHittingSet", () => {
  const rows: [it: string, number[][], chosen: number[]][] = [
    ["nothing to hit", [], []],
    ["sets of one", [[3], [1], [3]], [1, 3]],
    ["what is forced hits more", [[1], [1, 2], [2, 3]], [1, 2]],
    [
      "of equal ones the lower",
      [
        [4, 2],
        [2, 4],
      ],
      [2],
    ],
    [
      "one that hits all",
      [
        [0, 9],
        [1, 9],
        [2, 9],
      ],
      [9],
    ],
    [
      "where a greedy choice is not the best",
      [
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 4],
        [2, 5],
        [3, 6],
      ],
      [1, 2, 3],
    ],
    [
      "a ring, where nothing is forced",
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 0],
      ],
      [0, 1, 3],
    ],
  ];
  for (const [name, all, chosen] of rows) {
    it(name, () => {
      const found = smallestHittingSet(all);
      assert.equal(found.atLeast, found.chosen.length);
      assert.equal(found.chosen.length, chosen.length);
      assert.ok(hits(found.chosen, all));
      if (chosen.length < 3) assert.deepEqual(found.chosen, chosen);
    });
  }

  it("is as small as any choice, hits every set, and does not depend on the order", () => {
    fc.assert(
      fc.property(sets(10, 14), (all) => {
        const { chosen, atLeast } = smallestHittingSet(all);
        assert.equal(chosen.length, bruteForce(all, 10));
        assert.equal(atLeast, chosen.length);
        assert.ok(hits(chosen, all));
        assert.equal(smallestHittingSet(all.toReversed().map((set) => set.toReversed())).chosen.length, chosen.length);
        assert.deepEqual(smallestHittingSet(structuredClone(all)).chosen, chosen);
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives a good choice and an honest bound where the search is cut", () => {
    fc.assert(
      fc.property(sets(12, 30), (all) => {
        const { chosen, atLeast } = smallestHittingSet(all, 1);
        const best = bruteForce(all, 12);
        assert.ok(hits(chosen, all));
        assert.ok(atLeast <= best && best <= chosen.length, `${atLeast} <= ${best} <= ${chosen.length}`);
      }),
      { numRuns: 300 },
    );
  });

  it("ends in time where there are very many sets", () => {
    let state = 7;
    const pick = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    const all = Array.from({ length: 5_000 }, () => Array.from({ length: 2 + pick(4) }, () => pick(300)));
    const start = performance.now();
    const { chosen, atLeast } = smallestHittingSet(all);
    assert.ok(hits(chosen, all));
    assert.ok(atLeast <= chosen.length);
    assert.ok(performance.now() - start < 30_000);
  }).timeout(40_000);
});
