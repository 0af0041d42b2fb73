import assert from "node:assert/strict";
import { normalizePolicy, reachOf } from "../../../provider/dist/policy/index.js";
import type { Fido2Policy, NormalPolicy } from "../../../provider/dist/policy/index.js";
import {
  ADMINS,
  allow,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "../util.ts";
import { assess, key, only, open, person, table, without } from "./tenant.ts";
import type { Options } from "./tenant.ts";

const change = [open(), only(KEY_B)] as const;
const nobody = { lockedOut: 0, stranded: 0, unknown: 0, reduced: 0, keeps: 0 };

describe("assessImpact: who is counted where", () => {
  it("counts disabled accounts apart, and never as stranded", () => {
    const off = { enabled: false };
    const { counts, disabled, affected, reasons } = assess(...change, [
      person(off),
      person({ ...off, otherMethods: ["mobilePhone"] }),
      without(person(off), "passkeys"),
      person({ ...off, passkeys: [key(KEY_A), key(KEY_B)] }),
      person({ ...off, passkeys: [key(KEY_B)] }),
    ]).loss!;
    assert.deepEqual(counts, nobody);
    assert.deepEqual(disabled, { withoutKey: 2, unknown: 1 });
    assert.deepEqual([affected, reasons], [[], []]);
  });

  it("counts an account of which it is not known whether it is disabled like an enabled one", () => {
    assert.equal(assess(...change, [without(person(), "enabled")]).loss!.counts.lockedOut, 1);
  });

  it("has one line for guests, disabled ones included", () => {
    const guest = { userType: "Guest" };
    const who = [
      person(guest),
      without(person(guest), "passkeys"),
      person({ ...guest, passkeys: [key(KEY_B)] }),
      person({ ...guest, enabled: false }),
    ];
    const { counts, guests, disabled, affected } = assess(...change, who).loss!;
    assert.deepEqual([counts, guests, disabled, affected], [nobody, 3, { withoutKey: 0, unknown: 0 }, []]);
  });

  it("counts somebody whose kind of account could not be read as a member", () => {
    assert.equal(assess(...change, [without(person(), "userType")]).loss!.counts.lockedOut, 1);
  });

  it("counts people by reason, most first, and somebody with two reasons once for each", () => {
    const { counts, reasons } = assess(open(), only(), [
      person({ passkeys: [key(KEY_A), key(KEY_B)] }),
      person({ passkeys: [key(KEY_A), key(KEY_A)] }),
      person({ passkeys: [] }),
    ]).loss!;
    assert.deepEqual(counts, { ...nobody, lockedOut: 2, keeps: 1 });
    assert.deepEqual(reasons, [
      { outcome: "lockedOut", reason: { rule: "model", aaguid: KEY_A, profiles: ["default"] }, people: 2 },
      { outcome: "lockedOut", reason: { rule: "model", aaguid: KEY_B, profiles: ["default"] }, people: 1 },
    ]);
  });
});

describe("assessImpact: nested groups", () => {
  const before = profilePolicy([], { includeTargets: [include(STUDENTS, DEFAULT_ID)] });
  const after = profilePolicy([], { includeTargets: [] });
  const nested = { groups: [STUDENTS], nested: [STUDENTS] };
  const membership = [{ rule: "unread" as const, what: "membership" as const, groups: [STUDENTS] }];
  table([
    { it: "the target goes, nesting unknown", before, after, who: nested, outcome: "unknown", reasons: membership },
    {
      it: "the target goes, nesting counts",
      before,
      after,
      who: nested,
      options: { nestedMembership: "covered" },
      outcome: "lockedOut",
    },
    {
      it: "the target goes, nesting does not count",
      before,
      after,
      who: nested,
      options: { nestedMembership: "notCovered" },
      outcome: "keeps",
    },
    {
      it: "the target goes, for a direct member too",
      before,
      after,
      who: { groups: [STUDENTS] },
      outcome: "lockedOut",
    },
    {
      it: "nested in another group, a direct member of this one",
      before,
      after,
      who: { groups: [STUDENTS, NURSES], nested: [NURSES] },
      outcome: "lockedOut",
    },
  ]);

  const excluded = open({ excludeTargets: [{ id: STUDENTS, targetType: "group" }] });
  table([
    {
      it: "excluded, nesting unknown",
      before: open(),
      after: excluded,
      who: nested,
      outcome: "unknown",
      reasons: membership,
    },
    {
      it: "excluded, nesting counts",
      before: open(),
      after: excluded,
      who: nested,
      options: { nestedMembership: "covered" },
      outcome: "lockedOut",
    },
    {
      it: "excluded, nesting does not count",
      before: open(),
      after: excluded,
      who: nested,
      options: { nestedMembership: "notCovered" },
      outcome: "keeps",
    },
    {
      it: "one of two doubtful excludes is lifted",
      before: open({ excludeTargets: [STUDENTS, NURSES].map((id) => ({ id, targetType: "group" })) }),
      after: excluded,
      who: { groups: [STUDENTS, NURSES], nested: [STUDENTS, NURSES] },
      outcome: "keeps",
    },
    {
      it: "excluded before and after, nesting unknown",
      before: excluded,
      after: excluded,
      who: nested,
      outcome: "keeps",
    },
  ]);

  it("does not doubt a nested member whose doubt is the same before and after", () => {
    const looser = { ...before, isSelfServiceRegistrationAllowed: false };
    assert.equal(assess(before, looser, [person(nested)]).loss!.counts.keeps, 1);
  });
});

describe("assessImpact: groups and people that were not read", () => {
  const before = profilePolicy([], { includeTargets: [include(STUDENTS, DEFAULT_ID)] });
  const none = profilePolicy([], { includeTargets: [] });
  const read = (...groups: string[]): Options => ({ groupsRead: new Set(groups) });
  table([
    {
      it: "the group of the target",
      before,
      after: none,
      who: { groups: [] },
      options: read(NURSES),
      outcome: "unknown",
    },
    { it: "another group", before, after: none, who: { groups: [] }, options: read(STUDENTS), outcome: "keeps" },
    {
      it: "an excluded group",
      before: open(),
      after: open({ excludeTargets: [{ id: NURSES, targetType: "group" }] }),
      options: read(STUDENTS),
      outcome: "unknown",
      reasons: [{ rule: "unread", what: "membership", groups: [NURSES] }],
    },
  ]);

  const outside = (after: Parameters<typeof assess>[1], from: Parameters<typeof assess>[0], ...groups: string[]) =>
    assess(from, after, [], { scope: new Set(groups) }).outOfScope;

  it("names groups that the change reaches and the inventory was not read for", () => {
    assert.deepEqual(outside(none, before, NURSES), [STUDENTS]);
    assert.deepEqual(outside(none, before, STUDENTS), []);
    assert.deepEqual(assess(before, none, []).outOfScope, []);
  });

  it("names all users where it reaches everyone", () => {
    assert.deepEqual(outside(only(KEY_B), open(), STUDENTS), ["all_users"]);
  });

  it("names nothing where the change takes a key from nobody", () => {
    assert.deepEqual(outside(open(), only(KEY_B), ADMINS), []);
  });

  it("names the target that is a user", () => {
    const user = "a1000000-0000-4000-8000-0000000000cd";
    const target = { ...include(user, DEFAULT_ID), targetType: "user" };
    assert.deepEqual(outside(none, profilePolicy([], { includeTargets: [target] }), STUDENTS), [user]);
  });

  it("tells reach and exposure without an inventory, and no loss", () => {
    const strict = profilePolicy([profile(STRICT_ID)], { includeTargets: [include(NURSES, STRICT_ID)] });
    const impact = assess(strict, before, []);
    assert.deepEqual(impact.reach, { everyone: false, groups: [NURSES], users: [] });
  });
});

describe("reachOf", () => {
  const reach = (...change: [Fido2Policy, Fido2Policy]) =>
    reachOf(...(change.map(normalizePolicy) as [NormalPolicy, NormalPolicy]));
  const of = (groups: string[], everyone = false, users: string[] = []) => ({ everyone, groups, users });
  const exclude = (id: string, targetType = "group") => open({ excludeTargets: [{ id, targetType }] });
  const strict = (id: string) =>
    profilePolicy([profile(STRICT_ID, { keyRestrictions: allow(KEY_A) })], { includeTargets: [include(NURSES, id)] });
  const rows: [it: string, before: Fido2Policy, after: Fido2Policy, reach: ReturnType<typeof of>][] = [
    ["nothing", open(), open(), of([])],
    ["everyone's list narrowed", open(), only(KEY_B), of([], true)],
    ["everyone's list widened", only(KEY_B), open(), of([])],
    ["a group excluded", open(), exclude(NURSES), of([NURSES])],
    ["a group no longer excluded", exclude(NURSES), open(), of([])],
    ["a target that becomes another kind of exclude", exclude(NURSES, "device"), exclude(NURSES), of([NURSES])],
    ["a user excluded", open(), exclude(KEY_A, "user"), of([], false, [KEY_A])],
    ["a newer kind of target excluded", open(), exclude(NURSES, "device"), of([], true)],
    ["a group to a stricter profile", strict(DEFAULT_ID), strict(STRICT_ID), of([NURSES])],
    ["a group to a looser profile", strict(STRICT_ID), strict(DEFAULT_ID), of([])],
    ["turned off", open(), open({ state: "disabled" }), of([], true)],
    ["turned off where it was", open({ state: "disabled" }), { ...only(KEY_B), state: "disabled" }, of([])],
    ["turned on more strictly", open({ state: "disabled" }), only(KEY_B), of([])],
    [
      "attestation on",
      open(),
      profilePolicy([profile(DEFAULT_ID, { attestationEnforcement: "registrationOnly" })]),
      of([]),
    ],
    ["self-service off", open(), open({ isSelfServiceRegistrationAllowed: false }), of([])],
  ];
  for (const [name, before, after, wanted] of rows) {
    it(`${name}: ${JSON.stringify(wanted)}`, () => assert.deepEqual(reach(before, after), wanted));
  }
});
