import assert from "node:assert/strict";

import { findOverlaps, groupsToCompare, normalizePolicy, planChange } from "../../provider/dist/policy/index.js";
import type { Fido2Policy, ProblemCode } from "../../provider/dist/policy/index.js";
import {
  ADMINS,
  allow,
  assertRefused,
  codes,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
} from "./util.ts";

const paw = [{ id: STRICT_ID, place: "profiles.paw" }];
const strict = profile(STRICT_ID, { keyRestrictions: allow(KEY_A) });
const loose = profile(LOOSE_ID, { keyRestrictions: allow(KEY_A, KEY_B) });
const tight = profile(LOOSE_ID, { keyRestrictions: allow(KEY_A.toUpperCase()) });
const targets = (...includeTargets: Fido2Policy["includeTargets"] & object) =>
  profilePolicy([strict, loose], { includeTargets });

const people = (...users: string[]) => new Set(users);
const disjoint = new Map([
  [ADMINS, people("a", "b")],
  [NURSES, people("n")],
]);
const sharing = new Map([
  [ADMINS, people("a", "b", "c")],
  [NURSES, people("b", "c", "n")],
]);

describe("findOverlaps", () => {
  const apart = targets(include(ADMINS, STRICT_ID), include(NURSES, LOOSE_ID));
  const table: [string, Fido2Policy, Map<string, Set<string>>, ProblemCode[], ProblemCode[]][] = [
    ["passes over a profile that no group has", targets(include("all_users", LOOSE_ID)), new Map(), [], []],
    ["passes over a profile whose group is the only one", targets(include(ADMINS, STRICT_ID)), new Map(), [], []],
    ["refuses the same group", targets(include(ADMINS, STRICT_ID, LOOSE_ID)), new Map(), ["exclusiveOverlap"], []],
    [
      "refuses the same group in another letter case and in a second target",
      targets(include(ADMINS, STRICT_ID), include(ADMINS.toUpperCase(), LOOSE_ID)),
      new Map(),
      ["exclusiveOverlap"],
      [],
    ],
    [
      "refuses all_users without reading members",
      targets(include(ADMINS, STRICT_ID), include("all_users", LOOSE_ID)),
      new Map(),
      ["exclusiveOverlap"],
      [],
    ],
    [
      "refuses all_users with the default profile",
      targets(include(ADMINS, STRICT_ID), include("all_users", DEFAULT_ID)),
      disjoint,
      ["exclusiveOverlap"],
      [],
    ],
    [
      "refuses an exclusive profile for all_users beside a looser group",
      targets(include("all_users", STRICT_ID), include(NURSES, LOOSE_ID)),
      new Map(),
      ["exclusiveOverlap"],
      [],
    ],
    ["does not know about another group without members", apart, new Map(), [], ["exclusiveUnknown"]],
    [
      "does not know about another group with the members of one",
      apart,
      new Map([[ADMINS, people("a")]]),
      [],
      ["exclusiveUnknown"],
    ],
    ["refuses another group that shares people", apart, sharing, ["exclusiveOverlap"], []],
    ["passes over another group that shares nobody", apart, disjoint, [], []],
    [
      "passes over all_users with a profile that accepts no more",
      profilePolicy([profile(DEFAULT_ID, { keyRestrictions: allow(KEY_A) }), strict, tight], {
        includeTargets: [include(ADMINS, STRICT_ID, LOOSE_ID), include("all_users", DEFAULT_ID)],
      }),
      new Map(),
      [],
      [],
    ],
    [
      "names each of several overlaps",
      targets(include(ADMINS, STRICT_ID), include(NURSES, LOOSE_ID), include("all_users", DEFAULT_ID)),
      sharing,
      ["exclusiveOverlap", "exclusiveOverlap"],
      [],
    ],
  ];
  for (const [criteria, policy, members, refusals, warnings] of table) {
    it(criteria, () => {
      const found = findOverlaps(normalizePolicy(policy), paw, members);
      assert.deepEqual([codes(found.refusals), codes(found.warnings)], [refusals, warnings]);
    });
  }

  it("says who overlaps with what, and the way out", () => {
    const [refusal] = findOverlaps(normalizePolicy(apart), paw, sharing).refusals;
    assert.equal(refusal?.place, "profiles.paw.exclusive");
    assert.match(
      refusal?.reason ?? "",
      new RegExp(`^2 of the 3 people in ${ADMINS} .*through ${NURSES} .*${LOOSE_ID}`),
    );
    assert.match(refusal?.wayOut ?? "", /everyone else into a group of their own/);
  });
});

describe("groupsToCompare", () => {
  const table: [string, Fido2Policy, string[]][] = [
    ["needs no members where the same group decides", targets(include(ADMINS, STRICT_ID, LOOSE_ID)), []],
    [
      "needs no members where all_users decides",
      targets(include(ADMINS, STRICT_ID), include("all_users", LOOSE_ID)),
      [],
    ],
    [
      "needs the members of every group where another group decides",
      targets(include(ADMINS, STRICT_ID), include(NURSES, LOOSE_ID), include("all_users", STRICT_ID)),
      [ADMINS, NURSES],
    ],
  ];
  for (const [criteria, policy, groups] of table) {
    it(criteria, () => assert.deepEqual(groupsToCompare(normalizePolicy(policy), paw), groups));
  }
});

describe("planChange with an exclusive profile", () => {
  const desired = {
    profiles: [{ id: STRICT_ID, key: "paw", exclusive: true }],
    includeTargets: [{ id: ADMINS, profiles: [STRICT_ID] }],
  };

  it("refuses while all_users keeps a looser profile, and takes the way out", () => {
    const tenant = targets(include("all_users", DEFAULT_ID));
    assertRefused(planChange(tenant, desired), "exclusiveOverlap");
    const plan = planChange(tenant, { ...desired, removedIncludeTargets: ["all_users"] });
    assert.deepEqual([codes(plan.refusals), plan.steps.length], [[], 1]);
  });

  it("refuses an overlap that the tenant has already, because it is the program that asks for none", () =>
    assertRefused(
      planChange(targets(include(ADMINS, STRICT_ID, LOOSE_ID)), { profiles: desired.profiles }),
      "exclusiveOverlap",
    ));

  it("warns where members could not be read, and decides where they are given", () => {
    const tenant = targets(include(NURSES, LOOSE_ID));
    assert.deepEqual(codes(planChange(tenant, desired).warnings), ["exclusiveUnknown"]);
    assert.deepEqual(codes(planChange(tenant, desired, { members: disjoint }).warnings), []);
    assertRefused(planChange(tenant, desired, { members: sharing }), "exclusiveOverlap");
  });

  it("refuses the default profile, by either name", () => {
    assertRefused(planChange(targets(), { profiles: [{ id: "default", exclusive: true }] }), "defaultProfile");
    assertRefused(planChange(targets(), { profiles: [{ id: DEFAULT_ID, exclusive: true }] }), "defaultProfile");
  });

  it("does not pass over an exclusive profile that is not there", () =>
    assertRefused(planChange(profilePolicy([]), { profiles: desired.profiles }), "missingProfile"));
});
