import assert from "node:assert/strict";
import { checkExclusive, type ExclusiveFacts } from "../../provider/dist/doctor/exclusive.js";
import { normalizePolicy, type MethodPolicy, type Person } from "../../provider/dist/policy/index.js";
import { readAccess } from "../../provider/dist/policy/access/index.js";
import { asks, everywhere, KEYS_ONLY, MFA, registering, REPORT_ONLY, STRENGTHS } from "../policy/access/tenant.ts";
import {
  allow,
  DEFAULT_ID,
  include,
  KEY_A,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "../policy/util.ts";
import { badOf, checkForm, found } from "./util.ts";

const policy = normalizePolicy(
  profilePolicy([profile(DEFAULT_ID), profile(STRICT_ID, { name: "Students", keyRestrictions: allow(KEY_A) })], {
    includeTargets: [include(STUDENTS, STRICT_ID), include(NURSES, DEFAULT_ID)],
  }),
);
const method = (id: string, include = ["all_users"], exclude: string[] = [], state = "enabled"): MethodPolicy => {
  const targets = (ids: string[]) => ids.map((group) => ({ id: group, targetType: "group" }));
  return { id, state, includeTargets: targets(include), excludeTargets: targets(exclude) };
};
const access = (...conditionalAccess: object[]) => readAccess({ conditionalAccess, strengths: STRENGTHS });
const KEYS = everywhere(asks(KEYS_ONLY), { displayName: "Keys" });
const SUBJECT = 'profile "Students"';

function check(methods: MethodPolicy[] | undefined, facts: Partial<ExclusiveFacts> = {}) {
  const findings = checkExclusive({
    policy,
    exclusive: new Map([[STRICT_ID, "PasskeyPolicy p profiles.students"]]),
    methods,
    conditionalAccess: [],
    strengths: [],
    groupName: (id) => (id === STUDENTS ? 'group "Pupils"' : id),
    ...facts,
  });
  checkForm(findings);
  return findings;
}

describe("checkExclusive", () => {
  it("says that it takes the program", () => {
    found(check([], { exclusive: undefined }), "exclusive", /in the program/, "info");
    found(check([], { exclusive: new Map() }), "exclusive", /no exclusive profile/, "info");
  });

  it("warns of every method that can be phished and means the group", () => {
    const ids = ["Sms", "Voice", "MicrosoftAuthenticator", "SoftwareOath", "HardwareOath", "QRCodePin"];
    const findings = check(ids.map((id) => method(id)));
    assert.equal(badOf(findings).length, ids.length + 1, "and of Conditional Access, which asks for nothing");
    const { next } = found(findings, SUBJECT, /^SMS: group "Pupils" can use it to sign in without a key$/, "warning");
    assert.match(next ?? "", /Exclude the group from the policy of Sms/);
  });

  it("leaves out what is off, is for others, or excludes the group", () => {
    const off = [
      method("Sms", ["all_users"], [], "disabled"),
      method("Voice", ["all_users"], [STUDENTS]),
      method("SoftwareOath", []),
    ];
    assert.equal(check(off).filter(({ says }) => /use it/.test(says)).length, 0);
  });

  it("says may where another group decides, whose members are not known", () => {
    found(check([method("Sms", [NURSES])]), SUBJECT, /^SMS: group "Pupils" may use it/, "warning");
    found(check([method("Sms", ["all_users"], [NURSES])]), SUBJECT, /^SMS: group "Pupils" may use it/, "warning");
  });

  it("tells what cannot be phished, what starts somebody off, and what resets passwords", () => {
    const findings = check([
      method("X509Certificate"),
      method("TemporaryAccessPass"),
      method("Email"),
      method("Newer"),
    ]);
    for (const words of [/^certificates:/, /^Temporary Access Pass:.*first key/, /^e-mail codes:.*reset/]) {
      found(findings, SUBJECT, words, "info");
    }
    found(findings, SUBJECT, /^Newer:.*does not know/, "warning");
  });

  it("is content where Conditional Access always asks for a strength that does not take the method", () => {
    const findings = check([method("Sms"), method("MicrosoftAuthenticator")], access(KEYS));
    assert.deepEqual(badOf(findings), []);
    found(findings, SUBJECT, /policy "Keys" always asks its people for the strength/, "ok");
    found(findings, SUBJECT, /^SMS:.*does not take it$/, "ok");
  });

  it("goes method by method through what a strength takes", () => {
    const findings = check([method("Sms"), method("MicrosoftAuthenticator")], access(everywhere(asks(MFA))));
    found(findings, SUBJECT, /^SMS:.*without a key$/, "warning");
    found(findings, SUBJECT, /^Microsoft Authenticator.*does not take it$/, "ok");
  });

  for (const [what, document] of [
    ["only reports", { ...KEYS, ...REPORT_ONLY }],
    ["is about registering", registering(asks(KEYS_ONLY))],
    ["leaves the group to another control", everywhere({ ...asks(KEYS_ONLY), builtInControls: ["mfa"] })],
    ["asks in places only", everywhere(asks(KEYS_ONLY), {}, { locations: { includeLocations: ["x"] } })],
    ["names a strength that is not there", everywhere(asks("00000000-0000-4000-8000-00000000dead"))],
  ] as const) {
    it(`does not count a policy that ${what}`, () => {
      const findings = check([method("Sms")], access(document));
      found(findings, SUBJECT, /no Conditional Access policy is known/, "warning");
      found(findings, SUBJECT, /^SMS:/, "warning");
    });
  }

  it("does not know what could not be read", () => {
    const findings = check(undefined, { conditionalAccess: undefined });
    found(findings, SUBJECT, /what Conditional Access asks .* is not known/, "warning");
    found(findings, SUBJECT, /which other methods work is not known/, "warning");
  });

  it("counts those of an inventory who have registered it", () => {
    const person = (user: string, otherMethods?: string[]): Person => ({
      ...{ user, groups: user === "elsewhere" ? [NURSES] : [STUDENTS] },
      ...(otherMethods && { otherMethods }),
    });
    const people = [person("a", ["mobilePhone"]), person("b", []), person("c"), person("elsewhere", ["mobilePhone"])];
    found(
      check([method("Sms")], { inventory: { people, scope: "everyone" } }),
      SUBJECT,
      /\(1 of 3 people .* of 1 it is not known\)/,
    );
  });

  it("warns where another profile lets the same people use more keys", () => {
    const open = normalizePolicy(
      profilePolicy([profile(DEFAULT_ID), profile(STRICT_ID, { keyRestrictions: allow(KEY_A) })], {
        includeTargets: [include("all_users", DEFAULT_ID), include(STUDENTS, STRICT_ID)],
      }),
    );
    found(check([], { policy: open }), /^PasskeyPolicy p/, /all_users/, "warning");
  });

  it("says that a profile is not there yet, or nobody's", () => {
    found(check([], { exclusive: new Map([["x", "place"]]) }), "place", /does not have the profile/, "info");
    const alone = { ...policy, includeTargets: [] };
    found(check([], { policy: alone }), SUBJECT, /no group has it/, "info");
  });
});
