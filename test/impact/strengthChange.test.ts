import assert from "node:assert/strict";
import { assessNarrowerStrength } from "../../provider/dist/impact/strengthChange.js";
import type { People } from "../../provider/dist/impact/index.js";
import type { Inventory, StrengthRequirement, TenantMethods } from "../../provider/dist/policy/index.js";
import { BEN, KEY, NURSES, PHONE } from "./util.ts";

const ID = "90000000-0000-4000-8000-000000000001";

const asked: StrengthRequirement = {
  ...{ policy: "Nurses", strength: "Keys", strengthId: ID, allowedCombinations: ["fido2"], conditional: false },
  ...{ includeUsers: [], excludeUsers: [], includeGroups: [NURSES], excludeGroups: [] },
  ...{ includesRoles: false, excludesRoles: false },
};
const inventory: Inventory = {
  scope: new Set([NURSES]),
  people: [
    {
      user: BEN,
      userType: "member",
      groups: [NURSES],
      otherMethods: [],
      passkeys: [{ aaguid: PHONE, passkeyType: "deviceBound" }],
    },
  ],
};

/** People whom somebody else asks for something else each time that it is read. */
function peopleOf(...answers: TenantMethods[]): People & { readonly asked: number } {
  let asked = 0;
  const people = {
    methods: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)]),
    pseudonyms: { user: (id: string) => id, fingerprint: "0" },
    live: () => Promise.resolve(inventory),
    withGroups: (some: Inventory) => Promise.resolve(some),
    get asked() {
      return asked;
    },
  };
  return people as unknown as People & { readonly asked: number };
}

const assess = (people: People) =>
  assessNarrowerStrength(people, {
    strength: { id: ID, name: "Keys" },
    before: { allowedCombinations: ["fido2"] },
    after: { allowedCombinations: ["fido2"], allowedAaguids: [KEY] },
    narrower: true,
    policy: () =>
      Promise.resolve({
        ...{ state: "enabled", isSelfServiceRegistrationAllowed: true, isAttestationEnforced: false },
        keyRestrictions: { isEnforced: false, enforcementType: "allow", aaGuids: [] },
        includeTargets: [{ id: "all_users", targetType: "group" }],
        excludeTargets: [],
      } as never),
    now: 0,
  });

describe("assessNarrowerStrength", () => {
  const [nobody, nurses] = [
    { methods: [], strengths: [] },
    { methods: [], strengths: [asked] },
  ];

  it("asks once before people are read and once after, and takes what stayed the same", async () => {
    const people = peopleOf(nurses);
    const { impact } = await assess(people);
    assert.equal(impact!.loss!.counts.lockedOut, 1);
    assert.equal(people.asked, 2);
  });

  it("assesses anew where Conditional Access came to ask for the strength meanwhile", async () => {
    const { impact, policies } = await assess(peopleOf(nobody, nurses));
    assert.deepEqual(policies, ["Nurses"]);
    assert.equal(impact!.loss!.counts.lockedOut, 1);
  });

  it("says so where Conditional Access changes again and again", async () => {
    const answers = [0, 1, 2, 3, 4].map((n) => ({ methods: [], strengths: [{ ...asked, policy: `Nurses ${n}` }] }));
    const { impact, missing } = await assess(peopleOf(...answers));
    assert.equal(impact, undefined);
    assert.match(missing[0]!.reason, /changed again and again/);
  });
});
