import assert from "node:assert/strict";

import { canonicalJson, diffPolicy, digestOf } from "../../provider/dist/policy/index.js";
import type { FacetChange, Fido2Policy } from "../../provider/dist/policy/index.js";
import {
  allow,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  legacyPolicy,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "./util.ts";

describe("diffPolicy", () => {
  const two = profilePolicy([
    profile(DEFAULT_ID, { keyRestrictions: allow(KEY_A, KEY_B) }),
    profile(STRICT_ID, { passkeyTypes: "deviceBound,synced" }),
  ]);
  const table: [string, Fido2Policy, Fido2Policy, FacetChange[]][] = [
    ["finds nothing between a policy and itself", two, structuredClone(two), []],
    [
      "passes over order, duplicates and letter case",
      two,
      profilePolicy(
        [
          profile(STRICT_ID.toUpperCase(), { name: "Profile e1", passkeyTypes: "synced, deviceBound" }),
          profile(DEFAULT_ID, { keyRestrictions: allow(KEY_B, KEY_A.toUpperCase(), KEY_B) }),
        ],
        { includeTargets: [include("all_users", DEFAULT_ID, DEFAULT_ID)] },
      ),
      [],
    ],
    [
      "passes over annotations and the mirror",
      two,
      { ...two, "@odata.context": "other", keyRestrictions: null, isAttestationEnforced: null },
      [],
    ],
    [
      "names what changed, what came and, last, what went",
      legacyPolicy({ excludeTargets: [{ id: STUDENTS, targetType: "group" }] }),
      legacyPolicy({ keyRestrictions: allow(KEY_A), includeTargets: [include("all_users"), include(STUDENTS)] }),
      [
        { facet: "profile/default/isEnforced", before: false, after: true },
        { facet: "profile/default/enforcementType", before: "block", after: "allow" },
        { facet: "profile/default/aaGuids", before: [], after: [KEY_A] },
        { facet: `include/${STUDENTS}`, before: null, after: { profiles: ["default"] } },
        { facet: `exclude/${STUDENTS}`, before: true, after: null },
      ],
    ],
    [
      "finds only a name between a legacy tenant and the same one migrated",
      legacyPolicy({ isAttestationEnforced: true, keyRestrictions: allow(KEY_A) }),
      profilePolicy([
        profile(DEFAULT_ID, { attestationEnforcement: "registrationOnly", keyRestrictions: allow(KEY_A) }),
      ]),
      [{ facet: "profile/default", before: null, after: { name: "Default passkey profile" } }],
    ],
    [
      "finds a value that this version does not know",
      legacyPolicy({ state: "enabled" }),
      legacyPolicy({ state: "reportOnly" }),
      [{ facet: "state", before: "enabled", after: "reportOnly" }],
    ],
  ];
  for (const [criteria, before, after, changes] of table) {
    it(criteria, () => assert.deepEqual(diffPolicy(before, after), changes));
  }
});

describe("digestOf", () => {
  it("is 16 hexadecimal digits", () => assert.match(digestOf([]), /^[0-9a-f]{16}$/));

  it("passes over the order of members, at every depth", () =>
    assert.equal(digestOf([{ a: 1, b: { c: 2, d: 3 } }]), digestOf([{ b: { d: 3, c: 2 }, a: 1 }])));

  it("changes with any value, with the order of a list and with null", () => {
    const digests = [{ a: [1, 2] }, { a: [2, 1] }, { a: ["1", 2] }, { a: null }, {}, [{}], { b: [1, 2] }].map(digestOf);
    assert.equal(new Set(digests).size, digests.length);
  });
});

describe("canonicalJson", () => {
  it("sorts members and keeps lists", () =>
    assert.equal(canonicalJson({ b: [2, 1], a: { d: null, c: "x" } }), '{"a":{"c":"x","d":null},"b":[2,1]}'));
});
