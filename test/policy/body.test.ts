import assert from "node:assert/strict";

import { patchBody, planChange } from "../../provider/dist/policy/index.js";
import type { DesiredPolicy, Fido2Policy } from "../../provider/dist/policy/index.js";
import {
  allow,
  bodyOf,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  legacyPolicy,
  NURSES,
  ODATA_TYPE,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
} from "./util.ts";

describe("patchBody", () => {
  const legacy = legacyPolicy();
  const migrated = profilePolicy([profile(STRICT_ID)]);

  it("is nothing where nothing differs", () => {
    assert.equal(patchBody(legacy, structuredClone(legacy), "legacy"), undefined);
    assert.equal(patchBody(migrated, structuredClone(migrated), "profiles"), undefined);
  });

  it("is nothing where the mode is unknown", () =>
    assert.equal(patchBody({ state: "enabled" }, { state: "disabled" }, "unknown"), undefined));

  it("carries the type and only the properties that differ", () =>
    assert.deepEqual(patchBody(legacy, { ...legacy, state: "disabled" }, "legacy"), {
      "@odata.type": ODATA_TYPE,
      state: "disabled",
    }));

  it("sends no profile property to a legacy tenant", () => {
    const after = { ...legacy, passkeyProfiles: [profile(STRICT_ID)], defaultPasskeyProfile: STRICT_ID };
    assert.equal(patchBody(legacy, after, "legacy"), undefined);
  });

  it("sends no legacy property to a tenant with profiles", () => {
    const after = { ...migrated, isAttestationEnforced: true, keyRestrictions: allow(KEY_A) };
    assert.equal(patchBody(migrated, after, "profiles"), undefined);
  });

  it("sends neither annotations nor read-only properties", () => {
    const after = { ...migrated, id: "other", "@odata.context": "other", defaultPasskeyProfile: "other" };
    assert.equal(patchBody(migrated, after, "profiles"), undefined);
  });

  it("strips the annotations of a GET at every depth, and keeps the types that government clouds need", () => {
    const target = {
      "@odata.type": "#microsoft.graph.passkeyAuthenticationMethodTarget",
      "@odata.id": "targets('all_users')",
      ...include("all_users", DEFAULT_ID),
      "allowedPasskeyProfiles@odata.type": "#Collection(Guid)",
    };
    const annotated = profile(STRICT_ID, {
      "@odata.context": "c",
      keyRestrictions: { ...allow(KEY_A), "aaGuids@odata.count": 1 },
    });
    const body = patchBody(
      migrated,
      { ...migrated, includeTargets: [target], passkeyProfiles: [profile(DEFAULT_ID), annotated] },
      "profiles",
    );
    assert.deepEqual(body, {
      "@odata.type": ODATA_TYPE,
      includeTargets: [
        {
          "@odata.type": "#microsoft.graph.passkeyAuthenticationMethodTarget",
          ...include("all_users", DEFAULT_ID),
        },
      ],
      passkeyProfiles: [profile(DEFAULT_ID), profile(STRICT_ID, { keyRestrictions: allow(KEY_A) })],
    });
  });

  it("sends no empty list of allowed profiles", () => {
    const after = { ...legacy, includeTargets: [include("all_users"), include(STUDENTS)] };
    const { allowedPasskeyProfiles: _none, ...bare } = include(STUDENTS);
    assert.deepEqual(patchBody(legacy, after, "legacy"), {
      "@odata.type": ODATA_TYPE,
      includeTargets: [{ ...bare, id: "all_users" }, bare],
    });
  });
});

describe("planChange bodies", () => {
  const all: DesiredPolicy = {
    state: "disabled",
    isSelfServiceRegistrationAllowed: false,
    profiles: [
      {
        id: "default",
        attestationEnforcement: "registrationOnly",
        passkeyTypes: ["deviceBound"],
        keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids: [KEY_A] },
      },
    ],
    includeTargets: [{ id: STUDENTS }],
    excludeTargets: [{ id: NURSES }],
    removedIncludeTargets: ["all_users"],
  };
  const shared = { excludeTargets: [{ id: NURSES, targetType: "group" }], isSelfServiceRegistrationAllowed: false };

  it("speak the legacy dialect to a tenant that has not opted in", () => {
    const { allowedPasskeyProfiles: _none, ...bare } = include(STUDENTS);
    assert.deepEqual(bodyOf(planChange(legacyPolicy(), all)), {
      ...shared,
      state: "disabled",
      includeTargets: [bare],
      isAttestationEnforced: true,
      keyRestrictions: allow(KEY_A),
    });
  });

  it("speak profiles to a tenant that has opted in", () => {
    const tenant = profilePolicy([profile(DEFAULT_ID, { passkeyTypes: "deviceBound,synced" })]);
    assert.deepEqual(bodyOf(planChange(tenant, all)), {
      ...shared,
      state: "disabled",
      includeTargets: [include(STUDENTS, DEFAULT_ID)],
      passkeyProfiles: [
        profile(DEFAULT_ID, { attestationEnforcement: "registrationOnly", keyRestrictions: allow(KEY_A) }),
      ],
    });
  });

  it("send key restrictions with all three members", () => {
    const tenant = legacyPolicy({ keyRestrictions: allow(KEY_A) });
    const plan = planChange(tenant, { profiles: [{ id: "default", keyRestrictions: { isEnforced: false } }] });
    assert.deepEqual(bodyOf(plan), { keyRestrictions: unenforced("allow", KEY_A) });
  });

  it("send the whole list of every profile, order, duplicates and letter case kept", () => {
    const messy = profile(STRICT_ID.toUpperCase(), {
      name: "Students",
      passkeyTypes: "synced, deviceBound,hybrid",
      attestationEnforcement: "always",
      keyRestrictions: { ...allow(KEY_B, KEY_A.toUpperCase(), KEY_B), note: "unread" },
      order: 7,
    });
    const tenant = profilePolicy([profile(DEFAULT_ID, { keyRestrictions: allow(KEY_B) }), messy]);
    const plan = planChange(tenant, { profiles: [{ id: "default", keyRestrictions: { aaGuids: [KEY_A, KEY_B] } }] });
    assert.deepEqual(bodyOf(plan), {
      passkeyProfiles: [profile(DEFAULT_ID, { keyRestrictions: allow(KEY_B, KEY_A) }), messy],
    });
  });

  it("keep one model a list", () => {
    const tenant = legacyPolicy({ keyRestrictions: allow(KEY_A, KEY_B) });
    const plan = planChange(tenant, { profiles: [{ id: "default", keyRestrictions: { aaGuids: [KEY_B] } }] });
    assert.deepEqual(bodyOf(plan), { keyRestrictions: allow(KEY_B) });
  });

  it("send a real boolean for attestation and registration", () => {
    const desired = { isSelfServiceRegistrationAllowed: "true" } as unknown as DesiredPolicy;
    const plan = planChange(legacyPolicy() as Fido2Policy, desired);
    assert.equal(plan.refusals[0]?.code, "malformedValue");
  });
});
