import assert from "node:assert/strict";

import { joinPasskeyTypes, normalizePolicy, policyMode, splitFlags } from "../../provider/dist/policy/index.js";
import type { Fido2Policy, PolicyMode } from "../../provider/dist/policy/index.js";
import {
  allow,
  DEFAULT_ID,
  include,
  KEY_A,
  legacyPolicy,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
} from "./util.ts";

const without = (policy: Fido2Policy, ...properties: string[]): Fido2Policy =>
  Object.fromEntries(Object.entries(policy).filter(([property]) => !properties.includes(property)));

describe("policyMode", () => {
  const legacyFields = ["isAttestationEnforced", "keyRestrictions"];
  const migrated = profilePolicy([profile(DEFAULT_ID)]);
  const table: [string, Fido2Policy, PolicyMode][] = [
    ["reads a tenant that has not opted in as legacy", legacyPolicy(), "legacy"],
    ["reads legacy where null stands for no profiles", legacyPolicy({ passkeyProfiles: null }), "legacy"],
    [
      "reads legacy where an older Graph does not know profiles at all",
      without(legacyPolicy(), "defaultPasskeyProfile", "passkeyProfiles"),
      "legacy",
    ],
    ["reads legacy by attestation alone", legacyPolicy({ keyRestrictions: null }), "legacy"],
    ["reads legacy by key restrictions alone", legacyPolicy({ isAttestationEnforced: null }), "legacy"],
    ["reads a migrated tenant as profiles", migrated, "profiles"],
    [
      "reads profiles in either letter case of the default's id",
      profilePolicy([profile(STRICT_ID)], {
        defaultPasskeyProfile: STRICT_ID.toUpperCase(),
        passkeyProfiles: [profile(STRICT_ID)],
      }),
      "profiles",
    ],
    ["reads profiles after the legacy fields are retired", without(migrated, ...legacyFields), "profiles"],
    ["does not guess where both dialects are absent", without(legacyPolicy(), ...legacyFields), "unknown"],
    [
      "does not guess where both dialects are null",
      legacyPolicy({ isAttestationEnforced: null, keyRestrictions: null }),
      "unknown",
    ],
    ["does not guess from nothing", {}, "unknown"],
    ["does not guess from a default without profiles", legacyPolicy({ defaultPasskeyProfile: DEFAULT_ID }), "unknown"],
    [
      "does not guess from a default whose profiles were not answered",
      without(legacyPolicy({ defaultPasskeyProfile: DEFAULT_ID }), "passkeyProfiles"),
      "unknown",
    ],
    [
      "does not guess from profiles without a default",
      legacyPolicy({ passkeyProfiles: [profile(STRICT_ID)] }),
      "unknown",
    ],
    [
      "does not guess where the default is none of the profiles",
      legacyPolicy({ defaultPasskeyProfile: DEFAULT_ID, passkeyProfiles: [profile(STRICT_ID)] }),
      "unknown",
    ],
    [
      "does not take an empty default for one",
      legacyPolicy({ defaultPasskeyProfile: "", passkeyProfiles: [profile("")] }),
      "unknown",
    ],
  ];
  for (const [criteria, policy, mode] of table) it(criteria, () => assert.equal(policyMode(policy), mode));
});

describe("splitFlags", () => {
  const table: [string, string | null | undefined, string[] | undefined][] = [
    ["reads one member", "deviceBound", ["deviceBound"]],
    ["reads joined members", "deviceBound,synced", ["deviceBound", "synced"]],
    ["passes over blanks", " synced , deviceBound ", ["synced", "deviceBound"]],
    ["passes over empty members", "synced,,", ["synced"]],
    ["reads a member once", "synced,synced", ["synced"]],
    ["reads known members in any letter case", "DeviceBound, SYNCED", ["deviceBound", "synced"]],
    ["keeps members that it does not know", "deviceBound,unknownFutureValue", ["deviceBound", "unknownFutureValue"]],
    ["reads no member from an empty string", "", []],
    ["does not read null as no member", null, undefined],
    ["does not read an absent value as no member", undefined, undefined],
  ];
  for (const [criteria, flags, members] of table) {
    it(criteria, () => {
      const split = splitFlags(flags);
      assert.deepEqual(split === undefined ? undefined : [...split], members);
    });
  }
});

describe("joinPasskeyTypes", () => {
  const table: [string, string[], string][] = [
    ["writes Graph's order without blanks", ["synced", "deviceBound"], "deviceBound,synced"],
    ["writes each type once", ["synced", "synced"], "synced"],
    ["writes unknown types last, in one order", ["z", "a", "synced"], "synced,a,z"],
    ["writes nothing for no types", [], ""],
  ];
  for (const [criteria, types, joined] of table) it(criteria, () => assert.equal(joinPasskeyTypes(types), joined));
});

describe("normalizePolicy", () => {
  it("makes the tenant-wide settings of a legacy tenant the profile default", () => {
    const normal = normalizePolicy(legacyPolicy({ keyRestrictions: allow(KEY_A), isAttestationEnforced: true }));
    assert.deepEqual(normal.profiles, [
      {
        id: "default",
        name: undefined,
        passkeyTypes: new Set(["deviceBound"]),
        attestationEnforcement: "registrationOnly",
        keyRestrictions: allow(KEY_A),
      },
    ]);
    assert.deepEqual(normal.includeTargets, [{ id: "all_users", targetType: "group", profiles: ["default"] }]);
    assert.equal(normal.defaultProfileId, undefined);
  });

  it("knows that a legacy tenant without attestation accepts synced passkeys too", () => {
    const [settings] = normalizePolicy(legacyPolicy({ isAttestationEnforced: false })).profiles;
    assert.deepEqual(settings?.passkeyTypes, new Set(["deviceBound", "synced"]));
    assert.equal(settings?.attestationEnforcement, "disabled");
  });

  it("leaves open which passkeys a legacy tenant accepts whose attestation was not answered", () => {
    const [settings] = normalizePolicy(legacyPolicy({ isAttestationEnforced: null })).profiles;
    assert.equal(settings?.passkeyTypes, undefined);
    assert.equal(settings?.attestationEnforcement, undefined);
  });

  it("calls the default profile default wherever its id stands, in any letter case", () => {
    const upper = "ABCDEF00-0000-4000-8000-000000000001";
    const normal = normalizePolicy(
      profilePolicy([profile(STRICT_ID.toUpperCase())], {
        defaultPasskeyProfile: upper.toLowerCase(),
        passkeyProfiles: [profile(upper), profile(STRICT_ID.toUpperCase())],
        includeTargets: [include(STUDENTS.toUpperCase(), upper, STRICT_ID.toUpperCase())],
        excludeTargets: [{ id: STUDENTS.toUpperCase(), targetType: "group" }],
      }),
    );
    assert.deepEqual(
      normal.profiles.map(({ id }) => id),
      ["default", STRICT_ID],
    );
    assert.deepEqual(normal.includeTargets[0]?.profiles, ["default", STRICT_ID]);
    assert.equal(normal.includeTargets[0]?.id, STUDENTS);
    assert.equal(normal.excludeTargets[0]?.id, STUDENTS);
    assert.equal(normal.defaultProfileId, upper.toLowerCase());
  });

  it("does not look at the legacy fields of a tenant with profiles", () => {
    const policy = profilePolicy([profile(DEFAULT_ID, { keyRestrictions: allow(KEY_A) })]);
    const stale = { ...policy, keyRestrictions: unenforced("block"), isAttestationEnforced: true };
    assert.deepEqual(normalizePolicy(stale), normalizePolicy(policy));
  });

  it("keeps the order, the duplicates and the letter case of a list", () => {
    const list = [KEY_A, KEY_A.toUpperCase(), KEY_A, "not-an-aaguid"];
    const [settings] = normalizePolicy(legacyPolicy({ keyRestrictions: allow(...list) })).profiles;
    assert.deepEqual(settings?.keyRestrictions.aaGuids, list);
  });

  it("keeps enum values that it does not know, and leaves unread ones open", () => {
    const policy = profilePolicy([
      profile(DEFAULT_ID, {
        passkeyTypes: "deviceBound,hybrid",
        attestationEnforcement: "always",
        keyRestrictions: { isEnforced: null, enforcementType: "prompt", aaGuids: null },
      }),
      profile(STRICT_ID, { passkeyTypes: null, attestationEnforcement: null, keyRestrictions: null, name: null }),
    ]);
    const [known, unread] = normalizePolicy({ ...policy, state: "reportOnly" }).profiles;
    assert.deepEqual(known?.passkeyTypes, new Set(["deviceBound", "hybrid"]));
    assert.equal(known?.attestationEnforcement, "always");
    assert.deepEqual(known?.keyRestrictions, { isEnforced: undefined, enforcementType: "prompt", aaGuids: undefined });
    assert.deepEqual(unread, {
      id: STRICT_ID,
      name: undefined,
      passkeyTypes: undefined,
      attestationEnforcement: undefined,
      keyRestrictions: { isEnforced: undefined, enforcementType: undefined, aaGuids: undefined },
    });
    assert.equal(normalizePolicy({ ...policy, state: "reportOnly" }).state, "reportOnly");
    assert.equal(normalizePolicy({ ...policy, state: null }).state, undefined);
  });

  it("reads no profile where the mode is unknown", () => {
    const normal = normalizePolicy({ state: "enabled", includeTargets: [include("all_users", DEFAULT_ID)] });
    assert.deepEqual([normal.mode, normal.profiles], ["unknown", []]);
  });
});
