import assert from "node:assert/strict";
import { emulatorForEach, FIDO2, FIDO2_TYPE, graphClient, patchPolicy, rejectsWith, send } from "./util.ts";

const READ = { method: "GET", kind: "policy" } as const;
const WRITE = { method: "PATCH", path: FIDO2 } as const;

/** Faults about what comes back: another answer than the handler's, a part of one, and the service's clock. */
describe("Faults of answers", () => {
  const shared = emulatorForEach({ clockOffsetSeconds: 3600 });
  const faults = () => shared.current.faults;
  const state = () => shared.current.tenant().policy().state;
  const patch = (value: string) => patchPolicy(graphClient(shared.current, { retries: 0 }), { state: value });
  const read = () =>
    fetch(`${shared.current.url}/v1.0${FIDO2}`, { headers: { authorization: `Bearer ${shared.current.token()}` } });

  for (const status of [500, 502, 503, 504]) {
    it(`status with phase after answers ${status} for a write that took effect, and the log has both`, async () => {
      faults().status(WRITE, status, { phase: "after" });
      await rejectsWith(patch("disabled"), status);
      assert.equal(state(), "disabled");
      const { status: answered, handled } = shared.current.audit.entries.at(-1)!;
      assert.deepEqual([answered, handled], [status, 204]);
    });
  }

  it("status with phase after answers 200 with a body instead of 204", async () => {
    faults().status(WRITE, 200, { phase: "after", body: { state: "disabled" } });
    const body = { "@odata.type": FIDO2_TYPE, state: "disabled" };
    const answer = await send(shared.current, "PATCH", `/v1.0${FIDO2}`, { body });
    assert.deepEqual([answer.status, answer.body, state()], [200, { state: "disabled" }, "disabled"]);
  });

  it("status with a text sends it as it is, as HTML unless told otherwise, also none at all", async () => {
    const text = "<html>Please sign in to the proxy</html>";
    faults().status(READ, 200, { text });
    faults().status(READ, 200, { text: "", headers: { "content-type": "application/json" } });
    const page = await read();
    assert.deepEqual([page.headers.get("content-type"), await page.text()], ["text/html; charset=utf-8", text]);
    const nothing = await read();
    assert.deepEqual([nothing.headers.get("content-type"), await nothing.text()], ["application/json", ""]);
  });

  it("cut during an answer lets status and headers through, and no whole body", async () => {
    faults().cutDuring(READ);
    const answer = await read();
    assert.deepEqual([answer.status, answer.headers.has("request-id")], [200, true]);
    await assert.rejects(answer.text());
    const [entry] = shared.current.audit.entries;
    assert.deepEqual([entry?.status, entry?.delivered], [200, false]);
    assert.equal((await read()).ok, true);
  });

  it("cut during the answer to a write leaves the write", async () => {
    faults().cutDuring();
    await assert.rejects(patch("disabled"));
    assert.equal(state(), "disabled");
  });

  it("clockOffsetSeconds moves Date and Retry-After, and nothing else", async () => {
    faults().throttle(READ, { retryAfter: { dateIn: 10 } });
    const { headers } = await read();
    const date = Date.parse(headers.get("date")!);
    assert.ok(Math.abs(date - Date.now() - 3_600_000) < 5000, headers.get("date")!);
    assert.ok(Math.abs(Date.parse(headers.get("retry-after")!) - date - 10_000) <= 1000);
    assert.ok(Math.abs(Date.parse(shared.current.audit.entries[0]!.time) - Date.now()) < 5000);
  });
});
