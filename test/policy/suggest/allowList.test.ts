import assert from "node:assert/strict";
import fc from "fast-check";
import { SuggestionError, suggestAllowList } from "../../../provider/dist/policy/index.js";
import type { AllowListRequest, Fido2Policy, Person, Suggestion } from "../../../provider/dist/policy/index.js";
import { cases, MODELS } from "../impact/cases.ts";
import { listCompromised } from "../impact/compromised.ts";
import { works } from "../impact/oracle.ts";
import type { KnownKey, KnownPerson, World } from "../impact/oracle.ts";
import { key, METHODS, open, person, without } from "../impact/tenant.ts";
import {
  ADMINS,
  allow,
  AUTHENTICATOR,
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
  WINDOWS_HELLO,
} from "../util.ts";

const tenant = { methods: METHODS };
const [HELLO, HELLO_TOO] = WINDOWS_HELLO as [string, string];
const [PHONE] = AUTHENTICATOR as [string];
const [bad] = listCompromised() as [string];

function suggest(policy: Fido2Policy, people: readonly Person[], request: AllowListRequest = {}): Suggestion {
  return suggestAllowList(
    frozen(policy),
    { people, scope: "everyone" },
    { ...request, options: { tenant, ...request.options } },
  );
}
const having = (...models: (string | undefined)[]) => person({ passkeys: models.map((model) => key(model)) });
const listed = ({ models }: Suggestion) => models.map(({ aaguid }) => aaguid);

describe("suggestAllowList", () => {
  const rows: [it: string, people: Person[], list: string[]][] = [
    ["nobody has a key", [having()], []],
    ["everyone has the same", [having(KEY_A), having(KEY_A)], [KEY_A]],
    [
      "a model that somebody has alone, and that others have beside theirs",
      [having(KEY_A), having(KEY_A, KEY_B)],
      [KEY_A],
    ],
    ["of two that all have the lower one", [having(KEY_A, KEY_B)], [KEY_A]],
    [
      "of two that all have the one that more have",
      [having(KEY_A, KEY_B), person({ passkeys: [key(KEY_B), key(KEY_B)] })],
      [KEY_B],
    ],
    ["nothing is forced", [having(KEY_A, KEY_B), having(KEY_B, KEY_C), having(KEY_A, KEY_C)], [KEY_A, KEY_B]],
    ["a phone is portable", [having(PHONE)], [PHONE]],
    ["Windows Hello is none beside a portable key", [having(KEY_A, HELLO)], [KEY_A]],
    [
      "whoever has Windows Hello only keeps all of it",
      [having(HELLO, HELLO_TOO), having(KEY_A)],
      [HELLO, HELLO_TOO, KEY_A].sort(),
    ],
    ["a compromised model gives way to another one", [having(bad, KEY_A), having(bad, KEY_B)], [KEY_A, KEY_B]],
    ["a compromised model where it is the only one", [having(bad), having(bad, KEY_A)], [bad, KEY_A].sort()],
    [
      "disabled accounts and guests decide nothing",
      [having(KEY_A), { ...having(KEY_B), enabled: false }, { ...having(KEY_C), userType: "guest" }],
      [KEY_A],
    ],
    ["keys that do not work decide nothing", [person({ passkeys: [key(KEY_A), key(KEY_B, "synced")] })], [KEY_A]],
    [
      "whoever was not read decides nothing",
      [having(KEY_A), without(person(), "passkeys"), having(undefined)],
      [KEY_A],
    ],
    ["letters of either case", [having(KEY_A.toUpperCase()), having(KEY_A)], [KEY_A]],
  ];
  for (const [name, people, list] of rows) {
    it(name, () => {
      const found = suggest(open(), people);
      assert.deepEqual(listed(found), list);
      assert.equal(found.atLeast, list.length);
      assert.deepEqual(found.policy.passkeyProfiles![0]!.keyRestrictions, allow(...list));
      assert.equal(found.impact.loss!.counts.stranded + found.impact.loss!.counts.lockedOut, 0);
    });
  }

  it("counts for each model who has it and whom it is forced by, and what would be left out", () => {
    const found = suggest(open(), [
      having(KEY_A),
      having(KEY_A, KEY_B),
      having(bad),
      without(person(), "passkeys"),
      having(),
    ]);
    const name = (aaguid: string) => `${aaguid} (unknown model)`;
    assert.deepEqual(
      found.models.find(({ aaguid }) => aaguid === KEY_A),
      {
        aaguid: KEY_A,
        name: name(KEY_A),
        people: 2,
        onlyKey: 1,
        compromised: false,
        acceptedNow: true,
      },
    );
    assert.deepEqual(found.models.find(({ aaguid }) => aaguid === bad)?.compromised, true);
    assert.deepEqual(
      found.leftOut.map(({ aaguid, people }) => [aaguid, people]),
      [[KEY_B, 1]],
    );
    assert.deepEqual([found.people, found.helpless], [5, 1]);
    assert.deepEqual(found.impact.loss!.counts, { lockedOut: 0, stranded: 0, unknown: 1, reduced: 1, keeps: 3 });
  });

  it("keeps what an authentication strength asks for", () => {
    const people = [having(KEY_A, KEY_B), having(KEY_A)];
    const strength = {
      policy: "Strong",
      strength: "B only",
      allowedCombinations: ["fido2"],
      allowedAaguids: [KEY_B],
      includeUsers: ["all"],
      excludeUsers: [],
      includeGroups: [],
      excludeGroups: [],
      includesRoles: false,
      excludesRoles: false,
      conditional: false,
    };
    assert.deepEqual(listed(suggest(open(), people)), [KEY_A]);
    const found = suggest(open(), people, { options: { tenant: { ...tenant, strengths: [strength] } } });
    assert.deepEqual([listed(found), found.atLeast], [[KEY_A, KEY_B], 1]);
  });

  it("does not count Windows Hello as a key to fall back on, unless told so", () => {
    const people = [having(HELLO, KEY_A), having(HELLO)];
    assert.deepEqual(listed(suggest(open(), people)), [HELLO, KEY_A].sort());
    assert.deepEqual(listed(suggest(open(), people, { options: { countLocalCredentials: true } })), [HELLO]);
  });

  describe("whose list", () => {
    const policy = profilePolicy([profile(STRICT_ID, { keyRestrictions: allow(KEY_A, KEY_B) }), profile(LOOSE_ID)], {
      includeTargets: [include(NURSES, STRICT_ID), include(STUDENTS, LOOSE_ID), include(ADMINS, LOOSE_ID, STRICT_ID)],
    });
    const people = [
      { ...having(KEY_A), groups: [NURSES] },
      { ...having(KEY_B), groups: [STUDENTS] },
      { ...having(KEY_A, KEY_C), groups: [ADMINS] },
    ];
    const of = (request: AllowListRequest) => {
      const found = suggest(policy, people, request);
      return [found.profiles, listed(found), found.people];
    };
    it("a profile's, by id or by name: whoever another profile covers needs nothing of it", () => {
      const strict = [[STRICT_ID], [KEY_A], 2];
      assert.deepEqual(of({ profile: STRICT_ID.toUpperCase() }), strict);
      assert.deepEqual(of({ profile: "profile E1" }), strict);
    });
    it("a group's: those of all its profiles", () => {
      assert.deepEqual(of({ group: STUDENTS }), [[LOOSE_ID], [KEY_B], 2]);
      assert.deepEqual(of({ group: ADMINS }), [[STRICT_ID, LOOSE_ID], [KEY_A, KEY_B], 3]);
    });
    it("the default profile by its id, its name and the word default", () => {
      for (const name of ["default", DEFAULT_ID, "Default passkey profile"]) {
        assert.deepEqual(suggest(open(), people, { profile: name }).profiles, ["default"]);
      }
    });
    it("everyone's for a group without a target of its own", () => {
      assert.deepEqual(suggest(open(), people, { group: NURSES }).profiles, ["default"]);
    });
    it("the tenant-wide one before there are profiles", () => {
      const found = suggest(legacyPolicy(), people);
      assert.deepEqual([found.profiles, listed(found)], [["default"], [KEY_A, KEY_B]]);
      assert.deepEqual(found.policy.keyRestrictions, allow(KEY_A, KEY_B));
    });
    const refused: [AllowListRequest, RegExp, Fido2Policy?][] = [
      [{}, /^Several profiles have targets: Profile e1, Profile e2\. Name one, or a group$/],
      [{ profile: "x" }, /^No profile is called "x"; there are Default passkey profile \(default\), Profile e1/],
      [{ group: "99000000-0000-4000-8000-000000000000" }, /^No target covers 99/],
      [{ group: NURSES, profile: STRICT_ID }, /not both/],
      [{}, /mode/, { ...open(), passkeyProfiles: [], defaultPasskeyProfile: DEFAULT_ID }],
      [{}, /^No target covers anybody/, open({ includeTargets: [] })],
    ];
    for (const [request, message, other] of refused) {
      it(`${JSON.stringify(request)} is refused: ${message.source}`, () => {
        assert.throws(
          () => suggest(other ?? policy, people, request),
          (error) => error instanceof SuggestionError && message.test(error.message),
        );
      });
    }
  });
});

const WORLD: World = {
  attestedTakesSynced: true,
  conditionsMet: true,
  countLocalCredentials: false,
  methods: [],
  strengths: [],
};

/** Whether everyone whom a list could leave without a key keeps one. */
function keepsAll(before: Fido2Policy, after: Fido2Policy, people: readonly KnownPerson[]): boolean {
  return people.every((one) => {
    const then = one.keys.filter((each) => works(before, one, each, WORLD));
    const now = then.filter((each) => works(after, one, each, WORLD));
    const portable = (keys: readonly KnownKey[]) => keys.filter(({ aaguid }) => !WINDOWS_HELLO.includes(aaguid));
    return portable(then).length > 0 ? portable(now).length > 0 : now.length === then.length;
  });
}

describe("suggestAllowList against every list", function () {
  this.timeout(120_000);
  const crowds = fc.array(
    cases(0).map((one) => one.person),
    { minLength: 1, maxLength: 6 },
  );

  it("finds none that is smaller", () => {
    let [met, several] = [0, 0];
    fc.assert(
      fc.property(cases(0), crowds, fc.nat(), (it, people, which) => {
        const policy = { ...it.before, state: "enabled" };
        fc.pre(policy.passkeyProfiles!.length > 0 && policy.includeTargets!.length > 0);
        const ids = policy.includeTargets!.flatMap((target) => target.allowedPasskeyProfiles ?? []);
        const id = ids[which % ids.length]!;
        const known = people.map((one) => ({
          ...one,
          keys: one.passkeys as KnownKey[],
          otherMethods: [],
          hasCertificate: false,
          isAdmin: false,
        }));
        const found = suggestAllowList(policy, { people, scope: "everyone" }, { profile: id });
        const withList = (aaGuids: string[]) => ({
          ...policy,
          passkeyProfiles: policy.passkeyProfiles!.map((one) =>
            one.id === id ? { ...one, keyRestrictions: allow(...aaGuids) } : one,
          ),
        });
        assert.ok(keepsAll(policy, withList(listed(found)), known));
        let smallest = MODELS.length;
        for (let choice = 0; choice < 2 ** MODELS.length; choice += 1) {
          const list = MODELS.filter((_, index) => choice & (1 << index));
          if (list.length < smallest && keepsAll(policy, withList(list), known)) smallest = list.length;
        }
        assert.equal(found.models.length, smallest);
        assert.equal(found.atLeast, smallest);
        met += smallest > 0 ? 1 : 0;
        several += smallest > 1 ? 1 : 0;
      }),
      { numRuns: 1_500 },
    );
    assert.ok(met > 300 && several > 50, `${met}, ${several}`);
  });

  it("strands and locks out nobody of whom it is known, whatever was not read and whatever is asked for", () => {
    fc.assert(
      fc.property(
        cases(15),
        fc.array(
          cases(15).map((one) => one.person),
          { maxLength: 5 },
        ),
        (it, people) => {
          const { before: policy, methods, strengths, countLocalCredentials, nestedMembership } = it;
          fc.pre(policy.includeTargets!.length > 0);
          const inventory = { ...it.inventory, people: [it.person, ...people] };
          const options = { tenant: { methods, strengths }, countLocalCredentials, nestedMembership };
          const group = policy.includeTargets![0]!.id;
          const { impact, models } = suggestAllowList(policy, inventory, { group, options });
          assert.deepEqual([impact.loss!.counts.lockedOut, impact.loss!.counts.stranded], [0, 0]);
          assert.ok(models.every(({ people: count }) => count > 0));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
