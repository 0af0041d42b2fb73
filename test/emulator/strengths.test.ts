import assert from "node:assert/strict";
import { AAGUID_A, AAGUID_B, emulatorForEach, errorOf, FIDO2, graphClient, rejectsWith, send } from "./util.ts";

const STRENGTHS = "/policies/authenticationStrengthPolicies";
const OTHER_PATH = "/identity/conditionalAccess/authenticationStrength/policies";
const RESISTANT = "00000000-0000-0000-0000-000000000004";
const FIDO2_CONFIGURATION = "#microsoft.graph.fido2CombinationConfiguration";
type Row = Record<string, unknown>;

const limit = (...allowedAAGUIDs: string[]) => ({
  "@odata.type": FIDO2_CONFIGURATION,
  appliesToCombinations: ["fido2"],
  allowedAAGUIDs,
});
const keys = (members: object = {}) => ({
  "@odata.type": "#microsoft.graph.authenticationStrengthPolicy",
  displayName: "Our keys",
  allowedCombinations: ["fido2"],
  ...members,
});

describe("writing authentication strengths", () => {
  const shared = emulatorForEach();
  const client = () => graphClient(shared.current);
  const list = () => shared.current.tenant().authenticationStrengths.list().slice(3);
  const create = async (members: object = {}) => (await client().api(STRENGTHS).post(keys(members))) as Row;
  const call = (method: string, path: string, body?: object) =>
    send(shared.current, method, `/v1.0${path}`, body === undefined ? {} : { body });

  it("creates, reads, changes and deletes one", async () => {
    const created = await create({ description: "Only these", combinationConfigurations: [limit(AAGUID_A)] });
    const { id } = created as { id: string };
    assert.equal(created["policyType"], "custom");
    assert.equal(created["requirementsSatisfied"], "mfa");
    const [configuration] = created["combinationConfigurations"] as Row[];
    assert.deepEqual({ ...configuration, id: undefined }, { ...limit(AAGUID_A), id: undefined });
    assert.deepEqual((await call("GET", `${STRENGTHS}/${id}`)).body, created);

    const patched = await call("PATCH", `${STRENGTHS}/${id}`, { displayName: "Renamed" });
    assert.deepEqual([patched.status, patched.body], [204, {}]);
    const after = shared.current.tenant().authenticationStrengths.get(id);
    assert.deepEqual([after.displayName, after.description], ["Renamed", "Only these"]);
    assert.deepEqual(after.combinationConfigurations, created["combinationConfigurations"]);

    assert.equal((await call("DELETE", `${STRENGTHS}/${id}`)).status, 204);
    for (const method of ["GET", "PATCH", "DELETE"]) {
      const gone = await call(method, `${STRENGTHS}/${id}`, method === "PATCH" ? {} : undefined);
      assert.deepEqual([gone.status, errorOf(gone.body).code], [404, "Request_ResourceNotFound"], method);
    }
  });

  it("answers updateAllowedCombinations with what was, what is and who uses it", async () => {
    const { id } = (await create()) as { id: string };
    const tenant = shared.current.tenant();
    const policy = tenant.conditionalAccessPolicies.add({ displayName: "Admins", authenticationStrength: id });
    const action = `${STRENGTHS}/${id}/updateAllowedCombinations`;
    const { status, body } = await call("POST", action, { allowedCombinations: ["fido2", "password,sms"] });
    assert.equal(status, 200);
    assert.deepEqual(body["previousCombinations"], ["fido2"]);
    assert.deepEqual(body["currentCombinations"], ["fido2", "password,sms"]);
    assert.deepEqual(body["conditionalAccessReferences"], [policy.id]);
    assert.deepEqual(tenant.authenticationStrengths.get(id).allowedCombinations, ["fido2", "password,sms"]);
    await call("POST", action, { allowedCombinations: ["password"] });
    assert.equal(tenant.authenticationStrengths.get(id).requirementsSatisfied, "none");
  });

  for (const root of [STRENGTHS, OTHER_PATH]) {
    it(`creates, changes and deletes configurations under ${root}`, async () => {
      const { id } = (await create()) as { id: string };
      const path = `${root}/${id}/combinationConfigurations`;
      const created = await call("POST", path, { id: RESISTANT, ...limit(AAGUID_A) });
      assert.equal(created.status, 201, JSON.stringify(created.body));
      const configuration = created.body["id"] as string;
      assert.notEqual(configuration, RESISTANT, "the service makes the id");
      const one = `${path}/${configuration}`;
      assert.equal((await call("PATCH", one, { allowedAAGUIDs: [AAGUID_B, AAGUID_A] })).status, 204);
      assert.deepEqual((await call("GET", one)).body["allowedAAGUIDs"], [AAGUID_B, AAGUID_A]);
      assert.equal((await call("PATCH", one, { appliesToCombinations: ["fido2"] })).status, 204);
      assert.equal(list()[0]?.combinationConfigurations.length, 1);
      assert.equal((await call("DELETE", one)).status, 204);
      assert.equal((await call("DELETE", one)).status, 404);
      assert.deepEqual(list()[0]?.combinationConfigurations, []);
    });
  }

  const bad: [string, object, number][] = [
    ["no name", { displayName: undefined }, 400],
    ["no combinations", { allowedCombinations: undefined }, 400],
    ["an empty list of combinations", { allowedCombinations: [] }, 400],
    ["an unknown method", { allowedCombinations: ["password,pager"] }, 400],
    ["a configuration without a type", { combinationConfigurations: [{ appliesToCombinations: ["fido2"] }] }, 400],
    [
      "a configuration for something else",
      { combinationConfigurations: [{ ...limit(AAGUID_A), appliesToCombinations: ["sms"] }] },
      400,
    ],
    [
      "a configuration of what is not allowed",
      { allowedCombinations: ["password,sms"], combinationConfigurations: [limit(AAGUID_A)] },
      400,
    ],
    ["AAGUIDs that are none", { combinationConfigurations: [limit("yubikey")] }, 400],
    [
      "a configuration of certificates",
      { combinationConfigurations: [{ "@odata.type": "#microsoft.graph.x509CertificateCombinationConfiguration" }] },
      501,
    ],
  ];
  for (const [what, members, expected] of bad) {
    it(`refuses ${what}`, async () => {
      const { status } = await call("POST", STRENGTHS, keys(members));
      assert.equal(status, expected);
      assert.deepEqual(list(), []);
    });
  }

  it("keeps built-in strengths as they are", async () => {
    const before = shared.current.tenant().authenticationStrengths.get(RESISTANT);
    const requests: [string, string, object | undefined][] = [
      ["PATCH", "", { displayName: "Ours" }],
      ["DELETE", "", undefined],
      ["POST", "/updateAllowedCombinations", { allowedCombinations: ["fido2"] }],
      ["POST", "/combinationConfigurations", limit(AAGUID_A)],
    ];
    for (const [method, path, body] of requests) {
      const { status } = await call(method, `${STRENGTHS}/${RESISTANT}${path}`, body);
      assert.equal(status, 400, `${method} ${path}`);
    }
    assert.deepEqual(shared.current.tenant().authenticationStrengths.get(RESISTANT), before);
  });

  it("does not take combinations in a PATCH", async () => {
    const { id } = (await create()) as { id: string };
    const { status } = await call("PATCH", `${STRENGTHS}/${id}`, { allowedCombinations: ["password,sms"] });
    assert.equal(status, 400);
    assert.deepEqual(list()[0]?.allowedCombinations, ["fido2"]);
  });

  it("has room for 15", async () => {
    for (let n = 0; n < 15; n++) {
      await create({ displayName: `Keys ${n}` });
    }
    await rejectsWith(client().api(STRENGTHS).post(keys()), 400);
    assert.equal(list().length, 15);
  });

  it("takes either of the two documented permissions, and a licence", async () => {
    for (const permission of ["Policy.ReadWrite.ConditionalAccess", "Policy.ReadWrite.AuthenticationMethod"]) {
      await graphClient(shared.current, { permissions: [permission] })
        .api(STRENGTHS)
        .post(keys());
    }
    const reader = graphClient(shared.current, { permissions: ["Policy.Read.All"] });
    await rejectsWith(reader.api(STRENGTHS).post(keys()), 403, "Authorization_RequestDenied");
    shared.current.tenant().licence = "free";
    await rejectsWith(client().api(STRENGTHS).post(keys()), 403, "AccessDenied");
    assert.equal(list().length, 2);
  });

  it("are written into the audit log as writes, in a line that says what matters", async () => {
    await create({ combinationConfigurations: [limit(AAGUID_A, AAGUID_B)] });
    const [entry] = shared.current.audit.writes();
    assert.deepEqual([entry?.kind, entry?.status], ["conditionalAccess", 201]);
    assert.equal(entry?.response, 'strength "Our keys", 1 combinations, 2 models');
  });

  it("may be seen late, and the Passkey (FIDO2) policy is not late with them", async () => {
    const stale = (method: string) =>
      shared.current.faults.add({ match: { method, path: STRENGTHS }, do: { kind: "staleReads", reads: 1 } });
    stale("POST");
    const { id } = (await create()) as { id: string };
    const statuses = async () => [
      (await call("GET", `${STRENGTHS}/${id}`)).status,
      (await call("GET", `${STRENGTHS}/${id}`)).status,
    ];
    assert.deepEqual(await statuses(), [404, 200]);
    stale("PATCH");
    shared.current.tenant().setPolicy({ state: "disabled" });
    await call("PATCH", `${STRENGTHS}/${id}`, { displayName: "Renamed" });
    assert.equal((await call("GET", FIDO2)).body["state"], "disabled");
    const name = async () => (await call("GET", `${STRENGTHS}/${id}`)).body["displayName"];
    assert.deepEqual([await name(), await name()], ["Our keys", "Renamed"]);
    stale("DELETE");
    await call("DELETE", `${STRENGTHS}/${id}`);
    assert.deepEqual(await statuses(), [200, 404]);
  });

  it("may be edited behind the caller's back", async () => {
    const { id } = (await create()) as { id: string };
    const { authenticationStrengths } = shared.current.tenant();
    authenticationStrengths.update("Our keys", { allowedAaguids: [AAGUID_B] });
    const body = (await call("GET", `${STRENGTHS}/${id}`)).body;
    assert.deepEqual((body["combinationConfigurations"] as Row[])[0]?.["allowedAAGUIDs"], [AAGUID_B]);
    assert.throws(() => authenticationStrengths.update(RESISTANT, { displayName: "X" }), /is built in/);
  });
});
