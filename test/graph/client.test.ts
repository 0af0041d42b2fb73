import assert from "node:assert/strict";
import {
  BadRequestError,
  GraphError,
  OutcomeUnknownError,
  PermissionError,
  PolicyMissingError,
  ThrottledError,
  UnreadableAnswerError,
} from "../../provider/dist/graph/index.js";
import { failure, FakeGraph, policy, refusal, rig, type Reply, type Rig } from "./fake-graph.ts";

type ErrorClass = new (...args: never[]) => Error;

describe("Graph client", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const read = ({ graph }: Rig) => graph.readPasskeyPolicy();
  const write = ({ graph }: Rig) => graph.patchPasskeyPolicy({ state: "enabled" });

  describe("repeats by this table", () => {
    const put = (status: number): Reply => refusal(status, "x", "y");
    const cases: [what: string, reply: Reply, read: "again" | ErrorClass, write: "again" | ErrorClass][] = [
      ["429", put(429), "again", "again"],
      ["503", put(503), "again", "again"],
      ["502", put(502), "again", OutcomeUnknownError],
      ["504", put(504), "again", OutcomeUnknownError],
      ["a cut connection", { fault: "cut" }, "again", OutcomeUnknownError],
      ["an answer that breaks off", { fault: "break off", body: policy() }, "again", OutcomeUnknownError],
      ["500", put(500), GraphError, OutcomeUnknownError],
      ["408", put(408), GraphError, OutcomeUnknownError],
      ["400", put(400), BadRequestError, BadRequestError],
      ["403", put(403), PermissionError, PermissionError],
      ["404", put(404), PolicyMissingError, PolicyMissingError],
      ["405", put(405), GraphError, GraphError],
      ["409", put(409), GraphError, GraphError],
      ["413", put(413), BadRequestError, BadRequestError],
      ["a redirect", { status: 302, headers: { location: "https://elsewhere.example" } }, GraphError, GraphError],
    ];
    for (const [what, reply, onRead, onWrite] of cases) {
      for (const [kind, outcome, send, good] of [
        ["GET", onRead, read, { body: policy() }],
        ["PATCH", onWrite, write, { status: 204 }],
      ] as const) {
        it(`${kind} after ${what}: ${outcome === "again" ? "again" : outcome.name}`, async () => {
          const it = rig(fake);
          fake.answer(reply, good);
          if (outcome === "again") {
            await send(it);
            assert.equal(fake.seen.length, 2);
          } else {
            await failure(send(it), outcome);
            assert.equal(fake.seen.length, 1);
            assert.deepEqual(it.pauses, []);
          }
        });
      }
    }
  });

  describe("pauses", () => {
    it("as Retry-After says in seconds", async () => {
      const it = rig(fake);
      fake.answer(refusal(429, "x", "y", { "retry-after": "7" }), { body: policy() });
      await read(it);
      assert.deepEqual(it.pauses, [7000]);
    });

    it("as Retry-After says as an HTTP date", async () => {
      const it = rig(fake);
      const date = new Date(it.clock.now + 11_000).toUTCString();
      fake.answer(refusal(503, "x", "y", { "retry-after": date }), { status: 204 });
      await write(it);
      assert.deepEqual(it.pauses, [11_000]);
    });

    for (const hours of [-1, 1]) {
      it(`from the answer's own Date, where this machine's clock is ${hours} hours off`, async () => {
        const it = rig(fake);
        const service = it.clock.now - hours * 3_600_000;
        const headers = { date: utc(service), "retry-after": utc(service + 7000) };
        fake.answer(refusal(429, "x", "y", headers), { body: policy() });
        await read(it);
        assert.deepEqual(it.pauses, [7000]);
      });
    }

    it("from this machine's clock, where the answer has no Date that can be read", async () => {
      const it = rig(fake);
      fake.answer(put(429, { date: "today", "retry-after": utc(it.clock.now + 7000) }), { body: policy() });
      await read(it);
      assert.deepEqual(it.pauses, [7000]);
    });

    it("not at all for a date that has passed", async () => {
      const it = rig(fake);
      const date = new Date(it.clock.now - 60_000).toUTCString();
      fake.answer(refusal(429, "x", "y", { "retry-after": date }), { body: policy() });
      await read(it);
      assert.deepEqual(it.pauses, [0]);
    });

    it("no longer than the cap", async () => {
      const it = rig(fake);
      fake.answer(refusal(429, "x", "y", { "retry-after": "86400" }), { body: policy() });
      await read(it);
      assert.deepEqual(it.pauses, [60_000]);
    });

    it("longer each time where the service names none, and where what it names is nonsense", async () => {
      const it = rig(fake);
      fake.answer(put(429), put(429), put(503, { "retry-after": "soon" }), { body: policy() });
      await read(it);
      assert.deepEqual(it.pauses, [250, 500, 1000]);
    });

    it("with chance in it", async () => {
      const it = rig(fake, { surroundings: { random: () => 0.5 } });
      fake.answer(put(429), put(429, { "retry-after": "10" }), { body: policy() });
      await read(it);
      assert.deepEqual(it.pauses, [500, 10_500]);
    });

    it("no more than the total, then says when to come back", async () => {
      const it = rig(fake, { retry: { totalWaitMs: 100_000 } });
      fake.answer(
        put(429, { "retry-after": "40" }),
        put(429, { "retry-after": "40" }),
        put(429, { "retry-after": "40" }),
      );
      const error = await failure(write(it), ThrottledError);
      assert.deepEqual(it.pauses, [40_000, 40_000]);
      assert.equal(error.retryAfterMs, 40_000);
      assert.match(error.message, /did not process the request\. Run again in 40 s or later/);
    });

    it("ten times at most, however short", async () => {
      const it = rig(fake);
      fake.answer(...Array.from({ length: 10 }, () => put(429, { "retry-after": "0" })));
      await failure(read(it), ThrottledError);
      assert.equal(fake.seen.length, 10);
    });

    it("before it runs what the caller wants to run before a write is repeated", async () => {
      const it = rig(fake);
      fake.answer(put(429, { "retry-after": "30" }), { status: 204 });
      const stop = new Error("someone else wrote");
      const beforeRepeat = () => Promise.reject(stop);
      await assert.rejects(it.graph.patchPasskeyPolicy({}, { beforeRepeat }), stop);
      assert.deepEqual(it.pauses, [30_000]);
      assert.equal(fake.seen.length, 1);
    });

    function utc(time: number): string {
      return new Date(time).toUTCString();
    }

    function put(status: number, headers: Record<string, string> = {}): Reply {
      return refusal(status, "x", "y", headers);
    }
  });

  describe("connection", () => {
    it("lost four times ends a read with what happened and which request it was", async () => {
      const it = rig(fake);
      fake.answer({ fault: "cut" }, { fault: "cut" }, { fault: "cut" }, { fault: "cut" });
      const error = await failure(read(it), GraphError);
      assert.equal(fake.seen.length, 4);
      assert.equal(error.status, undefined);
      assert.equal(error.clientRequestId, fake.seen[0]?.headers["client-request-id"]);
      assert.match(error.message, /^reading the Passkey \(FIDO2\) policy failed: .*client-request-id.*running\?$/);
      assert.ok(error.cause instanceof Error);
    });

    it("refused was not a write, so that a write is tried again and then says that nothing was written", async () => {
      const token = { token: "t", expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
      const it = rig(fake, { credential: { getToken: () => Promise.resolve(token) } });
      await fake.close();
      const error = await failure(write(it), GraphError);
      assert.equal(error.code, "ECONNREFUSED");
      assert.equal(it.pauses.length, 3);
      assert.match(error.message, /Nothing was written/);
    });

    for (const [kind, send, type, attempts] of [
      ["read", read, GraphError, 4],
      ["write", write, OutcomeUnknownError, 1],
    ] as const) {
      it(`without an answer in time: a ${kind} is sent ${attempts} times`, async () => {
        let expire = () => undefined as void;
        const deadline = () => {
          const controller = new AbortController();
          expire = () => controller.abort(new DOMException("took too long", "TimeoutError"));
          return controller.signal;
        };
        const it = rig(fake, { surroundings: { deadline } });
        fake.onHang = () => expire();
        fake.answer(...Array.from({ length: 4 }, (): Reply => ({ fault: "hang" })));
        const error = await failure(send(it), type);
        assert.equal(error.code, "TimeoutError");
        assert.equal(fake.seen.length, attempts);
      });
    }
  });

  describe("permission", () => {
    it("refused is final and names what to grant, for reading and writing", async () => {
      const it = rig(fake);
      const denied = refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
      fake.answer(denied, denied);
      const reading = await failure(read(it), PermissionError);
      assert.equal(reading.permissions[0], "Policy.Read.AuthenticationMethod");
      const writing = await failure(write(it), PermissionError);
      assert.match(
        writing.message,
        /^updating the Passkey \(FIDO2\) policy failed: 403 Authorization_RequestDenied: Insufficient.*\(request-id server-2, client-request-id [0-9a-f-]{36}\)\. Grant the application permission Policy\.ReadWrite\.AuthenticationMethod and admin consent/,
      );
      assert.equal(fake.tokenRequests.length, 1);
    });
  });

  describe("request", () => {
    it("carries a client-request-id that its repetitions keep, a user agent and the wish for JSON", async () => {
      const it = rig(fake);
      fake.answer(refusal(429, "x", "y"), { body: policy() }, { status: 204 });
      await read(it);
      await write(it);
      const ids = fake.seen.map(({ headers }) => headers["client-request-id"]);
      assert.equal(ids[0], ids[1]);
      assert.notEqual(ids[1], ids[2]);
      assert.match(String(fake.seen[0]?.headers["user-agent"]), /^pulumi-entra-passkeys\/\d+\.\d+\.\d+/);
      assert.equal(fake.seen[2]?.headers["content-type"], "application/json");
    });

    it("is told to the observer and counted, attempt by attempt", async () => {
      const it = rig(fake);
      fake.answer(
        refusal(429, "x", "y", { "retry-after": "2" }),
        { fault: "cut" },
        { body: policy() },
        { status: 204 },
      );
      await read(it);
      await write(it);
      assert.deepEqual({ ...it.graph.requests }, { total: 4, reads: 3, writes: 1, repeats: 2 });
      const told = it.events.map(({ method, status, failure, attempt, requestId, retryInMs }) => [
        method,
        status ?? typeof failure,
        attempt,
        requestId,
        retryInMs,
      ]);
      assert.deepEqual(told, [
        ["GET", 429, 1, "server-1", 2000],
        ["GET", "string", 2, undefined, 250],
        ["GET", 200, 3, "server-3", undefined],
        ["PATCH", 204, 1, "server-4", undefined],
      ]);
    });

    it("is told without its query, which can hold names", async () => {
      const it = rig(fake);
      fake.answer({ body: { value: [] } });
      await it.graph.findGroups({ names: ["Executives"] });
      assert.equal(it.events[0]?.path, "/v1.0/groups");
      assert.ok(!JSON.stringify(it.events).includes("Executives"));
    });

    it("goes below the path of the endpoint", async () => {
      const it = rig(fake, {}, { ENTRA_PASSKEYS_ENDPOINT: `${fake.url}/base` });
      fake.answer({ body: policy() });
      await read(it);
      assert.match(String(fake.seen[0]?.path), /^\/base\/v1\.0\/policies\//);
    });
  });

  describe("answer", () => {
    for (const [what, reply] of [
      ["not JSON", { body: "<html>proxy</html>", headers: { "content-type": "text/html" } }],
      ["empty", { body: "" }],
      ["a list", { body: [] }],
      ["null", { body: "null" }],
      ["cut JSON", { body: '{"state":"ena' }],
    ] as [string, Reply][]) {
      it(`that is ${what} is unreadable and not an empty object`, async () => {
        const it = rig(fake);
        fake.answer(reply);
        const error = await failure(read(it), UnreadableAnswerError);
        assert.equal(error.requestId, "server-1");
      });
    }

    it("with an error that is not Graph's envelope still has status and ids", async () => {
      const it = rig(fake);
      fake.answer({ status: 400, body: "<html>" });
      const error = await failure(write(it), BadRequestError);
      assert.match(error.message, /failed: 400 \(request-id server-1, .*nothing was written/);
    });
  });
});
