import assert from "node:assert/strict";
import { DirectoryError } from "../../provider/dist/emulator/index.js";
import { emulatorForEach, send } from "./util.ts";

const LIST = "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations";

describe("configurations of other methods", () => {
  const shared = emulatorForEach();
  const tenant = () => shared.current.tenant();

  it("are each tenant's own, and are read in all three places", async () => {
    tenant().setMethod("sms", {
      state: "enabled",
      includeTargets: [{ id: "Sales", isUsableForSignIn: false }],
      excludeTargets: [{ id: "Helpdesk" }],
    });
    const { groups } = tenant();
    const expected = {
      "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration",
      id: "Sms",
      state: "enabled",
      excludeTargets: [{ targetType: "group", id: groups.get("Helpdesk").id }],
      includeTargets: [
        { targetType: "group", id: groups.get("Sales").id, isRegistrationRequired: false, isUsableForSignIn: false },
      ],
    };
    const { "@odata.context": _, ...one } = (await send(shared.current, "GET", `${LIST}/SMS`)).body;
    const list = (await send(shared.current, "GET", LIST)).body["value"] as { id: string }[];
    const parent = await send(shared.current, "GET", "/v1.0/policies/authenticationMethodsPolicy");
    const inside = parent.body["authenticationMethodConfigurations"] as { id: string }[];
    for (const found of [one, ...[list, inside].map((methods) => methods.find(({ id }) => id === "Sms"))]) {
      assert.deepEqual(found, expected);
    }
    assert.deepEqual(tenant().method("Sms"), expected);
  });

  it("stay as they were where nothing is said, and cannot be written by HTTP", async () => {
    const { body } = await send(shared.current, "GET", LIST);
    assert.deepEqual(
      (body["value"] as { id: string; state: string }[]).map(({ id, state }) => `${id} ${state}`),
      [
        "Fido2 enabled",
        "MicrosoftAuthenticator enabled",
        "Sms disabled",
        "TemporaryAccessPass disabled",
        "SoftwareOath disabled",
        "Voice disabled",
        "Email disabled",
        "HardwareOath disabled",
        "X509Certificate disabled",
        "QRCodePin disabled",
      ],
    );
    const before = tenant().method("Voice");
    const { status } = await send(shared.current, "PATCH", `${LIST}/Voice`, { body: { state: "enabled" } });
    assert.equal(status, 501);
    assert.deepEqual(tenant().method("Voice"), before);
  });

  it("refuse methods and groups that do not exist", () => {
    assert.throws(() => tenant().setMethod("Pager", { state: "enabled" }), /no authentication method "Pager"/);
    assert.throws(() => tenant().setMethod("Fido2", { state: "enabled" }), DirectoryError);
    assert.throws(() => tenant().setMethod("Sms", { includeTargets: [{ id: "Nobody" }] }), /no group "Nobody"/);
  });
});
