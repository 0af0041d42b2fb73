import assert from "node:assert/strict";

import { planChange } from "../../provider/dist/policy/index.js";
import type { DesiredPolicy, Fido2Policy, KeyRestrictions } from "../../provider/dist/policy/index.js";
import { allow, block, KEY_A, legacyPolicy, LOOSE_ID, profile, profilePolicy, STRICT_ID, unenforced } from "./util.ts";

/** The one model of MDS 291 that is revoked, and another of the same name that is not. */
const REVOKED = "ba86dc56-635f-4141-aef6-00227b1b9af6";
const NAMESAKE = "95e4d58c-056e-4a65-866d-f5a69659e880";

const strict = (keyRestrictions: KeyRestrictions) =>
  profilePolicy([profile(STRICT_ID, { keyRestrictions }), profile(LOOSE_ID)]);
const list = (...aaGuids: string[]): DesiredPolicy => ({
  profiles: [{ id: STRICT_ID, key: "strict", keyRestrictions: { aaGuids } }],
});
const warnings = (policy: Fido2Policy, desired: DesiredPolicy) => {
  const plan = planChange(policy, desired);
  assert.deepEqual(plan.refusals, []);
  return plan.warnings.filter(({ code }) => code === "compromisedModel");
};

describe("compromisedModels", () => {
  it("warns with name, status and date where a plan puts one on an enforced allow list", () => {
    const [warning, ...rest] = warnings(strict(allow(KEY_A)), list(KEY_A, REVOKED.toUpperCase()));
    assert.deepEqual(rest, []);
    assert.equal(warning?.place, "profiles.strict.keyRestrictions.aaGuids");
    assert.match(
      warning?.reason ?? "",
      /^TruU Windows Authenticator \(ba86dc56\S+\) was reported as REVOKED on 2023-12-20, and the allow list lets it in$/,
    );
    assert.match(warning?.wayOut ?? "", /another key/);
  });

  const there: [string, Fido2Policy, DesiredPolicy, number][] = [
    ["keeps one that the tenant has", strict(allow(KEY_A, REVOKED)), list(KEY_A, REVOKED), 1],
    [
      "keeps one on a list that it does not declare, of a profile that it declares",
      strict(allow(KEY_A, REVOKED)),
      { profiles: [{ id: STRICT_ID, key: "strict", attestationEnforcement: "registrationOnly" }] },
      1,
    ],
    ["takes it off", strict(allow(KEY_A, REVOKED)), list(KEY_A), 0],
    ["lists another model of the same name", strict(allow(KEY_A)), list(KEY_A, NAMESAKE), 0],
    ["blocks it", strict(block(KEY_A)), list(KEY_A, REVOKED), 0],
    ["puts it on a block list that is not enforced", strict(unenforced("block", KEY_A)), list(KEY_A, REVOKED), 0],
    ["leaves the profile alone", strict(allow(KEY_A, REVOKED)), { isSelfServiceRegistrationAllowed: true }, 0],
    [
      "changes another profile",
      strict(allow(KEY_A, REVOKED)),
      { profiles: [{ id: LOOSE_ID, passkeyTypes: ["synced"] }] },
      0,
    ],
    [
      "lists one in the tenant-wide settings",
      legacyPolicy({ keyRestrictions: allow(KEY_A) }),
      { profiles: [{ id: "default", keyRestrictions: { aaGuids: [REVOKED] } }] },
      1,
    ],
  ];
  for (const [what, policy, desired, count] of there) {
    it(`${count === 0 ? "says nothing" : "warns"} where a plan ${what}`, () => {
      assert.equal(warnings(policy, desired).length, count);
    });
  }

  it("says that it is listed where the list is not enforced", () => {
    const [warning] = warnings(strict(unenforced("allow", KEY_A)), list(KEY_A, REVOKED));
    assert.match(warning?.reason ?? "", /REVOKED on 2023-12-20, and it is listed; while the list is not enforced/);
  });
});
