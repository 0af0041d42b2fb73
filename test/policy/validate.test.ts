import assert from "node:assert/strict";

import { normalizePolicy, planChange, UNKNOWN, validateDesired } from "../../provider/dist/policy/index.js";
import type { DesiredPolicy, DesiredProfile } from "../../provider/dist/policy/index.js";
import {
  allow,
  assertRefused,
  AUTHENTICATOR,
  codes,
  DEFAULT_ID,
  KEY_A,
  KEY_B,
  legacyPolicy,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  WINDOWS_HELLO,
} from "./util.ts";

const of = (part: Partial<DesiredProfile>, id: string = STRICT_ID): DesiredPolicy => ({
  profiles: [{ id, key: "students", ...part }],
});
const list = (keyRestrictions: DesiredProfile["keyRestrictions"] & object) => of({ keyRestrictions });
const untyped = (value: unknown) => value as never;

describe("validateDesired", () => {
  const fine: [string, DesiredPolicy][] = [
    ["nothing", {}],
    ["values that Graph knows", { state: "disabled", isSelfServiceRegistrationAllowed: false }],
    ["AAGUIDs in either letter case, more than once", list({ aaGuids: [KEY_A, KEY_A.toUpperCase()] })],
    ["an empty allow list that is not enforced", list({ isEnforced: false, enforcementType: "allow", aaGuids: [] })],
    ["an empty block list", list({ isEnforced: true, enforcementType: "block", aaGuids: [] })],
    [
      "an empty list beside a switch that fills it",
      {
        ...list({ isEnforced: true, enforcementType: "allow", aaGuids: [], microsoftAuthenticator: true }),
      },
    ],
    [
      "values that are not known yet",
      {
        ...list({ isEnforced: true, enforcementType: "allow", aaGuids: UNKNOWN }),
        includeTargets: [{ id: UNKNOWN }, { id: UNKNOWN, profiles: [UNKNOWN] }],
        excludeTargets: [{ id: UNKNOWN }, { id: UNKNOWN }],
        removedIncludeTargets: [UNKNOWN],
        removedExcludeTargets: [UNKNOWN],
      },
    ],
    ["a list with one unknown AAGUID", list({ isEnforced: true, enforcementType: "allow", aaGuids: [UNKNOWN, KEY_A] })],
    [
      "attestation with device-bound passkeys",
      of({ attestationEnforcement: "registrationOnly", passkeyTypes: ["deviceBound"] }),
    ],
    [
      "all_users as a target, and off the targets and excludes",
      {
        includeTargets: [{ id: "all_users" }],
        removedExcludeTargets: ["all_users"],
      },
    ],
    [
      "a switch and its AAGUIDs that agree",
      list({
        isEnforced: true,
        enforcementType: "allow",
        microsoftAuthenticator: true,
        aaGuids: AUTHENTICATOR,
      }),
    ],
  ];
  for (const [what, desired] of fine) it(`takes ${what}`, () => assert.deepEqual(validateDesired(desired), []));

  const group = (id: string) => ({ id });
  const table: [string, DesiredPolicy, string, string][] = [
    ["a state that Graph does not know", { state: untyped("on") }, "malformedValue", "state"],
    [
      "a boolean in quotes",
      { isSelfServiceRegistrationAllowed: untyped("true") },
      "malformedValue",
      "isSelfServiceRegistrationAllowed",
    ],
    ["what is no profile id", of({}, "students"), "malformedValue", "profiles.students"],
    ["default in another letter case", of({}, "Default"), "malformedValue", "profiles.students"],
    [
      "an attestation that Graph does not know",
      of({ attestationEnforcement: untyped("on") }),
      "malformedValue",
      "profiles.students.attestationEnforcement",
    ],
    [
      "a passkey type that Graph does not know",
      of({ passkeyTypes: ["synced", untyped("hybrid")] }),
      "malformedValue",
      "profiles.students.passkeyTypes[1]",
    ],
    ["exclusive in quotes", of({ exclusive: untyped("yes") }), "malformedValue", "profiles.students.exclusive"],
    [
      "enforcement in quotes",
      list({ isEnforced: untyped("false") }),
      "malformedValue",
      "profiles.students.keyRestrictions.isEnforced",
    ],
    [
      "a kind of list that Graph does not know",
      list({ enforcementType: untyped("deny") }),
      "malformedValue",
      "profiles.students.keyRestrictions.enforcementType",
    ],
    [
      "a switch in quotes",
      list({ windowsHello: untyped("true") }),
      "malformedValue",
      "profiles.students.keyRestrictions.windowsHello",
    ],
    ["no passkey type", of({ passkeyTypes: [] }), "noPasskeyTypes", "profiles.students.passkeyTypes"],
    [
      "attestation with synced passkeys",
      of({ attestationEnforcement: "registrationOnly", passkeyTypes: ["synced"] }),
      "attestationWithSynced",
      "profiles.students.attestationEnforcement",
    ],
    [
      "an empty allow list that is enforced",
      list({ isEnforced: true, enforcementType: "allow", aaGuids: [] }),
      "emptyAllowList",
      "profiles.students.keyRestrictions.aaGuids",
    ],
    [
      "what is no AAGUID",
      list({ aaGuids: [KEY_A, UNKNOWN, "YubiKey 5"] }),
      "malformedAaguid",
      "profiles.students.keyRestrictions.aaGuids[2]",
    ],
    [
      "an AAGUID with a blank",
      list({ aaGuids: [`${KEY_A} `] }),
      "malformedAaguid",
      "profiles.students.keyRestrictions.aaGuids[0]",
    ],
    ["a name for the default profile", of({ name: "Mine" }, "default"), "defaultProfile", "profiles.students.name"],
    [
      "an exclusive default profile",
      of({ exclusive: true }, "default"),
      "defaultProfile",
      "profiles.students.exclusive",
    ],
    [
      "two profiles with one id",
      { profiles: [{ id: STRICT_ID }, { id: STRICT_ID.toUpperCase(), key: "b" }] },
      "duplicate",
      "profiles.b.id",
    ],
    [
      "two profiles with one name",
      {
        profiles: [
          { id: STRICT_ID, name: "A" },
          { id: KEY_A, key: "b", name: "a" },
        ],
      },
      "duplicate",
      "profiles.b.name",
    ],
    ["what is no group", { includeTargets: [group("students")] }, "malformedValue", "includeTargets[0]"],
    ["an exclude that is no group", { excludeTargets: [group("nobody")] }, "malformedValue", "excludeTargets[0]"],
    ["an exclude of everyone", { excludeTargets: [group("all_users")] }, "excludeAllUsers", "excludeTargets[0]"],
    [
      "a group twice",
      { includeTargets: [group(STUDENTS), group(STUDENTS.toUpperCase())] },
      "duplicate",
      "includeTargets[1]",
    ],
    [
      "a target that is also to go",
      { includeTargets: [group(STUDENTS)], removedIncludeTargets: [STUDENTS] },
      "duplicate",
      "removedIncludeTargets[0]",
    ],
    [
      "an exclude that is also to go",
      { excludeTargets: [group(STUDENTS)], removedExcludeTargets: [STUDENTS.toUpperCase()] },
      "duplicate",
      "removedExcludeTargets[0]",
    ],
    [
      "a group that is included and excluded",
      { includeTargets: [group(STUDENTS)], excludeTargets: [group(STUDENTS.toUpperCase())] },
      "conflict",
      "excludeTargets[0]",
    ],
    [
      "a target without any profile",
      { includeTargets: [{ id: STUDENTS, profiles: [] }] },
      "missingProfile",
      "includeTargets[0].profiles",
    ],
    [
      "a switch that an unenforced list cannot keep",
      list({ isEnforced: false, windowsHello: false }),
      "unenforcedList",
      "profiles.students.keyRestrictions.windowsHello",
    ],
    [
      "an unenforced block list that is to offer",
      list({ isEnforced: false, enforcementType: "block", microsoftAuthenticator: true }),
      "conflict",
      "profiles.students.keyRestrictions.microsoftAuthenticator",
    ],
    [
      "device-bound authenticators where only synced passkeys are taken",
      of({ passkeyTypes: ["synced"], keyRestrictions: { windowsHello: true } }),
      "conflict",
      "profiles.students.keyRestrictions.windowsHello",
    ],
    [
      "an allow list that names what it must not",
      list({
        isEnforced: true,
        enforcementType: "allow",
        microsoftAuthenticator: false,
        aaGuids: [AUTHENTICATOR[0]!.toUpperCase()],
      }),
      "conflict",
      "profiles.students.keyRestrictions.microsoftAuthenticator",
    ],
    [
      "a block list that names what it must not",
      list({ isEnforced: true, enforcementType: "block", windowsHello: true, aaGuids: [WINDOWS_HELLO[2]!] }),
      "conflict",
      "profiles.students.keyRestrictions.windowsHello",
    ],
    [
      "Windows Hello with attestation",
      of({ attestationEnforcement: "registrationOnly", keyRestrictions: { windowsHello: true } }),
      "windowsHelloAttestation",
      "profiles.students.keyRestrictions.windowsHello",
    ],
  ];
  for (const [what, desired, code, place] of table) {
    it(`refuses ${what}`, () => {
      const problems = validateDesired(desired);
      assert.deepEqual(
        problems.map((problem) => [problem.code, problem.place]),
        [[code, place]],
      );
      assert.ok(problems.every(({ reason, wayOut }) => /\S/.test(reason) && /\S/.test(wayOut) && !/\.$/.test(wayOut)));
    });
  }

  it("takes Windows Hello with attestation once it attests", () =>
    assert.deepEqual(
      validateDesired(of({ attestationEnforcement: "registrationOnly", keyRestrictions: { windowsHello: true } }), {
        windowsHelloAttests: true,
      }),
      [],
    ));

  it("names a profile without a key by its id", () =>
    assert.equal(
      validateDesired({ profiles: [{ id: STRICT_ID, passkeyTypes: [] }] })[0]?.place,
      `profiles.${STRICT_ID}.passkeyTypes`,
    ));

  it("finds every problem, not only the first", () =>
    assert.deepEqual(
      codes(
        validateDesired({
          state: untyped("on"),
          ...list({ aaGuids: ["x", "y"] }),
          excludeTargets: [group("all_users")],
        }),
      ),
      ["malformedValue", "malformedAaguid", "malformedAaguid", "excludeAllUsers"],
    ));

  it("passes over what the tenant has so already", () => {
    const current = normalizePolicy(legacyPolicy({ keyRestrictions: allow("YubiKey 5") }));
    const desired = (entry: string) => of({ keyRestrictions: { aaGuids: [entry, KEY_B] } }, "default");
    assert.deepEqual(validateDesired(desired("yubikey 5"), { current }), []);
    assert.deepEqual(codes(validateDesired(desired("yubikey 6"), { current })), ["malformedAaguid"]);
  });
});

describe("planChange of a declaration that is wrong by itself", () => {
  it("refuses it whatever the tenant has", () => {
    assertRefused(planChange(legacyPolicy(), { excludeTargets: [group("all_users")] }), "excludeAllUsers");
    assertRefused(planChange(profilePolicy([]), list({ aaGuids: ["x"] })), "malformedAaguid");
  });

  it("takes the default profile by its id for the same as default", () => {
    const tenant = profilePolicy([profile(DEFAULT_ID)]);
    assertRefused(planChange(tenant, of({ name: "Mine" }, DEFAULT_ID)), "defaultProfile");
    assertRefused(planChange(tenant, { profiles: [{ id: "default" }, { id: DEFAULT_ID, key: "b" }] }), "duplicate");
  });

  const group = (id: string) => ({ id });
});
