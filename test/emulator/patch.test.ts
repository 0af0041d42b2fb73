import assert from "node:assert/strict";
import {
  AAGUID_A,
  AAGUID_B,
  DEFAULT_PROFILE,
  emulatorForEach,
  errorOf,
  everyone,
  FIDO2,
  FIDO2_TYPE,
  graphClient,
  patchPolicy,
  profile,
  readPolicy,
  rejectsWith,
  send,
} from "./util.ts";

const OTHER = "11111111-2222-4333-8444-555555555555";
const PREFIX = "Persistance of policy failed with error: ";

describe("PATCH of the policy in legacy mode", () => {
  const shared = emulatorForEach();
  const client = () => graphClient(shared.current);

  it("answers 204 without a body and merges top-level properties", async () => {
    const before = await readPolicy(client());
    const answer = await send(shared.current, "PATCH", `/v1.0${FIDO2}`, {
      body: { "@odata.type": FIDO2_TYPE, state: "disabled" },
    });
    assert.equal(answer.status, 204);
    assert.deepEqual(answer.body, {});
    assert.deepEqual(await readPolicy(client()), { ...before, state: "disabled" });
  });

  it("keeps the order and the duplicates of a list", async () => {
    const aaGuids = [AAGUID_B, AAGUID_A, AAGUID_B.toUpperCase(), AAGUID_A];
    await patchPolicy(client(), { keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids } });
    assert.deepEqual((await readPolicy(client())).keyRestrictions?.aaGuids, aaGuids);
  });

  it("replaces arrays as a whole", async () => {
    const tenant = shared.current.tenant();
    const [sales, helpdesk] = [tenant.groups.get("Sales").id, tenant.groups.get("Helpdesk").id];
    const target = (id: string) => ({ targetType: "group", id, isRegistrationRequired: false });
    await patchPolicy(client(), { includeTargets: [target(sales), target(helpdesk)], excludeTargets: [] });
    const policy = await readPolicy(client());
    assert.deepEqual(
      policy.includeTargets.map((one) => one.id),
      [sales, helpdesk],
    );
    assert.deepEqual(policy.excludeTargets, []);
  });

  it("stores unread members of targets verbatim and drops annotations", async () => {
    const target = {
      ...everyone(),
      "@odata.type": "#microsoft.graph.passkeyAuthenticationMethodTarget",
      later: { a: 1 },
    };
    await patchPolicy(client(), { includeTargets: [target] });
    assert.deepEqual((await readPolicy(client())).includeTargets, [{ ...everyone(), later: { a: 1 } }]);
  });

  it("takes a GET back as it is, annotations and empty passkeyProfiles included", async () => {
    const before = await readPolicy(client());
    await client().api(FIDO2).patch(before);
    assert.deepEqual(await readPolicy(client()), before);
  });

  const bad: [string, object][] = [
    ["no @odata.type", { "@odata.type": undefined, state: "enabled" }],
    ["another @odata.type", { "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration" }],
    ["an unknown state", { state: "sometimes" }],
    ["a boolean as text", { isAttestationEnforced: "true" }],
    ["a list that is none", { keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids: AAGUID_A } }],
    ["an unknown enforcement type", { keyRestrictions: { isEnforced: true, enforcementType: "deny", aaGuids: [] } }],
    ["a null collection", { includeTargets: null }],
    ["a target without an id", { includeTargets: [{ targetType: "group" }] }],
    ["isRegistrationRequired null", { includeTargets: [{ ...everyone(), isRegistrationRequired: null }] }],
    ["an unknown target type", { excludeTargets: [{ id: OTHER, targetType: "device" }] }],
    ["allowedPasskeyProfiles that are no GUIDs", { includeTargets: [everyone("default")] }],
    ["all_users excluded", { excludeTargets: [{ id: "all_users", targetType: "group" }] }],
    ["a group that does not exist", { excludeTargets: [{ id: OTHER, targetType: "group" }] }],
    ["a user that does not exist", { excludeTargets: [{ id: OTHER, targetType: "user" }] }],
    ["profiles of a tenant that has none", { includeTargets: [everyone(DEFAULT_PROFILE)] }],
    ["profiles before the opt-in", { passkeyProfiles: [profile(DEFAULT_PROFILE)] }],
    ["an unknown property", { stat: "enabled" }],
  ];
  for (const [name, members] of bad) {
    it(`refuses ${name} and stores nothing`, async () => {
      const before = await readPolicy(client());
      const { status, body } = await send(shared.current, "PATCH", `/v1.0${FIDO2}`, {
        body: { "@odata.type": FIDO2_TYPE, ...members },
      });
      assert.equal(status, 400);
      assert.ok(["badRequest", "Request_BadRequest"].includes(errorOf(body).code));
      assert.deepEqual(await readPolicy(client()), before);
    });
  }

  it("refuses a body that is no JSON", async () => {
    for (const body of ["{", '"text"', "[]", ""]) {
      const { status } = await send(shared.current, "PATCH", `/v1.0${FIDO2}`, { body });
      assert.equal(status, 400);
    }
  });

  it("goes back to the default configuration on DELETE", async () => {
    const { status } = await send(shared.current, "DELETE", `/v1.0${FIDO2}`);
    assert.equal(status, 204);
    const policy = await readPolicy(client());
    assert.equal(policy.state, "disabled");
    assert.deepEqual(policy.excludeTargets, []);
  });
});

describe("PATCH of the policy in profile mode", () => {
  const shared = emulatorForEach({ seed: "contoso-profiles" });
  const client = () => graphClient(shared.current);
  const refused = async (members: object) => {
    const before = await readPolicy(client());
    const error = await rejectsWith(patchPolicy(client(), members), 400, "badRequest");
    assert.ok(error.message.startsWith(PREFIX), error.message);
    assert.deepEqual(await readPolicy(client()), before);
  };

  it("mirrors the default profile in the legacy fields", async () => {
    const { passkeyProfiles } = await readPolicy(client());
    const [standard, ...others] = passkeyProfiles;
    const keyRestrictions = { isEnforced: true, enforcementType: "block", aaGuids: [AAGUID_A] };
    await patchPolicy(client(), {
      passkeyProfiles: [{ ...standard, attestationEnforcement: "disabled", keyRestrictions }, ...others],
    });
    const after = await readPolicy(client());
    assert.equal(after.isAttestationEnforced, false);
    assert.deepEqual(after.keyRestrictions, keyRestrictions);
  });

  it("changes only the default profile by legacy fields", async () => {
    const before = await readPolicy(client());
    const keyRestrictions = { isEnforced: true, enforcementType: "allow", aaGuids: [AAGUID_B] };
    await patchPolicy(client(), { isAttestationEnforced: false, keyRestrictions });
    const after = await readPolicy(client());
    assert.equal(after.passkeyProfiles[0]?.attestationEnforcement, "disabled");
    assert.deepEqual(after.passkeyProfiles[0]?.keyRestrictions, keyRestrictions);
    assert.deepEqual(after.passkeyProfiles[1], before.passkeyProfiles[1]);
  });

  it("stores unread members and unknown values that are already there", async () => {
    shared.current.tenant().setPolicy((policy) => {
      Object.assign(policy.passkeyProfiles[1] ?? {}, {
        passkeyTypes: "synced,hybrid",
        attestationEnforcement: "always",
      });
    });
    const { passkeyProfiles } = await readPolicy(client());
    const sent = passkeyProfiles.map((one) => ({ ...one, later: [1, { two: 2 }] }));
    await patchPolicy(client(), { passkeyProfiles: sent });
    assert.deepEqual((await readPolicy(client())).passkeyProfiles, sent);
    const invented = [passkeyProfiles[0], { ...passkeyProfiles[1], attestationEnforcement: "never" }];
    await rejectsWith(patchPolicy(client(), { passkeyProfiles: invented }), 400);
  });

  it("adds a profile with an id of the client's and targets it in the same PATCH", async () => {
    const { passkeyProfiles } = await readPolicy(client());
    const sales = shared.current.tenant().groups.get("Sales").id;
    const target = { ...everyone(OTHER.toUpperCase()), id: sales };
    await patchPolicy(client(), {
      passkeyProfiles: [...passkeyProfiles, profile(OTHER)],
      includeTargets: [everyone(DEFAULT_PROFILE), target],
    });
    const after = await readPolicy(client());
    assert.deepEqual(after.passkeyProfiles[2], profile(OTHER));
    assert.deepEqual(after.includeTargets[1]?.allowedPasskeyProfiles, [OTHER]);
  });

  it("refuses what the service's rules forbid", async () => {
    const { passkeyProfiles } = await readPolicy(client());
    const [standard, synced] = passkeyProfiles;
    assert.ok(standard && synced);
    const fourth = profile("22222222-2222-4222-8222-222222222222");
    await refused({ passkeyProfiles: [standard] });
    await refused({ passkeyProfiles: [synced], includeTargets: [everyone(synced.id)] });
    await refused({ passkeyProfiles: [{ ...standard, name: "Mine" }, synced] });
    await refused({ passkeyProfiles: [...passkeyProfiles, { ...synced, id: synced.id.toUpperCase() }] });
    await refused({ passkeyProfiles: [...passkeyProfiles, profile(OTHER), fourth] });
    await refused({ includeTargets: [everyone(OTHER)] });
    const group = shared.current.tenant().groups.get("All Contoso").id;
    await refused({ includeTargets: [{ ...everyone(DEFAULT_PROFILE), id: group }] });
    const aaGuids = Array.from({ length: 600 }, () => AAGUID_A);
    await refused({ keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids } });
  });

  it("refuses a profile id that is no GUID", async () => {
    const { passkeyProfiles } = await readPolicy(client());
    await rejectsWith(patchPolicy(client(), { passkeyProfiles: [...passkeyProfiles, profile("students")] }), 400);
  });

  it("takes one PATCH as one write: a bad part undoes the good ones", async () => {
    const before = await readPolicy(client());
    await rejectsWith(patchPolicy(client(), { state: "disabled", includeTargets: [everyone(OTHER)] }), 400);
    assert.deepEqual(await readPolicy(client()), before);
  });
});
