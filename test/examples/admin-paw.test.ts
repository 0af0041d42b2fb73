import assert from "node:assert/strict";
import { adminKeys } from "../../examples/admin-paw/rule.ts";
import { pinsKeys } from "./pinned.ts";
import { programOf } from "./program.ts";

const CONFIG = { adminsGroup: "Administrators", breakGlassGroup: "Emergency" };
const policyName = (name: string) => `azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy ${name}`;

describe("the admin-paw example", function () {
  this.timeout(30_000);

  pinsKeys(
    adminKeys,
    "as a FIPS model of level 2 or better without a phone or a fingerprint",
    ({ certification: { level }, fips, biometric, kind }) =>
      fips === true && !biometric && kind === "securityKey" && /^L[23]/.test(level ?? ""),
  );

  it("covers administrators and emergency accounts by an exclusive profile of named keys", async () => {
    const program = await programOf("admin-paw", CONFIG);
    const { profiles, includeTargets, breakGlass, adminGroups } = program.of("entra:PasskeyPolicy admins");
    assert.deepEqual(profiles, {
      admins: {
        name: "Administrators",
        exclusive: true,
        passkeyTypes: ["deviceBound"],
        attestationEnforcement: "registrationOnly",
        keyRestrictions: {
          isEnforced: true,
          enforcementType: "allow",
          models: adminKeys,
          microsoftAuthenticator: false,
          windowsHello: false,
        },
      },
    });
    assert.deepEqual(includeTargets, [
      { group: "id of Administrators", profiles: ["admins"] },
      { group: "id of Emergency", profiles: ["admins"] },
    ]);
    assert.deepEqual(breakGlass, { group: "id of Emergency" });
    assert.deepEqual(adminGroups, ["id of Administrators"]);
  });

  it("leaves emergency accounts out of every Conditional Access policy, and only reports at first", async () => {
    const program = await programOf("admin-paw", CONFIG);
    const policies = program.all.filter((name) => name.startsWith(policyName(""))).sort();
    assert.deepEqual(policies, ["adminsOnlyFromPaw", "adminsRegister", "adminsSignIn"].map(policyName));
    for (const { state, conditions } of policies.map((name) => program.of(name))) {
      assert.equal(state, "enabledForReportingButNotEnforced");
      const { users } = conditions as { users: object };
      assert.deepEqual(users, { includedGroups: ["id of Administrators"], excludedGroups: ["id of Emergency"] });
    }
  });

  it("asks for the named keys on a compliant device, fido2 only", async () => {
    const program = await programOf("admin-paw", { ...CONFIG, conditionalAccess: "enabled" });
    const { models, allowedCombinations = ["fido2"] } = program.of("entra:PasskeyAuthenticationStrength admins");
    assert.deepEqual([models, allowedCombinations], [adminKeys, ["fido2"]]);
    const { state, grantControls } = program.of(policyName("adminsSignIn"));
    const { operator, builtInControls } = grantControls as Record<string, unknown>;
    assert.deepEqual([state, operator, builtInControls], ["enabled", "AND", ["compliantDevice"]]);
  });

  it("blocks whatever is no PAW", async () => {
    const program = await programOf("admin-paw", { ...CONFIG, pawRule: 'device.extensionAttribute7 -eq "PAW"' });
    const { conditions, grantControls } = program.of(policyName("adminsOnlyFromPaw"));
    const { devices } = conditions as { devices: { filter: object } };
    assert.deepEqual(devices.filter, { mode: "exclude", rule: 'device.extensionAttribute7 -eq "PAW"' });
    assert.deepEqual((grantControls as Record<string, unknown>)["builtInControls"], ["block"]);
  });

  it("says which setting names a group that there is not, and what to do", async () => {
    const says = /adminsGroup: the security group "Nobody" could not be looked up: .*pulumi config set adminsGroup/;
    await assert.rejects(programOf("admin-paw", { ...CONFIG, adminsGroup: "Nobody" }), says);
  });

  it("refuses a rule that would block the PAWs and let in the rest", async () => {
    const config = { ...CONFIG, pawRule: 'device.extensionAttribute1 -ne "PAW"' };
    await assert.rejects(programOf("admin-paw", config), /PAW/);
  });
});
