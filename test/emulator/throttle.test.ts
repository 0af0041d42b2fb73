import assert from "node:assert/strict";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator, EmulatorOptions } from "../../provider/dist/emulator/index.js";
import { errorOf, REPORT, send } from "./util.ts";

const POLICIES = "/identity/conditionalAccess/policies";

/** An emulator whose clock a test moves. */
async function started(options: EmulatorOptions = {}) {
  const clock = { now: Date.parse("2026-05-01T08:00:00Z") };
  return { clock, emulator: await startEmulator({ seed: "people", now: () => clock.now, ...options }) };
}

const get = async (emulator: Emulator, path: string, token?: string) => {
  const { status, headers, body } = await send(emulator, "GET", `/v1.0${path}`, token === undefined ? {} : { token });
  return { status, retryAfter: headers.get("retry-after"), body };
};

describe("the limit of the registration report", () => {
  it("lets 5 through in any 10 seconds and says when to come back", async () => {
    const { clock, emulator } = await started();
    await using _ = emulator;
    const passed = [0, 1, 2, 3, 4];
    for (const second of passed) {
      clock.now += second === 0 ? 0 : 1000;
      assert.equal((await get(emulator, REPORT)).status, 200);
    }
    const refused = await get(emulator, REPORT);
    assert.deepEqual([refused.status, refused.retryAfter, errorOf(refused.body).code], [429, "6", "TooManyRequests"]);
    clock.now += 5999;
    assert.deepEqual([(await get(emulator, REPORT)).status, (await get(emulator, REPORT)).retryAfter], [429, "1"]);
    clock.now += 1;
    // The first of the five has left the window, the second has not: the window slides.
    assert.equal((await get(emulator, REPORT)).status, 200);
    assert.deepEqual([(await get(emulator, REPORT)).status, (await get(emulator, REPORT)).retryAfter], [429, "1"]);
    clock.now += 1000;
    assert.equal((await get(emulator, REPORT)).status, 200);
  });

  it("is counted for each application and tenant, and not for what is refused by permission", async () => {
    const { emulator } = await started({ switches: { reportRequestsPer10Seconds: 1 } });
    await using _ = emulator;
    const [hospital, school] = emulator.tenants;
    assert.ok(hospital && school);
    const lacking = emulator.token(hospital.id, ["User.Read.All"]);
    assert.equal((await get(emulator, REPORT, lacking)).status, 403);
    assert.equal((await get(emulator, REPORT)).status, 200);
    assert.equal((await get(emulator, REPORT)).status, 429);
    assert.equal((await get(emulator, REPORT, emulator.token(school.id))).status, 200);
    const form = { client_id: "another", client_secret: "s", grant_type: "client_credentials", scope: "x/.default" };
    const url = `${emulator.url}/${hospital.id}/oauth2/v2.0/token`;
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    assert.equal((await get(emulator, REPORT, token)).status, 200);
    assert.equal((await get(emulator, REPORT, token)).status, 429);
  });

  it("acts on each part of a batch by itself", async () => {
    const { emulator } = await started({ switches: { fido2MethodsThrottled: "yes" } });
    await using _ = emulator;
    const users = emulator.tenant().users.list().slice(0, 7);
    const requests = users.map(({ id }) => ({ id, method: "GET", url: `/users/${id}/authentication/fido2Methods` }));
    const { status, body } = await send(emulator, "POST", "/v1.0/$batch", { body: { requests } });
    assert.equal(status, 200);
    const parts = body["responses"] as { status: number; headers: Record<string, string> }[];
    assert.deepEqual(
      parts.map((part) => [part.status, part.headers["Retry-After"]]),
      [...Array.from({ length: 5 }, () => [200, undefined]), [429, "10"], [429, "10"]],
    );
  });
});

describe("the limit of Conditional Access policies", () => {
  it("is one in a second for each tenant, and says nothing about when to come back", async () => {
    const { clock, emulator } = await started();
    await using _ = emulator;
    assert.equal((await get(emulator, POLICIES)).status, 200);
    const refused = await get(emulator, POLICIES);
    assert.deepEqual([refused.status, refused.retryAfter], [429, null]);
    assert.equal((await get(emulator, "/policies/authenticationStrengthPolicies")).status, 200);
    clock.now += 1000;
    assert.equal((await get(emulator, POLICIES)).status, 200);
  });
});
