import { KEY_B, NURSES, STUDENTS } from "../util.ts";
import { method, METHODS, only, open, table, without, person, single } from "./tenant.ts";
import assert from "node:assert/strict";
import { isPasskeyWord } from "../../../provider/dist/policy/index.js";

/** The person's only key goes; the question is what else they have. */
const gone = { before: open(), after: only(KEY_B) };
const group = (id: string) => [{ id, targetType: "group" }];
const methods = (...changed: ReturnType<typeof method>[]) => ({
  tenant: { methods: [...METHODS.filter(({ id }) => changed.every((one) => one.id !== id)), ...changed] },
});
const has = (...otherMethods: string[]) => ({ who: { otherMethods } });

describe("assessImpact: what else somebody can sign in with", () => {
  describe("registered methods", () => {
    table([
      { it: "none", ...gone, ...has(), outcome: "lockedOut" },
      {
        it: "Authenticator's push, which can be phished",
        ...gone,
        ...has("microsoftAuthenticatorPush"),
        outcome: "stranded",
      },
      {
        it: "Authenticator's phone sign-in, which can be phished",
        ...gone,
        ...has("microsoftAuthenticatorPasswordless"),
        outcome: "stranded",
      },
      { it: "a phone", ...gone, ...has("mobilePhone"), outcome: "stranded" },
      { it: "an office phone", ...gone, ...has("officePhone"), outcome: "stranded" },
      { it: "a code generator", ...gone, ...has("softwareOneTimePasscode"), outcome: "stranded" },
      { it: "a hardware token", ...gone, ...has("hardwareOneTimePasscode"), outcome: "stranded" },
      { it: "a Temporary Access Pass never counts", ...gone, ...has("temporaryAccessPass"), outcome: "lockedOut" },
      {
        it: "an e-mail address is for password reset only",
        ...gone,
        ...has("email", "securityQuestion"),
        outcome: "lockedOut",
      },
      { it: "passkeys are not counted twice", ...gone, ...has("passKeyDeviceBound", "fido2"), outcome: "lockedOut" },
      { it: "a method of a newer kind", ...gone, ...has("carrierPigeon"), outcome: "unknown" },
      {
        it: "an administrator's other methods count like anyone's",
        ...gone,
        who: { isAdmin: true, otherMethods: ["mobilePhone"] },
        outcome: "stranded",
      },
    ]);

    it("is unknown, and says so, where they could not be read", () => {
      const { outcome, reasons } = single(gone.before, gone.after, without(person(), "otherMethods"));
      assert.equal(outcome, "unknown");
      assert.deepEqual(reasons.at(-1), { rule: "unread", what: "otherMethods" });
    });

    it("is unknown where the passkeys could not be read", () => {
      const { outcome, reasons } = single(gone.before, gone.after, without(person(), "passkeys"));
      assert.deepEqual([outcome, reasons], ["unknown", [{ rule: "unread", what: "passkeys" }]]);
    });
  });

  describe("a method counts only where its own policy allows it", () => {
    const push = has("microsoftAuthenticatorPush");
    const authenticator = (parts: Parameters<typeof method>[1]) => ({
      options: methods(method("MicrosoftAuthenticator", parts)),
    });
    table([
      { it: "off", ...gone, ...push, ...authenticator({ state: "disabled" }), outcome: "lockedOut" },
      {
        it: "for another group",
        ...gone,
        ...push,
        ...authenticator({ includeTargets: group(NURSES) }),
        outcome: "lockedOut",
      },
      {
        it: "for the person's group",
        ...gone,
        ...push,
        ...authenticator({ includeTargets: group(STUDENTS) }),
        outcome: "stranded",
      },
      {
        it: "for the group in another letter case",
        ...gone,
        ...push,
        ...authenticator({ includeTargets: group(STUDENTS.toUpperCase()) }),
        outcome: "stranded",
      },
      {
        it: "not for an excluded group",
        ...gone,
        ...push,
        ...authenticator({ excludeTargets: group(STUDENTS) }),
        outcome: "lockedOut",
      },
      {
        it: "for another user only",
        ...gone,
        who: { otherMethods: ["microsoftAuthenticatorPush"], user: "p-00000000000000000017" },
        ...authenticator({ includeTargets: [{ id: "p-00000000000000000018", targetType: "user" }] }),
        outcome: "lockedOut",
      },
      {
        it: "for the user only",
        ...gone,
        who: { otherMethods: ["microsoftAuthenticatorPush"], user: "p-00000000000000000017" },
        ...authenticator({ includeTargets: [{ id: "p-00000000000000000017", targetType: "user" }] }),
        outcome: "stranded",
      },
      {
        it: "for a newer kind of target",
        ...gone,
        ...push,
        ...authenticator({ includeTargets: [{ id: STUDENTS, targetType: "device" }] }),
        outcome: "unknown",
      },
      { it: "for nobody", ...gone, ...push, ...authenticator({ includeTargets: [] }), outcome: "lockedOut" },
      { it: "state unread", ...gone, ...push, ...authenticator({ state: undefined }), outcome: "unknown" },
      {
        it: "state and targets unread",
        ...gone,
        ...push,
        ...authenticator({ state: undefined, includeTargets: [] }),
        outcome: "unknown",
      },
      {
        it: "of a phone one of two suffices",
        ...gone,
        ...has("mobilePhone"),
        options: methods(method("Sms", { state: "disabled" })),
        outcome: "stranded",
      },
      {
        it: "of a phone both are off",
        ...gone,
        ...has("mobilePhone"),
        options: methods(method("Sms", { state: "disabled" }), method("Voice", { state: "disabled" })),
        outcome: "lockedOut",
      },
      { it: "policies unread", ...gone, ...push, options: { tenant: {} }, outcome: "unknown" },
      {
        it: "nothing registered, policies unread: there may be a certificate",
        ...gone,
        ...has(),
        options: { tenant: {} },
        outcome: "unknown",
      },
      {
        it: "its policy is missing among those read",
        ...gone,
        ...push,
        options: { tenant: { methods: [] } },
        outcome: "unknown",
      },
    ]);
  });

  describe("credentials of one device", () => {
    const count = { options: { countLocalCredentials: true } };
    const hello = has("windowsHelloForBusiness");
    table([
      { it: "Windows Hello for Business does not count", ...gone, ...hello, outcome: "lockedOut" },
      { it: "Windows Hello for Business with countLocalCredentials", ...gone, ...hello, ...count, outcome: "reduced" },
      { it: "a Mac's key does not count", ...gone, ...has("macOsSecureEnclaveKey"), outcome: "lockedOut" },
      {
        it: "a Mac's key with countLocalCredentials",
        ...gone,
        ...has("macOsSecureEnclaveKey"),
        ...count,
        outcome: "reduced",
      },
      {
        it: "Windows Hello beside a phone",
        ...gone,
        ...has("windowsHelloForBusiness", "mobilePhone"),
        outcome: "stranded",
      },
    ]);
  });

  describe("certificates are registered nowhere", () => {
    const on = (parts: Parameters<typeof method>[1] = {}) => ({ options: methods(method("X509Certificate", parts)) });
    table([
      { it: "allowed for the person", ...gone, ...on(), outcome: "unknown" },
      { it: "allowed for another group", ...gone, ...on({ includeTargets: group(NURSES) }), outcome: "lockedOut" },
      { it: "allowed, beside a phone", ...gone, ...has("mobilePhone"), ...on(), outcome: "unknown" },
    ]);
  });
});

describe("isPasskeyWord", () => {
  const words: [word: string, is: boolean][] = [
    ["passKeyDeviceBound", true],
    ["passKeyDeviceBoundAuthenticator", true],
    ["passKeySynced", true],
    ["fido2SecurityKey", true],
    ["fido2", true],
    ["fido", true],
    ["passKeyOfALaterYear", true],
    ["password", false],
    ["windowsHelloForBusiness", false],
    ["mobilePhone", false],
  ];
  for (const [word, is] of words) it(`${word}: ${is}`, () => assert.equal(isPasskeyWord(word), is));
});
