import assert from "node:assert/strict";
import { causeOf, migrationNotes } from "../../provider/dist/drift/cause.js";
import type { Cause } from "../../provider/dist/drift/index.js";
import { normalizePolicy, type FacetValue, type Fido2Policy } from "../../provider/dist/policy/index.js";
import { allow, DEFAULT_ID, legacyPolicy, profile, profilePolicy, STUDENTS } from "../policy/util.ts";

const migrated = (passkeyTypes: string, attestationEnforcement: string): Fido2Policy =>
  profilePolicy([profile(DEFAULT_ID, { passkeyTypes, attestationEnforcement, keyRestrictions: allow() })]);

describe("causeOf", () => {
  const open = migrated("deviceBound,synced", "disabled");
  const rows: [string, Fido2Policy, string, string, FacetValue, Cause][] = [
    [
      "types as the migration makes them",
      open,
      "legacy",
      "profile/default/passkeyTypes",
      "deviceBound,synced",
      "migration",
    ],
    [
      "the same in a tenant that had profiles",
      open,
      "profiles",
      "profile/default/passkeyTypes",
      "deviceBound,synced",
      "unknown",
    ],
    [
      "types that no migration makes",
      migrated("synced", "disabled"),
      "legacy",
      "profile/default/passkeyTypes",
      "synced",
      "edit",
    ],
    [
      "types of an attested tenant, opened",
      migrated("deviceBound,synced", "registrationOnly"),
      "legacy",
      "profile/default/passkeyTypes",
      "deviceBound,synced",
      "edit",
    ],
    [
      "attestation that is a value to come",
      migrated("deviceBound", "always"),
      "legacy",
      "profile/default/passkeyTypes",
      "deviceBound",
      "edit",
    ],
    [
      "a target that has the default profile now",
      open,
      "legacy",
      `include/${STUDENTS}`,
      { profiles: ["default"] },
      "migration",
    ],
    ["a target that is gone", open, "legacy", `include/${STUDENTS}`, null, "edit"],
    ["the state", open, "legacy", "state", "disabled", "edit"],
    ["a list", open, "legacy", "profile/default/aaGuids", [], "edit"],
    [
      "anything in a tenant without profiles",
      legacyPolicy({}),
      "legacy",
      "profile/default/attestationEnforcement",
      "disabled",
      "edit",
    ],
  ];
  for (const [what, policy, writtenIn, facet, now, cause] of rows) {
    it(`${what}: ${cause}`, () => {
      const drift = { resource: "PasskeyPolicy p", facet, written: "other", now, writtenIn };
      assert.equal(causeOf(drift, normalizePolicy(policy)), cause);
    });
  }
});

describe("migrationNotes", () => {
  const profiles = normalizePolicy(migrated("deviceBound", "registrationOnly"));
  it("says that the tenant has profiles now, where it had none", () => {
    assert.match(migrationNotes(new Set(["legacy", "profiles"]), profiles).join(), /has passkey profiles now/);
  });
  it("says nothing else", () => {
    assert.deepEqual(migrationNotes(new Set(["profiles"]), profiles), []);
    assert.deepEqual(migrationNotes(new Set(["legacy"]), normalizePolicy(legacyPolicy({}))), []);
  });
});
