import assert from "node:assert/strict";
import { canRegisterFirstKey, readAccess } from "../../../provider/dist/policy/access/index.js";
import type { Device, FirstKeyDocuments, KeyModel, Newcomer } from "../../../provider/dist/policy/access/index.js";
import { normalizePolicy } from "../../../provider/dist/policy/index.js";
import { method } from "../impact/tenant.ts";
import {
  allow,
  AUTHENTICATOR,
  frozen,
  include,
  KEY_A,
  KEY_B,
  legacyPolicy,
  NURSES,
  STRICT_ID,
  STUDENTS,
} from "../util.ts";
import {
  asks,
  AUTHENTICATOR_APP,
  BOOTSTRAP,
  control,
  documents,
  everywhere,
  KEY,
  KEYS_ONLY,
  MFA,
  newcomer,
  pass,
  passkeys,
  PAW,
  registering,
  REPORT_ONLY,
  strength,
} from "./tenant.ts";

interface Row {
  readonly it: string;
  readonly documents?: FirstKeyDocuments;
  readonly who?: Partial<Newcomer>;
  readonly key?: Partial<KeyModel>;
  readonly device?: Device;
  readonly answer: "accepted" | "rejected" | "unknown";
  /** The rules that make the answer, in order; of an accepted one, and notes, those that have to be among them. */
  readonly rules?: readonly string[];
  readonly says?: RegExp;
}

function table(rows: readonly Row[]): void {
  for (const { it: title, documents: given = documents(), who, key, device = PAW, answer, rules, says } of rows) {
    it(title, () => {
      const said = canRegisterFirstKey(
        frozen(given),
        frozen(newcomer(who)),
        frozen({ ...KEY, ...key }),
        frozen(device),
      );
      const told = JSON.stringify(said, undefined, 2);
      assert.equal(said.answer, answer, told);
      const obstacles = said.reasons.filter(({ effect }) => effect === "rejected" || effect === "unknown");
      assert.equal(obstacles.length > 0, answer !== "accepted", told);
      if (answer !== "accepted" && rules !== undefined)
        assert.deepEqual(
          obstacles.map(({ rule }) => rule),
          rules,
          told,
        );
      if (answer === "accepted") {
        for (const rule of ["profile", ...(rules ?? [])])
          assert.ok(
            said.reasons.some((one) => one.rule === rule),
            told,
          );
      }
      for (const { document, reason, wayOut } of said.reasons) {
        for (const text of [document, reason, wayOut]) assert.match(text, /\S/);
        for (const sentence of [reason, wayOut]) assert.doesNotMatch(sentence, /\.$|undefined/);
      }
      if (says !== undefined)
        assert.match(said.reasons.map((one) => `${one.document}: ${one.reason}`).join("\n"), says);
    });
  }
}

/** Without the documents that a test says were not read. */
function unread(...names: (keyof FirstKeyDocuments)[]): FirstKeyDocuments {
  return Object.fromEntries(
    Object.entries(documents()).filter(([name]) => !(names as string[]).includes(name)),
  ) as never;
}
const withPolicy = (policy: FirstKeyDocuments["policy"]): FirstKeyDocuments => ({ ...documents(), policy });

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

  describe("Conditional Access for registering", () => {
    const register = (grants: unknown, parts?: object, more?: object) => documents([registering(grants, parts, more)]);
    const users = (parts: object) => ({ users: { includeUsers: ["All"], ...parts } });
    table([
      { it: "is not there", documents: documents([]), answer: "accepted" },
      {
        it: "was not read",
        documents: unread("conditionalAccess"),
        answer: "unknown",
        rules: ["registerSecurityInfo"],
      },
      { it: "has a strength that was not read", documents: unread("strengths"), answer: "unknown" },
      {
        it: "asks for a key",
        documents: register(asks(KEYS_ONLY)),
        answer: "rejected",
        rules: ["registerSecurityInfo"],
      },
      { it: "blocks", documents: register(control("block")), answer: "rejected", rules: ["block"] },
      {
        it: "blocks, but not the person",
        documents: register(control("block"), {}, users({ excludeGroups: [STUDENTS] })),
        answer: "accepted",
      },
      { it: "blocks, and is off", documents: register(control("block"), { state: "disabled" }), answer: "accepted" },
      {
        it: "blocks, in a state of a newer kind",
        documents: register(control("block"), { state: "onTuesdays" }),
        answer: "unknown",
      },
      {
        it: "blocks who knows whom",
        documents: register(control("block"), {}, { users: "everyone" }),
        answer: "unknown",
      },
      {
        it: "blocks administrators",
        documents: register(control("block"), {}, { users: { includeRoles: ["r"] } }),
        answer: "accepted",
      },
      {
        it: "blocks administrators, who may be one",
        documents: register(control("block"), {}, { users: { includeRoles: ["r"] } }),
        who: { isAdmin: true },
        answer: "unknown",
      },
      {
        it: "blocks outside of trusted places",
        documents: register(
          control("block"),
          {},
          { locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] } },
        ),
        answer: "unknown",
        says: /locations/,
      },
      { it: "asks for several factors, which a pass proves", documents: register(control("mfa")), answer: "accepted" },
      {
        it: "asks for a compliant device, which it is",
        documents: register(control("compliantDevice")),
        answer: "accepted",
      },
      {
        it: "asks for a compliant device, which it is not",
        documents: register(asks(BOOTSTRAP, { operator: "AND", builtInControls: ["compliantDevice"] })),
        device: { isRegistered: true, isCompliant: false },
        answer: "rejected",
        rules: ["registerSecurityInfo"],
        says: /asks for compliantDevice/,
      },
      {
        it: "asks for a compliant device, which is not known",
        documents: register(control("compliantDevice")),
        device: {},
        answer: "unknown",
      },
      {
        it: "asks for one of two things",
        documents: register({ ...control("compliantDevice", "mfa"), operator: "OR" }),
        device: { isRegistered: false },
        answer: "accepted",
      },
      { it: "asks for nothing that was answered", documents: register({}), answer: "unknown" },
      { it: "only controls the session", documents: register(null), answer: "accepted" },
      {
        it: "is about another action",
        documents: register(
          control("block"),
          {},
          { applications: { includeUserActions: ["urn:user:registerdevice"] } },
        ),
        answer: "accepted",
      },
      {
        it: "blocks from anything but a PAW, and this is one",
        documents: register(
          control("block"),
          {},
          { devices: { deviceFilter: { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' } } },
        ),
        answer: "accepted",
      },
      {
        it: "blocks from anything but a PAW, and this is none",
        documents: register(
          control("block"),
          {},
          { devices: { deviceFilter: { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' } } },
        ),
        device: { isRegistered: false },
        answer: "rejected",
        rules: ["block"],
      },
      {
        it: "names the person in vain where only old clients are meant",
        documents: register(control("block"), {}, { clientAppTypes: ["exchangeActiveSync", "other"] }),
        answer: "accepted",
      },
    ]);
  });

  describe("Conditional Access for all resources", () => {
    const alone = (parts?: object, more?: object) => documents([everywhere(asks(KEYS_ONLY), parts, more)]);
    const without = (...excludeApplications: string[]) => ({
      applications: { includeApplications: ["All"], excludeApplications },
    });
    table([
      {
        it: "makes a circle",
        documents: alone(),
        answer: "rejected",
        rules: ["circular"],
        says: /a key would be needed/,
      },
      { it: "makes none where it takes the pass", documents: documents([everywhere(asks(MFA))]), answer: "accepted" },
      { it: "makes none where a strength for registering is preferred", answer: "accepted" },
      {
        it: "makes one where the policy for registering does not mean the person",
        documents: documents([
          registering(asks(BOOTSTRAP), {}, { users: { includeGroups: [NURSES] } }),
          everywhere(asks(KEYS_ONLY)),
        ]),
        answer: "rejected",
        rules: ["circular"],
      },
      {
        it: "makes one where the policy for registering asks for no strength",
        documents: documents([registering(control("mfa")), everywhere(asks(KEYS_ONLY))]),
        answer: "rejected",
        rules: ["circular"],
      },
      {
        it: "makes one where the policy for registering only reports",
        documents: documents([registering(asks(BOOTSTRAP), REPORT_ONLY), everywhere(asks(KEYS_ONLY))]),
        answer: "rejected",
        rules: ["circular"],
      },
      {
        it: "asks for its other controls all the same",
        documents: documents([
          registering(asks(BOOTSTRAP)),
          everywhere(asks(KEYS_ONLY, { operator: "AND", builtInControls: ["compliantDevice"] })),
        ]),
        device: { isRegistered: true, isCompliant: false },
        answer: "rejected",
        rules: ["allResources"],
        says: /asks for compliantDevice/,
      },
      { it: "may make one where it leaves out some resource", documents: alone({}, without(KEY_A)), answer: "unknown" },
      {
        it: "makes one for keys where it leaves out Authenticator",
        documents: alone({}, without(AUTHENTICATOR_APP)),
        answer: "rejected",
      },
      {
        it: "makes none for Authenticator then",
        documents: {
          ...alone({}, without(AUTHENTICATOR_APP)),
          policy: passkeys({}, { keyRestrictions: allow(...AUTHENTICATOR) }),
        },
        key: { aaguid: AUTHENTICATOR[0]!.toUpperCase() },
        answer: "accepted",
      },
      {
        it: "may make one for some resources",
        documents: alone({}, { applications: { includeApplications: ["Office365"] } }),
        answer: "unknown",
      },
      {
        it: "only reports, and is named",
        documents: alone(REPORT_ONLY),
        answer: "accepted",
        rules: ["reportOnly"],
        says: /will block when switched on/,
      },
      {
        it: "only reports as the other does, and must not come first",
        documents: documents([registering(asks(BOOTSTRAP), REPORT_ONLY), everywhere(asks(KEYS_ONLY), REPORT_ONLY)]),
        answer: "accepted",
        rules: ["reportOnly"],
        says: /will block when switched on before the policies for registering/,
      },
    ]);

    it("names nothing of report-only policies that would not block", () => {
      const given = documents([registering(asks(BOOTSTRAP)), everywhere(asks(KEYS_ONLY), REPORT_ONLY)]);
      const { reasons } = canRegisterFirstKey(given, newcomer(), KEY, PAW);
      assert.deepEqual(
        reasons.filter(({ rule }) => rule === "reportOnly"),
        [],
      );
    });
  });

  it("takes a target of someone by id", () => {
    const policy = passkeys({ includeTargets: [{ ...include(newcomer().user, STRICT_ID), targetType: "user" }] });
    assert.equal(canRegisterFirstKey(withPolicy(policy), newcomer({ groups: [] }), KEY, PAW).answer, "rejected");
    const forAll = { ...documents([], pass({ includeTargets: [{ id: "all_users", targetType: "group" }] })), policy };
    assert.equal(canRegisterFirstKey(forAll, newcomer({ groups: [] }), KEY, PAW).answer, "accepted");
  });
});
