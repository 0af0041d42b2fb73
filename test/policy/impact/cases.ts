import fc from "fast-check";
import type {
  Fido2Policy,
  IncludeTarget,
  Inventory,
  KeyRestrictions,
  MethodPolicy,
  NestedMembership,
  Passkey,
  PasskeyProfile,
  Person,
  StrengthRequirement,
} from "../../../provider/dist/policy/index.js";
import { chance, defined, maybe, weighted } from "../arbitraries.ts";
import {
  ADMINS,
  AUTHENTICATOR,
  DEFAULT_ID,
  KEY_A,
  KEY_B,
  legacyPolicy,
  NURSES,
  STUDENTS,
  WINDOWS_HELLO,
} from "../util.ts";

export const GROUPS = [STUDENTS, NURSES, ADMINS];
export const MODELS = [KEY_A, KEY_B, AUTHENTICATOR[0]!, WINDOWS_HELLO[0]!];
const PROFILES = ["e1000000-0000-4000-8000-0000000000ef", "e2000000-0000-4000-8000-0000000000ef"];
export const USER = "a1000000-0000-4000-8000-0000000000cd";

/** A small tenant: two policies of one dialect, one person, and what else decides. */
export interface Case {
  readonly before: Fido2Policy;
  readonly after: Fido2Policy;
  readonly person: Person;
  readonly inventory: Inventory;
  readonly methods: readonly MethodPolicy[];
  readonly strengths: readonly StrengthRequirement[];
  readonly countLocalCredentials: boolean;
  readonly nestedMembership: NestedMembership;
}

const restrictions: fc.Arbitrary<KeyRestrictions> = fc.record({
  isEnforced: chance(70),
  enforcementType: weighted([3, "allow"], [2, "block"]),
  aaGuids: fc.subarray(MODELS),
});

const profile = (id: string): fc.Arbitrary<PasskeyProfile> =>
  fc.record({
    id: fc.constant(id),
    name: fc.constant(id.slice(0, 2)),
    passkeyTypes: fc.constantFrom("deviceBound", "synced", "deviceBound,synced"),
    attestationEnforcement: fc.constantFrom("disabled", "registrationOnly"),
    keyRestrictions: restrictions,
  });

const target = (id: string, profiles: readonly string[]): fc.Arbitrary<IncludeTarget> =>
  fc.record({
    id: fc.constant(id),
    targetType: fc.constant("group"),
    isRegistrationRequired: fc.constant(false),
    allowedPasskeyProfiles: profiles.length === 0 ? fc.constant([]) : fc.subarray([...profiles], { minLength: 1 }),
  });

const common = fc.record({
  state: weighted([9, "enabled"], [1, "disabled"]),
  excludeTargets: fc.subarray(GROUPS, { maxLength: 1 }).map((ids) => ids.map((id) => ({ id, targetType: "group" }))),
});

const targets = (profiles: readonly string[]) =>
  fc.subarray(["all_users", ...GROUPS]).chain((ids) => fc.tuple(...ids.map((id) => target(id, profiles))));

const legacy: fc.Arbitrary<Fido2Policy> = fc
  .tuple(common, fc.boolean(), restrictions, targets([]))
  .map(([parts, isAttestationEnforced, keyRestrictions, includeTargets]) =>
    legacyPolicy({ ...parts, isAttestationEnforced, keyRestrictions, includeTargets }),
  );

const IDS = [DEFAULT_ID, ...PROFILES];
const profiles: fc.Arbitrary<Fido2Policy> = fc
  .tuple(common, fc.tuple(...IDS.map(profile)), targets(IDS))
  .map(([parts, passkeyProfiles, includeTargets]) =>
    legacyPolicy({ ...parts, defaultPasskeyProfile: DEFAULT_ID, passkeyProfiles, includeTargets }),
  );

/** Two policies; the second differs in every part, or in one only. */
const change: fc.Arbitrary<[Fido2Policy, Fido2Policy]> = weighted([1, legacy], [3, profiles]).chain((before) => {
  const other = before.defaultPasskeyProfile == null ? legacy : profiles;
  return fc
    .tuple(fc.constant(before), other, fc.constantFrom("all", "state", "includeTargets", "excludeTargets", "rules"))
    .map(([old, next, part]): [Fido2Policy, Fido2Policy] => {
      if (part === "all") return [old, next];
      if (part !== "rules") return [old, { ...old, [part]: next[part as "state"] }];
      const { isAttestationEnforced, keyRestrictions, passkeyProfiles } = next;
      return [old, { ...old, isAttestationEnforced, keyRestrictions, passkeyProfiles } as Fido2Policy];
    });
});

const METHODS = [
  "microsoftAuthenticatorPush",
  "mobilePhone",
  "softwareOneTimePasscode",
  "windowsHelloForBusiness",
  "email",
  "temporaryAccessPass",
];
const methodPolicies: fc.Arbitrary<MethodPolicy[]> = fc.tuple(
  ...["MicrosoftAuthenticator", "Sms", "Voice", "SoftwareOath", "X509Certificate"].map((id) =>
    fc.record({
      id: fc.constant(id),
      state:
        id === "X509Certificate" ? weighted([4, "disabled"], [1, "enabled"]) : fc.constantFrom("enabled", "disabled"),
      includeTargets: fc
        .subarray(["all_users", ...GROUPS])
        .map((ids) => ids.map((each) => ({ id: each, targetType: "group" }))),
      excludeTargets: fc
        .subarray(GROUPS, { maxLength: 1 })
        .map((ids) => ids.map((each) => ({ id: each, targetType: "group" }))),
    }),
  ),
);

const strength: fc.Arbitrary<StrengthRequirement> = fc
  .record({
    policy: fc.constant("Require strong keys"),
    strength: fc.constant("Strong"),
    allowedCombinations: fc.subarray(
      [
        "fido2",
        "windowsHelloForBusiness",
        "x509CertificateMultiFactor",
        "password,microsoftAuthenticatorPush",
        "password,sms",
      ],
      { minLength: 1 },
    ),
    allowedAaguids: maybe(40, fc.subarray(MODELS, { minLength: 1 })),
    includeUsers: fc.constantFrom(["all"], [], [USER]),
    excludeUsers: weighted<string[]>([4, fc.constant<string[]>([])], [1, fc.constant([USER])]),
    includeGroups: fc.subarray(GROUPS),
    excludeGroups: fc.subarray(GROUPS, { maxLength: 1 }),
    includesRoles: chance(20),
    excludesRoles: chance(10),
    conditional: chance(25),
  })
  .map((requirement) => defined(requirement as StrengthRequirement));

const key = (unread: number): fc.Arbitrary<Passkey> =>
  fc
    .record({
      aaguid: maybe(100 - unread, fc.constantFrom(...MODELS)),
      passkeyType: maybe(100 - unread, fc.constantFrom("deviceBound", "synced")),
      attestationLevel: fc.constantFrom("attested", "notAttested"),
    })
    .map((one) => defined(one as Passkey));

/** @param unread how often a fact about the person is missing, in percent; 0 leaves nothing open. */
export function cases(unread: number): fc.Arbitrary<Case> {
  const people = fc
    .record({
      groups: fc.subarray(GROUPS),
      isNested: chance(unread),
      groupsRead: weighted<string[] | undefined>([100 - unread, undefined], [unread, fc.subarray(GROUPS)]),
      isAdmin: maybe(100 - unread, fc.boolean()),
      otherMethods: maybe(100 - unread, fc.subarray(METHODS, { maxLength: 2 })),
      passkeys: maybe(100 - unread / 2, fc.array(key(unread), { maxLength: 3 })),
    })
    .map(({ groups, isNested, groupsRead, ...rest }) => {
      const person = defined({
        user: USER,
        groups,
        ...(isNested && { nested: groups.slice(0, 1) }),
        ...rest,
      } as Person);
      const read = groupsRead === undefined ? undefined : new Set([...groupsRead, ...groups]);
      return { person, groupsRead: read };
    });
  return fc
    .record({
      change,
      people,
      methods: methodPolicies,
      strengths: weighted<StrengthRequirement[]>(
        [2, fc.constant<StrengthRequirement[]>([])],
        [1, fc.array(strength, { minLength: 1, maxLength: 2 })],
      ),
      countLocalCredentials: fc.boolean(),
      nestedMembership: fc.constantFrom<NestedMembership>("unknown", "covered", "notCovered"),
    })
    .map(({ change: [before, after], people: { person, groupsRead }, ...rest }) => ({
      before,
      after,
      person,
      inventory: { people: [person], scope: "everyone", ...(groupsRead !== undefined && { groupsRead }) } as Inventory,
      ...rest,
    }));
}
