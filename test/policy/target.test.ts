import assert from "node:assert/strict";

import { applyFacets } from "../../provider/dist/policy/index.js";
import type { FacetValue, Fido2Policy, ProblemCode } from "../../provider/dist/policy/index.js";
import {
  ADMINS,
  allow,
  codes,
  DEFAULT_ID,
  frozen,
  include,
  KEY_A,
  KEY_B,
  KEY_C,
  legacyPolicy,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
} from "./util.ts";

type Wanted = Record<string, FacetValue>;

function applied(policy: Fido2Policy, wanted: Wanted, options = {}): Fido2Policy {
  const target = applyFacets(frozen(policy), new Map(Object.entries(wanted)), options);
  assert.deepEqual(target.problems, []);
  return target.policy;
}

function problemsOf(policy: Fido2Policy, wanted: Wanted): ProblemCode[] {
  return codes(applyFacets(frozen(policy), new Map(Object.entries(wanted))).problems);
}

const strictAfter = (policy: Fido2Policy) => policy.passkeyProfiles?.find(({ id }) => id.toLowerCase() === STRICT_ID);
const newProfile: Wanted = {
  [`profile/${STRICT_ID}`]: { name: "Students" },
  [`profile/${STRICT_ID}/passkeyTypes`]: "deviceBound",
  [`profile/${STRICT_ID}/attestationEnforcement`]: "registrationOnly",
  [`profile/${STRICT_ID}/isEnforced`]: true,
  [`profile/${STRICT_ID}/enforcementType`]: "allow",
  [`profile/${STRICT_ID}/aaGuids`]: [KEY_A],
};
const without = (wanted: Wanted, ...names: string[]): Wanted =>
  Object.fromEntries(Object.entries(wanted).filter(([name]) => !names.includes(name)));

describe("applyFacets", () => {
  const listed = [KEY_B, KEY_A.toUpperCase(), KEY_B];
  const tenant = profilePolicy(
    [
      profile(DEFAULT_ID, { keyRestrictions: unenforced("allow", ...listed) }),
      profile(STRICT_ID.toUpperCase(), { keyRestrictions: allow(...listed) }),
    ],
    {
      includeTargets: [include("all_users", DEFAULT_ID), include(NURSES.toUpperCase(), STRICT_ID.toUpperCase())],
      excludeTargets: [{ id: ADMINS.toUpperCase(), targetType: "group" }],
    },
  );

  it("changes nothing where no facet is given", () => assert.deepEqual(applied(tenant, {}), tenant));

  it("changes nothing where every facet holds in another form", () =>
    assert.deepEqual(
      applied(tenant, {
        state: "enabled",
        [`profile/${STRICT_ID}/aaGuids`]: [KEY_A, KEY_B],
        [`profile/${STRICT_ID}/passkeyTypes`]: "deviceBound",
        [`profile/default/listed/${KEY_A}`]: true,
        [`include/${NURSES}`]: { profiles: [STRICT_ID] },
        [`exclude/${ADMINS}`]: true,
        [`exclude/${STUDENTS}`]: null,
        [`include/${STUDENTS}`]: null,
        [`profile/${LOOSE_ID}`]: null,
      }),
      tenant,
    ));

  it("does not repair a mirror that it does not touch", () => {
    const stale = { ...tenant, keyRestrictions: allow(KEY_C), isAttestationEnforced: true };
    assert.deepEqual(applied(stale, {}), stale);
    assert.deepEqual(applied(stale, { [`exclude/${ADMINS}`]: null }), { ...stale, excludeTargets: [] });
    assert.deepEqual(applied(stale, { [`profile/${STRICT_ID}/isEnforced`]: false }).keyRestrictions, allow(KEY_C));
  });

  it("foresees the mirror of the default profile, where Graph still answers it", () => {
    const wanted = { "profile/default/attestationEnforcement": "registrationOnly", "profile/default/isEnforced": true };
    const after = applied(tenant, wanted);
    assert.deepEqual([after.isAttestationEnforced, after.keyRestrictions], [true, allow(...listed)]);
    const { isAttestationEnforced: _a, keyRestrictions: _k, ...retired } = tenant;
    const later = applied(retired, wanted);
    assert.deepEqual([later.isAttestationEnforced, later.keyRestrictions], [undefined, undefined]);
  });

  it("keeps what stays on a list in its place, with its letter case and its duplicates, and adds in lower case", () =>
    assert.deepEqual(
      strictAfter(applied(tenant, { [`profile/${STRICT_ID}/aaGuids`]: [KEY_C.toUpperCase(), KEY_B, KEY_C] }))
        ?.keyRestrictions,
      allow(KEY_B, KEY_B, KEY_C),
    ));

  it("adds one AAGUID to a list of someone else, and takes every form of it off", () => {
    const on = applied(tenant, { [`profile/${STRICT_ID}/listed/${KEY_C}`]: true });
    assert.deepEqual(strictAfter(on)?.keyRestrictions, allow(...listed, KEY_C));
    const off = applied(tenant, { [`profile/${STRICT_ID}/listed/${KEY_B}`]: false });
    assert.deepEqual(strictAfter(off)?.keyRestrictions, allow(KEY_A.toUpperCase()));
  });

  it("restores a list verbatim", () =>
    assert.deepEqual(
      strictAfter(
        applied(tenant, { [`profile/${STRICT_ID}/aaGuids`]: [KEY_C, KEY_B, KEY_C.toUpperCase()] }, { verbatim: true }),
      )?.keyRestrictions,
      allow(KEY_C, KEY_B, KEY_C.toUpperCase()),
    ));

  it("adds a profile with all of its parts, last", () => {
    const single = profilePolicy([profile(DEFAULT_ID)]);
    assert.deepEqual(applied(single, newProfile).passkeyProfiles, [
      profile(DEFAULT_ID),
      {
        id: STRICT_ID,
        name: "Students",
        passkeyTypes: "deviceBound",
        attestationEnforcement: "registrationOnly",
        keyRestrictions: allow(KEY_A),
      },
    ]);
  });

  it("adds a target last, with the default profile's own id", () =>
    assert.deepEqual(
      applied(tenant, { [`include/${STUDENTS}`]: { profiles: [STRICT_ID, "default"] } }).includeTargets,
      [...tenant.includeTargets!, include(STUDENTS, STRICT_ID, DEFAULT_ID)],
    ));

  it("changes the profiles of a target and nothing else of it", () => {
    const noted = { ...include(NURSES, STRICT_ID.toUpperCase()), isRegistrationRequired: true, note: "unread" };
    const policy = { ...tenant, includeTargets: [noted] };
    assert.deepEqual(applied(policy, { [`include/${NURSES}`]: { profiles: ["default", STRICT_ID] } }).includeTargets, [
      { ...noted, allowedPasskeyProfiles: [STRICT_ID.toUpperCase(), DEFAULT_ID] },
    ]);
  });

  it("takes every target and every exclude of a group off", () => {
    const policy = {
      ...tenant,
      includeTargets: [include(NURSES, DEFAULT_ID), include("all_users", DEFAULT_ID), include(NURSES.toUpperCase())],
    };
    const after = applied(policy, { [`include/${NURSES}`]: null, [`exclude/${ADMINS}`]: null });
    assert.deepEqual([after.includeTargets, after.excludeTargets], [[include("all_users", DEFAULT_ID)], []]);
  });

  it("removes a profile with its parts", () =>
    assert.deepEqual(
      applied(tenant, {
        [`profile/${STRICT_ID}`]: null,
        [`profile/${STRICT_ID}/aaGuids`]: null,
        [`include/${NURSES}`]: null,
      }).passkeyProfiles,
      [tenant.passkeyProfiles![0]],
    ));

  it("writes tenant-wide settings to a legacy tenant, and no list of allowed profiles", () => {
    const after = applied(legacyPolicy(), {
      "profile/default/attestationEnforcement": "registrationOnly",
      "profile/default/passkeyTypes": "deviceBound",
      [`include/${STUDENTS}`]: { profiles: ["default"] },
    });
    assert.equal(after.isAttestationEnforced, true);
    assert.deepEqual(after.includeTargets?.at(-1), {
      targetType: "group",
      id: STUDENTS,
      isRegistrationRequired: false,
    });
    assert.deepEqual([after.passkeyProfiles, after.defaultPasskeyProfile], [[], null]);
  });

  const legacy = legacyPolicy();
  const unread = { isEnforced: true, enforcementType: "allow", aaGuids: null };
  const refused: [string, Fido2Policy, Wanted, ProblemCode[]][] = [
    ["the default profile's new name", tenant, { "profile/default": { name: "Mine" } }, ["defaultProfile"]],
    ["the default profile's end", tenant, { "profile/default": null }, ["defaultProfile"]],
    [
      "the default profile's new name by its id",
      tenant,
      { [`profile/${DEFAULT_ID}`]: { name: "Mine" } },
      ["defaultProfile"],
    ],
    ["a part of no profile", tenant, { [`profile/${LOOSE_ID}/isEnforced`]: true }, ["missingProfile"]],
    ["a listed model of no profile", tenant, { [`profile/${LOOSE_ID}/listed/${KEY_A}`]: true }, ["missingProfile"]],
    ["a target of no profile", tenant, { [`include/${STUDENTS}`]: { profiles: [LOOSE_ID] } }, ["missingProfile"]],
    ["a new profile without a part", tenant, { [`profile/${LOOSE_ID}`]: { name: "Mine" } }, ["missingProfilePart"]],
    [
      "a new profile without a part, once, for its target too",
      profilePolicy([]),
      { ...without(newProfile, `profile/${STRICT_ID}/aaGuids`), [`include/${STUDENTS}`]: { profiles: [STRICT_ID] } },
      ["missingProfilePart"],
    ],
    ["a profile in a legacy tenant", legacy, newProfile, ["profileInLegacyMode"]],
    [
      "a part of a profile in a legacy tenant",
      legacy,
      { [`profile/${STRICT_ID}/isEnforced`]: true },
      ["profileInLegacyMode"],
    ],
    [
      "a model of a profile in a legacy tenant",
      legacy,
      { [`profile/${STRICT_ID}/listed/${KEY_A}`]: true },
      ["profileInLegacyMode"],
    ],
    [
      "a target of a profile in a legacy tenant",
      legacy,
      { [`include/${STUDENTS}`]: { profiles: [STRICT_ID] } },
      ["profileInLegacyMode"],
    ],
    [
      "types that attestation does not give",
      legacy,
      { "profile/default/passkeyTypes": "deviceBound" },
      ["legacyPasskeyTypes"],
    ],
    [
      "types where attestation was not answered",
      legacyPolicy({ isAttestationEnforced: null }),
      { "profile/default/passkeyTypes": "deviceBound,synced" },
      ["unreadablePart"],
    ],
    [
      "a part beside unread ones",
      legacyPolicy({ keyRestrictions: null }),
      { "profile/default/isEnforced": true },
      ["unreadablePart"],
    ],
    [
      "a part beside an unread list",
      profilePolicy([profile(STRICT_ID, { keyRestrictions: unread })]),
      { [`profile/${STRICT_ID}/isEnforced`]: false },
      ["unreadablePart"],
    ],
    [
      "a model on an unread list",
      legacyPolicy({ keyRestrictions: unread }),
      { [`profile/default/listed/${KEY_A}`]: true },
      ["unreadablePart"],
    ],
    [
      "a target beside unread ones",
      { ...tenant, includeTargets: null },
      { [`include/${STUDENTS}`]: null },
      ["unreadablePart"],
    ],
    [
      "an exclude beside unread ones",
      { ...legacy, excludeTargets: null },
      { [`exclude/${STUDENTS}`]: true },
      ["unreadablePart"],
    ],
    [
      "a model off an unread list",
      legacyPolicy({ keyRestrictions: unread }),
      { [`profile/default/listed/${KEY_A}`]: false },
      ["unreadablePart"],
    ],
  ];
  for (const [what, policy, wanted, problems] of refused) {
    it(`refuses ${what}`, () => assert.deepEqual(problemsOf(policy, wanted), problems));
  }

  it("takes all restrictions where none were answered", () =>
    assert.deepEqual(
      applied(legacyPolicy({ keyRestrictions: null }), {
        "profile/default/isEnforced": true,
        "profile/default/enforcementType": "allow",
        "profile/default/aaGuids": [KEY_A],
      }).keyRestrictions,
      allow(KEY_A),
    ));

  it("keeps unread restrictions of a profile whose other parts change", () =>
    assert.deepEqual(
      strictAfter(
        applied(profilePolicy([profile(STRICT_ID, { keyRestrictions: unread })]), {
          [`profile/${STRICT_ID}/passkeyTypes`]: "synced",
        }),
      )?.keyRestrictions,
      unread,
    ));
});
