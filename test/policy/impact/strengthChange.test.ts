import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeImpact } from "../../../provider/dist/policy/index.js";
import type { Inventory, StrengthLimits, StrengthRequirement } from "../../../provider/dist/policy/index.js";
import { assessStrengthChange, narrows, widening } from "../../../provider/dist/policy/impact/strengthChange.js";

const MODELS = ["aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"];
const [A, B] = MODELS as [string, string];
const GROUP = "11111111-1111-4111-8111-111111111111";
const fido2 = (...allowedAaguids: string[]): StrengthLimits => ({ allowedCombinations: ["fido2"], allowedAaguids });
const anyKey: StrengthLimits = { allowedCombinations: ["fido2"] };

const policy = {
  state: "enabled",
  isSelfServiceRegistrationAllowed: true,
  isAttestationEnforced: false,
  keyRestrictions: { isEnforced: false, enforcementType: "allow", aaGuids: [] },
  includeTargets: [{ id: "all_users", targetType: "group" }],
  excludeTargets: [],
} as const;

const requirement = (more: Partial<StrengthRequirement> = {}): StrengthRequirement => ({
  policy: "Administrators",
  strength: "Keys",
  allowedCombinations: ["fido2"],
  includeUsers: [],
  excludeUsers: [],
  includeGroups: [GROUP],
  excludeGroups: [],
  includesRoles: false,
  excludesRoles: false,
  conditional: false,
  ...more,
});

interface Somebody {
  readonly keys: readonly string[];
  readonly member: boolean;
  readonly enabled: boolean;
}

const inventoryOf = (people: readonly Somebody[]): Inventory => ({
  scope: "everyone",
  people: people.map(({ keys, member, enabled }, index) => ({
    user: `u${index}`,
    userType: "member",
    groups: member ? [GROUP] : [],
    enabled,
    isAdmin: false,
    otherMethods: [],
    passkeys: keys.map((aaguid) => ({ aaguid, passkeyType: "deviceBound" })),
  })),
});

const assess = (before: StrengthLimits, after: StrengthLimits, people: readonly Somebody[], of = requirement()) =>
  assessStrengthChange(policy as never, { requirements: [of], before, after }, inventoryOf(people), {
    tenant: { methods: [], strengths: [of] },
  });

describe("narrows", () => {
  const cases: [string, StrengthLimits, StrengthLimits, boolean][] = [
    ["a model that goes", fido2(A, B), fido2(A), true],
    ["a model that comes", fido2(A), fido2(A, B), false],
    ["a limit that comes", anyKey, fido2(A), true],
    ["a limit that goes", fido2(A), anyKey, false],
    [
      "a combination that goes",
      { ...anyKey, allowedCombinations: ["fido2", "temporaryAccessPassOneTime"] },
      anyKey,
      true,
    ],
    ["other letter case", fido2(A.toUpperCase()), fido2(A), false],
  ];
  for (const [what, before, after, expected] of cases) {
    it(`is ${expected} for ${what}`, () => assert.equal(narrows(before, after), expected));
  }
});

describe("widening", () => {
  it("names what comes to satisfy a strength", () => {
    assert.deepEqual(widening(fido2(A), fido2(A, B)), { models: [B], combinations: [], anyModel: false });
    assert.deepEqual(widening(fido2(A), anyKey), { models: [], combinations: [], anyModel: true });
    const pass = { ...fido2(A), allowedCombinations: ["fido2", "temporaryAccessPassOneTime"] };
    assert.deepEqual(widening(fido2(A), pass).combinations, ["temporaryAccessPassOneTime"]);
  });
});

describe("assessStrengthChange", () => {
  const member = (...keys: string[]): Somebody => ({ keys, member: true, enabled: true });

  it("counts whoever satisfied the strength and does not any more as locked out", () => {
    const { loss } = assess(fido2(A, B), fido2(A), [member(A), member(B), member(A, B), member()]);
    assert.deepEqual([loss!.counts.lockedOut, loss!.counts.keeps], [1, 3]);
    assert.deepEqual(loss!.reasons[0]!.reason, { rule: "strength", policy: "Administrators", strength: "Keys" });
  });

  it("leaves out whom the policy does not mean, and counts disabled accounts apart", () => {
    const people = [
      { ...member(B), member: false },
      { ...member(B), enabled: false },
    ];
    const { loss } = assess(fido2(A, B), fido2(A), people);
    assert.equal(loss!.counts.lockedOut, 0);
    assert.deepEqual(loss!.disabled, { withoutKey: 1, unknown: 0 });
  });

  it("does not know of whom a policy asks under conditions", () => {
    const { loss } = assess(fido2(A, B), fido2(A), [member(B)], requirement({ conditional: true }));
    assert.deepEqual([loss!.counts.lockedOut, loss!.counts.unknown], [0, 1]);
  });

  it("says which groups were not read that the policy asks", () => {
    const inventory = { ...inventoryOf([]), scope: new Set(["22222222-2222-4222-8222-222222222222"]) };
    const change = { requirements: [requirement()], before: fido2(A, B), after: fido2(A) };
    const impact = assessStrengthChange(policy as never, change, inventory, { tenant: { methods: [], strengths: [] } });
    assert.deepEqual(impact.outOfScope, [GROUP]);
  });

  it("does not take emergency accounts that were not read for safe", () => {
    const group = "33333333-3333-4333-8333-333333333333";
    const inventory = { ...inventoryOf([]), groupsRead: new Set([GROUP]) };
    const of = (more: Partial<StrengthRequirement>) =>
      assessStrengthChange(
        policy as never,
        { requirements: [requirement(more)], before: fido2(A, B), after: fido2(A) },
        inventory,
        { tenant: { methods: [], strengths: [] }, breakGlass: { users: ["emergency"], groups: [group] } },
      ).breakGlass.map(({ user, after }) => [user, after]);
    assert.deepEqual(of({}), [
      ["emergency", "unknown"],
      [group, "unknown"],
    ]);
    assert.deepEqual(of({ excludeGroups: [group] }), [["emergency", "unknown"]]);
  });

  it("takes an emergency account that was not read for safe where every policy leaves out just that account", () => {
    const account = "44444444-4444-4444-8444-444444444444";
    const of = (...requirements: StrengthRequirement[]) =>
      assessStrengthChange(
        policy as never,
        { requirements, before: fido2(A, B), after: fido2(A) },
        { ...inventoryOf([]), groupsRead: new Set([GROUP]) },
        { tenant: { methods: [] }, breakGlass: { users: [account.toUpperCase()], groups: [] } },
      ).breakGlass.map(({ after }) => after);
    const spared = requirement({ includeUsers: ["all"], excludeUsers: [account] });
    assert.deepEqual(of(spared, requirement({ excludeUsers: [account], conditional: true })), []);
    for (const [why, more] of Object.entries({
      "another policy asks it": {},
      "another account is left out": { excludeUsers: ["55555555-5555-4555-8555-555555555555"] },
      "it is left out by another kind of name": { excludeUsers: [`p-${"0".repeat(20)}`] },
      "guests are left out": { excludeUsers: ["guestsorexternalusers"] },
      "a group is left out of which it may be a member": { excludeGroups: [GROUP] },
      "roles are left out": { excludesRoles: true },
    })) {
      assert.deepEqual(of(spared, requirement(more)), ["unknown"], why);
    }
  });

  it("refuses to take the other method of an emergency account that has no passkey", () => {
    const before = { allowedCombinations: ["fido2", "windowsHelloForBusiness"] };
    const account = { ...inventoryOf([member()]).people[0]!, otherMethods: ["windowsHelloForBusiness"] };
    const impact = assessStrengthChange(
      policy as never,
      { requirements: [requirement()], before, after: anyKey },
      { scope: "everyone", people: [account] },
      { tenant: { methods: [] }, countLocalCredentials: true, breakGlass: { users: [account.user], groups: [] } },
    );
    const { refusals } = judgeImpact(impact, { mode: "off", now: 0, acknowledge: [], digest: "0123456789abcdef" });
    assert.deepEqual(
      refusals.map(({ code }) => code),
      ["breakGlass"],
    );
  });

  it("leaves out whoever has no key to lose, whatever else is not known of them", () => {
    const { people, ...rest } = inventoryOf([member()]);
    const unread = { ...rest, people: people.map(({ otherMethods: _unread, ...one }) => one) };
    const change = { requirements: [requirement()], before: fido2(A, B), after: fido2(A) };
    const { loss } = assessStrengthChange(policy as never, change, unread, { tenant: {} });
    assert.deepEqual([loss!.counts.keeps, loss!.counts.unknown], [1, 0]);
  });

  it("locks out exactly those whom a count by hand locks out", () => {
    const limits = fc.uniqueArray(fc.constantFrom(...MODELS), { minLength: 1 }).map((list) => fido2(...list));
    const people = fc.array(
      fc.record({
        keys: fc.uniqueArray(fc.constantFrom(...MODELS, "cccccccc-0000-4000-8000-000000000003")),
        member: fc.boolean(),
        enabled: fc.boolean(),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        fc.oneof(limits, fc.constant(anyKey)),
        fc.oneof(limits, fc.constant(anyKey)),
        people,
        (before, after, all) => {
          const works = ({ keys }: Somebody, { allowedAaguids }: StrengthLimits) =>
            keys.some((key) => allowedAaguids === undefined || allowedAaguids.includes(key));
          const lost = all.filter((one) => one.member && one.enabled && works(one, before) && !works(one, after));
          const { loss } = assess(before, after, all);
          assert.equal(loss!.counts.lockedOut, lost.length);
          assert.equal(loss!.counts.unknown, 0);
          if (!narrows(before, after)) assert.equal(lost.length, 0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
