import assert from "node:assert/strict";

import { listings, normalizePolicy, planChange, usable } from "../../provider/dist/policy/index.js";
import type { DesiredPolicy, Fido2Policy, KeyRestrictions, PlanOptions } from "../../provider/dist/policy/index.js";
import {
  allow,
  assertRefused,
  AUTHENTICATOR,
  block,
  bodiesOf,
  bodyOf,
  codes,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  KEY_C,
  legacyPolicy,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  registration,
  STRICT_ID,
  STUDENTS,
  unenforced,
} from "./util.ts";

const tenants: Record<string, (restrictions: KeyRestrictions, parts?: Partial<Fido2Policy>) => Fido2Policy> = {
  "a legacy tenant": (keyRestrictions, parts = {}) => legacyPolicy({ keyRestrictions, ...parts }),
  "a tenant with profiles": (keyRestrictions, parts = {}) =>
    profilePolicy([profile(DEFAULT_ID, { keyRestrictions, passkeyTypes: "deviceBound,synced" })], parts),
};
const inBody = (tenant: Fido2Policy, keyRestrictions: KeyRestrictions) =>
  tenant.passkeyProfiles?.length
    ? { passkeyProfiles: [{ ...tenant.passkeyProfiles[0], keyRestrictions }] }
    : { keyRestrictions };

const offer: DesiredPolicy = {
  profiles: [{ id: "default", keyRestrictions: { isEnforced: false, microsoftAuthenticator: true } }],
};
const enforceFirst = (inventory?: PlanOptions["inventory"]): PlanOptions => ({ toggle: "enforceFirst", inventory });
const used = [registration(KEY_C.toUpperCase()), registration(KEY_A, [NURSES]), registration(KEY_C, [], "synced")];

for (const [name, tenantWith] of Object.entries(tenants)) {
  describe(`toggle of ${name}`, () => {
    const open = tenantWith(unenforced("allow", KEY_B));
    const listed = inBody(open, unenforced("allow", KEY_B, ...AUTHENTICATOR));
    const window = inBody(open, allow(KEY_B, ...AUTHENTICATOR, KEY_A, KEY_C));

    for (const inventory of [undefined, used]) {
      const given = inventory === undefined ? "without an inventory" : "with an inventory";
      it(`auto lists in one tentative step ${given}`, () => {
        for (const toggle of [undefined, "auto"] as const) {
          const plan = planChange(open, offer, { toggle, inventory });
          assert.deepEqual([bodyOf(plan), plan.steps[0]?.tentative], [listed, true]);
        }
      });

      it(`direct lists in one final step ${given}`, () => {
        const plan = planChange(open, offer, { toggle: "direct", inventory });
        assert.deepEqual([bodyOf(plan), plan.steps[0]?.tentative], [listed, false]);
      });
    }

    it("enforceFirst takes the window with what is listed, wanted and in use", () => {
      const plan = planChange(open, offer, enforceFirst(used));
      assert.deepEqual(bodiesOf(plan, "enforceWindow", "release"), [window, listed]);
      assert.ok(plan.steps.every((step) => !step.tentative));
      assert.match(plan.steps[0]?.risk ?? "", /only listed models work/);
      assert.equal(plan.steps[1]?.risk, undefined);
    });

    it("enforceFirst makes the same window whatever the order of the inventory", () => {
      const digests = [used, [...used].reverse(), [...used, ...used]].map(
        (inventory) => planChange(open, offer, enforceFirst(inventory)).digest,
      );
      assert.equal(new Set(digests).size, 1);
    });

    it("enforceFirst refuses without an inventory, and says why", () => {
      const plan = planChange(open, offer, enforceFirst());
      assertRefused(plan, "toggleNeedsInventory");
      assert.equal(plan.refusals[0]?.place, "profiles.default.keyRestrictions");
    });

    it("enforceFirst takes an empty inventory for one", () =>
      assert.deepEqual(bodiesOf(planChange(open, offer, enforceFirst([])), "enforceWindow", "release"), [
        inBody(open, allow(KEY_B, ...AUTHENTICATOR)),
        listed,
      ]));

    it("enforceFirst needs no inventory where nobody can lose a key", () => {
      for (const tenant of [
        tenantWith(unenforced("allow", KEY_B), { state: "disabled" }),
        tenantWith(unenforced("allow", KEY_B), { includeTargets: [] }),
        tenantWith(allow(KEY_B)),
      ]) {
        assert.equal(planChange(tenant, offer, enforceFirst()).steps.length, 2);
      }
    });

    it("enforceFirst keeps what an enforced allow list named, also where the list is replaced", () => {
      const replaced = {
        profiles: [{ id: "default", keyRestrictions: { isEnforced: false, aaGuids: [KEY_A] } }],
      };
      const tenant = tenantWith(allow(KEY_B));
      assert.deepEqual(bodiesOf(planChange(tenant, replaced, enforceFirst()), "enforceWindow", "release"), [
        inBody(tenant, allow(KEY_B, KEY_A)),
        inBody(tenant, unenforced("allow", KEY_A)),
      ]);
    });

    it("enforceFirst enforces an allow list, also where the list is to be a block list", () => {
      const blocks: DesiredPolicy = {
        profiles: [
          { id: "default", keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [KEY_A] } },
        ],
      };
      assert.deepEqual(bodiesOf(planChange(open, blocks, enforceFirst(used)), "enforceWindow", "release"), [
        inBody(open, allow(KEY_B, KEY_A, KEY_C)),
        inBody(open, unenforced("block", KEY_A)),
      ]);
    });

    it("enforceFirst needs an inventory where the list could not be read", () =>
      assertRefused(
        planChange(
          tenantWith({ ...allow(), aaGuids: null }),
          {
            profiles: [{ id: "default", keyRestrictions: { isEnforced: false, aaGuids: [KEY_A] } }],
          },
          enforceFirst(),
        ),
        "toggleNeedsInventory",
      ));

    it("enforceFirst refuses keys in use whose model could not be read", () =>
      assertRefused(planChange(open, offer, enforceFirst([registration(undefined)])), "unsafeOrder"));

    it("enforceFirst keeps keys off the list that work for nobody", () => {
      const tenant = tenantWith(unenforced("allow", KEY_B), { excludeTargets: [{ id: NURSES, targetType: "group" }] });
      const [first] = bodiesOf(planChange(tenant, offer, enforceFirst(used)), "enforceWindow", "release");
      assert.deepEqual(first, inBody(tenant, allow(KEY_B, ...AUTHENTICATOR, KEY_C)));
    });

    it("enforceFirst refuses a window that is over the limit", () => {
      const inventory = Array.from({ length: 600 }, (_, index) =>
        registration(`${index.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`),
      );
      assertRefused(planChange(open, offer, enforceFirst(inventory)), "overSize");
    });

    it("does nothing in any mode where everything is listed already", () => {
      const done = tenantWith(unenforced("allow", ...AUTHENTICATOR.map((aaguid) => aaguid.toUpperCase()), KEY_B));
      for (const toggle of ["auto", "direct", "enforceFirst"] as const) {
        const plan = planChange(done, offer, { toggle });
        assert.deepEqual([plan.refusals, plan.steps, codes(plan.warnings)], [[], [], ["listedNotAccepted"]]);
      }
    });

    it("takes no window where the list stays enforced", () => {
      const keep = { profiles: [{ id: "default", keyRestrictions: { microsoftAuthenticator: true } }] };
      const tenant = tenantWith(allow(KEY_B));
      const plan = planChange(tenant, keep, enforceFirst());
      assert.deepEqual(bodyOf(plan), inBody(tenant, allow(KEY_B, ...AUTHENTICATOR)));
    });

    it("finishes a run that died in the window", () => {
      const [opened] = planChange(open, offer, enforceFirst(used)).steps;
      const plan = planChange(opened!.after, offer, enforceFirst());
      assert.deepEqual(bodyOf(plan), inBody(open, unenforced("allow", KEY_B, ...AUTHENTICATOR, KEY_A, KEY_C)));
      const owned = {
        profiles: [{ id: "default", keyRestrictions: { isEnforced: false, aaGuids: [KEY_B, ...AUTHENTICATOR] } }],
      };
      assert.deepEqual(bodyOf(planChange(opened!.after, owned, enforceFirst())), listed);
    });

    it("opens the window from a block list without the models that it blocks", () => {
      const owned: DesiredPolicy = {
        profiles: [
          { id: "default", keyRestrictions: { isEnforced: false, microsoftAuthenticator: true, aaGuids: [KEY_B] } },
        ],
      };
      const tenant = tenantWith(block(KEY_A));
      assert.deepEqual(bodiesOf(planChange(tenant, owned, enforceFirst(used)), "enforceWindow", "release"), [
        inBody(tenant, allow(KEY_B, ...AUTHENTICATOR, KEY_C)),
        inBody(tenant, unenforced("allow", KEY_B, ...AUTHENTICATOR)),
      ]);
    });

    it("takes Microsoft Authenticator off in the step that releases, and in one step", () => {
      const tenant = tenantWith(allow(KEY_B, ...AUTHENTICATOR));
      const off = { profiles: [{ id: "default", keyRestrictions: { isEnforced: false, aaGuids: [KEY_B] } }] };
      for (const toggle of ["auto", "direct", "enforceFirst"] as const) {
        const plan = planChange(tenant, off, { toggle });
        assert.deepEqual([bodyOf(plan), plan.steps[0]?.tentative], [inBody(tenant, unenforced("allow", KEY_B)), false]);
      }
    });

    it("foresees the mirror of the default profile in every state", () => {
      for (const step of planChange(open, offer, enforceFirst(used)).steps) {
        const [first] = step.after.passkeyProfiles ?? [];
        if (first !== undefined) assert.deepEqual(step.after.keyRestrictions, first.keyRestrictions);
      }
    });
  });
}

describe("listings", () => {
  const normal = (...profiles: Parameters<typeof profilePolicy>[0]) => normalizePolicy(profilePolicy(profiles));
  it("names what each unenforced list gets", () =>
    assert.deepEqual(
      listings(
        normal(profile(STRICT_ID, { keyRestrictions: allow(KEY_A.toUpperCase()) })),
        normal(
          profile(STRICT_ID, { keyRestrictions: unenforced("allow", KEY_A, KEY_B) }),
          profile(LOOSE_ID, { keyRestrictions: unenforced("allow", KEY_C) }),
        ),
      ),
      [
        { profile: STRICT_ID, added: [KEY_B] },
        { profile: LOOSE_ID, added: [KEY_C] },
      ],
    ));
  it("passes over enforced lists and lists whose enforcement could not be read", () =>
    assert.deepEqual(
      listings(normal(), normal(profile(STRICT_ID, { keyRestrictions: { ...allow(KEY_A), isEnforced: null } }))),
      [],
    ));
});

describe("enforceFirst with several profiles", () => {
  const both = include(STUDENTS, STRICT_ID, LOOSE_ID);
  const tenant = profilePolicy(
    [profile(STRICT_ID, { keyRestrictions: allow(KEY_A) }), profile(LOOSE_ID, { keyRestrictions: allow(KEY_B) })],
    { includeTargets: [both] },
  );
  const offerStrict = { id: STRICT_ID, keyRestrictions: { isEnforced: false, microsoftAuthenticator: true } } as const;

  it("windows the profile that gets the models and leaves the other alone", () => {
    const plan = planChange(tenant, { profiles: [offerStrict] }, enforceFirst());
    const [first] = bodiesOf(plan, "enforceWindow", "release");
    assert.deepEqual((first!.passkeyProfiles as Fido2Policy["passkeyProfiles"])!.slice(1), [
      { ...tenant.passkeyProfiles![1], keyRestrictions: allow(KEY_A, ...AUTHENTICATOR) },
      tenant.passkeyProfiles![2],
    ]);
  });

  it("needs an inventory where another profile narrows meanwhile", () => {
    const narrow = { id: LOOSE_ID, keyRestrictions: { aaGuids: [KEY_C] } };
    assertRefused(planChange(tenant, { profiles: [offerStrict, narrow] }, enforceFirst()), "toggleNeedsInventory");
    const key = registration(KEY_B, [STUDENTS]);
    const plan = planChange(tenant, { profiles: [offerStrict, narrow] }, enforceFirst([key]));
    for (const step of plan.steps) assert.equal(usable(normalizePolicy(step.after), key), "accepted");
  });

  it("needs an inventory where a group comes to the profile meanwhile", () => {
    const moved = { includeTargets: [{ id: NURSES, profiles: [STRICT_ID] }], profiles: [offerStrict] };
    const nurses = { ...tenant, includeTargets: [both, include(NURSES, LOOSE_ID)] };
    assertRefused(planChange(nurses, moved, enforceFirst()), "toggleNeedsInventory");
    const key = registration(KEY_B, [NURSES]);
    const plan = planChange(nurses, moved, enforceFirst([key]));
    for (const step of plan.steps) assert.equal(usable(normalizePolicy(step.after), key), "accepted");
  });

  it("keeps a key of a kind that is not known", () => {
    const newer = registration(KEY_C, [STUDENTS], "hybrid");
    const open = profilePolicy([profile(STRICT_ID)], { includeTargets: [both] });
    const plan = planChange(open, { profiles: [offerStrict] }, enforceFirst([newer]));
    for (const step of plan.steps) assert.equal(usable(normalizePolicy(step.after), newer), "unknown");
  });
});
