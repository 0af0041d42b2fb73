import assert from "node:assert/strict";
import {
  BadRequestError,
  GraphError,
  LicenceError,
  PermissionError,
  UnreadableAnswerError,
} from "../../provider/dist/graph/index.js";
import type { RegistrationRow } from "../../provider/dist/graph/index.js";
import { failure, FakeGraph, refusal, rig } from "./fake-graph.ts";

const id = (n: number) => `CCCCCCCC-0000-4000-8000-${String(n).padStart(12, "0")}`;
const lower = (n: number) => id(n).toLowerCase();
const REPORT = "/v1.0/reports/authenticationMethods/userRegistrationDetails";
const NO_LICENCE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
const row = (n: number, changes: object = {}) => ({
  id: id(n),
  userPrincipalName: "someone@contoso.example",
  userDisplayName: "Some One",
  userType: "member",
  isAdmin: false,
  methodsRegistered: ["passKeyDeviceBound", "somethingNew"],
  lastUpdatedDateTime: "2026-05-01T00:00:00Z",
  ...changes,
});

describe("readRegistrationReport", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  it("gives page after page, without a filter and without names", async () => {
    const it = rig(fake);
    const next = `${fake.url}${REPORT}?$skiptoken=x%2By`;
    fake.answer(
      { body: { value: [row(1)], "@odata.nextLink": next } },
      { body: { value: [row(2, { isAdmin: null })] } },
    );
    const pages: (readonly RegistrationRow[])[] = [];
    await it.graph.readRegistrationReport((rows) => void pages.push(rows));
    const known = {
      userType: "member",
      methodsRegistered: row(1).methodsRegistered,
      lastUpdated: "2026-05-01T00:00:00Z",
    };
    assert.deepEqual(pages, [[{ id: lower(1), isAdmin: false, ...known }], [{ id: lower(2), ...known }]]);
    assert.deepEqual(
      fake.seen.map(({ path, query }) => [path, [...query]]),
      [
        [REPORT, []],
        [REPORT, [["$skiptoken", "x+y"]]],
      ],
    );
  });

  it("does not know the methods of someone of whom the report does not say them", async () => {
    const it = rig(fake);
    fake.answer({ body: { value: [row(1, { methodsRegistered: null })] } });
    const rows: object[] = [];
    await it.graph.readRegistrationReport((page) => void rows.push(...page));
    assert.equal(rows.length, 1);
    assert.ok(!("methodsRegistered" in rows[0]!));
  });

  it("asks 5 times in 10 seconds at most, repeats and single users included", async () => {
    const it = rig(fake);
    const times: number[] = [];
    let left = 12;
    fake.onRequest = () => {
      times.push(it.clock.now);
      if (times.length === 3) return refusal(429, "TooManyRequests", "x", { "retry-after": "1" });
      return {
        body: { value: [], "@odata.nextLink": (left -= 1) > 0 ? `${fake.url}${REPORT}?$skiptoken=${left}` : undefined },
      };
    };
    await it.graph.readRegistrationReport(() => undefined);
    await it.graph.readRegistrations([id(1)], () => undefined).catch(() => undefined);
    assert.equal(times.length, 14);
    for (const [n, time] of times.entries()) {
      if (n >= 5) assert.ok(time - times[n - 5]! >= 10_000, `request ${n}`);
    }
  });

  it("does not wait where there is time in between anyway", async () => {
    const it = rig(fake);
    let left = 12;
    fake.onRequest = () => ({
      body: { value: [], "@odata.nextLink": (left -= 1) > 0 ? `${fake.url}${REPORT}?$skiptoken=${left}` : undefined },
    });
    await it.graph.readRegistrationReport(() => void (it.clock.now += 2_000));
    assert.deepEqual(it.pauses, []);
  });

  it("asks for no further page where one was enough", async () => {
    const it = rig(fake);
    fake.answer({ body: { value: [row(1)], "@odata.nextLink": `${fake.url}${REPORT}?$skiptoken=2` } });
    await it.graph.readRegistrationReport(() => Promise.resolve(false));
    assert.equal(fake.seen.length, 1);
  });

  it("tells a missing licence from a missing permission", async () => {
    const it = rig(fake);
    fake.answer(refusal(403, NO_LICENCE, "x"), refusal(403, "Authorization_RequestDenied", "x"));
    const licence = await failure(
      it.graph.readRegistrationReport(() => undefined),
      LicenceError,
    );
    assert.equal(licence.licence, "Entra ID P1");
    const permission = await failure(
      it.graph.readRegistrationReport(() => undefined),
      PermissionError,
    );
    assert.deepEqual(permission.permissions, ["AuditLog.Read.All"]);
  });

  it("does not pass on the service's words, which may name someone", async () => {
    const it = rig(fake);
    fake.answer(refusal(400, "badRequest", "someone@contoso.example is not known"));
    const error = await failure(
      it.graph.readRegistrationReport(() => undefined),
      BadRequestError,
    );
    assert.deepEqual([error.code, error.requestId], ["badRequest", "server-1"]);
    assert.ok(!error.message.includes("contoso"));
  });

  it("fails where a user has no id, and where the pages go round in a circle", async () => {
    const it = rig(fake);
    fake.answer({ body: { value: [{}] } });
    await failure(
      it.graph.readRegistrationReport(() => undefined),
      UnreadableAnswerError,
    );
    fake.onRequest = () => ({ body: { value: [], "@odata.nextLink": `${fake.url}${REPORT}?$skiptoken=1` } });
    await assert.rejects(
      it.graph.readRegistrationReport(() => undefined),
      /circle/,
    );
  });

  it("gives single users, and leaves those out whom the report does not have", async () => {
    const it = rig(fake);
    fake.answer({ body: row(1) }, refusal(404, "Request_ResourceNotFound", "x"), { body: row(3) });
    const rows: string[] = [];
    await it.graph.readRegistrations([id(1), id(2), id(3)], (row) => void rows.push(row.id));
    assert.deepEqual(rows, [lower(1), lower(3)]);
    assert.equal(fake.seen[2]?.path, `${REPORT}/${id(3)}`);
  });
});

describe("readMembers", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());
  const member = (n: number, type = "user") => ({ "@odata.type": `#microsoft.graph.${type}`, id: id(n) });
  const page = (...value: object[]) => ({ body: { value } });

  it("asks once where no group is in the group", async () => {
    const it = rig(fake);
    fake.answer(page(member(1), member(2, "device")));
    assert.deepEqual(await it.graph.readMembers(id(9)), [{ id: lower(1), nested: false }]);
    assert.deepEqual(
      fake.seen.map(({ path }) => path.split("/").at(-1)),
      ["transitiveMembers"],
    );
  });

  it("tells who is in it through another group only", async () => {
    const it = rig(fake);
    fake.answer(page(member(1), member(2), member(3, "group"), member(1)), page(member(3, "group"), member(2)));
    assert.deepEqual(await it.graph.readMembers(id(9)), [
      { id: lower(1), nested: true },
      { id: lower(2), nested: false },
    ]);
    assert.deepEqual(
      fake.seen.map(({ path }) => path.split("/").at(-1)),
      ["transitiveMembers", "members"],
    );
  });

  it("fails with 404 for a group that is not there", async () => {
    const it = rig(fake);
    fake.answer(refusal(404, "Request_ResourceNotFound", "x"));
    assert.equal((await failure(it.graph.readMembers(id(9)), GraphError)).status, 404);
  });
});

describe("readAccounts", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  for (const [kind, filter] of [
    ["disabled", "accountEnabled eq false"],
    ["guests", "userType eq 'Guest'"],
  ] as const) {
    it(`gives ${kind} of all pages, asking for no name`, async () => {
      const it = rig(fake);
      const next = `${fake.url}/v1.0/users?$skiptoken=2`;
      fake.answer(
        { body: { value: [{ id: id(1), userType: "Guest" }], "@odata.nextLink": next } },
        { body: { value: [{ id: id(2), userType: null }] } },
      );
      assert.deepEqual(await it.graph.readAccounts(kind), [{ id: lower(1), userType: "Guest" }, { id: lower(2) }]);
      const { query } = fake.seen[0]!;
      assert.deepEqual([query.get("$filter"), query.get("$select"), query.get("$top")], [filter, "id,userType", "999"]);
    });
  }

  it("names the permission", async () => {
    const it = rig(fake);
    fake.answer(refusal(403, "Authorization_RequestDenied", "x"));
    assert.deepEqual((await failure(it.graph.readAccounts("disabled"), PermissionError)).permissions, [
      "User.Read.All",
    ]);
  });
});

describe("readMethodPolicies", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  it("gives all methods but passkeys, and no state where it is not known whom a policy includes", async () => {
    const it = rig(fake);
    const target = { targetType: "group", id: "all_users", isRegistrationRequired: false };
    fake.answer({
      body: {
        authenticationMethodConfigurations: [
          { id: "Fido2", state: "enabled", includeTargets: [target] },
          {
            id: "Sms",
            state: "enabled",
            includeTargets: [target],
            excludeTargets: [{ targetType: "group", id: id(1) }],
          },
          { id: "Email", state: "disabled", includeTargets: [] },
          { id: "New", state: "enabled" },
          { id: "Paged", state: "enabled", includeTargets: [], "includeTargets@odata.nextLink": "x" },
        ],
      },
    });
    const all = { id: "all_users", targetType: "group" };
    assert.deepEqual(await it.graph.readMethodPolicies(), [
      { id: "Sms", state: "enabled", includeTargets: [all], excludeTargets: [{ id: lower(1), targetType: "group" }] },
      { id: "Email", state: "disabled", includeTargets: [], excludeTargets: [] },
      { id: "New", state: undefined, includeTargets: [], excludeTargets: [] },
      { id: "Paged", state: undefined, includeTargets: [], excludeTargets: [] },
    ]);
  });

  it("fails where the answer has no list of them", async () => {
    const it = rig(fake);
    fake.answer({ body: {} }, { body: { authenticationMethodConfigurations: [{}] } });
    await failure(it.graph.readMethodPolicies(), UnreadableAnswerError);
    await failure(it.graph.readMethodPolicies(), UnreadableAnswerError);
  });
});
