import assert from "node:assert/strict";

import { findViolations, newViolations, planChange, planFacets } from "../../provider/dist/policy/index.js";
import type { DesiredPolicy, Fido2Policy, ProblemCode } from "../../provider/dist/policy/index.js";
import {
  allow,
  assertRefused,
  block,
  bodyOf,
  codes,
  DEFAULT_ID,
  include,
  KEY_A,
  legacyPolicy,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
} from "./util.ts";

const attestedSynced = { passkeyTypes: "deviceBound,synced", attestationEnforcement: "registrationOnly" };

describe("findViolations", () => {
  const strict = (parts: object) => profilePolicy([profile(STRICT_ID, parts)]);
  const four = ["1", "2", "3"].map((digit) => profile(STRICT_ID.replace("e1", `e${digit}`)));
  const table: [string, Fido2Policy, ProblemCode[]][] = [
    ["finds nothing in a usual policy", legacyPolicy(), []],
    ["finds an empty allow list that is enforced", legacyPolicy({ keyRestrictions: allow() }), ["emptyAllowList"]],
    ["passes over an empty allow list that is not enforced", strict({ keyRestrictions: unenforced("allow") }), []],
    ["passes over an empty block list", strict({ keyRestrictions: block() }), []],
    ["passes over an unread list", strict({ keyRestrictions: { ...allow(), aaGuids: null } }), []],
    ["finds attestation with synced passkeys", strict(attestedSynced), ["attestationWithSynced"]],
    ["passes over attestation in a legacy tenant", legacyPolicy({ isAttestationEnforced: true }), []],
    ["finds a profile without types", strict({ passkeyTypes: "" }), ["noPasskeyTypes"]],
    ["passes over unread types", strict({ ...attestedSynced, passkeyTypes: null }), []],
    [
      "finds each profile that a target names and that is not there",
      profilePolicy([], { includeTargets: [include(STUDENTS, LOOSE_ID, DEFAULT_ID, STRICT_ID)] }),
      ["missingProfile", "missingProfile"],
    ],
    ["finds too many profiles, the default one included", profilePolicy(four), ["tooManyProfiles"]],
    ["passes over as many profiles as there may be", profilePolicy(four.slice(1)), []],
  ];
  for (const [criteria, policy, expected] of table) {
    it(criteria, () => assert.deepEqual(codes(findViolations(policy)), expected));
  }

  it("takes limits of its own", () => {
    assert.deepEqual(codes(findViolations(profilePolicy(four), { profiles: 4 })), []);
    assert.deepEqual(codes(findViolations(legacyPolicy(), { policyBytes: 100 })), ["overSize"]);
  });
});

describe("newViolations", () => {
  const violation = (code: ProblemCode, place: string, weight: number) => ({
    ...{ code, place, weight },
    reason: "r",
    wayOut: "w",
  });
  const empty = violation("emptyAllowList", "profiles.a.keyRestrictions", 1);
  it("finds a rule that was not broken before", () => assert.deepEqual(newViolations([], [empty]), [empty]));
  it("passes over a rule that was", () => assert.deepEqual(newViolations([empty], [empty]), []));
  it("finds the same rule broken elsewhere", () => {
    const other = { ...empty, place: "profiles.b.keyRestrictions" };
    assert.deepEqual(newViolations([empty], [empty, other]), [other]);
  });
  it("finds a size or a number that grows, wherever its largest part is", () => {
    const [before, after] = [violation("overSize", "a", 21_000), violation("overSize", "b", 21_001)];
    assert.deepEqual(newViolations([before], [after]), [after]);
    assert.deepEqual(newViolations([after], [before]), []);
  });
});

describe("planChange of a tenant that breaks a rule already", () => {
  const malformed = legacyPolicy({ keyRestrictions: allow("YubiKey 5", KEY_A) });
  const shut: DesiredPolicy = {
    profiles: [{ id: "default", keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids: [] } }],
  };
  const attested: DesiredPolicy = {
    profiles: [
      {
        id: STRICT_ID,
        key: "students",
        passkeyTypes: ["deviceBound", "synced"],
        attestationEnforcement: "registrationOnly",
      },
    ],
  };
  const table: [ProblemCode, Fido2Policy, Fido2Policy, DesiredPolicy][] = [
    [
      "emptyAllowList",
      legacyPolicy({ keyRestrictions: allow() }),
      legacyPolicy({ keyRestrictions: allow(KEY_A) }),
      shut,
    ],
    [
      "attestationWithSynced",
      profilePolicy([profile(STRICT_ID, attestedSynced)]),
      profilePolicy([profile(STRICT_ID)]),
      attested,
    ],
    [
      "noPasskeyTypes",
      profilePolicy([profile(STRICT_ID, { passkeyTypes: "" })]),
      profilePolicy([profile(STRICT_ID)]),
      { profiles: [{ id: STRICT_ID, passkeyTypes: [] }] },
    ],
    [
      "malformedAaguid",
      malformed,
      legacyPolicy({ keyRestrictions: allow(KEY_A) }),
      { profiles: [{ id: "default", keyRestrictions: { aaGuids: [KEY_A, "YubiKey 5"] } }] },
    ],
    [
      "excludeAllUsers",
      legacyPolicy({ excludeTargets: [{ id: "all_users", targetType: "group" }] }),
      legacyPolicy(),
      { excludeTargets: [{ id: "all_users" }] },
    ],
    [
      "windowsHelloAttestation",
      profilePolicy([
        profile(STRICT_ID, { attestationEnforcement: "registrationOnly", keyRestrictions: block(KEY_A) }),
      ]),
      profilePolicy([profile(STRICT_ID, { keyRestrictions: block(KEY_A) })]),
      {
        profiles: [
          { id: STRICT_ID, attestationEnforcement: "registrationOnly", keyRestrictions: { windowsHello: true } },
        ],
      },
    ],
  ];
  for (const [code, broken, sound, desired] of table) {
    it(`adopts ${code} with a warning, and does not introduce it`, () => {
      const adopted = planChange(broken, desired);
      assert.deepEqual(codes(adopted.refusals), []);
      assert.deepEqual(adopted.steps, []);
      assert.deepEqual(codes(adopted.warnings), [code]);
      assertRefused(planChange(sound, desired), code);
    });
  }

  it("adopts a group that is both included and excluded, and does not introduce it", () => {
    const desired = { includeTargets: [{ id: STUDENTS.toUpperCase() }], excludeTargets: [{ id: STUDENTS }] };
    const both = legacyPolicy({
      includeTargets: [include(STUDENTS)],
      excludeTargets: [{ id: STUDENTS, targetType: "group" }],
    });
    const adopted = planChange(both, desired);
    assert.deepEqual([codes(adopted.refusals), adopted.steps], [[], []]);
    assertRefused(planChange(legacyPolicy(), desired), "conflict");
  });

  it("says the effect of what it adopts", () => {
    const [warning] = planChange(legacyPolicy({ keyRestrictions: allow() }), { state: "enabled" }).warnings;
    assert.match(warning?.reason ?? "", /no passkey works for anyone .*has it so already/);
  });

  it("names a place as the program does", () =>
    assert.equal(
      planChange(profilePolicy([profile(STRICT_ID)]), attested).refusals[0]?.place,
      "profiles.students.attestationEnforcement",
    ));

  it("changes other parts beside what is broken", () => {
    const plan = planChange(legacyPolicy({ keyRestrictions: allow() }), { state: "disabled" });
    assert.deepEqual(bodyOf(plan), { state: "disabled" });
  });

  it("mends without a warning", () => {
    const plan = planChange(legacyPolicy({ keyRestrictions: allow() }), {
      profiles: [{ id: "default", keyRestrictions: { aaGuids: [KEY_A] } }],
    });
    assert.deepEqual([bodyOf(plan), codes(plan.warnings)], [{ keyRestrictions: allow(KEY_A) }, []]);
  });

  it("refuses to remove a profile that a target names, also where that target names one that is not there", () => {
    const dangling = profilePolicy([profile(STRICT_ID)], {
      includeTargets: [include(NURSES, DEFAULT_ID, LOOSE_ID, STRICT_ID)],
    });
    assertRefused(planFacets(dangling, { facets: new Map([[`profile/${STRICT_ID}`, null]]) }), "missingProfile");
  });
});
