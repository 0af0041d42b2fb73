import assert from "node:assert/strict";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { FaultHandle, Faults } from "../../provider/dist/emulator/index.js";
import {
  emulatorForEach,
  errorOf,
  FIDO2,
  FIDO2_TYPE,
  graphClient,
  patchPolicy,
  readPolicy,
  rejectsWith,
  send,
} from "./util.ts";

const READ = { method: "GET", kind: "policy" } as const;
const WRITE = { method: "PATCH", path: FIDO2 } as const;

describe("Faults", () => {
  const shared = emulatorForEach();
  const client = (retries = 0) => graphClient(shared.current, { retries });
  const faults = () => shared.current.faults;
  const state = () => shared.current.tenant().policy().state;
  const patch = (value: string) => patchPolicy(client(), { state: value });
  const read = () => send(shared.current, "GET", `/v1.0${FIDO2}`);

  describe("status", () => {
    const statuses: [number, string][] = [
      [400, "Request_BadRequest"],
      [409, "Request_MultipleObjectsWithSameKeyValue"],
      [429, "TooManyRequests"],
      [500, "InternalServerError"],
      [503, "ServiceUnavailable"],
      [504, "GatewayTimeout"],
      [418, "UnknownError"],
    ];
    for (const [status, code] of statuses) {
      it(`answers ${status} ${code} once and writes nothing`, async () => {
        faults().status(WRITE, status);
        await rejectsWith(patch("disabled"), status, code);
        assert.equal(state(), "enabled");
        await patch("disabled");
        assert.equal(state(), "disabled");
      });
    }

    it("takes code, message, headers and a body of its own", async () => {
      faults().status(READ, 503, { code: "MyCode", message: "mine", headers: { "x-note": "1" } });
      faults().status(READ, 502, { body: { gateway: "down" } });
      const own = await read();
      assert.deepEqual([errorOf(own.body).code, errorOf(own.body).message], ["MyCode", "mine"]);
      assert.equal(own.headers.get("x-note"), "1");
      assert.deepEqual((await read()).body, { gateway: "down" });
    });

    it("can answer 204 without writing, as the service once did", async () => {
      faults().status(WRITE, 204);
      await patch("disabled");
      assert.equal(state(), "enabled");
    });
  });

  describe("throttle", () => {
    it("has Retry-After in seconds, as a date, or not at all", async () => {
      faults().throttle(READ, { retryAfter: 7 });
      faults().throttle(READ, { retryAfter: { dateIn: 60 } });
      faults().throttle(READ);
      assert.equal((await read()).headers.get("retry-after"), "7");
      const wait = Date.parse((await read()).headers.get("retry-after") ?? "") - Date.now();
      assert.ok(wait > 55_000 && wait <= 60_000, String(wait));
      const none = await read();
      assert.equal(none.status, 429);
      assert.equal(none.headers.get("retry-after"), null);
      assert.equal((await read()).status, 200);
    });

    it("is overcome by the retries of Microsoft's client", async () => {
      faults().throttle(READ, { retryAfter: 0, times: 2 });
      assert.equal((await readPolicy(client(3))).id, "Fido2");
      assert.deepEqual(
        shared.current.audit.entries.map(({ status }) => status),
        [429, 429, 200],
      );
    });
  });

  describe("timing and match", () => {
    it("lets the first matches through, acts so often, and then no more", async () => {
      const fault = faults().status(READ, 500, { after: 1, times: 2 });
      const statuses = [];
      for (let n = 0; n < 5; n++) {
        statuses.push((await read()).status);
      }
      assert.deepEqual(statuses, [200, 500, 500, 200, 200]);
      assert.deepEqual([fault.fired, fault.remaining], [2, 0]);
      assert.deepEqual(faults().pending, []);
    });

    it("queues faults that answer, and lets a removed one go", async () => {
      faults().status(READ, 500);
      faults().status(READ, 503);
      const removed = faults().status(READ, 504);
      assert.equal(faults().pending.length, 3);
      removed.remove();
      await assert.rejects(removed.arrived, /removed before it acted/);
      assert.deepEqual([(await read()).status, (await read()).status, (await read()).status], [500, 503, 200]);
    });

    it("goes on and on with always, until cleared", async () => {
      faults().status({ path: /authenticationMethodConfigurations\/fido2$/ }, 500, { times: "always" });
      for (let n = 0; n < 3; n++) {
        assert.equal((await read()).status, 500);
      }
      faults().clear();
      assert.equal((await read()).status, 200);
    });

    it("matches by method, path, tenant and kind", async () => {
      const { id } = shared.current.tenant();
      faults().status({ method: ["POST", "PUT"] }, 500);
      faults().status({ path: "/GROUPS?" }, 501);
      faults().status({ tenant: "00000000-0000-4000-8000-000000000000" }, 502);
      faults().status({ kind: "user", tenant: id.toUpperCase() }, 503);
      assert.equal((await read()).status, 200);
      assert.equal((await send(shared.current, "GET", "/v1.0/users")).status, 503);
      assert.equal((await send(shared.current, "GET", "/v1.0/groups?$top=1")).status, 501);
      assert.equal((await send(shared.current, "PUT", `/v1.0${FIDO2}`)).status, 500);
      assert.equal(faults().pending.length, 1);
    });
  });

  describe("latency", () => {
    it("delays the handling, or with phase after only the answer", async () => {
      const started = performance.now();
      faults().latency(READ, 60);
      await read();
      assert.ok(performance.now() - started >= 55);
      faults().latency(WRITE, 60_000, { phase: "after" });
      const fault = faults().hold(WRITE, { phase: "after" });
      const abandoned = assert.rejects(patch("disabled"));
      while (state() !== "disabled") {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(fault.fired, 1);
      await shared.current.close();
      await abandoned;
    });
  });

  describe("cut", () => {
    it("before the write leaves nothing behind", async () => {
      faults().cutBefore();
      await assert.rejects(patch("disabled"));
      assert.equal(state(), "enabled");
      const [entry] = shared.current.audit.entries;
      assert.deepEqual([entry?.status, entry?.delivered], [0, false]);
      await patch("disabled");
    });

    it("after the write loses the answer only", async () => {
      faults().cutAfter();
      await assert.rejects(patch("disabled"));
      assert.equal(state(), "disabled");
      const [entry] = shared.current.audit.entries;
      assert.deepEqual([entry?.status, entry?.delivered], [204, false]);
    });

    it("leaves other connections alone", async () => {
      const held = faults().hold(READ);
      const other = read();
      await held.arrived;
      faults().cutBefore();
      await assert.rejects(patch("disabled"));
      held.release();
      assert.equal((await other).status, 200);
    });
  });

  it("expiredToken refuses every token issued until then, and no new one", async () => {
    const old = shared.current.token();
    faults().expiredToken(READ);
    const token = { current: old };
    const own = graphClient(shared.current, { token: () => token.current });
    await rejectsWith(readPolicy(own), 401, "InvalidAuthenticationToken");
    await rejectsWith(readPolicy(own), 401, "InvalidAuthenticationToken");
    token.current = shared.current.token();
    await readPolicy(own);
  });

  it("missingPermission answers 403", async () => {
    faults().missingPermission({ kind: "group" });
    await readPolicy(client());
    await rejectsWith(client().api("/groups").get(), 403, "Authorization_RequestDenied");
  });

  it("policyMissing answers 404", async () => {
    faults().policyMissing();
    await rejectsWith(readPolicy(client()), 404);
    await readPolicy(client());
  });
});

describe("Faults by tenant", () => {
  it("do not touch the other tenant", async () => {
    const ids = ["aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"] as const;
    const tenants = ids.map((id) => ({ id, displayName: id.slice(0, 4), mode: "legacy" as const }));
    await using emulator = await startEmulator({ seed: { tenants } });
    const made: ((faults: Faults) => FaultHandle)[] = [
      (faults) => faults.cutBefore({ tenant: ids[0] }),
      (faults) => faults.expiredToken({ tenant: ids[0] }),
      (faults) => faults.throttle({ tenant: ids[0] }),
    ];
    for (const make of made) {
      const fault = make(emulator.faults);
      await patchPolicy(graphClient(emulator, { tenant: ids[1] }), { state: "enabled" });
      assert.equal(fault.fired, 0);
      await assert.rejects(patchPolicy(graphClient(emulator, { tenant: ids[0] }), { state: "enabled" }));
      assert.equal(fault.fired, 1);
    }
  });

  it("keep a token request from being answered", async () => {
    await using emulator = await startEmulator();
    emulator.faults.status({ kind: "token" }, 503);
    const url = `${emulator.url}/${emulator.tenant().id}/oauth2/v2.0/token`;
    assert.equal((await fetch(url, { method: "POST" })).status, 503);
    assert.equal((await send(emulator, "PATCH", `/v1.0${FIDO2}`, { body: { "@odata.type": FIDO2_TYPE } })).status, 204);
  });
});
