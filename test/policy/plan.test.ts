import assert from "node:assert/strict";

import { planChange, refusedPlan, UNKNOWN } from "../../provider/dist/policy/index.js";
import type {
  DesiredKeyRestrictions,
  DesiredPolicy,
  DesiredProfile,
  Fido2Policy,
  PlanOptions,
  ProblemCode,
} from "../../provider/dist/policy/index.js";
import {
  allow,
  assertRefused,
  bodyOf,
  codes,
  DEFAULT_ID,
  frozen,
  include,
  KEY_A,
  KEY_B,
  legacyPolicy,
  LOOSE_ID,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
} from "./util.ts";

const complete = {
  name: "Students",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "disabled",
  keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids: [KEY_A] },
} as const;

describe("planChange", () => {
  it("does nothing where nothing is wanted", () => {
    for (const policy of [legacyPolicy(), profilePolicy([]), {}]) {
      const plan = planChange(policy, {});
      assert.deepEqual([plan.steps, plan.refusals, plan.changes, plan.facets.size], [[], [], [], 0]);
      assert.deepEqual(plan.after, policy);
    }
  });

  it("does nothing where the tenant is as wanted, in any order, letter case and number", () => {
    const tenant = profilePolicy([profile(STRICT_ID.toUpperCase(), { keyRestrictions: allow(KEY_B, KEY_A, KEY_B) })], {
      includeTargets: [include(STUDENTS.toUpperCase(), STRICT_ID.toUpperCase(), DEFAULT_ID)],
    });
    const plan = planChange(tenant, {
      state: "enabled",
      profiles: [{ id: STRICT_ID, keyRestrictions: { aaGuids: [KEY_A.toUpperCase(), KEY_B] } }],
      includeTargets: [{ id: STUDENTS, profiles: ["default", STRICT_ID] }],
    });
    assert.deepEqual([plan.steps, plan.refusals, plan.warnings], [[], [], []]);
    assert.deepEqual(plan.after, tenant);
  });

  it("writes neither to the policy nor to what is wanted", () => {
    const tenant = frozen(profilePolicy([profile(STRICT_ID)]));
    const desired: DesiredPolicy = frozen({
      state: "disabled",
      profiles: [{ id: STRICT_ID, ...complete }],
      includeTargets: [{ id: STUDENTS, profiles: [STRICT_ID] }],
    });
    assert.equal(planChange(tenant, desired).steps.length, 1);
  });

  it("takes members that are undefined for left out", () => {
    const keyRestrictions = { isEnforced: undefined, aaGuids: undefined, microsoftAuthenticator: undefined };
    const nothing = { id: "default", name: undefined, passkeyTypes: undefined, exclusive: undefined, keyRestrictions };
    const plan = planChange(legacyPolicy(), {
      state: undefined,
      profiles: [nothing],
      includeTargets: undefined,
    } as DesiredPolicy);
    assert.deepEqual([plan.refusals, plan.steps, plan.facets.size], [[], [], 0]);
    assert.deepEqual(planChange({}, { state: undefined } as DesiredPolicy).refusals, []);
  });

  it("says of each step what a read must show afterwards", () => {
    const { steps, changes } = planChange(legacyPolicy(), { state: "disabled" });
    assert.deepEqual(steps[0]?.expects, [{ facet: "state", before: "enabled", after: "disabled" }]);
    assert.deepEqual(changes, steps[0]?.expects);
  });

  it("creates a profile and moves a group to it in one step", () => {
    const plan = planChange(profilePolicy([]), {
      profiles: [{ id: STRICT_ID, ...complete }],
      includeTargets: [{ id: STUDENTS, profiles: [STRICT_ID] }],
      removedIncludeTargets: ["all_users"],
    });
    assert.deepEqual(Object.keys(bodyOf(plan)).sort(), ["includeTargets", "passkeyProfiles"]);
  });

  it("has a digest that stands for the bodies", () => {
    const digest = (desired: DesiredPolicy, policy = legacyPolicy()) => planChange(policy, desired).digest;
    assert.equal(digest({ state: "disabled" }), digest({ state: "disabled" }));
    assert.equal(digest({ state: "disabled" }), digest({ state: "disabled" }, profilePolicy([])));
    assert.equal(digest({}), digest({ state: "enabled" }));
    assert.notEqual(digest({ state: "disabled" }), digest({ isSelfServiceRegistrationAllowed: false }));
  });

  const refused: [string, Fido2Policy, DesiredPolicy, PlanOptions, ProblemCode][] = [
    ["a tenant whose mode is unknown", { state: "enabled" }, { state: "disabled" }, {}, "unknownMode"],
    [
      "any profile while the mode is unknown",
      legacyPolicy({ defaultPasskeyProfile: DEFAULT_ID }),
      { profiles: [{ id: "default", keyRestrictions: { microsoftAuthenticator: true } }] },
      {},
      "unknownMode",
    ],
    [
      "a profile in a legacy tenant",
      legacyPolicy(),
      { profiles: [{ id: STRICT_ID, ...complete }] },
      {},
      "profileInLegacyMode",
    ],
    [
      "a switch of a profile in a legacy tenant",
      legacyPolicy(),
      { profiles: [{ id: STRICT_ID, keyRestrictions: { microsoftAuthenticator: true } }] },
      {},
      "profileInLegacyMode",
    ],
    [
      "a profile in a legacy tenant of which nothing is declared",
      legacyPolicy(),
      { profiles: [{ id: STRICT_ID, exclusive: true }] },
      {},
      "profileInLegacyMode",
    ],
    [
      "a target of a profile in a legacy tenant",
      legacyPolicy(),
      { includeTargets: [{ id: STUDENTS, profiles: ["default", STRICT_ID] }] },
      {},
      "profileInLegacyMode",
    ],
    [
      "types that a legacy tenant cannot have",
      legacyPolicy(),
      { profiles: [{ id: "default", passkeyTypes: ["synced"] }] },
      {},
      "legacyPasskeyTypes",
    ],
    [
      "a switch of no profile",
      profilePolicy([]),
      { profiles: [{ id: STRICT_ID, keyRestrictions: { windowsHello: true } }] },
      {},
      "missingProfile",
    ],
    [
      "a target of no profile",
      profilePolicy([]),
      { includeTargets: [{ id: STUDENTS, profiles: [STRICT_ID] }] },
      {},
      "missingProfile",
    ],
    [
      "a new profile without its restrictions",
      profilePolicy([]),
      { profiles: [{ id: STRICT_ID, ...complete, keyRestrictions: {} }] },
      {},
      "missingProfilePart",
    ],
    [
      "one profile more than there may be",
      profilePolicy([profile(LOOSE_ID), profile(KEY_A)]),
      { profiles: [{ id: STRICT_ID, ...complete }] },
      {},
      "tooManyProfiles",
    ],
    [
      "one profile more where there are too many already",
      profilePolicy([profile(LOOSE_ID), profile(KEY_A), profile(KEY_B)]),
      { profiles: [{ id: STRICT_ID, ...complete }] },
      {},
      "tooManyProfiles",
    ],
    [
      "one profile more than the tenant is said to have room for",
      profilePolicy([]),
      { profiles: [{ id: STRICT_ID, ...complete }] },
      { limits: { profiles: 1 } },
      "tooManyProfiles",
    ],
  ];
  for (const [what, policy, desired, options, code] of refused) {
    it(`refuses ${what}`, () => assertRefused(planChange(policy, desired, options), code));
  }

  it("takes types that a legacy tenant has anyway, and those that attestation gives in the same plan", () => {
    const types = (passkeyTypes: ("deviceBound" | "synced")[], rest = {}) =>
      planChange(legacyPolicy(), { profiles: [{ id: "default", passkeyTypes, ...rest }] });
    assert.deepEqual(types(["synced", "deviceBound"]).steps, []);
    const attested = types(["deviceBound"], { attestationEnforcement: "registrationOnly" });
    assert.deepEqual(bodyOf(attested), { isAttestationEnforced: true });
  });
});

describe("planChange with values that are not known yet", () => {
  const unknownList: Omit<DesiredProfile, "id"> = {
    ...complete,
    keyRestrictions: { ...complete.keyRestrictions, aaGuids: [KEY_A, UNKNOWN] },
  };

  it("leaves out a new profile with its targets, and plans the rest", () => {
    const plan = planChange(profilePolicy([]), {
      state: "disabled",
      profiles: [{ id: STRICT_ID, ...unknownList }],
      includeTargets: [{ id: STUDENTS, profiles: [STRICT_ID] }],
    });
    assert.deepEqual(bodyOf(plan), { state: "disabled" });
    assert.deepEqual(codes(plan.warnings), ["unknownValue", "unknownValue"]);
  });

  it("leaves out the key restrictions of a profile, because enforcement without the list would be another change", () => {
    const open = profilePolicy([profile(STRICT_ID, { keyRestrictions: unenforced("allow") })]);
    for (const aaGuids of [UNKNOWN, [KEY_A, UNKNOWN]] as DesiredKeyRestrictions["aaGuids"][]) {
      const keyRestrictions: DesiredKeyRestrictions = {
        ...complete.keyRestrictions,
        aaGuids,
        microsoftAuthenticator: true,
      };
      const plan = planChange(open, { profiles: [{ id: STRICT_ID, name: "New", keyRestrictions }] });
      assert.deepEqual([...plan.facets.keys()], [`profile/${STRICT_ID}`]);
      assert.deepEqual([codes(plan.refusals), codes(plan.warnings)], [[], ["unknownValue"]]);
    }
  });

  it("refuses what is known to be wrong beside them", () =>
    assertRefused(
      planChange(legacyPolicy(), { profiles: [{ id: STRICT_ID, ...unknownList }] }),
      "profileInLegacyMode",
    ));
});

describe("refusedPlan", () => {
  it("does nothing and keeps its warnings", () => {
    const problem = { code: "conflict", place: "a", reason: "b", wayOut: "c" } as const;
    const policy = legacyPolicy();
    const plan = refusedPlan(policy, [problem], [problem]);
    assertRefused(plan, "conflict");
    assert.deepEqual([plan.warnings, plan.mode], [[problem], "legacy"]);
  });
});
