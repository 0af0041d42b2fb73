import assert from "node:assert/strict";
import {
  acknowledgementFaults,
  assessImpact,
  endOf,
  impactLines,
  judgeImpact,
} from "../../../provider/dist/policy/index.js";
import type { Acknowledgement, GuardRules } from "../../../provider/dist/policy/index.js";
import {
  ADMINS,
  allow,
  codes,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "../util.ts";
import { assess, key, only, open, person, without } from "./tenant.ts";

const DIGEST = "0123456789abcdef";
const NOW = Date.UTC(2026, 10, 25, 12);
const given = (parts: Partial<Acknowledgement> = {}): Acknowledgement => ({
  plan: DIGEST,
  until: "2026-11-25",
  reason: "agreed",
  ...parts,
});

/** Two are locked out, one is stranded, of one it is unknown. */
const loss = assess(open(), only(KEY_B), [
  person(),
  person(),
  person({ otherMethods: ["mobilePhone"] }),
  without(person(), "passkeys"),
  person({ passkeys: [key(KEY_A), key(KEY_B)] }),
]);
const enough = { lockedOut: 2, stranded: 1, unknown: 1 };
const weaker = profilePolicy([profile(STRICT_ID, { passkeyTypes: "deviceBound,synced" })], {
  includeTargets: [include(ADMINS, STRICT_ID)],
});
const strict = profilePolicy([profile(STRICT_ID)], { includeTargets: [include(ADMINS, STRICT_ID)] });
const exposure = assessImpact(strict, weaker, undefined, { adminGroups: [ADMINS] });

const judge = (impact = loss, acknowledge: readonly Acknowledgement[] = [], rules: Partial<GuardRules> = {}) =>
  judgeImpact(impact, { mode: "enforce", acknowledge, digest: DIGEST, now: NOW, ...rules });

describe("judgeImpact", () => {
  it("refuses each outcome that was not acknowledged, with counts, reasons and ways out", () => {
    const { refusals, warnings } = judge();
    assert.deepEqual(codes(refusals), ["lockedOut", "stranded", "impactUnknown"]);
    assert.deepEqual(warnings, []);
    const [lockedOut, stranded, unknown] = refusals;
    assert.match(lockedOut!.reason, /^2 people would be locked out.*2: aaaaaaaa-.* is not accepted by profile default/);
    assert.match(stranded!.reason, /^1 person would be stranded/);
    assert.match(
      unknown!.reason,
      /^1 person would be affected in a way that could not be told .*passkeys could not be read/,
    );
    // One acknowledgement covers all of it, so it is proposed once.
    for (const { wayOut } of [lockedOut!, stranded!])
      assert.match(wayOut, /, or acknowledge the plan as proposed below$/);
    assert.match(
      unknown!.wayOut,
      /, or acknowledge this plan: acknowledge: \{ plan: "0123456789abcdef", lockedOut: 2, stranded: 1, unknown: 1, until: "2026-12-02", reason: "\.\.\." \}$/,
    );
  });

  it("warns of the same where the guard only warns, and says nothing where it is off", () => {
    const warned = judge(loss, [], { mode: "warn" });
    assert.deepEqual([warned.refusals, warned.warnings], [[], judge().refusals]);
    assert.deepEqual(judge(loss, [], { mode: "off" }), { refusals: [], warnings: [] });
  });

  it("says how the acknowledgement is given", () => {
    assert.match(
      judge(loss, [], { form: { variable: "ACKNOWLEDGE" } }).refusals.at(-1)!.wayOut,
      /acknowledge this plan: ACKNOWLEDGE='\{"plan":"0123456789abcdef",.*\}'/,
    );
  });

  it("lets through what takes from nobody, or only reduces", () => {
    assert.deepEqual(judge(assess(open(), only(KEY_A), [person()])).refusals, []);
    assert.deepEqual(judge(assess(open(), only(KEY_B), [person({ passkeys: [key(KEY_A), key(KEY_B)] })])).refusals, []);
  });

  describe("acknowledgements", () => {
    const cases: [it: string, given: Acknowledgement[], refused: string[], why?: RegExp][] = [
      ["for this plan, on its last day", [given(enough)], []],
      ["whose digest is in other letters", [given({ ...enough, plan: ` ${DIGEST.toUpperCase()}` })], []],
      ["until a time to come", [given({ ...enough, until: "2026-11-25T12:00:01Z" })], []],
      [
        "until a time that is past",
        [given({ ...enough, until: "2026-11-25T14:59:59+03:00" })],
        ["lockedOut", "stranded", "impactUnknown"],
        /\(the acknowledgement ended on 2026-11-25T14:59:59\+03:00\)/,
      ],
      [
        "that ended yesterday",
        [given({ ...enough, until: "2026-11-24" })],
        ["lockedOut", "stranded", "impactUnknown"],
        /\(the acknowledgement ended on 2026-11-24\)/,
      ],
      ["until no date", [given({ ...enough, until: "next week" })], ["lockedOut", "stranded", "impactUnknown"]],
      [
        "for another plan",
        [given({ ...enough, plan: "ffffffffffffffff" })],
        ["lockedOut", "stranded", "impactUnknown"],
        /\(the acknowledgement is for the plan ffffffffffffffff, and this is 0123456789abcdef\)/,
      ],
      [
        "for fewer people",
        [given({ ...enough, lockedOut: 1 })],
        ["lockedOut"],
        /^2 people would be locked out.*, of whom 1 were acknowledged/,
      ],
      ["for more people", [given({ ...enough, lockedOut: 100 })], []],
      ["for some outcomes", [given({ lockedOut: 2 })], ["stranded", "impactUnknown"]],
      ["for exposure only", [given({ exposure: true })], ["lockedOut", "stranded", "impactUnknown"]],
      ["several, one of them for this plan", [given({ ...enough, plan: "ffffffffffffffff" }), given(enough)], []],
      ["several for this plan, the first ended", [given({ ...enough, until: "2026-11-01" }), given(enough)], []],
      [
        "several, all stale",
        [given({ plan: "ffffffffffffffff" }), given({ plan: "eeeeeeeeeeeeeeee" })],
        ["lockedOut", "stranded", "impactUnknown"],
        /for the plan ffffffffffffffff, eeeeeeeeeeeeeeee, and/,
      ],
    ];
    for (const [name, acknowledge, refused, why] of cases) {
      it(`${name}: ${refused.length === 0 ? "lets it through" : `refuses ${refused.join(", ")}`}`, () => {
        const { refusals } = judge(loss, acknowledge);
        assert.deepEqual(codes(refusals), refused);
        if (why) assert.match(refusals[0]!.reason, why);
      });
    }

    it("proposes one that then lets the plan through, exposure included", () => {
      const both = { ...loss, exposure: exposure.exposure };
      const { wayOut } = judge(both).refusals.at(-1)!;
      const code = /acknowledge: (\{.*\})$/.exec(wayOut)![1]!;
      const proposal = JSON.parse(code.replaceAll(/(\w+): /g, '"$1": ')) as Acknowledgement;
      assert.deepEqual(proposal, { plan: DIGEST, ...enough, exposure: true, until: "2026-12-02", reason: "..." });
      assert.deepEqual(judge(both, [proposal]).refusals, []);
    });
  });

  describe("exposure", () => {
    it("refuses what administrators gain, at the target that gives it", () => {
      const { refusals } = judge(exposure);
      assert.deepEqual(codes(refusals), ["exposure"]);
      assert.equal(refusals[0]!.place, `includeTargets[${ADMINS}]`);
      assert.match(
        refusals[0]!.reason,
        /^synced passkeys become acceptable to group 53.* through profile e1.*, which is a group of administrators$/,
      );
      assert.match(refusals[0]!.wayOut, /^Leave it out, or acknowledge this plan: .*exposure: true/);
    });
    it("takes an acknowledgement of exposure for no more than that", () => {
      assert.deepEqual(judge(exposure, [given({ exposure: true })]).refusals, []);
      assert.deepEqual(codes(judge(exposure, [given(enough)]).refusals), ["exposure"]);
    });
    it("refuses nothing where nobody is guarded, and tells it all the same", () => {
      const impact = assessImpact(strict, weaker);
      assert.deepEqual(judge(impact), { refusals: [], warnings: [] });
      assert.match(impactLines(impact).join("\n"), /^exposure: synced passkeys become acceptable to group 53/m);
    });
  });

  it("refuses an inventory that leaves out people whom the change reaches; no acknowledgement helps", () => {
    const impact = assess(open(), only(KEY_B), [], { scope: new Set([STUDENTS]) });
    for (const acknowledge of [[], [given({ ...enough, exposure: true })]]) {
      const { refusals } = judge(impact, acknowledge);
      assert.deepEqual(codes(refusals), ["inventoryUnusable"]);
      assert.doesNotMatch(refusals[0]!.wayOut, /acknowledge/);
    }
  });

  it("writes counts and ids only, never who they are", () => {
    const who = [person(), person({ otherMethods: ["mobilePhone"] }), without(person(), "passkeys")];
    const impact = assess(open(), only(KEY_B), who);
    const text = JSON.stringify([judge(impact), impactLines(impact)]);
    for (const { user } of who) assert.ok(!text.includes(user));
  });
});

describe("impactLines", () => {
  it("tells nothing but counts where nobody loses a key", () => {
    assert.deepEqual(impactLines(assess(open(), open(), [person()])), ["of 1 person: nobody loses a key"]);
  });
  it("tells outcomes, disabled accounts, guests and keys that were not proven", () => {
    const unproven = person({ passkeys: [key(KEY_A), key(KEY_B, "deviceBound", { attestationLevel: "notAttested" })] });
    const after = profilePolicy([
      profile(DEFAULT_ID, { attestationEnforcement: "registrationOnly", keyRestrictions: allow(KEY_B) }),
    ]);
    const lines = impactLines(
      assess(open(), after, [unproven, person(), person({ enabled: false }), person({ userType: "guest" })]),
    );
    assert.deepEqual(lines, [
      "of 2 people: 1 locked out, 1 reduced",
      `reduced, because: 1: ${KEY_A} (unknown model) is not accepted by profile default`,
      "1 person with a disabled account would return without a key",
      "1 person among the guests would lose a key, or may",
      "1 passkey is accepted although not proven: registered without attestation",
    ]);
  });
});

describe("acknowledgementFaults", () => {
  const faults: [Partial<Acknowledgement>, string[]][] = [
    [{}, []],
    [{ plan: " 0123456789ABCDEF " }, []],
    [{ plan: "0123" }, ["plan"]],
    [{ until: "2026-11-25T10:00Z" }, []],
    [{ until: "tomorrow" }, ["until"]],
    [{ until: "2026-13-01" }, ["until"]],
    [{ until: "2026-02-30" }, ["until"]],
    [{ until: "2026-11-25T10:00" }, ["until"]],
    [{ reason: "  " }, ["reason"]],
    [{ lockedOut: -1, stranded: 1.5, unknown: 0 }, ["lockedOut", "stranded"]],
  ];
  for (const [parts, wanted] of faults) {
    it(`${JSON.stringify(parts)}: ${wanted.join(", ") || "nothing"}`, () => {
      assert.deepEqual(
        acknowledgementFaults(given(parts)).map(({ part }) => part),
        wanted,
      );
    });
  }
  it("ends a day with its last moment in UTC", () => {
    assert.equal(endOf({ until: "2026-02-28" }), Date.UTC(2026, 2, 1) - 1);
  });
});
