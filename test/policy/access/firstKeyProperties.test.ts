import assert from "node:assert/strict";
import fc from "fast-check";
import { canRegisterFirstKey } from "../../../provider/dist/policy/access/index.js";
import { frozen } from "../util.ts";
import { asked, json, registers, rules, worlds } from "./world.ts";

const RUNS = { numRuns: Math.max(2_000, Number(process.env.FAST_CHECK_RUNS ?? 0)) };
const RANK = { rejected: 0, unknown: 1, accepted: 2 } as const;

describe("canRegisterFirstKey for every input", () => {
  it("agrees with a brute-force evaluator where everything is known, and both answers come up", () => {
    const seen = { accepted: 0, rejected: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const { answer } = canRegisterFirstKey(...frozen(asked(world)));
        const told = registers(world) ? "accepted" : "rejected";
        assert.equal(answer, told);
        seen[told] += 1;
      }),
      RUNS,
    );
    for (const count of Object.values(seen)) assert.ok(count > RUNS.numRuns / 10, JSON.stringify(seen));
  });

  it("is not changed by policies that only report or are off", () => {
    fc.assert(
      fc.property(
        worlds,
        rules,
        fc.constantFrom("enabledForReportingButNotEnforced", "disabled"),
        (world, rule, state) => {
          const before = canRegisterFirstKey(...asked(world));
          const after = canRegisterFirstKey(...asked(world, [{ ...json(rule), state }]));
          const decisive = (said: typeof before) => said.reasons.filter(({ rule: name }) => name !== "reportOnly");
          assert.equal(after.answer, before.answer);
          assert.deepEqual(decisive(after), decisive(before));
        },
      ),
      RUNS,
    );
  });

  it("becomes no better by a block", () => {
    fc.assert(
      fc.property(worlds, rules, (world, rule) => {
        const before = canRegisterFirstKey(...asked(world)).answer;
        const after = canRegisterFirstKey(...asked(world, [json({ ...rule, blocks: true })])).answer;
        assert.ok(RANK[after] <= RANK[before], `${before} became ${after}`);
      }),
      RUNS,
    );
  });

  it("says nothing without a document that it would not say with it", () => {
    const seen = { unknown: 0 };
    const hide = fc.subarray(
      [
        "temporaryAccessPass",
        "conditionalAccess",
        "strengths",
        "methods",
        "hasPassword",
        "otherMethods",
        "device",
        "attested",
      ],
      { minLength: 1 },
    );
    fc.assert(
      fc.property(worlds, hide, (world, hidden) => {
        const [documents, person, key, device] = asked(world);
        const without = <T extends object>(value: T): T =>
          Object.fromEntries(Object.entries(value).filter(([name]) => !hidden.includes(name))) as T;
        const unread = canRegisterFirstKey(
          without(documents),
          without(person),
          without(key),
          hidden.includes("device") ? undefined : device,
        );
        if (unread.answer === "unknown") seen.unknown += 1;
        else assert.equal(unread.answer, registers(world) ? "accepted" : "rejected");
      }),
      RUNS,
    );
    assert.ok(seen.unknown > RUNS.numRuns / 20, "what is unread should matter at times");
  });

  it("does not depend on the order of the policies", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const there = canRegisterFirstKey(...asked(world)).answer;
        assert.equal(canRegisterFirstKey(...asked({ ...world, rules: world.rules.toReversed() })).answer, there);
      }),
      RUNS,
    );
  });

  it("gives whole sentences, and an obstacle exactly where it does not accept", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { answer, reasons } = canRegisterFirstKey(...asked(world));
        assert.equal(
          reasons.some(({ effect }) => effect === "rejected"),
          answer === "rejected",
        );
        assert.equal(
          reasons.some(({ effect }) => effect === "accepted"),
          answer === "accepted",
        );
        for (const { document, reason, wayOut } of reasons) {
          for (const text of [document, reason, wayOut]) assert.match(text, /\S/);
          for (const text of [reason, wayOut]) assert.doesNotMatch(text, /undefined|\.$/);
        }
      }),
      RUNS,
    );
  });
});
