import assert from "node:assert/strict";

import {
  acceptsKey,
  acceptsModel,
  acceptsMore,
  normalizePolicy,
  profilesOf,
  usable,
} from "../../provider/dist/policy/index.js";
import type { Acceptance, Fido2Policy, KeyRestrictions, PasskeyProfile } from "../../provider/dist/policy/index.js";
import {
  allow,
  block,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  legacyPolicy,
  NURSES,
  profile,
  profilePolicy,
  registration,
  STRICT_ID,
  STUDENTS,
  unenforced,
} from "./util.ts";

const normal = (parts: Partial<PasskeyProfile>) =>
  normalizePolicy(profilePolicy([profile(STRICT_ID, parts)])).profiles.find(({ id }) => id === STRICT_ID)!;

describe("acceptsModel", () => {
  const table: [string, KeyRestrictions | null, string | undefined, Acceptance][] = [
    ["takes every model where nothing is enforced", unenforced("block", KEY_A), KEY_A, "accepted"],
    ["takes an unread model where nothing is enforced", unenforced("allow"), undefined, "accepted"],
    ["takes a model on an allow list, in any letter case", allow(KEY_A.toUpperCase()), KEY_A, "accepted"],
    ["rejects a model that is not on an allow list", allow(KEY_A), KEY_B, "rejected"],
    ["rejects every model by an empty allow list", allow(), KEY_A, "rejected"],
    ["rejects a model on a block list, in any letter case", block(KEY_A), KEY_A.toUpperCase(), "rejected"],
    ["takes a model that is not on a block list", block(KEY_A), KEY_B, "accepted"],
    ["takes every model by an empty block list", block(), KEY_A, "accepted"],
    ["does not know about an unread model", allow(KEY_A), undefined, "unknown"],
    ["does not know without restrictions", null, KEY_A, "unknown"],
    ["does not know without enforcement", { ...allow(KEY_A), isEnforced: null }, KEY_A, "unknown"],
    ["does not know without a kind of list", { ...allow(KEY_A), enforcementType: null }, KEY_A, "unknown"],
    [
      "does not know a newer kind of list",
      { ...allow(KEY_A), enforcementType: "unknownFutureValue" },
      KEY_A,
      "unknown",
    ],
    ["does not know without a list", { ...block(), aaGuids: null }, KEY_A, "unknown"],
  ];
  for (const [criteria, keyRestrictions, aaguid, acceptance] of table) {
    it(criteria, () => assert.equal(acceptsModel(normal({ keyRestrictions }).keyRestrictions, aaguid), acceptance));
  }
});

describe("acceptsKey", () => {
  const table: [string, string | null, string | undefined, Acceptance][] = [
    ["takes a type that is named", "deviceBound,synced", "synced", "accepted"],
    ["takes a type that is named in another letter case", "DeviceBound", "deviceBound", "accepted"],
    ["rejects a type that is not named", "deviceBound", "synced", "rejected"],
    ["rejects every type where none is named", "", "synced", "rejected"],
    ["does not know without types", null, "synced", "unknown"],
    ["does not know a passkey without a type", "deviceBound", undefined, "unknown"],
    ["does not know a passkey of a newer kind", "deviceBound", "hybrid", "unknown"],
    ["does not take two unread kinds for the same", "unknownFutureValue", "unknownFutureValue", "unknown"],
  ];
  for (const [criteria, passkeyTypes, passkeyType, acceptance] of table) {
    it(criteria, () => assert.equal(acceptsKey(normal({ passkeyTypes }), { aaguid: KEY_A, passkeyType }), acceptance));
  }

  it("passes over attestation, which acts at registration only", () =>
    assert.equal(
      acceptsKey(normal({ attestationEnforcement: "registrationOnly" }), { aaguid: KEY_A, passkeyType: "deviceBound" }),
      "accepted",
    ));

  it("is certain of a rejection by either rule", () =>
    assert.equal(
      acceptsKey(normal({ passkeyTypes: null, keyRestrictions: allow(KEY_B) }), { aaguid: KEY_A }),
      "rejected",
    ));
});

describe("profilesOf", () => {
  it("joins the profiles of every target that a user is in", () => {
    const policy = profilePolicy([profile(STRICT_ID)], {
      includeTargets: [include("all_users", DEFAULT_ID), include(STUDENTS, STRICT_ID), include(NURSES, "x")],
    });
    assert.deepEqual(profilesOf(normalizePolicy(policy), [STUDENTS.toUpperCase()]), new Set(["default", STRICT_ID]));
  });
});

describe("usable", () => {
  const strict = profile(STRICT_ID, { keyRestrictions: allow(KEY_A) });
  const targeted = (...includeTargets: Fido2Policy["includeTargets"] & object) =>
    profilePolicy([profile(DEFAULT_ID, { keyRestrictions: allow(KEY_B) }), strict], { includeTargets });
  const excluded = (id: string, targetType = "group") => ({ excludeTargets: [{ id, targetType }] });
  const student = registration(KEY_A, [STUDENTS]);
  const synced = registration(KEY_A, [STUDENTS], "synced");
  const table: [string, Fido2Policy, typeof student, Acceptance][] = [
    ["lets in by all_users", targeted(include("all_users", STRICT_ID)), student, "accepted"],
    [
      "lets in by a group in any letter case",
      targeted(include(STUDENTS.toUpperCase(), STRICT_ID)),
      student,
      "accepted",
    ],
    [
      "lets in by any one profile of any one target",
      targeted(include("all_users", DEFAULT_ID), include(STUDENTS, STRICT_ID)),
      student,
      "accepted",
    ],
    ["keeps out whoever is in no target", targeted(include(NURSES, STRICT_ID)), student, "rejected"],
    ["keeps out where a target names no profile", targeted(include(STUDENTS)), student, "rejected"],
    ["keeps out where no profile accepts the key", targeted(include("all_users", DEFAULT_ID)), student, "rejected"],
    [
      "keeps out an excluded group before everything",
      { ...targeted(include("all_users", STRICT_ID)), ...excluded(STUDENTS.toUpperCase()) },
      student,
      "rejected",
    ],
    [
      "keeps everyone out where all_users is excluded",
      { ...targeted(include("all_users", STRICT_ID)), ...excluded("all_users") },
      student,
      "rejected",
    ],
    ["keeps everyone out where the method is off", legacyPolicy({ state: "disabled" }), student, "rejected"],
    ["does not know an unread state", legacyPolicy({ state: null }), student, "unknown"],
    ["does not know a newer state", legacyPolicy({ state: "reportOnly" }), student, "unknown"],
    ["does not know where the mode is unknown", { state: "enabled" }, student, "unknown"],
    ["lets synced passkeys into a legacy tenant without attestation", legacyPolicy(), synced, "accepted"],
    [
      "does not know about synced passkeys of a legacy tenant with attestation",
      legacyPolicy({ isAttestationEnforced: true }),
      synced,
      "unknown",
    ],
    [
      "does not know a legacy tenant whose attestation was not answered",
      legacyPolicy({ isAttestationEnforced: null }),
      student,
      "unknown",
    ],
  ];
  for (const [criteria, policy, key, acceptance] of table) {
    it(criteria, () => assert.equal(usable(normalizePolicy(policy), key), acceptance));
  }

  const person = { ...student, user: NURSES };
  const userTarget = (id: string, targetType: string) => ({ ...include(id, STRICT_ID), targetType });
  it("lets in by a target that is a user", () => {
    assert.equal(usable(normalizePolicy(targeted(userTarget(NURSES, "user"))), person), "accepted");
    assert.equal(usable(normalizePolicy(targeted(userTarget(STUDENTS, "user"))), person), "rejected");
  });
  it("keeps out an excluded user", () => {
    const policy = { ...targeted(include("all_users", STRICT_ID)), ...excluded(NURSES.toUpperCase(), "user") };
    assert.equal(usable(normalizePolicy(policy), person), "rejected");
  });
  it("does not know whether a pseudonym is the targeted user", () =>
    assert.equal(usable(normalizePolicy(targeted(userTarget(NURSES, "user"))), student), "unknown"));
  it("does not know a newer kind of target", () => {
    assert.equal(usable(normalizePolicy(targeted(userTarget(STUDENTS, "device"))), person), "unknown");
    const policy = { ...targeted(include("all_users", STRICT_ID)), ...excluded(NURSES, "device") };
    assert.equal(usable(normalizePolicy(policy), person), "unknown");
  });
});

describe("acceptsMore", () => {
  const same: Partial<PasskeyProfile> = {};
  const attested = { attestationEnforcement: "registrationOnly" };
  const table: [string, Partial<PasskeyProfile>, Partial<PasskeyProfile>, boolean][] = [
    ["is false for equal profiles", same, same, false],
    ["is true for another type", { passkeyTypes: "deviceBound,synced" }, same, true],
    ["is false for fewer types", same, { passkeyTypes: "deviceBound,synced" }, false],
    ["is false for a profile without types", { passkeyTypes: "" }, attested, false],
    ["is true for unread types", { passkeyTypes: null }, same, true],
    ["is true against unread types", same, { passkeyTypes: null }, true],
    [
      "is true for unread members",
      { passkeyTypes: "unknownFutureValue" },
      { passkeyTypes: "unknownFutureValue" },
      true,
    ],
    ["is true for keys that need not attest", same, attested, true],
    ["is false for keys that must attest", attested, same, false],
    ["is false where both must attest", attested, attested, false],
    ["is true for unread attestation", { attestationEnforcement: null }, attested, true],
    ["is true for newer attestation", { attestationEnforcement: "always" }, attested, true],
    ["is true against newer attestation", attested, { attestationEnforcement: "always" }, true],
    ["is true against unread attestation", attested, { attestationEnforcement: null }, true],
    ["is true for no restrictions", same, { keyRestrictions: allow(KEY_A) }, true],
    ["is false against no restrictions", { keyRestrictions: allow(KEY_A) }, same, false],
    ["is false against an empty block list", same, { keyRestrictions: block() }, false],
    ["is true for unread restrictions", { keyRestrictions: null }, { keyRestrictions: allow(KEY_A) }, true],
    ["is true against unread restrictions", { keyRestrictions: allow(KEY_A) }, { keyRestrictions: null }, true],
    [
      "is false for a smaller allow list",
      { keyRestrictions: allow(KEY_A) },
      { keyRestrictions: allow(KEY_B, KEY_A) },
      false,
    ],
    [
      "is false in another letter case",
      { keyRestrictions: allow(KEY_A.toUpperCase()) },
      { keyRestrictions: allow(KEY_A) },
      false,
    ],
    ["is true for another model", { keyRestrictions: allow(KEY_A) }, { keyRestrictions: allow(KEY_B) }, true],
    ["is false for an empty allow list", { keyRestrictions: allow() }, { keyRestrictions: allow(KEY_B) }, false],
    ["is true for a blocked model", { keyRestrictions: allow(KEY_A) }, { keyRestrictions: block(KEY_A) }, true],
    [
      "is false for models that are not blocked",
      { keyRestrictions: allow(KEY_B) },
      { keyRestrictions: block(KEY_A) },
      false,
    ],
    ["is true for fewer blocked models", { keyRestrictions: block() }, { keyRestrictions: block(KEY_A) }, true],
    [
      "is false for more blocked models",
      { keyRestrictions: block(KEY_A, KEY_B) },
      { keyRestrictions: block(KEY_A) },
      false,
    ],
    [
      "is true for a block list against an allow list",
      { keyRestrictions: block(KEY_A) },
      { keyRestrictions: allow(KEY_B) },
      true,
    ],
    [
      "is true for a newer kind of list",
      { keyRestrictions: { ...allow(KEY_A), enforcementType: "prompt" } },
      { keyRestrictions: allow(KEY_A) },
      true,
    ],
  ];
  for (const [criteria, other, reference, more] of table) {
    it(criteria, () => assert.equal(acceptsMore(normal(other), normal(reference)), more));
  }
});
