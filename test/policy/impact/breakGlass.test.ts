import assert from "node:assert/strict";
import { assessImpact, judgeImpact } from "../../../provider/dist/policy/index.js";
import type { BreakGlass, Fido2Policy, GuardVerdict, Person } from "../../../provider/dist/policy/index.js";
import { ADMINS, DEFAULT_ID, include, KEY_A, KEY_B, NURSES, STUDENTS } from "../util.ts";
import { assess, key, only, open, person, without } from "./tenant.ts";
import type { Options } from "./tenant.ts";

const USER = "b0000000-0000-4000-8000-0000000000cd";
const DECLARED: BreakGlass = { users: [USER.toUpperCase()], groups: [] };
const account = (parts: Partial<Person> = {}) => person({ user: USER, groups: [ADMINS], ...parts });
const exclude = (...ids: string[]) => ({ excludeTargets: ids.map((id) => ({ id, targetType: "group" as const })) });
const narrowed = { ...only(KEY_B) };

interface Row {
  readonly it: string;
  readonly before?: Fido2Policy;
  readonly after?: Fido2Policy;
  readonly who?: Person[];
  readonly options?: Options;
  readonly standing: readonly [before: string, after: string];
  readonly verdict: "refused" | "warned" | "silent";
  readonly says?: RegExp;
}

const rows: readonly Row[] = [
  { it: "its key works", standing: ["accepted", "accepted"], verdict: "silent" },
  {
    it: "its key stops working",
    after: narrowed,
    standing: ["accepted", "rejected"],
    verdict: "refused",
    says: /no passkey that works/,
  },
  {
    it: "one of two goes",
    after: narrowed,
    who: [account({ passkeys: [key(KEY_A), key(KEY_B)] })],
    standing: ["accepted", "accepted"],
    verdict: "silent",
  },
  {
    it: "it worked neither before nor after",
    before: narrowed,
    after: narrowed,
    standing: ["rejected", "rejected"],
    verdict: "warned",
    says: /before and after/,
  },
  {
    it: "it has none, and could register one",
    who: [account({ passkeys: [] })],
    standing: ["rejected", "rejected"],
    verdict: "warned",
    says: /has no passkey$/,
  },
  {
    it: "it has none, and no target covers it",
    after: open({ includeTargets: [include(NURSES, DEFAULT_ID)] }),
    who: [account({ passkeys: [] })],
    standing: ["rejected", "rejected"],
    verdict: "refused",
    says: /no target covers it/,
  },
  {
    it: "it has one that never worked, and no target covers it",
    before: narrowed,
    after: { ...narrowed, includeTargets: [include(NURSES, DEFAULT_ID)] },
    standing: ["rejected", "rejected"],
    verdict: "refused",
    says: /no target covers it/,
  },
  {
    it: "the policy is turned off",
    after: open({ state: "disabled" }),
    standing: ["accepted", "rejected"],
    verdict: "refused",
  },
  {
    it: "it is in an excluded group",
    after: open(exclude(ADMINS)),
    standing: ["accepted", "rejected"],
    verdict: "refused",
    says: /excluded group/,
  },
  {
    it: "it was in an excluded group already",
    before: open(exclude(ADMINS)),
    after: open(exclude(ADMINS)),
    standing: ["rejected", "rejected"],
    verdict: "refused",
    says: /excluded group/,
  },
  {
    it: "its passkeys could not be read, and the change could take one",
    after: narrowed,
    who: [without(account(), "passkeys")],
    standing: ["unknown", "unknown"],
    verdict: "refused",
    says: /could not be read/,
  },
  {
    it: "its passkeys could not be read, and the change takes nothing",
    who: [without(account(), "passkeys")],
    standing: ["unknown", "unknown"],
    verdict: "warned",
    says: /could not be read/,
  },
  {
    it: "the model of its key could not be read",
    after: narrowed,
    who: [account({ passkeys: [key()] })],
    standing: ["accepted", "unknown"],
    verdict: "refused",
  },
  {
    it: "whether it is excluded is not known",
    after: open(exclude(ADMINS)),
    who: [account({ nested: [ADMINS] })],
    standing: ["accepted", "unknown"],
    verdict: "refused",
  },
  {
    it: "it is missing from an inventory of everyone",
    after: narrowed,
    who: [],
    standing: ["rejected", "rejected"],
    verdict: "warned",
    says: /has no passkey$/,
  },
  {
    it: "it is missing from an inventory of some groups",
    after: narrowed,
    who: [],
    options: { scope: new Set([STUDENTS]) },
    standing: ["unknown", "unknown"],
    verdict: "refused",
    says: /could not be read/,
  },
  {
    it: "it is missing, and the change takes a key from nobody",
    who: [],
    options: { scope: new Set([STUDENTS]) },
    standing: ["unknown", "unknown"],
    verdict: "warned",
    says: /could not be read/,
  },
  {
    it: "it is disabled, and its key works",
    who: [account({ enabled: false })],
    standing: ["accepted", "accepted"],
    verdict: "warned",
    says: /is disabled/,
  },
  {
    it: "it is disabled, and its key stops working",
    after: narrowed,
    who: [account({ enabled: false })],
    standing: ["accepted", "rejected"],
    verdict: "refused",
  },
];

function judged(
  row: Pick<Row, "before" | "after" | "who" | "options">,
  breakGlass = DECLARED,
  mode: "enforce" | "off" = "off",
) {
  const { before = open(), after = open(), who = [account()], options } = row;
  const impact = assess(before, after, who, { breakGlass, ...options });
  const acknowledge = [
    {
      plan: "0123456789abcdef",
      lockedOut: 9,
      stranded: 9,
      unknown: 9,
      exposure: true,
      until: "2026-12-31",
      reason: "all",
    },
  ];
  const verdict = judgeImpact(impact, { mode, acknowledge, digest: "0123456789abcdef", now: Date.UTC(2026, 11, 1) });
  return { accounts: impact.breakGlass, verdict };
}

const found = ({ refusals, warnings }: GuardVerdict) =>
  [...refusals, ...warnings].filter(({ code }) => code === "breakGlass");

describe("break-glass accounts", () => {
  // With the guard off and everything acknowledged: nothing of that is for them.
  for (const row of rows) {
    it(`${row.it}: ${row.verdict}`, () => {
      const { accounts, verdict } = judged(row);
      assert.deepEqual(
        accounts.map(({ user, before, after }) => [user.toLowerCase(), before, after]),
        [[USER, ...row.standing]],
      );
      assert.equal(verdict.refusals.length, row.verdict === "refused" ? 1 : 0);
      assert.equal(verdict.warnings.length, row.verdict === "warned" ? 1 : 0);
      for (const { reason, wayOut, code } of found(verdict)) {
        assert.equal(code, "breakGlass");
        if (row.says) assert.match(reason, row.says);
        assert.match(wayOut, /\S/);
      }
    });
  }

  it("lists the members of a group, whether or not the change concerns them", () => {
    const others = [account(), person({ groups: [ADMINS, STUDENTS] }), person({ groups: [NURSES] })];
    const { accounts, verdict } = judged({ who: others }, { users: [], groups: [ADMINS] });
    assert.equal(accounts.length, 2);
    assert.ok(accounts.every(({ affected }) => !affected));
    assert.deepEqual(found(verdict), []);
  });

  it("lists somebody who is declared twice once, and accounts in one order", () => {
    const who = [account(), person({ groups: [ADMINS] })];
    const breakGlass = { users: [USER], groups: [ADMINS] };
    const { accounts } = judged({ who }, breakGlass);
    assert.equal(accounts.length, 2);
    assert.deepEqual(judged({ who: who.toReversed() }, breakGlass).accounts, accounts);
  });

  it("refuses to exclude a declared group, with an inventory or without", () => {
    const after = open(exclude(NURSES.toUpperCase()));
    const breakGlass = { users: [], groups: [NURSES] };
    for (const impact of [
      assessImpact(open(), after, undefined, { breakGlass }),
      assess(open(), after, [], { breakGlass }),
    ]) {
      assert.deepEqual(impact.excludedBreakGlass, [NURSES]);
      const rules = { mode: "off", acknowledge: [], digest: "0123456789abcdef", now: 0 } as const;
      assert.match(judgeImpact(impact, rules).refusals[0]!.reason, /would be excluded/);
    }
  });

  describe("of a group whose members were not read", () => {
    const breakGlass = { users: [], groups: [ADMINS] };
    const unread: Options[] = [{ groupsRead: new Set([STUDENTS]) }, { scope: new Set([STUDENTS]) }];
    for (const options of unread) {
      const what = options.scope === undefined ? "groups" : "scope";
      it(`refuses a change that could take a key from them (${what})`, () => {
        const { refusals } = judged(
          { after: narrowed, who: [person({ passkeys: [key(KEY_B)] })], options },
          breakGlass,
        ).verdict;
        const [first] = refusals;
        assert.equal(first?.code, "breakGlass");
        assert.match(first.reason, new RegExp(ADMINS));
      });
      it(`warns of any other change (${what})`, () => {
        const { refusals, warnings } = judged({ who: [person()], options }, breakGlass).verdict;
        assert.deepEqual(refusals, []);
        assert.match(warnings[0]!.reason, new RegExp(ADMINS));
      });
    }
    it("says nothing of a group that was read and is empty", () => {
      const { accounts, verdict } = judged({ who: [person()] }, breakGlass);
      assert.deepEqual(accounts, []);
      assert.deepEqual(verdict.refusals, []);
    });
  });

  it("comes before everything else that is refused", () => {
    const { refusals } = judged({ after: narrowed }, DECLARED, "enforce").verdict;
    assert.equal(refusals[0]!.code, "breakGlass");
  });
});
