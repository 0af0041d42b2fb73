import assert from "node:assert/strict";
import fc from "fast-check";
import { GraphError, PermissionError, UnreadableAnswerError } from "../../provider/dist/graph/index.js";
import { FakeGraph, refusal, rig } from "./fake-graph.ts";

const id = (n: number) => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, "0")}`;
const group = (n: number, changes: object = {}) => ({
  id: id(n),
  displayName: `Group ${n}`,
  securityEnabled: true,
  mailEnabled: false,
  groupTypes: [],
  ...changes,
});
const USER = "#microsoft.graph.user";

/** The values of an `in` filter, with doubled quotes made single again. */
function valuesOf(filter: string): string[] {
  const list = /^\w+ in \((.*)\)$/s.exec(filter)?.[1] ?? assert.fail(filter);
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = ""]) => value.replaceAll("''", "'"));
}

describe("findGroups", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  it("asks for ids and names in one request each and gives each group once", async () => {
    const { graph } = rig(fake);
    fake.answer({ body: { value: [group(1), group(2)] } }, { body: { value: [group(2)] } });
    const found = await graph.findGroups({ ids: [id(1), id(2)], names: ["Group 2"] });
    assert.deepEqual(found, [
      { id: id(1), displayName: "Group 1", securityEnabled: true, dynamic: false },
      { id: id(2), displayName: "Group 2", securityEnabled: true, dynamic: false },
    ]);
    const filters = fake.seen.map(({ query }) => query.get("$filter")).sort();
    assert.deepEqual(filters, ["displayName in ('Group 2')", `id in ('${id(1)}','${id(2)}')`]);
    assert.equal(fake.seen[0]?.path, "/v1.0/groups");
    assert.equal(fake.seen[0]?.query.get("$select"), "id,displayName,securityEnabled,mailEnabled,groupTypes");
  });

  it("tells dynamic groups and groups that are not security groups", async () => {
    const { graph } = rig(fake);
    const dynamic = group(1, { groupTypes: ["DynamicMembership"] });
    const mail = group(2, { securityEnabled: false, mailEnabled: true, groupTypes: ["Unified"] });
    fake.answer({ body: { value: [dynamic, mail] } });
    const [first, second] = await graph.findGroups({ ids: [id(1), id(2)] });
    assert.equal(first?.dynamic, true);
    assert.equal(second?.securityEnabled, false);
  });

  it("asks nothing where there is nothing to ask", async () => {
    const { graph } = rig(fake);
    assert.deepEqual(await graph.findGroups({ ids: [], names: [] }), []);
    assert.deepEqual(await graph.findGroups({}), []);
    assert.deepEqual(await graph.findGroups({ ids: ["all_users", "x') or true or id in ('"] }), []);
    assert.equal(fake.seen.length + fake.tokenRequests.length, 0);
  });

  it("asks for at most 15 values at once, for each only once, and for many in one batch", async () => {
    const { graph } = rig(fake);
    const ids = Array.from({ length: 31 }, (_, n) => id(n));
    const next = `${fake.url}/v1.0/groups?$skiptoken=x`;
    const page = (body: object) => ({ status: 200, headers: {}, body });
    fake.answer(
      {
        body: {
          responses: [
            { id: "2", ...page({ value: [group(3)] }) },
            { id: "0", ...page({ value: [group(1)], "@odata.nextLink": next }) },
            { id: "1", ...page({ value: [] }) },
          ],
        },
      },
      { body: { value: [group(2)] } },
    );
    const found = await graph.findGroups({ ids: [...ids, ...ids.map((value) => value.toUpperCase())] });
    assert.deepEqual(found.map((one) => one.id).sort(), [id(1), id(2), id(3)]);
    const [batch, page2] = fake.seen;
    assert.equal(fake.seen.length, 2);
    assert.equal(page2?.query.get("$skiptoken"), "x");
    const { requests } = JSON.parse(batch!.body) as { requests: { method: string; url: string }[] };
    assert.deepEqual([...new Set(requests.map(({ method }) => method))], ["GET"]);
    const asked = requests.map(({ url }) => new URL(url, "https://graph.example").searchParams);
    const values = asked.map((query) => valuesOf(query.get("$filter") ?? ""));
    assert.deepEqual(values.map(({ length }) => length).sort(), [1, 15, 15]);
    assert.equal(new Set(values.flat().map((value) => value.toLowerCase())).size, 31);
    assert.equal(asked[0]!.get("$select"), "id,displayName,securityEnabled,mailEnabled,groupTypes");
  });

  it("fails as a whole where one list of a batch fails", async () => {
    const { graph } = rig(fake);
    const refused = { id: "1", status: 403, headers: {}, body: { error: { code: "Authorization_RequestDenied" } } };
    const listed = ["0", "2"].map((one) => ({ id: one, status: 200, headers: {}, body: { value: [] } }));
    fake.answer({ body: { responses: [...listed, refused] } });
    const ids = Array.from({ length: 31 }, (_, n) => id(n));
    await assert.rejects(graph.findGroups({ ids }), PermissionError);
  });

  it("follows the pages", async () => {
    const { graph } = rig(fake);
    const next = `${fake.url}/v1.0/groups?$skiptoken=RFNwdAIAAQ%3D%3D&x=a%26b`;
    fake.answer({ body: { value: [group(1)], "@odata.nextLink": next } }, { body: { value: [group(2)] } });
    const found = await graph.findGroups({ names: ["x"] });
    assert.deepEqual(
      found.map((record) => record.id),
      [id(1), id(2)],
    );
    assert.equal(fake.seen[1]?.query.get("$skiptoken"), "RFNwdAIAAQ==");
    assert.equal(fake.seen[1]?.query.get("x"), "a&b");
  });

  it("sends every name so that it arrives as it is, in URLs of bearable length", async () => {
    const { graph } = rig(fake);
    const names = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 256 }), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(names, async (wanted) => {
        fake.seen.length = 0;
        fake.answer(...wanted.map(() => ({ body: { value: [] } })));
        await graph.findGroups({ names: wanted });
        fake.replies.length = 0;
        const asked = fake.seen.flatMap(({ query }) => valuesOf(query.get("$filter") ?? ""));
        const once = (values: string[]) => [...new Set(values.map((value) => value.toLowerCase()))].sort();
        assert.deepEqual(once(asked), once(wanted));
        for (const { query } of fake.seen) {
          const filter = query.get("$filter") ?? "";
          assert.ok(valuesOf(filter).length <= 15);
          assert.ok(encodeURIComponent(filter).length < 1600 || valuesOf(filter).length === 1);
        }
      }),
      { numRuns: 40 },
    );
  });

  for (const [what, body] of [
    ["has no list", {}],
    ["has a list of strings", { value: ["x"] }],
    ["has a group without name", { value: [group(1, { displayName: null })] }],
    ["does not say whether it is a security group", { value: [group(1, { securityEnabled: null })] }],
    ["does not say what kind of group it is", { value: [group(1, { groupTypes: undefined })] }],
  ] as const) {
    it(`fails where the answer ${what}`, async () => {
      const { graph } = rig(fake);
      fake.answer({ body });
      await assert.rejects(graph.findGroups({ ids: [id(1)] }), UnreadableAnswerError);
    });
  }

  it("names the least permission", async () => {
    const { graph } = rig(fake);
    fake.answer(refusal(403, "Authorization_RequestDenied", "x"));
    await assert.rejects(graph.findGroups({ ids: [id(1)] }), (error: Error) => {
      assert.ok(error instanceof PermissionError);
      assert.match(error.message, /looking up groups failed.*GroupMember\.Read\.All/);
      return true;
    });
  });
});

describe("readUserMembers", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  it("gives the users of all pages, each once, and nothing else", async () => {
    const { graph } = rig(fake);
    const path = `/v1.0/groups/${id(9)}/transitiveMembers`;
    const page = (link: string | undefined, ...value: object[]) => ({ body: { value, "@odata.nextLink": link } });
    fake.answer(
      page(
        `${fake.url}${path}?$skiptoken=2`,
        { "@odata.type": USER, id: id(1) },
        { "@odata.type": "#microsoft.graph.group", id: id(2) },
      ),
      page(`${fake.url}${path}?$skiptoken=3`, { "@odata.type": "#microsoft.graph.device", id: id(3) }),
      page(undefined, { "@odata.type": USER, id: id(1) }, { "@odata.type": USER, id: id(4) }),
    );
    assert.deepEqual(await graph.readUserMembers(id(9)), [id(1), id(4)]);
    assert.equal(fake.seen[0]?.path, path);
    assert.equal(fake.seen[0]?.query.get("$top"), "999");
    assert.equal(fake.tokenRequests.length, 1);
  });

  it("fails where a member has no type, rather than leaving a user out", async () => {
    const { graph } = rig(fake);
    fake.answer({ body: { value: [{ id: id(1) }] } });
    await assert.rejects(graph.readUserMembers(id(9)), UnreadableAnswerError);
  });

  it("fails where the pages go round in a circle", async () => {
    const { graph } = rig(fake);
    const body = { value: [], "@odata.nextLink": `${fake.url}/v1.0/x?$skiptoken=1` };
    fake.answer({ body }, { body });
    await assert.rejects(graph.readUserMembers(id(9)), /go round in a circle/);
  });

  it("fails with 404 for a group that does not exist", async () => {
    const { graph } = rig(fake);
    fake.answer(refusal(404, "Request_ResourceNotFound", "Resource does not exist"));
    await assert.rejects(graph.readUserMembers(id(9)), (error: Error) => {
      assert.ok(error instanceof GraphError);
      assert.equal(error.status, 404);
      assert.match(error.message, new RegExp(id(9)));
      return true;
    });
  });

  it("cannot be led to another path by an id", async () => {
    const { graph } = rig(fake);
    fake.answer(refusal(404, "x", "y"));
    await assert.rejects(graph.readUserMembers("../users?x=1#"), GraphError);
    assert.match(String(fake.seen[0]?.path), /^\/v1\.0\/groups\/[^/]+\/transitiveMembers$/);
  });
});
