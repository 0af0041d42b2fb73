import assert from "node:assert/strict";
import { checkEmergency, type EmergencyAccount, type EmergencyFacts } from "../../provider/dist/doctor/breakGlass.js";
import type { Fido2Policy, Person } from "../../provider/dist/policy/index.js";
import { ADMINS, allow, DEFAULT_ID, include, KEY_A, KEY_B, NURSES, profile, profilePolicy } from "../policy/util.ts";
import { badOf, checkForm, found } from "./util.ts";

const policy = profilePolicy([profile(DEFAULT_ID, { keyRestrictions: allow(KEY_A) })], {
  includeTargets: [include(ADMINS, DEFAULT_ID)],
  excludeTargets: [{ id: NURSES, targetType: "group" }],
});
const key = (aaguid: string) => ({ aaguid, passkeyType: "deviceBound" });
const account = (title: string, person: Partial<Person> | undefined, unread?: string): EmergencyAccount => ({
  title,
  ...(person && { person: { user: title, groups: [ADMINS], enabled: true, passkeys: [key(KEY_A)], ...person } }),
  ...(unread !== undefined && { unread }),
});
const check = (accounts: EmergencyAccount[], more: Partial<EmergencyFacts> = {}, on: Fido2Policy = policy) => {
  const findings = checkEmergency(on, { declared: true, accounts, missing: [], ...more });
  checkForm(findings);
  return findings;
};
const GOOD = account("good", {});

describe("checkEmergency", () => {
  it("warns where nobody has declared any, with the way out", () => {
    const { next } = found(check([], { declared: false }), "breakGlass", /no emergency accounts/, "warning");
    assert.match(next ?? "", /breakGlass: \{ group.*--break-glass/);
  });

  it("is content with accounts whose key works", () => {
    const findings = check([GOOD, account("other", { passkeys: [key(KEY_B), key(KEY_A)] })]);
    assert.deepEqual(badOf(findings), []);
    found(findings, "other", /it has 2/, "ok");
  });

  it("advises against having one only", () => found(check([GOOD]), "breakGlass", /one emergency account/, "info"));

  for (const [what, person, says] of [
    ["has no key", { passkeys: [] }, /^it has no passkey$/],
    ["has a key that the policy refuses", { passkeys: [key(KEY_B)] }, /none of its passkeys \(1\) works/],
    ["is in no target", { groups: [] }, /none of its passkeys/],
    ["is in an excluded group", { groups: [ADMINS, NURSES] }, /in an excluded group/],
    ["is disabled", { enabled: false }, /is disabled/],
  ] as const) {
    it(`calls it an error where one ${what}`, () => {
      const findings = check([GOOD, account("it", person)]);
      assert.equal(badOf(findings).length, 1);
      found(findings, "it", says, "error");
    });
  }

  it("says that an account has to be included first", () => {
    const { next } = found(check([GOOD, account("it", { groups: [], passkeys: [] })]), "it", /no passkey/, "error");
    assert.match(next ?? "", /Include it/);
  });

  it("calls it an error where the passkey policy is off", () => {
    found(check([GOOD], {}, { ...policy, state: "disabled" }), "good", /none of its passkeys/, "error");
  });

  it("does not know what could not be read", () => {
    const unread = account("it", { passkeys: undefined } as unknown as Person, "reading was answered with 403");
    found(check([GOOD, unread]), "it", /not known: reading was answered with 403/, "warning");
    const nested = account("it", { nested: [ADMINS] });
    found(check([GOOD, nested]), "it", /not known/, "warning");
  });

  it("calls an account that is not there, and a group that is none, errors", () => {
    const missing = [{ title: "--break-glass number 1", reason: "nobody is in the group" }];
    const findings = check([GOOD, account("gone", undefined)], { missing });
    found(findings, "gone", /does not exist/, "error");
    found(findings, "--break-glass number 1", /nobody/, "error");
    const unread = [{ title: "group", reason: "its members are not known", unread: true as const }];
    found(check([GOOD], { missing: unread }), "group", /not known/, "warning");
  });
});
