import assert from "node:assert/strict";
import { BUILT_IN_STRENGTHS, DirectoryError } from "../../provider/dist/emulator/index.js";
import { AAGUID_A, emulatorForEach, errorOf, send } from "./util.ts";

const POLICIES = "/identity/conditionalAccess/policies";
const STRENGTHS = "/policies/authenticationStrengthPolicies";
const RESISTANT = "00000000-0000-0000-0000-000000000004";
// The limit has tests of its own.
const switches = { conditionalAccessRequestsPerSecond: 1000 };
type Row = Record<string, unknown>;

describe("authentication strengths", () => {
  const shared = emulatorForEach({ switches });
  const tenant = () => shared.current.tenant();
  const read = async (path: string) => {
    const { status, body } = await send(shared.current, "GET", `/v1.0${path}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };

  it("are the three built-in ones, as in the sample of Graph docs", async () => {
    const body = await read(STRENGTHS);
    const value = body["value"] as Row[];
    assert.deepEqual(
      value.map(({ id, displayName, policyType }) => [String(id).at(-1), displayName, policyType]),
      [
        ["2", "Multifactor authentication", "builtIn"],
        ["3", "Passwordless MFA", "builtIn"],
        ["4", "Phishing resistant MFA", "builtIn"],
      ],
    );
    assert.equal((value[0]?.["allowedCombinations"] as string[]).length, 19);
    const { description: _, ...resistant } = value[2] ?? {};
    const metadata = `${shared.current.url}/v1.0/$metadata#policies/authenticationStrengthPolicies`;
    assert.deepEqual(resistant, {
      id: RESISTANT,
      createdDateTime: "2021-12-01T00:00:00Z",
      modifiedDateTime: "2021-12-01T00:00:00Z",
      displayName: "Phishing resistant MFA",
      policyType: "builtIn",
      requirementsSatisfied: "mfa",
      allowedCombinations: ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"],
      "combinationConfigurations@odata.context": `${metadata}('${RESISTANT}')/combinationConfigurations`,
      combinationConfigurations: [],
    });
    assert.equal(body["@odata.context"], metadata);
  });

  it("may be the tenant's own, limited to models", async () => {
    const { authenticationStrengths } = tenant();
    const added = authenticationStrengths.add({
      displayName: "Our keys",
      allowedCombinations: ["fido2"],
      allowedAaguids: [AAGUID_A],
    });
    const limit = added.combinationConfigurations[0];
    assert.deepEqual((await read(`${STRENGTHS}/${added.id}/combinationConfigurations`))["value"], [
      {
        "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
        id: limit?.id,
        appliesToCombinations: ["fido2"],
        allowedAAGUIDs: [AAGUID_A],
      },
    ]);
    const one = await read(`${STRENGTHS}/${added.id}?$expand=combinationConfigurations`);
    assert.deepEqual([one["policyType"], one["combinationConfigurations"]], ["custom", [limit]]);
    const custom = await read(`${STRENGTHS}?$filter=policyType eq 'custom'`);
    assert.equal((custom["value"] as Row[]).length, 1);
    assert.throws(
      () => authenticationStrengths.add({ displayName: "Our keys", allowedCombinations: ["fido2"] }),
      DirectoryError,
    );
    assert.throws(() => authenticationStrengths.remove(RESISTANT), /is built in/);
    authenticationStrengths.remove("Our keys");
    assert.equal(authenticationStrengths.list().length, BUILT_IN_STRENGTHS.length);
    assert.equal((await send(shared.current, "GET", `/v1.0${STRENGTHS}/${added.id}`)).status, 404);
  });

  it("refuse what the emulator does not have", async () => {
    const status = async (query: string) => (await send(shared.current, "GET", `/v1.0${STRENGTHS}?${query}`)).status;
    assert.equal(await status("$expand=usage"), 501);
    assert.equal(await status("$filter=allowedCombinations/any(x:x has 'sms')"), 400);
  });
});

describe("Conditional Access policies", () => {
  const shared = emulatorForEach({ seed: "people", switches });
  const tenant = () => shared.current.tenant();
  const list = async (query = "") => {
    const { status, body } = await send(shared.current, "GET", `/v1.0${POLICIES}${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };

  it("are answered with the strength inside, and ids for the names of the seed", async () => {
    const body = await list();
    assert.equal(body["@odata.context"], `${shared.current.url}/v1.0/$metadata#identity/conditionalAccess/policies`);
    const [first, second, third, tried] = body["value"] as Row[];
    const { groups } = tenant();
    assert.deepEqual((first?.["conditions"] as Row)["users"], {
      includeUsers: [],
      excludeUsers: [],
      includeGroups: [groups.get("IT administrators").id],
      excludeGroups: [groups.get("Break-glass").id],
      includeRoles: [],
      excludeRoles: [],
    });
    const strengthOf = (policy: Row | undefined) =>
      (policy?.["grantControls"] as Row)["authenticationStrength"] as Row | null;
    assert.equal(strengthOf(first)?.["displayName"], "Administrators' keys");
    assert.equal((strengthOf(first)?.["combinationConfigurations"] as Row[]).length, 1);
    assert.equal(strengthOf(second)?.["id"], RESISTANT);
    assert.equal(strengthOf(third), null);
    assert.deepEqual((third?.["grantControls"] as Row)["builtInControls"], ["mfa"]);
    assert.equal(tried?.["state"], "enabledForReportingButNotEnforced");
    assert.ok(!Object.hasOwn(first ?? {}, "strength"), "a member that Graph does not have");
    const { body: one } = await send(shared.current, "GET", `/v1.0${POLICIES}/${String(first?.["id"])}`);
    assert.deepEqual({ ...one, "@odata.context": undefined }, { ...first, "@odata.context": undefined });
  });

  it("are filtered and paged", async () => {
    assert.equal(((await list("?$filter=state eq 'enabled'"))["value"] as Row[]).length, 3);
    const page = await list("?$top=3");
    assert.equal((page["value"] as Row[]).length, 3);
    const rest = await list(String(page["@odata.nextLink"]).replace(`${shared.current.url}/v1.0${POLICIES}`, ""));
    assert.deepEqual([(rest["value"] as Row[]).length, rest["@odata.nextLink"]], [1, undefined]);
  });

  it("follow what a test adds and removes", async () => {
    const { conditionalAccessPolicies, users } = tenant();
    const emergency = "emergency.one@riverside.example";
    const added = conditionalAccessPolicies.add({
      displayName: "Block",
      state: "disabled",
      conditions: {
        users: { includeUsers: ["All"], excludeUsers: [emergency] },
        platforms: { includePlatforms: ["iOS"] },
      },
      grantControls: { builtInControls: ["block"] },
    });
    const { body } = await send(shared.current, "GET", `/v1.0${POLICIES}/${added.id}`);
    const conditions = body["conditions"] as Record<string, Row>;
    assert.deepEqual(conditions["users"]?.["excludeUsers"], [users.get(emergency).id]);
    assert.deepEqual(conditions["platforms"], { includePlatforms: ["iOS"] });
    assert.throws(
      () => conditionalAccessPolicies.add({ displayName: "X", authenticationStrength: "Nothing" }),
      /no authentication strength "Nothing"/,
    );
    conditionalAccessPolicies.remove("Block");
    assert.equal((await send(shared.current, "GET", `/v1.0${POLICIES}/${added.id}`)).status, 404);
    assert.throws(() => conditionalAccessPolicies.remove("Block"), DirectoryError);
  });

  it("need a licence, as strengths do", async () => {
    tenant().licence = "free";
    for (const path of [POLICIES, STRENGTHS, `${STRENGTHS}/${RESISTANT}/combinationConfigurations`]) {
      const { status, body } = await send(shared.current, "GET", `/v1.0${path}`);
      assert.deepEqual([status, errorOf(body).code], [403, "AccessDenied"]);
    }
    assert.deepEqual([...new Set(shared.current.audit.entries.map(({ kind }) => kind))], ["conditionalAccess"]);
  });
});
