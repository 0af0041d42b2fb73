import assert from "node:assert/strict";
import { SignInError } from "../../provider/dist/graph/index.js";
import { failure, FakeGraph, policy, refusal, rig, type Rig } from "./fake-graph.ts";

describe("authentication", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const read = ({ graph }: Rig) => graph.readPasskeyPolicy();
  const write = ({ graph }: Rig) => graph.patchPasskeyPolicy({ state: "enabled" });

  it("signs in once for many requests, in the form that the token endpoint wants", async () => {
    const it = rig(fake);
    fake.answer({ body: policy() }, { body: policy() }, { status: 204 });
    await Promise.all([read(it), read(it)]);
    await write(it);
    assert.equal(fake.tokenRequests.length, 1);
    assert.equal(fake.tokenRequests[0]?.get("scope"), `${fake.url}/.default`);
    assert.equal(fake.tokenRequests[0]?.get("grant_type"), "client_credentials");
    assert.ok(fake.seen.every(({ headers }) => headers.authorization === "Bearer token-1"));
  });

  it("gets another token shortly before the old one expires", async () => {
    const it = rig(fake);
    fake.answer({ body: policy() }, { body: policy() });
    await read(it);
    it.clock.now += 3_500_000;
    await read(it);
    assert.equal(fake.seen[1]?.headers.authorization, "Bearer token-2");
  });

  for (const [kind, send, good] of [
    ["read", read, { body: policy() }],
    ["write", write, { status: 204 }],
  ] as const) {
    it(`repeats a ${kind} once with a new token after 401`, async () => {
      const it = rig(fake);
      fake.answer(refusal(401, "InvalidAuthenticationToken", "expired"), good);
      await send(it);
      assert.deepEqual(
        fake.seen.map(({ headers }) => headers.authorization),
        ["Bearer token-1", "Bearer token-2"],
      );
    });
  }

  it("gives up after a second 401", async () => {
    const it = rig(fake);
    fake.answer(refusal(401, "InvalidAuthenticationToken", "no"), refusal(401, "InvalidAuthenticationToken", "no"));
    const error = await failure(read(it), SignInError);
    assert.equal(error.code, "InvalidAuthenticationToken");
    assert.equal(fake.seen.length, 2);
  });

  it("hands on what a claims challenge asks for", async () => {
    const asked: (string | undefined)[] = [];
    const credential = {
      getToken: (_: string | string[], options?: { claims?: string }) => {
        asked.push(options?.claims);
        return Promise.resolve({ token: `t${asked.length}`, expiresOnTimestamp: Number.MAX_SAFE_INTEGER });
      },
    };
    const it = rig(fake, { credential });
    const claims = Buffer.from('{"access_token":{}}').toString("base64");
    const challenge = `Bearer realm="", error="insufficient_claims", claims="${claims}"`;
    fake.answer(refusal(401, "InvalidAuthenticationToken", "x", { "www-authenticate": challenge }), {
      body: policy(),
    });
    await read(it);
    assert.deepEqual(asked, [undefined, '{"access_token":{}}']);
  });

  it("says why there is no token, with a hint, and sends nothing to Graph", async () => {
    const it = rig(fake);
    const error_description = "AADSTS7000215: Invalid client secret provided. Trace ID: 1";
    fake.tokenReplies.push({ status: 401, body: { error: "invalid_client", error_description } });
    const error = await failure(read(it), SignInError);
    assert.equal(error.code, "AADSTS7000215");
    assert.match(error.message, /signing in to tenant 1111.*it has to be the secret's value, not its id/);
    assert.equal(fake.seen.length, 0);
  });

  it("tries again after a failed sign-in", async () => {
    const it = rig(fake);
    fake.tokenReplies.push({ status: 500, body: "oops" });
    fake.answer({ body: policy() });
    await failure(read(it), SignInError);
    await read(it);
    assert.equal(fake.seen.length, 1);
  });
});
