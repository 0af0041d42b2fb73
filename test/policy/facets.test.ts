import assert from "node:assert/strict";

import {
  allFacets,
  canonicalFacet,
  excludeFacet,
  includeFacet,
  listedFacet,
  lists,
  normalizePolicy,
  parseFacet,
  profileFacet,
  profilePart,
  readFacet,
  sameFacet,
} from "../../provider/dist/policy/index.js";
import type { FacetValue } from "../../provider/dist/policy/index.js";
import {
  ADMINS,
  allow,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  legacyPolicy,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "./util.ts";

describe("parseFacet", () => {
  const table: [string, object][] = [
    ["state", { kind: "state" }],
    ["isSelfServiceRegistrationAllowed", { kind: "isSelfServiceRegistrationAllowed" }],
    [profileFacet(STRICT_ID), { kind: "profile", profile: STRICT_ID }],
    [profilePart("default", "aaGuids"), { kind: "aaGuids", profile: "default" }],
    [listedFacet(STRICT_ID, KEY_A.toUpperCase()), { kind: "listed", profile: STRICT_ID, aaguid: KEY_A }],
    [includeFacet("all_users"), { kind: "include", group: "all_users" }],
    [excludeFacet(STUDENTS.toUpperCase()), { kind: "exclude", group: STUDENTS }],
  ];
  for (const [name, parsed] of table) it(`reads ${name}`, () => assert.deepEqual(parseFacet(name), parsed));

  for (const name of ["", "profile", "profile/x/name", "profile/x/listed", "states", "keyRestrictions"]) {
    it(`refuses ${JSON.stringify(name)}`, () => assert.throws(() => parseFacet(name), TypeError));
  }
});

describe("lists", () => {
  it("compares without letter case", () => assert.ok(lists([KEY_A.toUpperCase()], KEY_A)));
  it("finds nothing in a list that was not answered", () => assert.equal(lists(undefined, KEY_A), false));
});

describe("readFacet", () => {
  const policy = normalizePolicy(
    profilePolicy(
      [
        profile(DEFAULT_ID, { keyRestrictions: allow(KEY_B, KEY_A, KEY_B), passkeyTypes: "synced, deviceBound" }),
        profile(STRICT_ID, { name: null, passkeyTypes: null, attestationEnforcement: null, keyRestrictions: null }),
      ],
      {
        state: null,
        includeTargets: [
          include("all_users", DEFAULT_ID),
          include(STUDENTS.toUpperCase(), STRICT_ID.toUpperCase(), DEFAULT_ID),
          include(STUDENTS, DEFAULT_ID),
          include(NURSES),
        ],
        excludeTargets: [{ id: ADMINS.toUpperCase(), targetType: "group" }],
      },
    ),
  );
  const table: [string, string, FacetValue | undefined][] = [
    ["does not take an unread state for one", "state", undefined],
    ["reads self-service", "isSelfServiceRegistrationAllowed", true],
    ["reads a name", "profile/default", { name: "Default passkey profile" }],
    ["reads a profile without a name", `profile/${STRICT_ID}`, { name: "" }],
    ["reads a profile that is not there as null", `profile/${LOOSE_ID}`, null],
    ["reads a part of a profile that is not there as null", `profile/${LOOSE_ID}/aaGuids`, null],
    ["reads types in one order", "profile/default/passkeyTypes", "deviceBound,synced"],
    ["reads a list as it is stored", "profile/default/aaGuids", [KEY_B, KEY_A, KEY_B]],
    ["reads a listed AAGUID", `profile/default/listed/${KEY_A}`, true],
    ["reads an AAGUID that is not listed", `profile/default/listed/${STUDENTS}`, false],
    ["does not take unread types for none", `profile/${STRICT_ID}/passkeyTypes`, undefined],
    ["does not take unread attestation for off", `profile/${STRICT_ID}/attestationEnforcement`, undefined],
    ["does not take unread enforcement for off", `profile/${STRICT_ID}/isEnforced`, undefined],
    ["does not take an unread kind of list for one", `profile/${STRICT_ID}/enforcementType`, undefined],
    ["does not take an unread list for an empty one", `profile/${STRICT_ID}/aaGuids`, undefined],
    ["does not take an unread list for one without it", `profile/${STRICT_ID}/listed/${KEY_A}`, undefined],
    ["reads the profiles of all targets of a group", `include/${STUDENTS}`, { profiles: [STRICT_ID, "default"] }],
    ["reads a target without profiles", `include/${NURSES}`, { profiles: [] }],
    ["reads a group that is no target as null", `include/${ADMINS}`, null],
    ["reads an exclude in any letter case", `exclude/${ADMINS}`, true],
    ["reads a group that is not excluded as null", `exclude/${NURSES}`, null],
  ];
  for (const [criteria, name, value] of table) it(criteria, () => assert.deepEqual(readFacet(policy, name), value));

  it("reads the same from both dialects", () => {
    const legacy = legacyPolicy({ keyRestrictions: allow(KEY_A), isAttestationEnforced: true });
    const migrated = profilePolicy([
      profile(DEFAULT_ID, { keyRestrictions: allow(KEY_A), attestationEnforcement: "registrationOnly" }),
    ]);
    for (const [name, value] of allFacets(normalizePolicy(legacy))) {
      assert.deepEqual(readFacet(normalizePolicy(migrated), name), value, name);
    }
  });
});

describe("sameFacet", () => {
  const table: [string, FacetValue | undefined, FacetValue | undefined, boolean][] = [
    ["compares lists as sets", [KEY_A, KEY_B, KEY_A], [KEY_B, KEY_A], true],
    ["compares lists without letter case", [KEY_A.toUpperCase()], [KEY_A], true],
    ["tells lists apart", [KEY_A], [KEY_A, KEY_B], false],
    ["tells an empty list from none", [], null, false],
    ["compares the profiles of a target as sets", { profiles: ["b", "A"] }, { profiles: ["a", "B", "a"] }, true],
    ["tells targets apart", { profiles: ["a"] }, { profiles: [] }, false],
    ["compares types as sets", "synced,deviceBound", "deviceBound,synced", true],
    ["passes over blanks in types", "deviceBound, synced", "deviceBound,synced", true],
    ["compares types without letter case", "DeviceBound,SYNCED", "deviceBound,synced", true],
    ["compares one type without letter case", "Synced", "synced", true],
    ["tells types apart", "deviceBound", "deviceBound,synced", false],
    ["tells names apart by letter case", { name: "Students" }, { name: "students" }, false],
    ["tells false from null", false, null, false],
    ["compares null with null", null, null, true],
    ["never compares what could not be read", undefined, undefined, false],
    ["never compares what could not be read with null", undefined, null, false],
  ];
  for (const [criteria, a, b, same] of table) {
    it(criteria, () => {
      assert.equal(sameFacet(a, b), same);
      assert.equal(sameFacet(b, a), same);
    });
  }
});

describe("canonicalFacet", () => {
  it("sorts a list in lower case and names each entry once", () =>
    assert.deepEqual(canonicalFacet([KEY_B, KEY_A.toUpperCase(), KEY_A]), [KEY_A, KEY_B]));
  it("keeps names as they are", () => assert.deepEqual(canonicalFacet({ name: "A, b" }), { name: "A, b" }));
});

describe("allFacets", () => {
  it("names every part of a policy that could be read", () => {
    const policy = profilePolicy([profile(STRICT_ID, { keyRestrictions: null, attestationEnforcement: null })], {
      excludeTargets: [{ id: NURSES, targetType: "group" }],
      isSelfServiceRegistrationAllowed: null,
    });
    assert.deepEqual(
      [...allFacets(normalizePolicy(policy)).keys()],
      [
        "state",
        ...["", "/passkeyTypes", "/attestationEnforcement", "/isEnforced", "/enforcementType", "/aaGuids"].map(
          (part) => `profile/default${part}`,
        ),
        `profile/${STRICT_ID}`,
        `profile/${STRICT_ID}/passkeyTypes`,
        "include/all_users",
        `exclude/${NURSES}`,
      ],
    );
  });

  it("names no profile of a legacy tenant but its settings", () =>
    assert.deepEqual(allFacets(normalizePolicy(legacyPolicy())).get("profile/default"), undefined));

  it("survives JSON, so that it can be kept in state", () => {
    const facets = allFacets(normalizePolicy(profilePolicy([profile(STRICT_ID, { keyRestrictions: allow(KEY_A) })])));
    assert.deepEqual(JSON.parse(JSON.stringify([...facets])), [...facets]);
  });
});
