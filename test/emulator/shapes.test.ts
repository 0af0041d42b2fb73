import assert from "node:assert/strict";
import { emulatorForEach, errorOf, FIDO2, FIDO2_TYPE, graphClient, readPolicy, send } from "./util.ts";

const LIST = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations";

describe("GET of a policy", () => {
  const legacy = emulatorForEach();
  const profiles = emulatorForEach({ seed: "contoso-profiles" });

  it("answers the documented sample for a tenant that has not opted in", async () => {
    const emulator = legacy.current;
    const excluded = emulator.tenant().groups.get("Shared mailboxes").id;
    const { status, body } = await send(emulator, "GET", `/v1.0${FIDO2}`);
    assert.equal(status, 200);
    const metadata = `${emulator.url}/v1.0/$metadata`;
    const expected = {
      "@odata.context": `${metadata}#authenticationMethodConfigurations/$entity`,
      "@odata.type": FIDO2_TYPE,
      id: "Fido2",
      state: "enabled",
      isSelfServiceRegistrationAllowed: true,
      isAttestationEnforced: true,
      defaultPasskeyProfile: null,
      excludeTargets: [{ id: excluded, targetType: "group" }],
      keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [] },
      "includeTargets@odata.context": `${metadata}#policies/authenticationMethodsPolicy/authenticationMethodConfigurations('Fido2')/microsoft.graph.fido2AuthenticationMethodConfiguration/includeTargets`,
      includeTargets: [
        { targetType: "group", id: "all_users", isRegistrationRequired: false, allowedPasskeyProfiles: [] },
      ],
      passkeyProfiles: [],
    };
    // The text, because the order of members is part of the shape.
    assert.equal(JSON.stringify(body), JSON.stringify(expected));
  });

  it("answers the oddities of a live tenant in profile mode", async () => {
    const policy = await readPolicy(graphClient(profiles.current));
    const [standard, synced] = policy.passkeyProfiles;
    assert.equal(policy.defaultPasskeyProfile, "00000000-0000-0000-0000-000000000001");
    assert.equal(standard?.name, "Default passkey profile");
    assert.equal(standard?.passkeyTypes, "deviceBound,synced");
    assert.equal(standard?.attestationEnforcement, "registrationOnly");
    assert.equal(policy.isAttestationEnforced, true);
    assert.deepEqual(policy.keyRestrictions, standard?.keyRestrictions);
    const list = standard?.keyRestrictions?.aaGuids ?? [];
    assert.notEqual(new Set(list).size, list.length, "an AAGUID is listed twice");
    assert.equal(synced?.keyRestrictions?.isEnforced, false);
    assert.equal(synced?.keyRestrictions?.aaGuids.length, 6);
    assert.deepEqual(policy.includeTargets[0]?.allowedPasskeyProfiles, [standard?.id, synced?.id]);
  });

  it("equals what the test handle says", async () => {
    assert.deepEqual(await readPolicy(graphClient(profiles.current)), profiles.current.tenant().policy());
  });

  for (const [path, version, prefix] of [
    ["/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/FIDO2", "v1.0", "policies/"],
    ["/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Fido2", "beta", "policies/"],
    ["/v1.0/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2", "v1.0", ""],
    ["/beta/authenticationmethodspolicy/authenticationmethodconfigurations/fIdO2", "beta", ""],
    ["/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations('Fido2')", "v1.0", "policies/"],
  ] as const) {
    it(`is found at ${path}`, async () => {
      const { status, body } = await send(legacy.current, "GET", path);
      assert.equal(status, 200);
      assert.equal(body["id"], "Fido2");
      const expected = `${legacy.current.url}/${version}/$metadata#${prefix}authenticationMethodsPolicy/authenticationMethodConfigurations('Fido2')/microsoft.graph.fido2AuthenticationMethodConfiguration/includeTargets`;
      assert.equal(body["includeTargets@odata.context"], expected);
    });
  }

  it("selects properties", async () => {
    const { body } = await send(legacy.current, "GET", `/v1.0${FIDO2}?$select=state,includeTargets`);
    assert.deepEqual(Object.keys(body), [
      "@odata.context",
      "@odata.type",
      "state",
      "includeTargets@odata.context",
      "includeTargets",
    ]);
  });

  it("has the configuration inside the parent, whose time stamp has seven digits and moves on a write", async () => {
    const emulator = profiles.current;
    const parent = () => send(emulator, "GET", "/v1.0/policies/authenticationMethodsPolicy");
    const { body } = await parent();
    const before = String(body["lastModifiedDateTime"]);
    assert.match(before, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    assert.equal(body["id"], "authenticationMethodsPolicy");
    assert.equal(body["policyVersion"], "1.5");
    assert.equal(body["policyMigrationState"], null);
    const list = body["authenticationMethodConfigurations"] as Record<string, unknown>[];
    const { "@odata.context": _, ...own } = emulator.tenant().policy();
    assert.deepEqual(list[0], own);
    assert.ok(list.some((method) => method["id"] === "MicrosoftAuthenticator"));
    for (let n = 0; n < 3; n++) {
      await graphClient(emulator).api(FIDO2).patch({ "@odata.type": FIDO2_TYPE, state: "disabled" });
      const after = String((await parent()).body["lastModifiedDateTime"]);
      assert.ok(after > before);
    }
  });

  it("lists the configurations and answers the others one by one", async () => {
    const { body } = await send(legacy.current, "GET", `/v1.0${LIST}`);
    assert.ok(Array.isArray(body["value"]));
    const pass = await send(legacy.current, "GET", `/v1.0${LIST}/temporaryaccesspass`);
    assert.equal(pass.body["defaultLifetimeInMinutes"], 60);
    assert.equal((await send(legacy.current, "GET", `/v1.0${LIST}/Nonsense`)).status, 404);
  });
});

describe("errors", () => {
  const shared = emulatorForEach();

  it("have Graph's envelope and echo the client's request id", async () => {
    const headers = { "client-request-id": "my-id" };
    const answer = await send(shared.current, "GET", "/v1.0/groups/nonsense", { headers });
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys(answer.body), ["error"]);
    const error = errorOf(answer.body);
    assert.deepEqual(Object.keys(error), ["code", "message", "innerError"]);
    assert.deepEqual(Object.keys(error.innerError), ["date", "request-id", "client-request-id"]);
    assert.equal((error.innerError as Record<string, string>)["client-request-id"], "my-id");
    assert.equal(answer.headers.get("client-request-id"), "my-id");
    assert.equal(answer.headers.get("request-id"), (error.innerError as Record<string, string>)["request-id"]);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
  });

  it("name an unknown route with 501", async () => {
    for (const [method, path] of [
      ["GET", "/v1.0/deviceManagement/managedDevices"],
      ["PATCH", "/v1.0/users/abc"],
      ["GET", "/nothing"],
    ] as const) {
      const { status, body } = await send(shared.current, method, path);
      assert.equal(status, 501);
      assert.equal(errorOf(body).code, "notImplemented");
      assert.ok(errorOf(body).message.includes(`${method} ${path}`));
    }
    const [entry] = shared.current.audit.entries;
    assert.deepEqual([entry?.kind, entry?.tenant], ["unknown", shared.current.tenant().id]);
  });

  it("say 405 for the verbs that the policy does not have", async () => {
    for (const [method, path] of [
      ["POST", FIDO2],
      ["PUT", FIDO2],
      ["DELETE", "/policies/authenticationMethodsPolicy"],
    ] as const) {
      const { status, body } = await send(shared.current, method, `/v1.0${path}`);
      assert.equal(status, 405);
      assert.equal(errorOf(body).code, "methodNotAllowed");
    }
  });

  it("say 501 for a write of another method", async () => {
    const { status } = await send(shared.current, "PATCH", `/v1.0${LIST}/sms`, { body: { state: "enabled" } });
    assert.equal(status, 501);
  });

  it("refuse names that are not loopback", async () => {
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      const options = { port: shared.current.port, host: "127.0.0.1", headers: { host: "rebound.example" } };
      request(options, (response) => resolve(response.statusCode))
        .on("error", reject)
        .end();
    });
    assert.equal(status, 421);
  });
});
