import assert from "node:assert/strict";
import { DEFAULT_ID, include, KEY_A, legacyPolicy, LOOSE_ID, profile, profilePolicy, STUDENTS } from "../util.ts";
import { assess, key, person, table } from "./tenant.ts";

const attested = { attestationEnforcement: "registrationOnly" };
const notAttested = { attestationLevel: "notAttested" };

describe("assessImpact: attestation", () => {
  describe("in profile mode acts at registration only", () => {
    const off = profilePolicy([profile(DEFAULT_ID, { passkeyTypes: "deviceBound,synced" })]);
    const on = profilePolicy([profile(DEFAULT_ID, { passkeyTypes: "deviceBound,synced", ...attested })]);
    table([
      {
        it: "a key that was never attested",
        before: off,
        after: on,
        who: { passkeys: [key(KEY_A, "deviceBound", notAttested)] },
        outcome: "keeps",
      },
      {
        it: "a synced key",
        before: off,
        after: on,
        who: { passkeys: [key(KEY_A, "synced", notAttested)] },
        outcome: "keeps",
      },
    ]);

    it("counts keys that are accepted although not proven, one by one", () => {
      const who = person({
        passkeys: [key(KEY_A, "deviceBound", notAttested), key(KEY_A, "synced", notAttested), key(KEY_A)],
      });
      assert.equal(assess(off, on, [who, person(), person({ passkeys: [] })]).loss!.notProven, 2);
      assert.equal(assess(on, off, [who]).loss!.notProven, 0);
    });

    it("counts no key that another profile without attestation accepts, or that does not work", () => {
      const who = person({ passkeys: [key(KEY_A, "deviceBound", notAttested)] });
      const profiles = [profile(DEFAULT_ID, attested), profile(LOOSE_ID)];
      const beside = profilePolicy(profiles, {
        includeTargets: [include("all_users", DEFAULT_ID), include(STUDENTS, LOOSE_ID)],
      });
      assert.equal(assess(on, beside, [who]).loss!.notProven, 0);
      assert.equal(assess(on, { ...on, state: "disabled" }, [who]).loss!.notProven, 0);
      assert.equal(assess(on, { ...on, state: "disabled" }, [who]).loss!.counts.lockedOut, 1);
    });
  });

  describe("in legacy mode", () => {
    const off = legacyPolicy();
    const on = legacyPolicy({ isAttestationEnforced: true });
    const synced = { passkeys: [key(KEY_A, "synced")] };
    const doubt = [{ rule: "unread" as const, what: "attestation" as const }];
    table([
      { it: "turned on, for a device-bound key", before: off, after: on, outcome: "keeps" },
      { it: "turned on, for a synced key", before: off, after: on, who: synced, outcome: "unknown", reasons: doubt },
      {
        it: "turned on, for a synced key beside a device-bound one",
        before: off,
        after: on,
        who: { passkeys: [key(KEY_A, "synced"), key(KEY_A)] },
        outcome: "reduced",
        reasons: doubt,
      },
      { it: "turned off", before: on, after: off, who: synced, outcome: "keeps" },
      {
        it: "on before and after",
        before: on,
        after: legacyPolicy({ isAttestationEnforced: true, isSelfServiceRegistrationAllowed: false }),
        who: synced,
        outcome: "keeps",
      },
      {
        it: "on, and profiles that leave synced keys out",
        before: on,
        after: profilePolicy([profile(DEFAULT_ID, attested)]),
        who: synced,
        outcome: "unknown",
        reasons: doubt,
      },
      {
        it: "on, and profiles that name them",
        before: on,
        after: profilePolicy([profile(DEFAULT_ID, { passkeyTypes: "deviceBound,synced" })]),
        who: synced,
        outcome: "keeps",
      },
    ]);

    it("counts device-bound keys that were never attested", () => {
      const who = person({ passkeys: [key(KEY_A, "deviceBound", notAttested), key(KEY_A, "synced", notAttested)] });
      assert.equal(assess(off, on, [who]).loss!.notProven, 1);
    });
  });
});
