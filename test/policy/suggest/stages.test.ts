import assert from "node:assert/strict";
import fc from "fast-check";
import { assessImpact, normalizePolicy, stagePlan } from "../../../provider/dist/policy/index.js";
import type { Fido2Policy, ImpactOptions, Inventory, Person, StagePlan } from "../../../provider/dist/policy/index.js";
import { cases } from "../impact/cases.ts";
import { KEYS } from "../impact/exposureOracle.ts";
import { works } from "../impact/oracle.ts";
import { key, METHODS, only, open, person, without } from "../impact/tenant.ts";
import {
  ADMINS,
  allow,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  KEY_C,
  legacyPolicy,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "../util.ts";

const having = (...models: (string | undefined)[]) => person({ passkeys: models.map((model) => key(model)) });

function plan(
  policy: Fido2Policy,
  wanted: Fido2Policy,
  people: readonly Person[],
  options: ImpactOptions & Partial<Inventory> = {},
): StagePlan {
  const { scope = "everyone", ...rest } = options;
  return stagePlan(policy, wanted, { people, scope }, { tenant: { methods: METHODS }, ...rest });
}
const listOf = (policy: Fido2Policy, id = DEFAULT_ID) =>
  policy.passkeyProfiles!.find((one) => one.id === id)?.keyRestrictions?.aaGuids;

describe("stagePlan", () => {
  it("is one stage where nobody is stranded", () => {
    const { stages, blocked } = plan(open(), only(KEY_A), [having(KEY_A), having(KEY_A, KEY_B)]);
    assert.equal(stages.length, 1);
    assert.deepEqual([stages[0]!.policy, stages[0]!.first, blocked], [only(KEY_A), [], []]);
  });

  it("keeps the models that are still needed, and says who must register what first", () => {
    const people = [having(KEY_A), having(KEY_B), having(KEY_B), having(KEY_B, KEY_C), having(KEY_A, KEY_C)];
    const { stages } = plan(open(), only(KEY_A), people);
    const [now, end] = stages;
    assert.deepEqual(listOf(now!.policy), [KEY_A, KEY_B]);
    assert.deepEqual([...now!.stillAccepted], [["default", [KEY_B]]]);
    assert.deepEqual(now!.impact.loss!.counts, { lockedOut: 0, stranded: 0, unknown: 0, reduced: 2, keeps: 3 });
    assert.deepEqual(end!.policy, only(KEY_A));
    const task = { outcome: "lockedOut", groups: ["all_users"], register: { only: [KEY_A] } };
    assert.deepEqual(end!.first, [
      { people: 2, ...task, models: [KEY_B] },
      { people: 1, ...task, models: [KEY_B, KEY_C] },
    ]);
  });

  it("takes needed models off a block list for as long as they are needed", () => {
    const wanted = profilePolicy([
      profile(DEFAULT_ID, { keyRestrictions: { isEnforced: true, enforcementType: "block", aaGuids: [KEY_A, KEY_B] } }),
    ]);
    const { stages } = plan(open(), wanted, [having(KEY_A), having(KEY_C)]);
    assert.deepEqual(listOf(stages[0]!.policy), [KEY_B]);
    assert.deepEqual(stages[1]!.first[0]!.register, { anyBut: [KEY_A, KEY_B] });
  });

  it("moves a group to its new profile with the models that it still needs", () => {
    const wanted = profilePolicy([profile(DEFAULT_ID), profile(STRICT_ID, { keyRestrictions: allow(KEY_A) })], {
      includeTargets: [include(STUDENTS, STRICT_ID)],
    });
    const before = profilePolicy([profile(DEFAULT_ID)], { includeTargets: [include(STUDENTS, DEFAULT_ID)] });
    const { stages } = plan(before, wanted, [having(KEY_A), having(KEY_B)]);
    assert.deepEqual(stages[0]!.policy.includeTargets, wanted.includeTargets);
    assert.deepEqual(listOf(stages[0]!.policy, STRICT_ID), [KEY_A, KEY_B]);
  });

  it("opens no list to others: a group joins a stricter profile when its people have other keys", () => {
    const strict = profile(STRICT_ID, { keyRestrictions: allow(KEY_A) });
    const loose = profile(LOOSE_ID);
    const policy = (students: string) =>
      profilePolicy([strict, loose], {
        includeTargets: [include(ADMINS, STRICT_ID), include(STUDENTS, students)],
        isSelfServiceRegistrationAllowed: students === LOOSE_ID,
      });
    const { stages } = plan(policy(LOOSE_ID), policy(STRICT_ID), [having(KEY_B)]);
    assert.deepEqual(stages[0]!.waiting, [`includeTargets[${STUDENTS}]`]);
    assert.deepEqual(stages[0]!.policy.passkeyProfiles, policy(LOOSE_ID).passkeyProfiles);
    assert.equal(stages[0]!.policy.isSelfServiceRegistrationAllowed, false);
  });

  it("applies the parts that take nobody's key, and leaves the others for later", () => {
    const before = open({ includeTargets: [include("all_users", DEFAULT_ID), include(NURSES, DEFAULT_ID)] });
    const wanted = open({
      isSelfServiceRegistrationAllowed: false,
      includeTargets: [include(NURSES, DEFAULT_ID)],
      excludeTargets: [{ id: ADMINS, targetType: "group" }],
    });
    const { stages } = plan(before, wanted, [having(KEY_A), { ...having(KEY_A), groups: [NURSES] }]);
    const [now, end] = stages;
    assert.deepEqual(now!.waiting, ["includeTargets[all_users]"]);
    assert.deepEqual(now!.policy, { ...wanted, includeTargets: before.includeTargets });
    assert.deepEqual(end!.first, [
      { people: 1, outcome: "lockedOut", groups: ["all_users"], models: [KEY_A], register: "nothing" },
    ]);
  });

  it("is the wanted policy alone where nothing can be applied before", () => {
    const { stages, blocked } = plan(open(), open({ state: "disabled" }), [having(KEY_A)]);
    assert.deepEqual([stages.length, stages[0]!.first[0]!.register, blocked], [1, "nothing", []]);
    const mode = plan(legacyPolicy(), only(KEY_B), [having(KEY_A)]);
    assert.equal(mode.stages.at(-1)!.first.length, 1);
  });

  it("counts whoever could not be read among those who come first", () => {
    const { stages } = plan(open(), only(KEY_A), [having(KEY_A), without(person(), "passkeys"), having(undefined)]);
    const [last] = stages.slice(-1);
    assert.deepEqual(last!.first, [
      { people: 2, outcome: "unknown", groups: ["all_users"], models: undefined, register: { only: [KEY_A] } },
    ]);
  });

  it("is blocked by break-glass accounts and by people whom nobody read", () => {
    const user = having(KEY_B);
    const breakGlass = { users: [user.user], groups: [] };
    assert.deepEqual(
      plan(open(), only(KEY_A), [user], { breakGlass }).blocked.map(({ code }) => code),
      ["breakGlass"],
    );
    const { stages, blocked } = plan(open(), only(KEY_A), [], { scope: new Set([NURSES]) });
    assert.deepEqual([stages.length, blocked.map(({ code }) => code)], [1, ["inventoryUnusable"]]);
  });

  it("names nobody", () => {
    const people = [having(KEY_A), having(KEY_B), without(person(), "passkeys")];
    const { stages } = plan(open(), only(KEY_A), people);
    const text = JSON.stringify(stages.map(({ first }) => first));
    for (const { user } of people) assert.ok(!text.includes(user));
  });
});

describe("stagePlan for every input", function () {
  this.timeout(120_000);
  const crowds = (unread: number) =>
    fc.array(
      cases(unread).map((one) => one.person),
      { maxLength: 4 },
    );

  it("strands and locks out nobody on the way, and ends with what is wanted", () => {
    let [two, some] = [0, 0];
    fc.assert(
      fc.property(cases(8), crowds(8), (it, others) => {
        const { before, after, methods, strengths, countLocalCredentials, nestedMembership } = it;
        const inventory = { ...it.inventory, people: [it.person, ...others] };
        const options = { tenant: { methods, strengths }, countLocalCredentials, nestedMembership };
        const { stages } = stagePlan(before, after, inventory, options);
        const last = stages.at(-1)!;
        assert.deepEqual(last.policy, after);
        const { counts } = assessImpact(before, after, inventory, options).loss!;
        const first = last.first.reduce((sum, { people }) => sum + people, 0);
        assert.equal(first, counts.lockedOut + counts.stranded + counts.unknown);
        some += first > 0 ? 1 : 0;
        for (const { policy, first: tasks, impact } of stages.slice(0, -1)) {
          two += 1;
          const found = assessImpact(before, policy, inventory, options);
          assert.deepEqual(found, impact);
          const { lockedOut, stranded, unknown } = found.loss!.counts;
          assert.deepEqual([lockedOut, stranded, unknown, tasks], [0, 0, 0, []]);
          assert.notDeepEqual(normalizePolicy(policy), normalizePolicy(before));
        }
      }),
      { numRuns: 2_000 },
    );
    assert.ok(two > some / 3 && some > 200, `${two} of ${some}`);
  });

  it("makes nothing acceptable on the way that neither the policy of today nor the wanted one accepts", () => {
    fc.assert(
      fc.property(cases(0), crowds(0), (it, others) => {
        const { before, after, methods } = it;
        const people = [it.person, ...others];
        const { stages } = stagePlan(before, after, { people, scope: "everyone" }, { tenant: { methods } });
        const world = {
          attestedTakesSynced: false,
          conditionsMet: true,
          countLocalCredentials: false,
          methods: [],
          strengths: [],
        };
        for (const { policy } of stages) {
          for (const { user, groups } of people) {
            for (const one of KEYS) {
              const who = { user, groups, keys: [one], otherMethods: [], hasCertificate: false, isAdmin: false };
              const may = (state: Fido2Policy) => works(state, who, one, world);
              assert.ok(!may(policy) || may(before) || may(after), JSON.stringify([one, groups]));
            }
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
