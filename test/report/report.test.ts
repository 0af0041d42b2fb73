import assert from "node:assert/strict";
import { WINDOWS_HELLO_AAGUIDS } from "../../provider/dist/catalogue/index.js";
import type { Fido2Policy } from "../../provider/dist/policy/index.js";
import { diffPolicy, normalizePolicy } from "../../provider/dist/policy/index.js";
import { changesText, modelChangeLines, policyTable } from "../../provider/dist/report/index.js";

const GROUP = "b6caabde-24d8-4a00-8d88-5ac5958d2acf";
const DEFAULT = "00000000-0000-0000-0000-000000000001";
const YUBIKEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const UNKNOWN = "11111111-2222-4333-8444-555555555555";

const policy = (aaGuids: string[], isEnforced = true): Fido2Policy => ({
  state: "enabled",
  isSelfServiceRegistrationAllowed: true,
  defaultPasskeyProfile: DEFAULT,
  passkeyProfiles: [
    {
      id: DEFAULT,
      name: "Default passkey profile",
      passkeyTypes: "deviceBound",
      attestationEnforcement: "registrationOnly",
      keyRestrictions: { isEnforced, enforcementType: "allow", aaGuids },
    },
  ],
  includeTargets: [{ id: "all_users", targetType: "group", allowedPasskeyProfiles: [DEFAULT] }],
  excludeTargets: [{ id: GROUP, targetType: "group" }],
});

describe("policyTable", () => {
  it("names models, groups and profiles", () => {
    const table = policyTable(policy([YUBIKEY, UNKNOWN]), { groupName: (id) => (id === GROUP ? "Kiosks" : undefined) });
    assert.match(table, /all users +Default passkey profile/);
    assert.match(table, /Kiosks +excluded: no passkey at all/);
    assert.match(table, /- YubiKey 5/);
    assert.match(table, new RegExp(`- ${UNKNOWN} \\(unknown model\\)`));
    assert.match(table, /only these 2 AAGUIDs/);
  });

  it("does not take listed for accepted", () => {
    assert.match(policyTable(policy([...WINDOWS_HELLO_AAGUIDS])), /Windows Hello +listed and accepted/);
    assert.match(policyTable(policy([...WINDOWS_HELLO_AAGUIDS], false)), /accepted, as is every model; 3 of 3/);
    assert.match(policyTable(policy([YUBIKEY])), /Microsoft Authenticator +not accepted/);
  });

  it("says unknown for what could not be read", () => {
    assert.match(policyTable({}), /Passkeys +unknown/);
  });
});

describe("modelChangeLines", () => {
  const lines = (before: Fido2Policy, after: Fido2Policy, most?: number) =>
    modelChangeLines(diffPolicy(before, after), [normalizePolicy(after), normalizePolicy(before)], most);
  const name = "profile Default passkey profile";

  it("names what came and what went, with the AAGUID that tells models of one name apart", () => {
    assert.deepEqual(lines(policy([YUBIKEY]), policy([UNKNOWN])), [
      `${name}: + unknown model (${UNKNOWN})`,
      `${name}: - YubiKey 5 Series with NFC (${YUBIKEY})`,
    ]);
  });

  it("is empty where the lists mean the same, whatever else changed", () => {
    assert.deepEqual(lines(policy([YUBIKEY]), policy([YUBIKEY.toUpperCase(), YUBIKEY], false)), []);
  });

  it("counts the lines that are too many", () => {
    const many = Array.from({ length: 30 }, (_, i) => UNKNOWN.replace(/..$/, String(10 + i)));
    assert.equal(lines(policy([]), policy(many)).length, 21);
    assert.equal(lines(policy([]), policy(many)).at(-1), "and 10 more models");
    assert.equal(lines(policy([]), policy(many.slice(0, 20))).length, 20);
    assert.deepEqual(lines(policy([]), policy(many), 0), ["and 30 more models"]);
  });
});

describe("changesText", () => {
  it("names the models that came and went", () => {
    const text = changesText(policy([YUBIKEY]), policy([UNKNOWN]));
    assert.match(text, /^\+ profile Default passkey profile, model: 11111111.*unknown model/m);
    assert.match(text, /^- profile Default passkey profile, model: YubiKey 5/m);
  });

  it("says so where nothing changed", () => {
    assert.equal(changesText(policy([YUBIKEY]), policy([YUBIKEY.toUpperCase()])), "no changes");
  });
});
