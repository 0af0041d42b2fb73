import assert from "node:assert/strict";
import fc from "fast-check";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import {
  AAGUID_A,
  AAGUID_B,
  AAGUID_C,
  DEFAULT_PROFILE,
  emulatorForEach,
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

describe("migration to profiles", () => {
  const shared = emulatorForEach();
  const keyRestrictions = { isEnforced: true, enforcementType: "allow", aaGuids: [AAGUID_A, AAGUID_A] };

  for (const [attested, passkeyTypes, attestationEnforcement] of [
    [true, "deviceBound", "registrationOnly"],
    [false, "deviceBound,synced", "disabled"],
  ] as const) {
    it(`turns attestation ${attested ? "on" : "off"} into ${passkeyTypes}`, async () => {
      const tenant = shared.current.tenant();
      const client = graphClient(shared.current);
      await patchPolicy(client, { isAttestationEnforced: attested, keyRestrictions });
      const before = await readPolicy(client);
      assert.equal(tenant.mode, "legacy");
      tenant.migrateToProfiles();
      assert.equal(tenant.mode, "profiles");
      assert.deepEqual(await readPolicy(client), {
        ...before,
        defaultPasskeyProfile: DEFAULT_PROFILE,
        includeTargets: [everyone(DEFAULT_PROFILE)],
        passkeyProfiles: [
          {
            id: DEFAULT_PROFILE,
            name: "Default passkey profile",
            passkeyTypes,
            attestationEnforcement,
            keyRestrictions,
          },
        ],
      });
    });
  }

  it("does nothing a second time", async () => {
    const tenant = shared.current.tenant();
    tenant.migrateToProfiles();
    const before = tenant.policy();
    tenant.migrateToProfiles();
    assert.deepEqual(tenant.policy(), before);
  });
});

describe("retirement of the legacy fields", () => {
  for (const seed of ["contoso-legacy", "contoso-profiles"]) {
    it(`takes them out of every GET (${seed})`, async () => {
      await using emulator = await startEmulator({ seed });
      emulator.tenant().stopLegacyFields();
      const policy = await readPolicy(graphClient(emulator));
      assert.ok(!("isAttestationEnforced" in policy) && !("keyRestrictions" in policy));
      const parent = await send(emulator, "GET", "/v1.0/policies/authenticationMethodsPolicy");
      const [own] = parent.body["authenticationMethodConfigurations"] as object[];
      assert.ok(own && !("isAttestationEnforced" in own) && !("keyRestrictions" in own));
    });
  }

  it("leaves profiles writable", async () => {
    await using emulator = await startEmulator({ seed: "contoso-profiles" });
    emulator.tenant().stopLegacyFields();
    const client = graphClient(emulator);
    const [standard, synced] = (await readPolicy(client)).passkeyProfiles;
    await patchPolicy(client, { passkeyProfiles: [{ ...standard, attestationEnforcement: "disabled" }, synced] });
    assert.equal((await readPolicy(client)).passkeyProfiles[0]?.attestationEnforcement, "disabled");
  });
});

describe("edits by someone else", () => {
  const shared = emulatorForEach({ seed: "contoso-profiles" });

  it("are not validated, but keep the mirror", async () => {
    const tenant = shared.current.tenant();
    tenant.setPolicy({ excludeTargets: [{ id: "all_users", targetType: "group" }], later: 1 });
    assert.equal(tenant.policy()["later"], 1);
    tenant.setPolicy((policy) => {
      const [standard] = policy.passkeyProfiles;
      assert.ok(standard);
      standard.attestationEnforcement = "disabled";
    });
    assert.equal(tenant.policy().isAttestationEnforced, false);
    tenant.setPolicy({ isAttestationEnforced: true });
    assert.equal(tenant.policy().passkeyProfiles[0]?.attestationEnforcement, "registrationOnly");
    tenant.setPolicy((policy) => ({ ...policy, state: null }));
    assert.equal((await readPolicy(graphClient(shared.current))).state, null);
  });

  it("do not reach copies that were handed out", () => {
    const tenant = shared.current.tenant();
    const copy = tenant.policy();
    copy.passkeyProfiles.length = 0;
    assert.equal(tenant.policy().passkeyProfiles.length, 2);
    tenant.setPolicy(tenant.policy());
    assert.equal(tenant.policy()["@odata.type"], FIDO2_TYPE);
  });
});

describe("several tenants", () => {
  it("are told apart by the token and share nothing", async () => {
    const tenants = ["a", "b"].map((letter) => ({
      id: `${letter.repeat(8)}-0000-4000-8000-000000000000`,
      displayName: `Tenant ${letter}`,
      mode: letter === "a" ? ("legacy" as const) : ("profiles" as const),
      groups: [{ displayName: `Group ${letter}` }],
    }));
    await using emulator = await startEmulator({ seed: { tenants } });
    const [a, b] = tenants.map(({ id }) => id);
    assert.ok(a && b);
    const [first, other] = [graphClient(emulator, { tenant: a }), graphClient(emulator, { tenant: b })];
    const untouched = await readPolicy(other);
    await patchPolicy(first, { state: "enabled" });
    assert.deepEqual(await readPolicy(other), untouched);
    assert.equal((await readPolicy(first)).state, "enabled");
    assert.equal((await readPolicy(other)).defaultPasskeyProfile, DEFAULT_PROFILE);
    const groups = (await other.api("/groups").get()) as { value: { displayName: string }[] };
    assert.deepEqual(
      groups.value.map(({ displayName }) => displayName),
      ["Group b"],
    );
    assert.deepEqual(
      emulator.audit.entries.map(({ tenant }) => tenant),
      [b, a, b, a, b, b],
    );
    assert.throws(() => emulator.tenant("c"), RangeError);
  });

  it("may live in a cloud without the policy", async () => {
    const id = "cccccccc-0000-4000-8000-000000000000";
    const tenant = { id, displayName: "Contoso China", mode: "legacy" as const, cloud: "china" as const };
    await using emulator = await startEmulator({ seed: { tenants: [tenant] } });
    const client = graphClient(emulator);
    await rejectsWith(readPolicy(client), 404);
    await rejectsWith(patchPolicy(client, { state: "enabled" }), 404);
    await rejectsWith(client.api(FIDO2).delete(), 404);
    const parent = await send(emulator, "GET", "/v1.0/policies/authenticationMethodsPolicy");
    const methods = parent.body["authenticationMethodConfigurations"] as { id: string }[];
    assert.ok(methods.length > 0 && methods.every((method) => method.id !== "Fido2"));
  });
});

describe("any sequence of PATCHes", () => {
  const aaGuids = fc.array(fc.constantFrom(AAGUID_A, AAGUID_B, AAGUID_C.toUpperCase(), "no-guid"), { maxLength: 4 });
  const keyRestrictions = fc.record({
    isEnforced: fc.boolean(),
    enforcementType: fc.constantFrom("allow", "block"),
    aaGuids,
  });
  const ids = ["11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000"];
  const extra = fc.record({ id: fc.constantFrom(...ids), keyRestrictions });
  const standard = fc.record({
    passkeyTypes: fc.constantFrom("deviceBound", "synced", "deviceBound,synced"),
    attestationEnforcement: fc.constantFrom("disabled", "registrationOnly"),
    keyRestrictions,
  });
  const passkeyProfiles = fc
    .tuple(standard, fc.array(extra, { maxLength: 3 }))
    .map(([changes, extras]) => [
      profile(DEFAULT_PROFILE, { ...changes, name: "Default passkey profile" }),
      ...extras.map(({ id, ...more }) => profile(id, more)),
    ]);
  const includeTargets = fc.array(
    fc.subarray([DEFAULT_PROFILE, ...ids]).map((allowed) => everyone(...allowed)),
    { maxLength: 2 },
  );
  const patch = fc.record(
    {
      state: fc.constantFrom("enabled", "disabled"),
      isAttestationEnforced: fc.boolean(),
      keyRestrictions,
      passkeyProfiles,
      includeTargets,
    },
    { requiredKeys: [] },
  );

  it("keeps the mirror and the references, and a refused one changes nothing", async () => {
    await using emulator = await startEmulator({ seed: "contoso-profiles" });
    const tenant = emulator.tenant();
    await fc.assert(
      fc.asyncProperty(patch, async (members) => {
        const before = tenant.policy();
        const body = { "@odata.type": FIDO2_TYPE, ...members };
        const { status } = await send(emulator, "PATCH", `/v1.0${FIDO2}`, { body });
        const after = tenant.policy();
        assert.ok(status === 204 || status === 400);
        if (status === 400) {
          assert.deepEqual(after, before);
        }
        const mirrored = after.passkeyProfiles.find(({ id }) => id === after.defaultPasskeyProfile);
        assert.equal(after.isAttestationEnforced, mirrored?.attestationEnforcement === "registrationOnly");
        assert.deepEqual(after.keyRestrictions, mirrored?.keyRestrictions);
        for (const target of after.includeTargets) {
          for (const id of target.allowedPasskeyProfiles) {
            assert.ok(after.passkeyProfiles.some((one) => one.id === id));
          }
        }
      }),
      { numRuns: 200 },
    );
  }).timeout(20_000);
});
