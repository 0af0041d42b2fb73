import assert from "node:assert/strict";
import { LicenceError, PermissionError, UnreadableAnswerError } from "../../provider/dist/graph/index.js";
import { failure, FakeGraph, refusal, rig, TENANT } from "./fake-graph.ts";

const ID = "CCCCCCCC-0000-4000-8000-000000000001";
const GROUP = "AAAAAAAA-0000-4000-8000-000000000001";
const group = (id: string) => ({ "@odata.type": "#microsoft.graph.group", id });

describe("Graph inspection", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());
  const asked = () => fake.seen.map(({ method, path, query }) => [method, path, Object.fromEntries(query)]);

  it("signs in once for itself and for the requests after it, and says whom the token is for", async () => {
    const claims = Buffer.from(JSON.stringify({ tid: TENANT, roles: [] })).toString("base64url");
    fake.tokenReplies.push({ body: { access_token: `e30.${claims}.x`, expires_in: 3600 } });
    const { graph } = rig(fake);
    assert.deepEqual(await graph.inspect.signIn(), { user: false, tenantId: TENANT, permissions: [] });
    fake.answer({ body: { value: [] } });
    await graph.inspect.oneGroup();
    assert.equal(fake.tokenRequests.length, 1);
  });

  it("knows nothing of a token that does not tell", async () => {
    assert.equal(await rig(fake).graph.inspect.signIn(), undefined);
  });

  it("asks for one group and for one disabled account, without names", async () => {
    const { inspect } = rig(fake).graph;
    fake.answer({ body: { value: [] } }, { body: { value: [{ id: ID }], "@odata.nextLink": `${fake.url}/v1.0/x` } });
    await inspect.oneGroup();
    await inspect.oneDisabledAccount();
    assert.deepEqual(asked(), [
      ["GET", "/v1.0/groups", { $select: "id", $top: "1" }],
      ["GET", "/v1.0/users", { $filter: "accountEnabled eq false", $select: "id", $top: "1" }],
    ]);
    fake.answer({ body: {} });
    await failure(inspect.oneGroup(), UnreadableAnswerError);
  });

  it("finds somebody in a group without reading all of it", async () => {
    const { inspect } = rig(fake).graph;
    const user = { "@odata.type": "#microsoft.graph.user", id: ID };
    const more = { "@odata.nextLink": `${fake.url}/v1.0/next` };
    fake.answer({ body: { value: [group(GROUP)], ...more } }, { body: { value: [user], ...more } });
    assert.equal(await inspect.someMember(GROUP), ID);
    assert.deepEqual(
      fake.seen.map(({ path }) => path),
      [`/v1.0/groups/${GROUP}/transitiveMembers`, "/v1.0/next"],
    );
    fake.answer({ body: { value: [] } });
    assert.equal(await inspect.someMember(GROUP), undefined);
  });

  it("tells an account that is not there from one that may not be read", async () => {
    const { inspect } = rig(fake).graph;
    const name = "ann@contoso.example";
    fake.answer(
      { body: { id: ID, accountEnabled: false } },
      refusal(404, "Request_ResourceNotFound", `Resource '${name}' does not exist`),
      refusal(403, "Authorization_RequestDenied", `not ${name}`),
    );
    assert.deepEqual(await inspect.account(name), { id: ID.toLowerCase(), enabled: false });
    assert.equal(await inspect.account(name), undefined);
    const refused = await failure(inspect.account(name), PermissionError);
    assert.ok(!refused.message.includes(name));
    assert.equal(fake.seen[0]?.path, "/v1.0/users/ann%40contoso.example");
  });

  it("tells groups that an account is in through other groups only", async () => {
    const other = GROUP.replace("1", "2").toLowerCase();
    fake.onRequest = ({ path }) => ({
      body: {
        value: path.endsWith("/memberOf")
          ? [group(GROUP), { "@odata.type": "#microsoft.graph.directoryRole", id: "role" }]
          : [group(GROUP), group(other)],
      },
    });
    assert.deepEqual(await rig(fake).graph.inspect.groupsOf(ID), [
      { group: GROUP.toLowerCase(), nested: false },
      { group: other, nested: true },
    ]);
  });

  it("reads passkeys by GET, without the names that people gave them", async () => {
    const { inspect } = rig(fake).graph;
    fake.answer({ body: { value: [{ id: "k", aaGuid: GROUP, displayName: "Ann's key" }] } }, refusal(404, "x", "y"));
    assert.deepEqual(await inspect.passkeysOf(ID), [{ id: "k", aaGuid: GROUP.toLowerCase() }]);
    assert.equal(await inspect.passkeysOf(ID), undefined);
    assert.ok(fake.seen.every(({ method }) => method === "GET"));
  });

  it("reads Conditional Access, and strengths with the models that they are limited to", async () => {
    const { inspect } = rig(fake).graph;
    fake.onRequest = ({ path }) => ({
      body: {
        value: path.endsWith("/combinationConfigurations")
          ? [{ appliesToCombinations: ["fido2"], allowedAAGUIDs: [GROUP] }]
          : path.endsWith("/conditionalAccess/policies")
            ? [{ displayName: "Keys", state: "enabled" }]
            : [
                { id: ID, displayName: "Ours", policyType: "custom", allowedCombinations: ["fido2"] },
                { id: "built", displayName: "MFA", policyType: "builtIn", allowedCombinations: ["password,sms"] },
              ],
      },
    });
    const [policy] = await inspect.conditionalAccess();
    assert.deepEqual([policy?.displayName, policy?.state], ["Keys", "enabled"]);
    const [ours, builtIn] = await inspect.strengths();
    assert.deepEqual(ours?.combinationConfigurations, [{ allowedAAGUIDs: [GROUP.toLowerCase()] }]);
    assert.equal(builtIn?.combinationConfigurations, undefined);
    assert.equal(fake.seen.length, 3, "nobody asks of built-in ones");
  });

  it("tells a licence that is missing from a permission", async () => {
    fake.answer(refusal(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "no"));
    await failure(rig(fake).graph.inspect.conditionalAccess(), LicenceError);
  });

  it("tells the time of the service with each answer", async () => {
    const it = rig(fake);
    fake.answer(
      { body: { value: [] }, headers: { date: "Mon, 01 Jun 2026 10:00:00 GMT" } },
      { body: { value: [] }, headers: { date: "soon" } },
    );
    await it.graph.inspect.oneGroup();
    await it.graph.inspect.oneGroup();
    assert.deepEqual(
      it.events.map(({ serviceTime }) => serviceTime),
      [Date.parse("2026-06-01T10:00:00Z"), undefined],
    );
  });
});
