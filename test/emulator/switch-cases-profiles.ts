import assert from "node:assert/strict";
import { list, ok, OTHER, NOBODY, refused, restrict, second, standard, stored, type Case } from "./switch-case.ts";
import { AAGUID_A, AAGUID_B, DEFAULT_PROFILE, everyone, profile } from "./util.ts";

/** Switches about key restrictions and profiles. */
export const profileCases: Case[] = [
  {
    name: "listWhileNotEnforced",
    prepare: (emulator) => stored(emulator, [AAGUID_A]),
    patch: () => ({ state: "disabled", ...restrict([AAGUID_A, AAGUID_B], false) }),
    answers: {
      accepted: (outcome) => {
        ok(outcome);
        assert.deepEqual(list(outcome.policy), [AAGUID_A, AAGUID_B]);
      },
      refused,
      dropped: (outcome) => {
        assert.equal(outcome.status, 204);
        assert.deepEqual(outcome.policy.keyRestrictions, restrict([AAGUID_A], false).keyRestrictions);
        assert.equal(outcome.policy.state, "disabled");
      },
    },
  },
  {
    name: "partialKeyRestrictions",
    prepare: (emulator) => stored(emulator, [AAGUID_A]),
    patch: () => ({ keyRestrictions: { enforcementType: "block" } }),
    answers: {
      merge: ({ policy }) =>
        assert.deepEqual(policy.keyRestrictions, { isEnforced: true, enforcementType: "block", aaGuids: [AAGUID_A] }),
      replace: ({ policy }) =>
        assert.deepEqual(policy.keyRestrictions, { isEnforced: null, enforcementType: "block", aaGuids: [] }),
      refused,
    },
  },
  { name: "emptyAllowList", patch: () => restrict([]), answers: { accepted: ok, refused } },
  { name: "malformedAaguid", patch: () => restrict(["yubikey"]), answers: { accepted: ok, refused } },
  {
    name: "aaguidCase",
    patch: () => restrict([AAGUID_A.toUpperCase()]),
    answers: {
      verbatim: ({ policy }) => assert.deepEqual(list(policy), [AAGUID_A.toUpperCase()]),
      lowered: ({ policy }) => assert.deepEqual(list(policy), [AAGUID_A]),
    },
  },
  {
    name: "bothDialects",
    seed: "contoso-profiles",
    patch: (policy) => ({
      isAttestationEnforced: false,
      ...restrict([AAGUID_A]),
      passkeyProfiles: [{ ...standard(policy), ...restrict([AAGUID_B]) }, second(policy)],
    }),
    answers: {
      legacyWins: ({ policy }) => {
        assert.deepEqual(list(policy), [AAGUID_A]);
        assert.equal(standard(policy).attestationEnforcement, "disabled");
      },
      profilesWin: ({ policy }) => {
        assert.deepEqual(list(policy), [AAGUID_B]);
        assert.equal(standard(policy).attestationEnforcement, "registrationOnly");
      },
    },
  },
  {
    name: "profilesInLegacyMode",
    patch: () => ({ passkeyProfiles: [profile(DEFAULT_PROFILE, { name: "Default passkey profile" }), profile(OTHER)] }),
    answers: {
      refused,
      ignored: (outcome, before) => {
        ok(outcome);
        assert.deepEqual(outcome.policy, before);
      },
      optsIn: ({ policy }) => {
        assert.equal(policy.defaultPasskeyProfile, DEFAULT_PROFILE);
        assert.equal(policy.passkeyProfiles.length, 2);
        assert.deepEqual(policy.includeTargets[0]?.allowedPasskeyProfiles, [DEFAULT_PROFILE]);
      },
    },
  },
  {
    name: "emptyProfilesInProfileMode",
    seed: "contoso-profiles",
    patch: () => ({ passkeyProfiles: [] }),
    answers: {
      refused,
      ignored: (outcome, before) => {
        ok(outcome);
        assert.deepEqual(outcome.policy, before);
      },
      destructive: ({ policy }) => {
        assert.deepEqual(
          policy.passkeyProfiles.map((one) => one.id),
          [DEFAULT_PROFILE],
        );
        assert.deepEqual(policy.includeTargets[0]?.allowedPasskeyProfiles, [DEFAULT_PROFILE]);
      },
    },
  },
  {
    name: "emptyAllowedProfiles",
    seed: "contoso-profiles",
    patch: () => ({ includeTargets: [{ targetType: "group", id: "all_users" }, everyone()] }),
    answers: {
      refused,
      stored: ({ policy }) => assert.deepEqual(policy.includeTargets, [everyone(), everyone()]),
      defaultProfile: ({ policy }) =>
        assert.deepEqual(policy.includeTargets, [everyone(DEFAULT_PROFILE), everyone(DEFAULT_PROFILE)]),
    },
  },
  {
    name: "partialProfile",
    seed: "contoso-profiles",
    patch: (policy) => ({ passkeyProfiles: [standard(policy), { id: second(policy).id, name: "renamed" }] }),
    answers: {
      refused,
      merge: ({ policy }, before) =>
        assert.deepEqual(second(policy), { ...second(before), name: "renamed" } as (typeof policy.passkeyProfiles)[0]),
      replace: ({ policy }, before) =>
        assert.deepEqual(second(policy), {
          id: second(before).id,
          name: "renamed",
          passkeyTypes: null,
          attestationEnforcement: "disabled",
          keyRestrictions: null,
        }),
    },
  },
  {
    name: "profileIdMissing",
    seed: "contoso-profiles",
    patch: ({ passkeyProfiles }) => {
      const { id: _, ...anonymous } = profile(OTHER);
      return { passkeyProfiles: [...passkeyProfiles, anonymous] };
    },
    answers: {
      refused,
      generated: ({ policy }) => assert.match(policy.passkeyProfiles[2]?.id ?? "", /^[0-9a-f-]{36}$/),
    },
  },
  {
    name: "untargetAndRemoveInOnePatch",
    seed: "contoso-profiles",
    patch: (policy) => ({ passkeyProfiles: [standard(policy)], includeTargets: [everyone(DEFAULT_PROFILE)] }),
    answers: { accepted: ({ policy }) => assert.equal(policy.passkeyProfiles.length, 1), refused },
  },
  {
    name: "legacyAttestationWrite",
    seed: "contoso-profiles",
    patch: () => ({ isAttestationEnforced: true }),
    answers: {
      attestationOnly: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "deviceBound,synced"),
      passkeyTypesToo: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "deviceBound"),
    },
  },
  {
    name: "passkeyTypesOrder",
    seed: "contoso-profiles",
    patch: (policy) => ({
      passkeyProfiles: [{ ...standard(policy), passkeyTypes: "synced, deviceBound" }, second(policy)],
    }),
    answers: {
      canonical: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "deviceBound,synced"),
      verbatim: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "synced, deviceBound"),
    },
  },
  {
    name: "writtenDefaultProfile",
    seed: "contoso-profiles",
    patch: (policy) => ({ defaultPasskeyProfile: second(policy).id }),
    answers: {
      ignored: (outcome) => {
        ok(outcome);
        assert.equal(outcome.policy.defaultPasskeyProfile, DEFAULT_PROFILE);
      },
      refused,
    },
  },
  {
    name: "profileLimit",
    seed: "contoso-profiles",
    patch: ({ passkeyProfiles }) => ({ passkeyProfiles: [...passkeyProfiles, profile(OTHER), profile(NOBODY)] }),
    answers: { "3": refused, "4": ok },
  },
];
