import assert from "node:assert/strict";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import { emulatorForEach, errorOf, graphClient, rejectsWith, send } from "./util.ts";

interface Page {
  value: Record<string, unknown>[];
  "@odata.nextLink"?: string;
  "@odata.count"?: number;
  "@odata.context": string;
}

const NOBODY = "99999999-2222-4333-8444-555555555555";
const EVENTUAL = { ConsistencyLevel: "eventual" };

async function list(emulator: Emulator, path: string, headers: Record<string, string> = {}): Promise<Page> {
  const { status, body } = await send(emulator, "GET", `/v1.0${path}`, { headers });
  assert.equal(status, 200, JSON.stringify(body));
  return body as unknown as Page;
}

const names = (page: Page) => page.value.map(({ displayName }) => displayName);

describe("GET /groups", () => {
  const shared = emulatorForEach({ seed: "school-district" });
  const id = (name: string) => shared.current.tenant().groups.get(name).id;

  it("has the properties of a security group", async () => {
    const page = await list(shared.current, "/groups");
    assert.equal(page["@odata.context"], `${shared.current.url}/v1.0/$metadata#groups`);
    assert.deepEqual(names(page), ["Students", "Staff", "Teachers", "Break-glass"]);
    const [group] = page.value;
    assert.equal(group?.["securityEnabled"], true);
    assert.equal(group?.["mailEnabled"], false);
    assert.deepEqual(group?.["groupTypes"], []);
    assert.equal(group?.["onPremisesSyncEnabled"], null);
  });

  const filters: [string, (name: typeof id) => string, string[]][] = [
    ["id eq", (of) => `id eq '${of("Staff").toUpperCase()}'`, ["Staff"]],
    ["id in", (of) => `id in ('${of("Staff")}', '${NOBODY}','${of("Students")}')`, ["Students", "Staff"]],
    ["displayName eq", () => "displayName eq 'students'", ["Students"]],
    ["displayName in", () => "displayName in ('Teachers','Break-glass')", ["Teachers", "Break-glass"]],
    ["startswith", () => "startswith(displayName, 'St')", ["Students", "Staff"]],
    ["or and and", () => "displayName eq 'Staff' or displayName eq 'Students' and securityEnabled eq false", ["Staff"]],
    ["parentheses", () => "(displayName eq 'Staff' or displayName eq 'Students') and securityEnabled eq false", []],
    ["null", () => "description eq null", []],
  ];
  for (const [name, filter, expected] of filters) {
    it(`filters by ${name}`, async () => {
      assert.deepEqual(names(await list(shared.current, `/groups?$filter=${filter(id)}`)), expected);
    });
  }

  it("reads a doubled quote as one", async () => {
    shared.current.tenant().groups.add({ displayName: "Zoltan's class, (5b)" });
    const filter = encodeURIComponent("displayName eq 'Zoltan''s class, (5b)'");
    assert.deepEqual(names(await list(shared.current, `/groups?$filter=${filter}`)), ["Zoltan's class, (5b)"]);
  });

  const bad: [string, number][] = [
    ["$filter=nonsense eq 'a'", 400],
    ["$filter=displayName eq 'a", 400],
    ["$filter=displayName eq", 400],
    ["$filter=displayName eq Staff", 400],
    ["$filter=displayName eq 'a' displayName", 400],
    ["$filter=displayName in 'a'", 400],
    ["$filter=displayName ne 'a'", 501],
    ["$filter=not(displayName eq 'a')", 501],
    ['$search="displayName:a"', 501],
    ["$orderby=displayName", 501],
    ["$select=id,nonsense", 400],
    ["$top=0", 400],
    ["$top=1000", 400],
    ["$skiptoken=nonsense", 400],
  ];
  for (const [query, expected] of bad) {
    it(`answers ${expected} to ${query}`, async () => {
      const { status, body } = await send(shared.current, "GET", `/v1.0/groups?${query}`);
      assert.equal(status, expected);
      assert.ok(errorOf(body).message.length > 0);
    });
  }

  it("limits the values of a filter to 15, save in an advanced query", async () => {
    const filter = (count: number) => `id in (${Array.from({ length: count }, () => `'${NOBODY}'`).join(",")})`;
    await list(shared.current, `/groups?$filter=${filter(15)}`);
    const { status, body } = await send(shared.current, "GET", `/v1.0/groups?$filter=${filter(16)}`);
    assert.deepEqual([status, errorOf(body).code], [400, "Request_UnsupportedQuery"]);
    const page = await list(shared.current, `/groups?$count=true&$filter=${filter(16)}`, EVENTUAL);
    assert.equal(page["@odata.count"], 0);
  });

  it("selects and pages with links that keep the query", async () => {
    const seen = [];
    let path: string | undefined = "/groups?$select=displayName&$top=3";
    let pages = 0;
    while (path !== undefined) {
      const page: Page = await list(shared.current, path);
      assert.deepEqual(Object.keys(page.value[0] ?? {}), ["displayName"]);
      seen.push(...names(page));
      path = page["@odata.nextLink"]?.slice(`${shared.current.url}/v1.0`.length);
      pages++;
    }
    assert.equal(pages, 2);
    assert.deepEqual(seen, ["Students", "Staff", "Teachers", "Break-glass"]);
  });

  it("pages thousands of members through Microsoft's client", async () => {
    const tenant = shared.current.tenant();
    const group = tenant.groups.add({ displayName: "Large" });
    for (let n = 0; n < 2500; n++) {
      tenant.members.add(group.id, tenant.users.add({ displayName: `User ${n}` }).id);
    }
    const client = graphClient(shared.current);
    const ids = new Set();
    let path: string | undefined = `/groups/${group.id}/members?$select=id&$top=999`;
    while (path !== undefined) {
      const page = (await client.api(path).get()) as Page;
      page.value.forEach((member) => ids.add(member["id"]));
      path = page["@odata.nextLink"]?.slice(`${shared.current.url}/v1.0`.length);
    }
    assert.equal(ids.size, 2500);
    assert.equal(shared.current.audit.entries.length, 3);
  });

  it("tells a bad id from one that is not there", async () => {
    const client = graphClient(shared.current);
    await rejectsWith(client.api("/groups/students").get(), 400, "Request_BadRequest");
    await rejectsWith(client.api(`/groups/${NOBODY}`).get(), 404, "Request_ResourceNotFound");
    const { status, body } = await send(shared.current, "GET", `/v1.0/groups/${id("Staff")}?$select=id`);
    assert.equal(status, 200);
    assert.equal(body["@odata.context"], `${shared.current.url}/v1.0/$metadata#groups(id)/$entity`);
  });
});
