import assert from "node:assert/strict";
import { studentKeys } from "../../examples/student/rule.ts";
import { pinsKeys } from "./pinned.ts";
import { programOf } from "./program.ts";

const RESTRICTIONS = "entra:PasskeyKeyRestrictions students";
const PROFILE = "entra:PasskeyProfile students";
const SIGN_IN = "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy studentsSignIn";
const REGISTER = "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy studentsRegister";

describe("the student example", function () {
  this.timeout(30_000);

  pinsKeys(
    studentKeys,
    "with USB and NFC",
    ({ transports }) => transports.includes("usb") && transports.includes("nfc"),
  );

  it("lets pupils use the listed keys only, and never a phone", async () => {
    const program = await programOf("student", { studentsGroup: "Pupils", breakGlassGroup: "Emergency" });
    const { passkeyTypes, attestationEnforcement, exclusive, breakGlass } = program.of(PROFILE);
    assert.deepEqual([passkeyTypes, attestationEnforcement, exclusive], [["deviceBound"], "registrationOnly", true]);
    assert.deepEqual(breakGlass, { group: "id of Emergency" });
    const { isEnforced, enforcementType, models, microsoftAuthenticator } = program.of(RESTRICTIONS);
    assert.deepEqual([isEnforced, enforcementType, microsoftAuthenticator], [true, "allow", false]);
    assert.deepEqual(models, studentKeys);
    assert.deepEqual(program.of("entra:PasskeyGroupTarget students")["groups"], ["id of Pupils"]);
  });

  it("asks for the same keys at sign-in, and for a pass that works once or a key to register one", async () => {
    const program = await programOf("student", { studentsGroup: "Pupils", breakGlassGroup: "Emergency" });
    assert.deepEqual(program.of("entra:PasskeyAuthenticationStrength students")["models"], studentKeys);
    const firstDay = program.of("entra:PasskeyAuthenticationStrength studentsFirstDay");
    assert.deepEqual(firstDay["allowedCombinations"], ["fido2", "temporaryAccessPassOneTime"]);
    const pass = program.of("entra:TemporaryAccessPassPolicy students");
    assert.deepEqual(
      [pass["isUsableOnce"], pass["includeTargets"], pass["removedIncludeTargets"]],
      [true, ["id of Pupils"], ["all_users"]],
    );
    for (const policy of [SIGN_IN, REGISTER].map((name) => program.of(name))) {
      assert.equal(policy["state"], "enabledForReportingButNotEnforced");
      const { users } = policy["conditions"] as { users: object };
      assert.deepEqual(users, { includedGroups: ["id of Pupils"], excludedGroups: ["id of Emergency"] });
    }
    const { applications } = program.of(REGISTER)["conditions"] as { applications: object };
    assert.deepEqual(applications, { includedUserActions: ["urn:user:registersecurityinfo"] });
  });

  it("makes the group where none is named", async () => {
    const program = await programOf("student", { breakGlassGroup: "Emergency" });
    assert.equal(program.of("azuread:index/group:Group students")["displayName"], "Students");
    assert.deepEqual(program.of("entra:PasskeyGroupTarget students")["groups"], ["id of students"]);
  });

  it("turns attestation off for Windows Hello, and keeps the list", async () => {
    const program = await programOf("student", { breakGlassGroup: "Emergency", ownDevice: "windowsHello" });
    assert.equal(program.of(PROFILE)["attestationEnforcement"], "disabled");
    const { isEnforced, windowsHello, microsoftAuthenticator } = program.of(RESTRICTIONS);
    assert.deepEqual([isEnforced, windowsHello, microsoftAuthenticator], [true, true, false]);
  });

  it("turns attestation and the list off for synced passkeys, and asks for Microsoft's own strength", async () => {
    const program = await programOf("student", { breakGlassGroup: "Emergency", ownDevice: "synced" });
    assert.deepEqual(program.of(PROFILE)["passkeyTypes"], ["deviceBound", "synced"]);
    assert.equal(program.of(RESTRICTIONS)["isEnforced"], false);
    const { authenticationStrengthPolicyId } = program.of(SIGN_IN)["grantControls"] as Record<string, string>;
    assert.match(authenticationStrengthPolicyId!, /-000000000004$/);
  });

  it("refuses a device of another kind", async () => {
    await assert.rejects(programOf("student", { breakGlassGroup: "Emergency", ownDevice: "phone" }), /ownDevice/);
  });
});
