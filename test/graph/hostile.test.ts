import assert from "node:assert/strict";
import { inspect } from "node:util";
import { GraphError, SignInError } from "../../provider/dist/graph/index.js";
import { FakeGraph, policy, refusal, rig, SECRET, type Reply } from "./fake-graph.ts";

const GROUP = "aaaaaaaa-2222-4333-8444-555555555555";
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlcyI6WyJQb2xpY3kiXX0.c2lnbmF0dXJlLW9mLXRva2Vu";

describe("host guard", () => {
  let fake: FakeGraph;
  let other: FakeGraph;
  beforeEach(async () => ([fake, other] = await Promise.all([FakeGraph.start(), FakeGraph.start()])));
  afterEach(() => Promise.all([fake.close(), other.close()]));

  it("sends nothing to another host that a link to the next page names", async () => {
    const { graph } = rig(fake);
    const next = `${other.url}/v1.0/groups/${GROUP}/transitiveMembers?$skiptoken=x`;
    fake.answer({ body: { value: [], "@odata.nextLink": next } });
    await assert.rejects(graph.readUserMembers(GROUP), (error: Error) => {
      assert.ok(error instanceof GraphError);
      assert.equal(error.code, "ForeignHost");
      assert.ok(error.message.includes(other.url) && error.message.includes(fake.url));
      return true;
    });
    assert.equal(other.seen.length, 0);
    assert.equal(graph.requests.total, 1);
  });

  for (const link of [
    "https://graph.microsoft.com.evil.example/v1.0/groups",
    "http://user@evil.example/v1.0",
    "https://127.0.0.1:1/v1.0",
    "file:///etc/passwd",
    "//evil.example/v1.0",
    "javascript:0",
    42,
  ]) {
    it(`does not follow ${link}`, async () => {
      const { graph } = rig(fake);
      fake.answer({ body: { value: [], "@odata.nextLink": link } });
      await assert.rejects(graph.readUserMembers(GROUP), GraphError);
      assert.equal(fake.seen.length, 1);
    });
  }

  it("does not follow a redirect", async () => {
    const { graph } = rig(fake);
    fake.answer({ status: 307, headers: { location: `${other.url}/v1.0/x` } });
    await assert.rejects(graph.readPasskeyPolicy(), /redirect/);
    assert.equal(other.seen.length, 0);
  });
});

describe("errors show no secret and no token", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const echo = `You sent Authorization: Bearer ${TOKEN} and ${TOKEN} with ${SECRET}`;
  const cases: [what: string, graph: Reply[], token: Reply[]][] = [
    ["a message that echoes the header", [refusal(400, "BadRequest", echo)], []],
    ["a code that is a token", [refusal(500, TOKEN, "x")], []],
    ["a refusal of permission", [refusal(403, "Authorization_RequestDenied", echo)], []],
    ["a cut connection", Array.from({ length: 4 }, (): Reply => ({ fault: "cut" })), []],
    ["an answer that is not JSON", [{ body: `<html>${TOKEN}`, headers: { "content-type": `text/html ${TOKEN}` } }], []],
    ["a refused sign-in", [], [{ status: 401, body: { error: "invalid_client", error_description: echo } }]],
    ["a broken sign-in", [], [{ status: 500, body: echo }]],
    ["a cut sign-in", [], [{ fault: "cut" }]],
    ["a content type with the secret", [{ body: "<html>", headers: { "content-type": `text/x ${SECRET}` } }], []],
    ["a request id that is the secret", [{ ...refusal(400, "x", "y"), headers: { "request-id": SECRET } }], []],
    ["a request id that is a token", [{ ...refusal(400, "x", "y"), headers: { "request-id": TOKEN } }], []],
  ];
  for (const [what, replies, tokenReplies] of cases) {
    it(`after ${what}`, async () => {
      const { graph, events } = rig(fake);
      const good = { body: { access_token: TOKEN, expires_in: 3600 } };
      fake.tokenReplies.push(...(tokenReplies.length > 0 ? tokenReplies : [good, good]));
      fake.answer(...replies);
      await assert.rejects(graph.readPasskeyPolicy(), (error: Error) => {
        assert.ok(error instanceof GraphError, inspect(error));
        if (tokenReplies.length > 0) assert.ok(error instanceof SignInError);
        const shown = [
          inspect(error, { depth: null, showHidden: true }),
          error.stack,
          JSON.stringify(error),
          inspect(graph, { depth: null, showHidden: true }),
        ].join();
        for (const hidden of [SECRET, TOKEN, TOKEN.slice(20, 60)]) assert.ok(!shown.includes(hidden), shown);
        return true;
      });
      assert.ok(what.includes("request id") || !JSON.stringify(events).includes(TOKEN));
    });
  }

  it("and a long message is shortened", async () => {
    const { graph } = rig(fake);
    fake.answer(refusal(400, "BadRequest", "far too long ".repeat(500)), { body: policy() });
    await assert.rejects(graph.readPasskeyPolicy(), (error: Error) => error.message.length < 1000);
  });
});
