import assert from "node:assert/strict";
import { readDeclared } from "../../provider/dist/doctor/declared.js";
import { OWN_PROFILE } from "../../provider/dist/resources/passkeyPolicy/places.js";
import { TENANT } from "./util.ts";

const PROFILE = "e1000000-0000-4000-8000-0000000000ef";
const GROUP = "51000000-0000-4000-8000-0000000000ab";
const USER = "61000000-0000-4000-8000-0000000000AB";

const policy = {
  owner: "school/prod/policy",
  tenantId: TENANT,
  profiles: { students: { exclusive: true }, others: {} },
  breakGlass: { users: [USER], group: "Emergency" },
  profileLimit: 5,
  resolved: { catalogue: 1, profileIds: { students: PROFILE, others: "o" }, groups: { Emergency: GROUP }, aaGuids: {} },
};
const single = {
  owner: "school/prod/PasskeyProfile::staff",
  tenantId: TENANT,
  profile: "staff",
  exclusive: true,
  resolved: { catalogue: 1, profileIds: { [OWN_PROFILE]: "p-staff" }, groups: {}, aaGuids: {} },
};
const type = (name: string) => `pulumi-nodejs:dynamic/entra:${name}`;
const exported = (...resources: [string, object][]) => ({
  from: "state.json",
  text: JSON.stringify({ deployment: { resources: resources.map(([name, outputs]) => ({ type: name, outputs })) } }),
});

describe("readDeclared", () => {
  it("finds tenant, exclusive profiles and emergency accounts in a state", () => {
    const stack = exported(["pulumi:pulumi:Stack", {}], [type("PasskeyPolicy"), policy]);
    const found = readDeclared([stack]);
    assert.deepEqual([...found.tenants], [TENANT]);
    assert.deepEqual([...found.resources], ["PasskeyPolicy"]);
    assert.deepEqual([...found.exclusive], [[PROFILE, "PasskeyPolicy policy profiles.students"]]);
    assert.deepEqual(found.breakGlass, { users: [USER.toLowerCase()], groups: [GROUP] });
    assert.equal(found.profileLimit, 5);
  });

  it("finds the same in a preview, and what a preview refused", () => {
    const step = { op: "create", urn: "urn:pulumi:prod::school::x::policy" };
    const newState = { type: type("PasskeyPolicy"), custom: true, inputs: policy };
    const text = JSON.stringify({ steps: [{ ...step, newState }], diagnostics: [] });
    const found = readDeclared([{ from: "preview.json", text }]);
    assert.deepEqual([...found.exclusive.keys()], [PROFILE]);
  });

  it("puts several stacks together, single resources among them", () => {
    const strength = {
      owner: "school/prod/PasskeyAuthenticationStrength::s",
      tenantId: TENANT,
      breakGlass: { users: ["u"] },
    };
    const found = readDeclared([
      exported([type("PasskeyProfile"), single]),
      exported([type("PasskeyPolicy"), policy], [type("PasskeyAuthenticationStrength"), strength]),
    ]);
    assert.deepEqual([...found.exclusive.values()], ["PasskeyProfile staff", "PasskeyPolicy policy profiles.students"]);
    assert.deepEqual(found.breakGlass.users, [USER.toLowerCase(), "u"]);
    assert.equal(found.resources.size, 3);
  });

  it("reads nothing that is kept as a secret", () => {
    const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
    const found = readDeclared([exported([type("PasskeyPolicy"), { ...policy, breakGlass: mark }])]);
    assert.deepEqual([found.exclusive.size, found.breakGlass.users.length], [0, 0]);
  });

  it("has nothing of a stack without resources of this package, or of an empty one", () => {
    for (const text of ['{"deployment":{"resources":[{"type":"x:y:z","outputs":{}}]}}', '{"deployment":{}}']) {
      assert.equal(readDeclared([{ from: "f", text }]).resources.size, 0);
    }
  });

  for (const text of ["", "{}", "nonsense", "[]", "null", '{"deployment":null}']) {
    it(`says what ${JSON.stringify(text)} should have been`, () => {
      assert.throws(() => readDeclared([{ from: "f.json", text }]), /^Error: f\.json: .*pulumi preview --json/s);
    });
  }
});
