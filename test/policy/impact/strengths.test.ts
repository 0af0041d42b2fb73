import assert from "node:assert/strict";
import type { Reason, StrengthRequirement } from "../../../provider/dist/policy/index.js";
import { ADMINS, KEY_A, KEY_B, NURSES, STUDENTS } from "../util.ts";
import { assess, key, method, METHODS, only, open, person, table } from "./tenant.ts";

const USER = "a1000000-0000-4000-8000-0000000000cd";

const strength = (parts: Partial<StrengthRequirement> = {}): StrengthRequirement => ({
  policy: "Everyone, strongly",
  strength: "Phishing-resistant MFA",
  allowedCombinations: ["fido2", "windowsHelloForBusiness", "x509CertificateMultiFactor"],
  includeUsers: ["all"],
  excludeUsers: [],
  includeGroups: [],
  excludeGroups: [],
  includesRoles: false,
  excludesRoles: false,
  conditional: false,
  ...parts,
});
const asks = (...strengths: StrengthRequirement[]) => ({ options: { tenant: { methods: METHODS, strengths } } });
const because: Reason = { rule: "strength", policy: "Everyone, strongly", strength: "Phishing-resistant MFA" };
const model: Reason = { rule: "model", aaguid: KEY_A, profiles: ["default"] };

const gone = { before: open(), after: only(KEY_B) };
const phone = { otherMethods: ["mobilePhone"] };
const two = { passkeys: [key(KEY_A), key(KEY_B)] };

describe("assessImpact: authentication strengths", () => {
  describe("what is left has to satisfy them", () => {
    table([
      {
        it: "a phone does not",
        ...gone,
        who: phone,
        ...asks(strength()),
        outcome: "lockedOut",
        reasons: [model, because],
      },
      {
        it: "without a strength it is only stranded",
        ...gone,
        who: phone,
        ...asks(),
        outcome: "stranded",
        reasons: [model],
      },
      { it: "another key does", ...gone, who: two, ...asks(strength()), outcome: "reduced" },
      {
        it: "a password and a text message, where they are a combination",
        ...gone,
        who: phone,
        ...asks(strength({ allowedCombinations: ["fido2", "password,sms"] })),
        outcome: "stranded",
      },
      {
        it: "the same with blanks",
        ...gone,
        who: phone,
        ...asks(strength({ allowedCombinations: ["fido2", "password, sms"] })),
        outcome: "stranded",
      },
      {
        it: "a password alone does not",
        ...gone,
        who: phone,
        ...asks(strength({ allowedCombinations: ["fido2", "password"] })),
        outcome: "lockedOut",
      },
      {
        it: "a Temporary Access Pass does not",
        ...gone,
        who: { otherMethods: ["temporaryAccessPass", "mobilePhone"] },
        ...asks(strength({ allowedCombinations: ["fido2", "temporaryAccessPassOneTime"] })),
        outcome: "lockedOut",
      },
      {
        it: "a combination of a newer kind",
        ...gone,
        who: phone,
        ...asks(strength({ allowedCombinations: ["fido2", "telepathy"] })),
        outcome: "unknown",
      },
      {
        it: "a strength that takes no passkeys is not missed",
        ...gone,
        who: phone,
        ...asks(strength({ allowedCombinations: ["password,microsoftAuthenticatorPush"] })),
        outcome: "stranded",
      },
      {
        it: "a method whose policy is off does not satisfy",
        ...gone,
        who: { otherMethods: ["microsoftAuthenticatorPush", "softwareOneTimePasscode"] },
        options: {
          tenant: {
            methods: [
              ...METHODS.filter(({ id }) => id !== "MicrosoftAuthenticator"),
              method("MicrosoftAuthenticator", { state: "disabled" }),
            ],
            strengths: [strength({ allowedCombinations: ["fido2", "password,microsoftAuthenticatorPush"] })],
          },
        },
        outcome: "lockedOut",
      },
      {
        it: "Windows Hello for Business, where local credentials count",
        ...gone,
        who: { otherMethods: ["windowsHelloForBusiness"] },
        options: { countLocalCredentials: true, ...asks(strength()).options },
        outcome: "reduced",
      },
    ]);
  });

  describe("limited to models", () => {
    const a = strength({ allowedAaguids: [KEY_A] });
    table([
      {
        it: "the model that is left is not among them",
        ...gone,
        who: two,
        ...asks(a),
        outcome: "lockedOut",
        reasons: [model, because],
      },
      {
        it: "the model that is left is among them",
        ...gone,
        who: two,
        ...asks(strength({ allowedAaguids: [KEY_A, KEY_B] })),
        outcome: "reduced",
      },
      {
        it: "neither was, so it is not missed",
        ...gone,
        who: two,
        ...asks(strength({ allowedAaguids: [NURSES] })),
        outcome: "reduced",
      },
      {
        it: "it was satisfied by the other key only",
        before: open(),
        after: only(KEY_A),
        who: two,
        ...asks(a),
        outcome: "reduced",
      },
    ]);
  });

  describe("whom they ask", () => {
    const role = { includeUsers: [], includesRoles: true };
    table([
      { it: "nobody else", ...gone, who: phone, ...asks(strength({ includeUsers: [] })), outcome: "stranded" },
      {
        it: "the person's group",
        ...gone,
        who: phone,
        ...asks(strength({ includeUsers: [], includeGroups: [STUDENTS] })),
        outcome: "lockedOut",
      },
      {
        it: "another group",
        ...gone,
        who: phone,
        ...asks(strength({ includeUsers: [], includeGroups: [NURSES] })),
        outcome: "stranded",
      },
      {
        it: "a group that was not read",
        ...gone,
        who: phone,
        options: {
          groupsRead: new Set([STUDENTS]),
          ...asks(strength({ includeUsers: [], includeGroups: [NURSES] })).options,
        },
        outcome: "unknown",
      },
      {
        it: "a group through a nested one",
        ...gone,
        who: { ...phone, groups: [STUDENTS, ADMINS], nested: [ADMINS] },
        ...asks(strength({ includeUsers: [], includeGroups: [ADMINS] })),
        outcome: "unknown",
      },
      {
        it: "everyone but the person",
        ...gone,
        who: { ...phone, user: USER },
        ...asks(strength({ excludeUsers: [USER] })),
        outcome: "stranded",
      },
      {
        it: "everyone but the person, whose id is in another letter case",
        ...gone,
        who: { ...phone, user: USER.toUpperCase() },
        ...asks(strength({ excludeUsers: [USER] })),
        outcome: "stranded",
      },
      {
        it: "one user, who is somebody else",
        ...gone,
        who: phone,
        ...asks(strength({ includeUsers: [USER] })),
        outcome: "stranded",
      },
      {
        it: "one user, who is somebody else, ids in another letter case",
        ...gone,
        who: { ...phone, user: "A2000000-0000-4000-8000-0000000000CD" },
        ...asks(strength({ includeUsers: [USER] })),
        outcome: "stranded",
      },
      {
        it: "everyone but another pseudonym",
        ...gone,
        who: { ...phone, user: "p-00000000000000000017" },
        ...asks(strength({ excludeUsers: ["p-00000000000000000018"] })),
        outcome: "lockedOut",
      },
      {
        it: "everyone but this pseudonym",
        ...gone,
        who: { ...phone, user: "p-00000000000000000017" },
        ...asks(strength({ excludeUsers: ["p-00000000000000000017"] })),
        outcome: "stranded",
      },
      {
        it: "another pseudonym",
        ...gone,
        who: { ...phone, user: "p-00000000000000000017" },
        ...asks(strength({ includeUsers: ["p-00000000000000000018"] })),
        outcome: "stranded",
      },
      {
        it: "everyone but guests, for a member",
        ...gone,
        who: phone,
        ...asks(strength({ excludeUsers: ["guestsorexternalusers"] })),
        outcome: "lockedOut",
      },
      {
        it: "guests, for a member",
        ...gone,
        who: { ...phone, user: "p-00000000000000000017" },
        ...asks(strength({ includeUsers: ["guestsorexternalusers"] })),
        outcome: "stranded",
      },
      {
        it: "guests, for whoever may be one",
        ...gone,
        who: { ...phone, userType: "unknown" },
        ...asks(strength({ includeUsers: ["guestsorexternalusers"] })),
        outcome: "unknown",
      },
      {
        it: "everyone but one, who may be this pseudonym",
        ...gone,
        who: { ...phone, user: "p-00000000000000000017" },
        ...asks(strength({ excludeUsers: [USER] })),
        outcome: "unknown",
      },
      {
        it: "everyone but one, who may be this pseudonym that looks like an id",
        ...gone,
        who: { ...phone, user: "0123abcd-7" },
        ...asks(strength({ excludeUsers: [USER] })),
        outcome: "unknown",
      },
      {
        it: "everyone but the person's group",
        ...gone,
        who: phone,
        ...asks(strength({ excludeGroups: [STUDENTS] })),
        outcome: "stranded",
      },
      { it: "roles, for somebody without one", ...gone, who: phone, ...asks(strength(role)), outcome: "stranded" },
      {
        it: "roles, for an administrator",
        ...gone,
        who: { ...phone, isAdmin: true },
        ...asks(strength(role)),
        outcome: "unknown",
      },
      {
        it: "everyone but roles, for an administrator",
        ...gone,
        who: { ...phone, isAdmin: true },
        ...asks(strength({ excludesRoles: true })),
        outcome: "unknown",
      },
      {
        it: "under conditions",
        ...gone,
        who: phone,
        ...asks(strength({ conditional: true })),
        outcome: "unknown",
        reasons: [model, because],
      },
      {
        it: "under conditions, and nothing is left at all",
        ...gone,
        ...asks(strength({ conditional: true })),
        outcome: "lockedOut",
      },
      {
        it: "under conditions, and what is left satisfies it",
        ...gone,
        who: two,
        ...asks(strength({ conditional: true })),
        outcome: "reduced",
      },
      {
        it: "one under conditions, another always: the sure one decides",
        ...gone,
        who: phone,
        ...asks(strength({ conditional: true, policy: "Abroad" }), strength()),
        outcome: "lockedOut",
        reasons: [model, because],
      },
    ]);
  });

  it("asks people apart who share everything but their role", () => {
    const strengths = [strength({ includeUsers: [], includesRoles: true })];
    const one = person(phone);
    const who = [one, { ...one, isAdmin: true }, one];
    const { affected } = assess(open(), only(KEY_B), who, { tenant: { methods: METHODS, strengths } }).loss!;
    assert.deepEqual(
      affected.map(({ outcome }) => outcome),
      ["stranded", "unknown", "stranded"],
    );
  });
});
