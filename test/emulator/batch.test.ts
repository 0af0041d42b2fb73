import assert from "node:assert/strict";
import { emulatorForEach, FIDO2, FIDO2_TYPE, rejectsWith, graphClient, send } from "./util.ts";

interface Part {
  id: string;
  status: number;
  headers: Record<string, string>;
  body?: Record<string, unknown>;
}

describe("$batch", () => {
  const shared = emulatorForEach();
  const get = (id: string, url = FIDO2, more: object = {}) => ({ id, method: "GET", url, ...more });
  const batch = async (...requests: object[]) => {
    const { status, body } = await send(shared.current, "POST", "/v1.0/$batch", { body: { requests } });
    assert.equal(status, 200, JSON.stringify(body));
    return body["responses"] as Part[];
  };

  it("answers 200 with what became of each request", async () => {
    const body = { "@odata.type": FIDO2_TYPE, state: "disabled" };
    const headers = { "Content-Type": "application/json" };
    const answered = await batch(
      { id: "w", method: "PATCH", url: FIDO2, body, headers },
      get("r"),
      get("x", "/groups/nonsense"),
      get("n", "/nothing"),
    );
    assert.deepEqual(
      answered.map(({ id, status }) => [id, status]),
      [
        ["w", 204],
        ["r", 200],
        ["x", 400],
        ["n", 501],
      ],
    );
    assert.equal(answered[1]?.body?.["state"], "disabled");
    assert.match(answered[1]?.headers["Content-Type"] ?? "", /json/);
  });

  it("has its requests in the audit log, before itself", async () => {
    await batch(get("1"), get("2"));
    const { entries } = shared.current.audit;
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ["policy", "policy", "batch"],
    );
    assert.equal(entries[0]?.batch, entries[2]?.requestId);
    assert.equal(entries[0]?.tenant, shared.current.tenant().id);
  });

  it("throttles each request by itself", async () => {
    shared.current.faults.throttle({ kind: "policy" }, { retryAfter: 3 });
    const [first, second] = await batch(get("1"), get("2"));
    assert.deepEqual([first?.status, first?.headers["Retry-After"], second?.status], [429, "3", 200]);
  });

  it("fails what depends on a failure", async () => {
    const answered = await batch(
      get("1", "/groups/nonsense"),
      get("2", FIDO2, { dependsOn: ["1"] }),
      get("3", FIDO2, { dependsOn: ["2"] }),
      get("4"),
    );
    assert.deepEqual(
      answered.map(({ status }) => status),
      [400, 424, 424, 200],
    );
  });

  it("loses its answer when one of its requests is cut", async () => {
    shared.current.faults.cutAfter({ kind: "policy" });
    await assert.rejects(batch(get("1")));
    assert.deepEqual(
      shared.current.audit.entries.map(({ delivered }) => delivered),
      [false, false],
    );
  });

  const wrong: [string, unknown][] = [
    ["21 requests", Array.from({ length: 21 }, (_, n) => get(String(n)))],
    ["no requests", []],
    ["two with the same id", [get("1"), get("1")]],
    ["a dependency that is not there", [get("1", FIDO2, { dependsOn: ["2"] })]],
    ["a request without a url", [{ id: "1", method: "GET" }]],
  ];
  for (const [name, requests] of wrong) {
    it(`refuses ${name} as a whole`, async () => {
      await rejectsWith(graphClient(shared.current).api("/$batch").post({ requests }), 400);
    });
  }

  it("wants a token", async () => {
    const body = { requests: [get("1")] };
    assert.equal((await send(shared.current, "POST", "/v1.0/$batch", { body, token: null })).status, 401);
  });
});
