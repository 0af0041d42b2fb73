import assert from "node:assert/strict";
import fc from "fast-check";
import {
  PermissionError,
  SignInError,
  ThrottledError,
  type Fido2MethodsAnswer,
} from "../../provider/dist/graph/index.js";
import { failure, FakeGraph, refusal, rig, type Reply, type Rig } from "./fake-graph.ts";

const user = (n: number) => `bbbbbbbb-0000-4000-8000-${String(n).padStart(12, "0")}`;
const users = (count: number) => Array.from({ length: count }, (_, n) => user(n));
const AAGUID = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const passkey = (id: string, changes: object = {}) => ({
  id,
  displayName: "Key of a person",
  createdDateTime: "2026-01-02T03:04:05Z",
  aaGuid: AAGUID.toUpperCase(),
  model: "any",
  attestationLevel: "attested",
  passkeyType: "deviceBound",
  ...changes,
});

interface Item {
  id: string;
  method: string;
  url: string;
  headers: Record<string, string>;
}

interface Response {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The requests of the batch that came in as so manieth. */
const batch = (fake: FakeGraph, n: number) => (JSON.parse(fake.seen[n]!.body) as { requests: Item[] }).requests;

/** Answers batches: each item as the function says, by the user and how often it was asked for. */
function answerBatches(
  it: Rig,
  answer: (user: string, time: number) => Response | undefined,
  other?: Reply,
): Map<string, number> {
  const asked = new Map<string, number>();
  it.fake.onRequest = ({ path, body }) => {
    if (path !== "/v1.0/$batch") return other;
    const responses = (JSON.parse(body) as { requests: Item[] }).requests.flatMap(({ id, url }) => {
      const user = /^\/users\/([^/]+)\/authentication\/fido2Methods$/.exec(url)?.[1] ?? assert.fail(url);
      asked.set(user, (asked.get(user) ?? 0) + 1);
      const response = answer(user, asked.get(user)!);
      return response ? [{ id, status: 200, headers: {}, ...response }] : [];
    });
    return { body: { responses: responses.reverse() } };
  };
  return asked;
}

async function readAll(it: Rig, ids: string[], options = {}): Promise<Map<string, Fido2MethodsAnswer>> {
  const answers = new Map<string, Fido2MethodsAnswer>();
  const each = (answer: Fido2MethodsAnswer) => {
    assert.ok(!answers.has(answer.user), "each user once");
    answers.set(answer.user, answer);
  };
  await it.graph.readFido2Methods(ids, each, options);
  return answers;
}

const none = { body: { value: [] } };
const putOff = (seconds: string) => ({
  status: 429,
  headers: { "Retry-After": seconds },
  body: { error: { code: "TooManyRequests", message: "x" } },
});

describe("readFido2Methods", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  it("asks by batches of 20 reads and finds each answer, whatever their order", async () => {
    const it = rig(fake);
    answerBatches(it, (id) => ({ body: { value: [passkey(`key of ${id}`)] } }));
    const answers = await readAll(it, users(45));
    assert.deepEqual(fake.seen.map((_, n) => batch(fake, n).length).sort(), [20, 20, 5]);
    for (const id of users(45)) {
      assert.deepEqual(answers.get(id), {
        user: id,
        methods: [
          {
            id: `key of ${id}`,
            aaGuid: AAGUID,
            passkeyType: "deviceBound",
            attestationLevel: "attested",
            createdDateTime: "2026-01-02T03:04:05Z",
          },
        ],
      });
    }
    const [first] = batch(fake, 0);
    assert.deepEqual([first?.method, first?.headers], ["GET", { prefer: "include-unknown-enum-members" }]);
    assert.deepEqual({ ...it.graph.requests }, { total: 3, reads: 3, writes: 0, repeats: 0 }, "a batch is a read");
  });

  it("keeps words that are newer than this version, and leaves out what is not said", async () => {
    const it = rig(fake);
    answerBatches(it, () => ({
      body: { value: [{ id: "k", passkeyType: "hybrid", attestationLevel: "x", aaGuid: null }] },
    }));
    const answers = await readAll(it, users(1));
    const methods = [{ id: "k", passkeyType: "hybrid", attestationLevel: "x" }];
    assert.deepEqual(answers.get(user(0)), { user: user(0), methods });
  });

  it("sends an item that was put off again, after its pause and without the others", async () => {
    const it = rig(fake);
    const asked = answerBatches(it, (id, time) => (id === user(3) && time < 3 ? putOff("7") : none));
    const answers = await readAll(it, users(20), { concurrency: 1 });
    assert.equal(answers.size, 20);
    assert.deepEqual(it.pauses, [7000, 7000]);
    assert.equal(asked.get(user(3)), 3);
    assert.equal(
      [...asked.values()].reduce((sum, times) => sum + times),
      22,
    );
  });

  it("sends smaller batches while it is throttled", async () => {
    const it = rig(fake);
    let open = 5;
    let window = 0;
    answerBatches(it, () => {
      if (it.clock.now >= window + 10_000) [window, open] = [it.clock.now, 5];
      return open-- > 0 ? none : putOff("10");
    });
    const started = it.clock.now;
    const answers = await readAll(it, users(300));
    assert.equal([...answers.values()].filter((answer) => "methods" in answer).length, 300, "none is given up");
    assert.ok(it.clock.now - started < 2 * (300 / 5) * 10_000, "and about as fast as the limit allows");
    assert.ok(Math.min(...fake.seen.map((_, n) => batch(fake, n).length)) < 10);
  });

  it("ends where the service answers nobody any more, after a bounded wait", async () => {
    const it = rig(fake);
    answerBatches(it, () => putOff("50"));
    const error = await failure(readAll(it, users(50)), ThrottledError);
    assert.equal(error.retryAfterMs, 50_000);
    assert.ok(it.pauses.reduce((sum, pause) => sum + pause) <= 4 * 240_000);
  });

  it("counts only those as unread whose own answer fails", async () => {
    const it = rig(fake);
    const name = "ada@contoso.example";
    const broken: Record<string, Response | undefined> = {
      [user(1)]: { status: 500, body: { error: { code: "internalServerError", message: `no keys for ${name}` } } },
      [user(2)]: { status: 403, body: { error: { code: "accessDenied", message: "an administrator" } } },
      [user(3)]: { body: "not JSON" },
      [user(4)]: { body: { value: "none" } },
      [user(5)]: undefined,
    };
    const asked = answerBatches(it, (id) => (id in broken ? broken[id] : none));
    const answers = await readAll(it, users(10));
    for (const id of users(10)) {
      const answer = answers.get(id) ?? assert.fail(id);
      assert.equal("failure" in answer, id in broken, id);
      if ("failure" in answer) assert.ok(!answer.failure.message.includes(name));
    }
    assert.equal(asked.get(user(1)), 1, "a 500 is not repeated");
    assert.equal(asked.get(user(5)), 4, "no answer is like a lost one");
  });

  it("says who is gone", async () => {
    const it = rig(fake);
    answerBatches(it, (id) => (id === user(0) ? { status: 404, body: {} } : none));
    const answers = await readAll(it, users(2));
    assert.deepEqual(answers.get(user(0)), { user: user(0), gone: true });
  });

  for (const count of [1, 30, 200]) {
    it(`names the permission where all of ${count} are refused, and stops asking`, async () => {
      const it = rig(fake);
      const asked = answerBatches(it, () => ({
        status: 403,
        body: { error: { code: "Authorization_RequestDenied" } },
      }));
      const error = await failure(readAll(it, users(count)), PermissionError);
      assert.equal(error.permissions[0], "UserAuthMethod-Passkey.Read.All");
      assert.ok(asked.size <= 120);
    });
  }

  it("keeps those as unread that were refused before the first answer came", async () => {
    const it = rig(fake);
    answerBatches(it, (id) => (id < user(25) ? { status: 403, body: {} } : none));
    const answers = await readAll(it, users(30), { concurrency: 1 });
    assert.equal([...answers.values()].filter((answer) => "failure" in answer).length, 25);
  });

  it("follows the pages of one user", async () => {
    const it = rig(fake);
    const link = `${fake.url}/v1.0/users/${user(0)}/authentication/fido2Methods?$skiptoken=2`;
    answerBatches(it, () => ({ body: { value: [passkey("k1")], "@odata.nextLink": link } }), {
      body: { value: [passkey("k2")] },
    });
    const answer = (await readAll(it, users(1))).get(user(0));
    assert.ok(answer && "methods" in answer);
    assert.deepEqual(
      answer.methods.map(({ id }) => id),
      ["k1", "k2"],
    );
    assert.equal(fake.seen[1]?.query.get("$skiptoken"), "2");
  });

  it("repeats a batch as a whole where its answer is lost", async () => {
    const it = rig(fake);
    fake.answer(
      { fault: "break off", body: { responses: [] } },
      refusal(429, "TooManyRequests", "x", { "retry-after": "4" }),
    );
    answerBatches(it, () => none);
    assert.equal((await readAll(it, users(3))).size, 3);
    assert.equal(it.graph.requests.repeats, 2);
  });

  it("ends where an item is refused for its token", async () => {
    const it = rig(fake);
    answerBatches(it, () => ({ status: 401, body: {} }));
    await failure(readAll(it, users(3)), SignInError);
  });

  it("ends with the reason of a signal, in a pause too, and tells nobody after that", async () => {
    const it = rig(fake, { surroundings: { sleep: () => new Promise(() => undefined) } });
    const stop = new AbortController();
    const reason = new Error("enough");
    let told = 0;
    answerBatches(it, (id) => {
      if (id === user(5)) setImmediate(() => stop.abort(reason));
      return id === user(5) ? putOff("60") : none;
    });
    await assert.rejects(
      it.graph.readFido2Methods(users(40), () => void (told += 1), { signal: stop.signal }),
      (error) => error === reason,
    );
    const then = told;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(told, then);
  });

  it("ends with what the callback throws", async () => {
    const it = rig(fake);
    answerBatches(it, () => none);
    const full = new Error("disk full");
    await assert.rejects(
      it.graph.readFido2Methods(users(100), () => Promise.reject(full)),
      (error) => error === full,
    );
  });

  it("tells of each user once and what is right, whatever is put off, lost or refused", async () => {
    const steps = fc.array(fc.constantFrom(429, 503, 502, 504, 0), { maxLength: 3 });
    const ends = fc.constantFrom(200, 200, 200, 404, 403, 500);
    const tenant = fc.array(fc.record({ steps, end: ends }), { minLength: 1, maxLength: 70 });
    await fc.assert(
      fc.asyncProperty(tenant, fc.integer({ min: 1, max: 5 }), async (people, concurrency) => {
        fc.pre(people.some(({ end }) => end === 200 || end === 404));
        const it = rig(fake);
        answerBatches(it, (id, time) => {
          const { steps, end } = people[Number(id.slice(-12))]!;
          const status = steps[time - 1] ?? end;
          return status === 0 ? undefined : { status, body: { value: [] } };
        });
        const answers = await readAll(it, users(people.length), { concurrency });
        assert.equal(answers.size, people.length);
        for (const [n, { end }] of people.entries()) {
          const kind = end === 200 ? "methods" : end === 404 ? "gone" : "failure";
          assert.ok(kind in answers.get(user(n))!, `${n}: ${kind}`);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("asks nothing for nobody", async () => {
    const it = rig(fake);
    assert.equal((await readAll(it, [])).size, 0);
    assert.equal(fake.seen.length, 0);
  });
});
