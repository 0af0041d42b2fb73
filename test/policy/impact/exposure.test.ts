import assert from "node:assert/strict";
import { listCompromised } from "./compromised.ts";
import { assessImpact } from "../../../provider/dist/policy/index.js";
import type { Exposure, Fido2Policy, Inventory, Person } from "../../../provider/dist/policy/index.js";
import {
  ADMINS,
  allow,
  AUTHENTICATOR,
  block,
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
  WINDOWS_HELLO,
} from "../util.ts";
import { person } from "./tenant.ts";

type Told = Partial<Exposure>;
const attested = { attestationEnforcement: "registrationOnly" };
const exclude = (...ids: string[]) => ids.map((id) => ({ id, targetType: "group" as const }));

/** A profile for the nurses, who have no other. */
const nurses = (parts: Parameters<typeof profile>[1] = {}, policy: Partial<Fido2Policy> = {}) =>
  profilePolicy([profile(STRICT_ID, parts)], { includeTargets: [include(NURSES, STRICT_ID)], ...policy });
const listed = (...models: string[]) => ({ keyRestrictions: allow(...models) });
const [compromised] = listCompromised();

function exposures(before: Fido2Policy, after: Fido2Policy, options = {}, people?: readonly Person[]): Exposure[] {
  const inventory: Inventory | undefined = people && { people, scope: "everyone" };
  return [...assessImpact(frozen(before), frozen(after), inventory, options).exposure];
}

/** Of kind by group: what the tables compare. */
const short = (found: readonly Exposure[]) => found.map(({ kind, group, aaguids }) => [kind, group, ...aaguids]);

const A = listed(KEY_A);
const rows: [it: string, before: Fido2Policy, after: Fido2Policy, ...found: string[][]][] = [
  ["nothing changes", nurses(), nurses()],
  ["fewer models", nurses(listed(KEY_A, KEY_B)), nurses(A)],
  ["attestation on", nurses(), nurses(attested)],
  ["synced keys", nurses(A), nurses({ ...A, passkeyTypes: "deviceBound,synced" }), ["synced", NURSES]],
  ["a further model", nurses(A), nurses(listed(KEY_A, KEY_B)), ["model", NURSES, KEY_B]],
  ["a further model in another letter case", nurses(A), nurses(listed(KEY_A.toUpperCase(), KEY_A))],
  [
    "a model is no longer blocked",
    nurses({ keyRestrictions: block(KEY_A, KEY_B) }),
    nurses({ keyRestrictions: block(KEY_A) }),
    ["model", NURSES, KEY_B],
  ],
  ["enforcement off", nurses(A), nurses({ keyRestrictions: unenforced("allow", KEY_A) }), ["anyModel", NURSES]],
  [
    "enforcement off names no listed model beside it",
    nurses(A),
    nurses({ keyRestrictions: unenforced("allow", KEY_B, AUTHENTICATOR[0]!) }),
    ["anyModel", NURSES],
  ],
  ["an allow list turns into a block list", nurses(A), nurses({ keyRestrictions: block(KEY_B) }), ["anyModel", NURSES]],
  ["attestation off", nurses({ ...A, ...attested }), nurses(A), ["unattested", NURSES]],
  [
    "attestation off, with a further model",
    nurses({ ...A, ...attested }),
    nurses(listed(KEY_A, KEY_B)),
    ["unattested", NURSES],
    ["model", NURSES, KEY_B],
  ],
  [
    "Authenticator",
    nurses(A),
    nurses(listed(KEY_A, ...AUTHENTICATOR)),
    ["microsoftAuthenticator", NURSES, ...AUTHENTICATOR],
  ],
  [
    "Windows Hello",
    nurses(A),
    nurses(listed(KEY_A, ...WINDOWS_HELLO)),
    ["windowsHello", NURSES, ...WINDOWS_HELLO.toSorted()],
  ],
  ["a compromised model", nurses(A), nurses(listed(KEY_A, compromised!)), ["compromisedModel", NURSES, compromised!]],
  [
    "enforcement off names a compromised model beside it",
    nurses({ keyRestrictions: block(compromised!) }),
    nurses({ keyRestrictions: unenforced("block") }),
    ["compromisedModel", NURSES, compromised!],
  ],
  [
    "an exclusion is lifted",
    nurses({}, { excludeTargets: exclude(STUDENTS) }),
    nurses(),
    ["exclusionLifted", STUDENTS],
  ],
  [
    "an exclusion of the target is lifted",
    nurses({ ...A, ...attested }, { excludeTargets: exclude(NURSES) }),
    nurses({ ...A, ...attested }),
    ["exclusionLifted", NURSES],
    ["model", NURSES, KEY_A],
  ],
  [
    "an exclusion is lifted while the policy is off",
    nurses({}, { excludeTargets: exclude(STUDENTS) }),
    nurses({}, { state: "disabled" }),
  ],
  ["turned on", nurses(A, { state: "disabled" }), nurses(A), ["unattested", NURSES], ["model", NURSES, KEY_A]],
  [
    "turned on with attestation",
    nurses({ ...A, ...attested }, { state: "disabled" }),
    nurses({ ...A, ...attested }),
    ["model", NURSES, KEY_A],
  ],
  ["turned off", nurses(), nurses({ passkeyTypes: "deviceBound,synced" }, { state: "disabled" })],
  [
    "a new target that is excluded",
    nurses(A),
    nurses(A, {
      includeTargets: [include(NURSES, STRICT_ID), include(ADMINS, STRICT_ID)],
      excludeTargets: exclude(ADMINS),
    }),
  ],
  [
    "everyone already had it",
    profilePolicy([profile(STRICT_ID, A)]),
    profilePolicy([profile(STRICT_ID, A)], {
      includeTargets: [include("all_users", DEFAULT_ID), include(NURSES, STRICT_ID)],
    }),
  ],
  [
    "a profile that nobody has",
    nurses(A),
    profilePolicy([profile(STRICT_ID, A), profile(LOOSE_ID)], { includeTargets: [include(NURSES, STRICT_ID)] }),
  ],
  [
    "legacy attestation off: synced keys may work now",
    legacyPolicy({ isAttestationEnforced: true }),
    legacyPolicy(),
    ["synced", "all_users"],
    ["unattested", "all_users"],
  ],
  ["a type of a newer kind", nurses(A), nurses({ ...A, passkeyTypes: "deviceBound,hybrid" }), ["synced", NURSES]],
  [
    "more models of a type of a newer kind",
    nurses({ ...A, passkeyTypes: "hybrid" }),
    nurses({ ...listed(KEY_A, KEY_B), passkeyTypes: "hybrid" }),
    ["model", NURSES, KEY_B],
  ],
  ["types that could not be read", nurses(A), nurses({ ...A, passkeyTypes: null }), ["synced", NURSES]],
  [
    "a list that could not be read",
    nurses(A),
    nurses({ keyRestrictions: { isEnforced: true, enforcementType: "allow" } }),
    ["anyModel", NURSES],
  ],
];

describe("exposure: what becomes acceptable to whom", () => {
  for (const [name, before, after, ...found] of rows) {
    it(`${name}: ${found.map(([kind]) => kind).join(", ") || "nothing"}`, () => {
      assert.deepEqual(short(exposures(before, after)), found);
    });
  }

  it("is told for each target through which it comes, with the profiles", () => {
    const profiles = [profile(STRICT_ID, A), profile(LOOSE_ID)];
    const targets = (id: string) => ({ includeTargets: [include(NURSES, STRICT_ID), include(STUDENTS, id)] });
    const [moved] = exposures(profilePolicy(profiles, targets(STRICT_ID)), profilePolicy(profiles, targets(LOOSE_ID)));
    assert.deepEqual(moved, { kind: "anyModel", group: STUDENTS, profiles: [LOOSE_ID], aaguids: [] });
  });

  describe("people", () => {
    const who = [
      person({ groups: [NURSES], isAdmin: true }),
      person({ groups: [NURSES] }),
      person({ groups: [STUDENTS], isAdmin: true }),
    ];
    const change = [nurses(A), nurses({ ...A, passkeyTypes: "deviceBound,synced" })] as const;
    const counts = (inventory?: Inventory) => {
      const [{ people, admins }] = assessImpact(...change, inventory).exposure as [Exposure];
      return [people, admins];
    };
    it("are counted where the inventory has them, administrators apart", () => {
      assert.deepEqual(counts({ people: who, scope: "everyone" }), [2, 1]);
      assert.deepEqual(counts({ people: who, scope: new Set([NURSES]) }), [2, 1]);
    });
    it("are left out, rather than taken for none, where they were not read", () => {
      assert.deepEqual(counts(), [undefined, undefined]);
      assert.deepEqual(counts({ people: who, scope: new Set([STUDENTS]) }), [undefined, undefined]);
      assert.deepEqual(counts({ people: who, scope: "everyone", groupsRead: new Set([STUDENTS]) }), [
        undefined,
        undefined,
      ]);
    });
    it("are everyone for all users", () => {
      const [found] = exposures(legacyPolicy({ isAttestationEnforced: true }), legacyPolicy(), {}, who);
      assert.deepEqual([found!.people, found!.admins], [3, 2]);
    });
  });
});

describe("exposure: what has to be acknowledged", () => {
  const synced = { ...A, passkeyTypes: "deviceBound,synced" };
  const ids = (...profiles: string[]) => new Set(profiles);
  const exclusive = (before: string[], after: string[]) => ({
    exclusive: { before: ids(...before), after: ids(...after) },
  });
  const admin = person({ groups: [NURSES], isAdmin: true });
  const nurse = person({ groups: [NURSES] });
  const more = nurses(listed(KEY_A, KEY_B));
  const phone = nurses(listed(KEY_A, ...AUTHENTICATOR));
  const both = [profile(STRICT_ID, A), profile(LOOSE_ID, listed(KEY_A, KEY_C))];
  const through = (id: string) => profilePolicy(both, { includeTargets: [include(NURSES, id)] });
  const everyone = (passkeyTypes: string) =>
    profilePolicy([profile(DEFAULT_ID, { passkeyTypes })], { includeTargets: [include("all_users", DEFAULT_ID)] });

  const guarded: [
    it: string,
    before: Fido2Policy,
    after: Fido2Policy,
    options: object,
    people: Person[] | undefined,
    Told["guarded"][],
  ][] = [
    ["synced keys for anyone", nurses(A), nurses(synced), {}, [nurse], [undefined]],
    [
      "synced keys for a declared group of administrators",
      nurses(A),
      nurses(synced),
      { adminGroups: [NURSES] },
      undefined,
      ["adminGroup"],
    ],
    ["synced keys for a group of administrators only", nurses(A), nurses(synced), {}, [admin], ["adminGroup"]],
    ["synced keys for a group with an administrator", nurses(A), nurses(synced), {}, [admin, nurse], ["admins"]],
    ["Authenticator for a group with an administrator", nurses(A), phone, {}, [admin, nurse], [undefined]],
    ["Authenticator for a group of administrators", nurses(A), phone, {}, [admin], ["adminGroup"]],
    ["a further model for a group of administrators", nurses(A), more, { adminGroups: [NURSES] }, [admin], [undefined]],
    [
      "synced keys for all users, administrators among them",
      everyone("deviceBound"),
      everyone("deviceBound,synced"),
      {},
      [admin, nurse],
      ["admins"],
    ],
    ["attestation off for administrators", nurses({ ...A, ...attested }), nurses(A), {}, [admin], ["adminGroup"]],
    [
      "an exclusion of administrators is lifted",
      nurses(A, { excludeTargets: exclude(ADMINS) }),
      nurses(A),
      { adminGroups: [ADMINS] },
      undefined,
      ["adminGroup"],
    ],
    [
      "turned on, for administrators",
      nurses(A, { state: "disabled" }),
      nurses(A),
      { adminGroups: [NURSES] },
      undefined,
      ["adminGroup", undefined],
    ],
    [
      "a further model of a profile that was exclusive",
      nurses(A),
      more,
      exclusive([STRICT_ID], []),
      undefined,
      ["exclusive"],
    ],
    [
      "a further model of a profile that stays exclusive",
      nurses(A),
      more,
      exclusive([STRICT_ID], [STRICT_ID]),
      undefined,
      ["exclusive"],
    ],
    [
      "a further model of a profile that becomes exclusive",
      nurses(A),
      more,
      exclusive([], [STRICT_ID]),
      undefined,
      [undefined],
    ],
    [
      "Authenticator in a profile that becomes exclusive",
      nurses(A),
      phone,
      exclusive([], [STRICT_ID]),
      undefined,
      ["exclusive"],
    ],
    [
      "out of an exclusive profile into a looser one",
      through(STRICT_ID),
      through(LOOSE_ID),
      exclusive([STRICT_ID], [STRICT_ID]),
      undefined,
      ["exclusive"],
    ],
    [
      "a looser profile beside an exclusive one",
      through(STRICT_ID),
      profilePolicy(both, { includeTargets: [include(NURSES, STRICT_ID, LOOSE_ID)] }),
      exclusive([STRICT_ID], [STRICT_ID]),
      undefined,
      ["exclusive"],
    ],
    [
      "another profile is exclusive",
      nurses(A),
      nurses(synced),
      exclusive([LOOSE_ID], [LOOSE_ID]),
      undefined,
      [undefined],
    ],
  ];
  for (const [name, before, after, options, people, wanted] of guarded) {
    it(`${name}: ${wanted.map((one) => one ?? "no").join(", ")}`, () => {
      assert.deepEqual(
        exposures(before, after, options, people).map((found) => found.guarded),
        wanted,
      );
    });
  }
});
