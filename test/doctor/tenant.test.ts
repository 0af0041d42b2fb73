import assert from "node:assert/strict";
import { checkClock } from "../../provider/dist/doctor/clock.js";
import { checkPolicy } from "../../provider/dist/doctor/policy.js";
import { allow, DEFAULT_ID, KEY_A, legacyPolicy, LOOSE_ID, profile, profilePolicy, STRICT_ID } from "../policy/util.ts";
import { badOf, checkForm, found } from "./util.ts";

const check = (...args: Parameters<typeof checkPolicy>) => {
  const findings = checkPolicy(...args);
  checkForm(findings);
  return findings;
};

describe("checkPolicy", () => {
  it("finds nothing wrong with a policy that keeps to the rules", () => {
    const findings = check(profilePolicy([profile(DEFAULT_ID)]));
    assert.deepEqual(badOf(findings), []);
    found(findings, "mode", /passkey profiles/, "ok");
    found(findings, "profiles", /^1 of 3/, "ok");
  });

  it("tells a tenant without profiles, and one that it does not understand", () => {
    found(check(legacyPolicy()), "mode", /has not opted in/, "info");
    found(check(legacyPolicy({ defaultPasskeyProfile: DEFAULT_ID })), "mode", /nothing is written/, "error");
  });

  it("warns of a policy that is off", () => {
    found(check(legacyPolicy({ state: "disabled" })), "state", /no passkey signs in/, "warning");
  });

  it("says when there is no room for another profile, by the limit of the program", () => {
    const three = profilePolicy([profile(DEFAULT_ID), profile(STRICT_ID), profile(LOOSE_ID)]);
    found(check(three), "profiles", /^3 of 3.*no room/, "info");
    found(check(three, 5), "profiles", /^3 of 5/, "ok");
  });

  it("warns of a size near the limit, once, and of one over it", () => {
    const models = (count: number) =>
      Array.from({ length: count }, (_, index) => `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000`);
    const sized = (count: number) =>
      check(profilePolicy([profile(DEFAULT_ID), profile(STRICT_ID, { keyRestrictions: allow(...models(count)) })]));
    assert.equal(badOf(sized(470)).length, 1);
    found(sized(470), "size", /with the other methods/, "warning");
    assert.equal(badOf(sized(600)).length, 1);
    found(sized(600), /aaGuids|keyRestrictions/, /over Microsoft's limit/, "warning");
  });

  it("warns of rules that the policy breaks already", () => {
    const broken = profile(STRICT_ID, { passkeyTypes: "synced", attestationEnforcement: "registrationOnly" });
    found(check(profilePolicy([broken])), /attestationEnforcement$/, /never attest/, "warning");
    const empty = profile(STRICT_ID, { keyRestrictions: allow() });
    found(check(profilePolicy([empty])), /keyRestrictions$/, /no passkey works/, "warning");
    assert.deepEqual(badOf(check(profilePolicy([profile(STRICT_ID, { keyRestrictions: allow(KEY_A) })]))), []);
  });
});

describe("checkClock", () => {
  const SERVICE = Date.parse("2026-06-01T10:00:00Z");
  const minutes = (count: number) => count * 60_000;
  const off = (by: number, ms = 100) => ({ service: SERVICE, here: SERVICE + 500 + ms / 2 + by, ms });
  const check = (...readings: ReturnType<typeof off>[]) => {
    const findings = checkClock(readings);
    checkForm(findings);
    return found(findings, "clock", /./);
  };

  for (const [by, severity] of [
    [0, "ok"],
    [minutes(5), "ok"],
    [-minutes(5), "ok"],
    [minutes(5) + 1, "warning"],
    [-minutes(60), "warning"],
    [minutes(60) + 1, "error"],
    [-minutes(61), "error"],
  ] as const) {
    it(`calls ${by / 1000} s ${severity}`, () => assert.equal(check(off(by)).severity, severity));
  }

  it("says which way, and goes by the answer that was quickest", () => {
    assert.match(check(off(minutes(90))).says, /90 minutes ahead of/);
    assert.match(check(off(-minutes(90))).says, /90 minutes behind/);
    assert.equal(check(off(minutes(90), 5000), off(0, 10)).severity, "ok");
    assert.equal(check().severity, "info");
  });
});
