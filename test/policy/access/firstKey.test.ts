import assert from "node:assert/strict";
import { canRegisterFirstKey, readAccess } from "../../../provider/dist/policy/access/index.js";
import { normalizePolicy } from "../../../provider/dist/policy/index.js";
import { method } from "../impact/tenant.ts";
import { allow, include, KEY_A, KEY_B, legacyPolicy, NURSES, STRICT_ID, STUDENTS } from "../util.ts";
import { table, unread, withPolicy } from "./firstKeyTable.ts";
import {
  asks,
  BOOTSTRAP,
  documents,
  KEY,
  MFA,
  newcomer,
  pass,
  passkeys,
  PAW,
  registering,
  strength,
} from "./tenant.ts";

describe("canRegisterFirstKey", () => {
  describe("the passkey policy", () => {
    table([
      { it: "lets a pupil register", answer: "accepted", rules: ["inTime"], says: /pass that works once/ },
      { it: "is off", documents: withPolicy(passkeys({ state: "disabled" })), answer: "rejected", rules: ["state"] },
      { it: "was not read", documents: withPolicy(normalizePolicy({})), answer: "unknown" },
      {
        it: "does not let people register by themselves; on their behalf is named and does not count",
        documents: withPolicy(passkeys({ isSelfServiceRegistrationAllowed: false })),
        answer: "rejected",
        rules: ["selfService"],
        says: /on behalf of the person, which is not counted/,
      },
      {
        it: "does not say whether it does",
        documents: withPolicy(passkeys({ isSelfServiceRegistrationAllowed: null })),
        answer: "unknown",
        rules: ["selfService"],
      },
      { it: "does not mean the person", who: { groups: [NURSES] }, answer: "rejected" },
      {
        it: "excludes a group of the person",
        documents: withPolicy(passkeys({ excludeTargets: [{ id: NURSES, targetType: "group" }] })),
        who: { groups: [STUDENTS.toUpperCase(), NURSES.toUpperCase()] },
        answer: "rejected",
        rules: ["excluded"],
      },
      { it: "may mean someone who is nested", who: { nested: [STUDENTS] }, answer: "unknown" },
      { it: "does not list the model", key: { aaguid: KEY_B }, answer: "rejected", rules: ["keyRestrictions"] },
      { it: "is asked about a model that is not known", key: { aaguid: undefined }, answer: "unknown" },
      { it: "takes no synced keys", key: { passkeyType: "synced" }, answer: "rejected", rules: ["passkeyType"] },
      { it: "asks for attestation", key: { attested: false }, answer: "rejected", rules: ["attestation"] },
      {
        it: "asks for attestation of who knows what",
        key: { attested: undefined },
        answer: "unknown",
        rules: ["attestation"],
      },
      {
        it: "asks for attestation, which synced keys never give",
        documents: withPolicy(passkeys({}, { passkeyTypes: "deviceBound,synced" })),
        key: { passkeyType: "synced", attested: true },
        answer: "rejected",
        rules: ["attestation"],
      },
      {
        it: "asks for something newer than attestation",
        documents: withPolicy(passkeys({}, { attestationEnforcement: "always" })),
        answer: "unknown",
        rules: ["attestation"],
      },
      {
        it: "is tenant-wide and asks for attestation",
        documents: withPolicy(
          normalizePolicy(legacyPolicy({ isAttestationEnforced: true, keyRestrictions: allow(KEY_A) })),
        ),
        key: { attested: false },
        answer: "rejected",
        rules: ["attestation"],
      },
      { it: "takes no guests", who: { userType: "Guest" }, answer: "rejected", rules: ["userType"] },
    ]);
  });

  describe("a way to prove oneself", () => {
    const onlyPass = (parts: object) => documents(undefined, pass(parts));
    table([
      {
        it: "is not a pass that is off",
        documents: onlyPass({ state: "disabled" }),
        answer: "rejected",
        rules: ["proof"],
      },
      {
        it: "is not a pass for others",
        documents: onlyPass({ includeTargets: [{ id: NURSES, targetType: "group" }] }),
        answer: "rejected",
      },
      {
        it: "is not a pass for all but the person",
        documents: onlyPass({ excludeTargets: [{ id: STUDENTS, targetType: "group" }] }),
        answer: "rejected",
      },
      {
        it: "may be a pass whose targets were not read",
        documents: onlyPass({ includeTargets: undefined }),
        answer: "unknown",
      },
      {
        it: "may be a pass whose excludes were not read",
        documents: onlyPass({ excludeTargets: undefined }),
        answer: "unknown",
      },
      { it: "may be a pass that was not read", documents: unread("temporaryAccessPass"), answer: "unknown" },
      {
        it: "is a pass that works once, where whoever issues it chooses",
        documents: onlyPass({ isUsableOnce: false }),
        answer: "accepted",
        says: /works once/,
      },
      {
        it: "is a pass that works more than once, where the strength takes that only",
        documents: {
          ...documents([registering(asks(BOOTSTRAP))], pass({ isUsableOnce: false })),
          ...readAccess({ strengths: [strength(BOOTSTRAP, ["temporaryAccessPassMultiUse"])] }),
        },
        answer: "accepted",
        says: /more than once/,
      },
      {
        it: "is not a pass that works once, where the strength takes the other only",
        documents: {
          ...documents([registering(asks(BOOTSTRAP))]),
          ...readAccess({ strengths: [strength(BOOTSTRAP, ["temporaryAccessPassMultiUse"])] }),
        },
        answer: "rejected",
        rules: ["registerSecurityInfo"],
      },
      {
        it: "is a password and a phone",
        documents: {
          ...documents([registering(asks(MFA))], pass({ state: "disabled" })),
          methods: [method("Sms"), method("Voice")],
        },
        who: { otherMethods: ["mobilePhone"] },
        answer: "accepted",
        says: /a method that they have/,
      },
      {
        it: "is not a phone without a password",
        documents: {
          ...documents([registering(asks(MFA))], pass({ state: "disabled" })),
          methods: [method("Sms"), method("Voice")],
        },
        who: { otherMethods: ["mobilePhone"], hasPassword: false },
        answer: "rejected",
      },
      {
        it: "is not a phone that its own policy does not allow",
        documents: {
          ...documents([], pass({ state: "disabled" })),
          methods: [method("Sms", { state: "disabled" }), method("Voice", { state: "disabled" })],
        },
        who: { otherMethods: ["mobilePhone"] },
        answer: "rejected",
        rules: ["proof"],
      },
      {
        it: "may be a method that is not known",
        documents: documents([], pass({ state: "disabled" })),
        who: { otherMethods: undefined as never },
        answer: "unknown",
      },
    ]);
  });

  it("takes a target of someone by id", () => {
    const policy = passkeys({ includeTargets: [{ ...include(newcomer().user, STRICT_ID), targetType: "user" }] });
    assert.equal(canRegisterFirstKey(withPolicy(policy), newcomer({ groups: [] }), KEY, PAW).answer, "rejected");
    const forAll = { ...documents([], pass({ includeTargets: [{ id: "all_users", targetType: "group" }] })), policy };
    assert.equal(canRegisterFirstKey(forAll, newcomer({ groups: [] }), KEY, PAW).answer, "accepted");
  });
});
