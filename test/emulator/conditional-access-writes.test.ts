import assert from "node:assert/strict";
import * as fc from "fast-check";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { emulatorForEach, errorOf, graphClient, rejectsWith, send } from "./util.ts";

const POLICIES = "/identity/conditionalAccess/policies";
const RESISTANT = "00000000-0000-0000-0000-000000000004";
const NOBODY = "99999999-2222-4333-8444-555555555555";
// The limit has tests of its own.
/** The documented limit is tested elsewhere; a property makes thousands of requests as fast as it can. */
const switches = { conditionalAccessRequestsPerSecond: 1_000_000 };
type Row = Record<string, unknown>;

/** A body as the azuread provider sends it: types everywhere, empty lists, null for what is absent. */
const asSent = (members: object = {}) => ({
  "@odata.type": "#microsoft.graph.conditionalAccessPolicy",
  displayName: "Admins",
  state: "enabledForReportingButNotEnforced",
  conditions: {
    "@odata.type": "#microsoft.graph.conditionalAccessConditionSet",
    applications: {
      "@odata.type": "#microsoft.graph.conditionalAccessApplications",
      includeApplications: ["All"],
      excludeApplications: [],
      includeUserActions: [],
    },
    clientAppTypes: ["all"],
    users: {
      "@odata.type": "#microsoft.graph.conditionalAccessUsers",
      includeUsers: ["All"],
      excludeUsers: [],
      includeGroups: [],
      excludeGroups: [],
      includeRoles: [],
      excludeRoles: [],
      includeGuestsOrExternalUsers: null,
    },
    devices: null,
    locations: null,
    platforms: null,
    authenticationFlows: null,
    signInRiskLevels: [],
    userRiskLevels: [],
    servicePrincipalRiskLevels: [],
  },
  grantControls: grants(RESISTANT),
  sessionControls: null,
  ...members,
});
const grants = (strength: string, members: object = {}) => ({
  "@odata.type": "#microsoft.graph.conditionalAccessGrantControls",
  operator: "OR",
  builtInControls: [],
  customAuthenticationFactors: [],
  termsOfUse: [],
  authenticationStrength: { "@odata.type": "#microsoft.graph.authenticationStrengthPolicy", id: strength },
  ...members,
});
const strengthOf = (policy: Row) => ((policy["grantControls"] as Row)["authenticationStrength"] as Row | null)?.["id"];

/** Whether everything of `sent` is in `answered`, the strength by its id. */
function assertEchoed(sent: unknown, answered: unknown, at = "policy"): void {
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) {
    return assert.deepEqual(answered, sent, at);
  }
  for (const [name, value] of Object.entries(sent)) {
    const top = at === "policy" || at.endsWith("authenticationStrength");
    if (!(top && name === "@odata.type")) {
      assertEchoed(value, (answered as Row)[name], `${at}.${name}`);
    }
  }
}

describe("writing Conditional Access policies", () => {
  const shared = emulatorForEach({ switches });
  const tenant = () => shared.current.tenant();
  const list = () => tenant().conditionalAccessPolicies.list();
  const call = (method: string, path = "", body?: object) =>
    send(shared.current, method, `/v1.0${POLICIES}${path}`, body === undefined ? {} : { body });
  const create = async (members: object = {}) => {
    const { status, body } = await call("POST", "", asSent(members));
    assert.equal(status, 201, JSON.stringify(body));
    return body as Row & { id: string };
  };

  it("echoes what the azuread provider sends, so that nothing is planned again", async () => {
    const created = await create();
    assertEchoed(asSent(), created);
    assert.ok(Date.parse(String(created["createdDateTime"])) > Date.parse("2026-01-01"));
    assert.equal(created["modifiedDateTime"], null);
    const read = (await call("GET", `/${created.id}`)).body;
    assert.deepEqual(read, created);
    assert.equal(strengthOf(read), RESISTANT);

    const change = asSent({ displayName: "Renamed", state: "enabled" });
    assert.deepEqual((await call("PATCH", `/${created.id}`, change)).status, 204);
    const after = (await call("GET", `/${created.id}`)).body;
    assertEchoed(change, after);
    assert.ok(after["modifiedDateTime"] !== null);
    assert.deepEqual([after["id"], after["createdDateTime"]], [created.id, created["createdDateTime"]]);

    assert.equal((await call("DELETE", `/${created.id}`)).status, 204);
    for (const method of ["GET", "PATCH", "DELETE"]) {
      const gone = await call(method, `/${created.id}`, method === "PATCH" ? {} : undefined);
      assert.deepEqual([gone.status, errorOf(gone.body).code], [404, "Request_ResourceNotFound"], method);
    }
  });

  it("merges a part of the conditions, as the sample of Graph docs sends it", async () => {
    const { id } = await create();
    await call("PATCH", `/${id}`, { conditions: { signInRiskLevels: ["high", "medium"] } });
    const { conditions, strength } = tenant().conditionalAccessPolicies.get(id);
    assert.deepEqual(conditions["signInRiskLevels"], ["high", "medium"]);
    assert.deepEqual((conditions["users"] as Row)["includeUsers"], ["All"]);
    assert.equal(strength, RESISTANT);
  });

  it("changes the strength, takes it away by null and by other controls alone keeps it", async () => {
    const { id } = await create();
    const now = async () => strengthOf((await call("GET", `/${id}`)).body);
    await call("PATCH", `/${id}`, { grantControls: { operator: "AND", builtInControls: ["compliantDevice"] } });
    assert.equal(await now(), RESISTANT);
    await call("PATCH", `/${id}`, { grantControls: { authenticationStrength: { id: RESISTANT.replace("4", "3") } } });
    assert.equal(await now(), RESISTANT.replace("4", "3"));
    const bind = `https://graph.microsoft.com/v1.0${POLICIES}/${RESISTANT}`;
    await call("PATCH", `/${id}`, { grantControls: { "authenticationStrength@odata.bind": bind } });
    assert.equal(await now(), RESISTANT);
    await call("PATCH", `/${id}`, { grantControls: { authenticationStrength: null } });
    assert.equal(await now(), undefined);
    assert.deepEqual((tenant().conditionalAccessPolicies.get(id).grantControls ?? {})["operator"], "AND");
    await call("PATCH", `/${id}`, { grantControls: null });
    assert.equal((await call("GET", `/${id}`)).body["grantControls"], null);
  });

  it("keeps the type of what has several, and replaces one by another", async () => {
    const guests = (tenants: object) => ({
      users: {
        includeGuestsOrExternalUsers: { guestOrExternalUserTypes: "internalGuest", externalTenants: tenants },
      },
    });
    const some = {
      "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
      membershipKind: "enumerated",
      members: [NOBODY],
    };
    const all = { "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", membershipKind: "all" };
    const { id } = await create({ conditions: guests(some) });
    const tenants = () =>
      ((tenant().conditionalAccessPolicies.get(id).conditions["users"] as Row)["includeGuestsOrExternalUsers"] as Row)[
        "externalTenants"
      ];
    assert.deepEqual(tenants(), some);
    await call("PATCH", `/${id}`, { conditions: guests(all) });
    assert.deepEqual(tenants(), all);
  });

  const filter = (mode: string, rule: string) => ({ conditions: { devices: { deviceFilter: { mode, rule } } } });
  const users = (members: object) => ({ conditions: { users: members } });
  const bad: [string, object][] = [
    ["no name", { displayName: undefined }],
    ["an empty name", { displayName: "" }],
    ["no state", { state: undefined }],
    ["an unknown state", { state: "on" }],
    ["no conditions", { conditions: undefined }],
    ["a strength that does not exist", { grantControls: grants(NOBODY) }],
    ["a strength without an id", { grantControls: grants(RESISTANT, { authenticationStrength: {} }) }],
    ["a strength and mfa", { grantControls: grants(RESISTANT, { builtInControls: ["mfa"] }) }],
    ["an unknown control", { grantControls: grants(RESISTANT, { builtInControls: ["prayer"] }) }],
    ["an unknown operator", { grantControls: grants(RESISTANT, { operator: "XOR" }) }],
    ["grant controls that are text", { grantControls: "block" }],
    ["a device filter without a mode", filter("", 'device.extensionAttribute1 -eq "PAW"')],
    ["a device filter that is too long", filter("exclude", "x".repeat(3073))],
    ["a user by name", users({ includeUsers: ["adele.vance@contoso.example"] })],
    ["a group that does not exist", users({ excludeGroups: [NOBODY] })],
    ["a user who does not exist", users({ excludeUsers: [NOBODY] })],
  ];
  for (const [what, members] of bad) {
    it(`refuses ${what}`, async () => {
      const { status, body } = await call("POST", "", asSent(members));
      assert.equal(status, 400, JSON.stringify(body));
      // The azuread provider asks again for half an hour after these words.
      assert.doesNotMatch(errorOf(body).message, /values specified are invalid|queried reference-property/);
      assert.deepEqual(list(), []);
    });
  }

  it("refuses mfa beside a strength that is stored, too", async () => {
    const { id } = await create();
    assert.equal((await call("PATCH", `/${id}`, { grantControls: { builtInControls: ["mfa"] } })).status, 400);
    const { builtInControls } = tenant().conditionalAccessPolicies.get(id).grantControls ?? {};
    assert.deepEqual(builtInControls, []);
  });

  it("still takes the id of a group that was deleted later", async () => {
    const group = tenant().groups.add({ displayName: "Short-lived" });
    const { id } = await create(users({ includeGroups: [group.id] }));
    tenant().groups.remove(group.id);
    const body = { displayName: "Renamed", ...users({ includeGroups: [group.id] }) };
    assert.equal((await call("PATCH", `/${id}`, body)).status, 204);
    assert.equal((await call("PATCH", `/${id}`, users({ excludeGroups: [group.id] }))).status, 400);
  });

  it("wants the documented permissions together, and a licence", async () => {
    const write = "Policy.ReadWrite.ConditionalAccess";
    const all = [write, "Policy.Read.All", "Application.Read.All"];
    for (const missing of all) {
      const permissions = all.filter((permission) => permission !== missing);
      const client = graphClient(shared.current, { permissions });
      await rejectsWith(client.api(POLICIES).post(asSent()), 403, "Authorization_RequestDenied");
    }
    const policy = (await graphClient(shared.current, { permissions: all }).api(POLICIES).post(asSent())) as Row;
    const deleting = graphClient(shared.current, { permissions: [write, "Policy.Read.All"] });
    await deleting.api(`${POLICIES}/${String(policy["id"])}`).delete();
    tenant().licence = "free";
    await rejectsWith(graphClient(shared.current).api(POLICIES).post(asSent()), 403, "AccessDenied");
    assert.deepEqual(list(), []);
  });

  it("is in the audit log with its body", async () => {
    await create();
    const [entry] = shared.current.audit.writes();
    assert.deepEqual([entry?.kind, entry?.method, entry?.status], ["conditionalAccess", "POST", 201]);
    assert.equal(entry?.response, 'policy "Admins", enabledForReportingButNotEnforced');
    assert.equal((entry?.requestBody as Row)["displayName"], "Admins");
  });

  it("may be seen late", async () => {
    const match = { method: "PATCH", path: POLICIES };
    const { id } = await create();
    shared.current.faults.add({ match, do: { kind: "staleReads", reads: 1 } });
    await call("PATCH", `/${id}`, { state: "enabled" });
    const state = async () => (await call("GET", `/${id}`)).body["state"];
    assert.deepEqual([await state(), await state()], ["enabledForReportingButNotEnforced", "enabled"]);
  });

  it("stores any body once: the same PATCH again changes nothing", async () => {
    const word = fc.constantFrom("All", "None", RESISTANT.replace("4", "9"));
    const levels = fc.subarray(["low", "medium", "high"]);
    const body = fc.record(
      {
        displayName: fc.string({ minLength: 1 }),
        state: fc.constantFrom("enabled", "disabled", "enabledForReportingButNotEnforced"),
        conditions: fc.record(
          {
            signInRiskLevels: levels,
            users: fc.record({ includeRoles: fc.array(word), excludeRoles: fc.array(word) }, { requiredKeys: [] }),
            devices: fc.option(
              fc.record({
                deviceFilter: fc.option(
                  fc.record({ mode: fc.constantFrom("include", "exclude"), rule: fc.string({ minLength: 1 }) }),
                ),
              }),
            ),
            applications: fc.record({ includeApplications: fc.array(word) }, { requiredKeys: [] }),
          },
          { requiredKeys: [] },
        ),
        grantControls: fc.option(
          fc.record(
            {
              operator: fc.constantFrom("AND", "OR"),
              builtInControls: fc.subarray(["mfa", "compliantDevice", "block"]),
              authenticationStrength: fc.option(fc.record({ id: fc.constantFrom(RESISTANT, NOBODY) })),
            },
            { requiredKeys: [] },
          ),
        ),
        sessionControls: fc.option(
          fc.record({ signInFrequency: fc.option(fc.record({ value: fc.nat(), type: fc.constant("hours") })) }),
        ),
      },
      { requiredKeys: [] },
    );
    const { id } = await create();
    const read = () => ({ ...tenant().conditionalAccessPolicies.get(id), modifiedDateTime: null });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const before = read();
        const { status } = await call("PATCH", `/${id}`, sent);
        const after = read();
        if (status !== 204) {
          return assert.deepEqual(after, before);
        }
        accepted++;
        const { authenticationStrength, ...grants } = sent.grantControls ?? {};
        assertEchoed({ ...sent, ...(sent.grantControls ? { grantControls: grants } : {}) }, after);
        if (authenticationStrength !== undefined) {
          assert.equal(after.strength, authenticationStrength?.id);
        }
        const controls = (after.grantControls?.["builtInControls"] ?? []) as string[];
        assert.ok(!(after.strength !== undefined && controls.includes("mfa")));
        assert.equal((await call("PATCH", `/${id}`, sent)).status, 204);
        assert.deepEqual(read(), after);
      }),
      { numRuns: Number(process.env["FAST_CHECK_RUNS"] ?? 1000) },
    );
    assert.ok(accepted > 100, `${accepted} accepted`);
  }).timeout(60_000);

  it("may be done behind the caller's back", async () => {
    const { id } = await create();
    const { conditionalAccessPolicies } = tenant();
    conditionalAccessPolicies.update("Admins", {
      state: "disabled",
      conditions: { users: { includeGroups: ["Sales"] } },
      authenticationStrength: null,
    });
    const body = (await call("GET", `/${id}`)).body;
    assert.equal(body["state"], "disabled");
    assert.deepEqual(((body["conditions"] as Row)["users"] as Row)["includeGroups"], [tenant().groups.get("Sales").id]);
    assert.equal(strengthOf(body), undefined);
    conditionalAccessPolicies.update(id, { authenticationStrength: "Phishing resistant MFA" });
    assert.equal(strengthOf((await call("GET", `/${id}`)).body), RESISTANT);
  });

  it("counts with the limit of one request in a second", async () => {
    const clock = { now: 0 };
    await using emulator = await startEmulator({ now: () => clock.now });
    const post = () => send(emulator, "POST", `/v1.0${POLICIES}`, { body: asSent() });
    assert.equal((await post()).status, 201);
    const refused = await post();
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, null]);
    assert.equal(emulator.tenant().conditionalAccessPolicies.list().length, 1);
    clock.now += 1000;
    assert.equal((await post()).status, 201);
  });
});
