import assert from "node:assert/strict";
import * as fc from "fast-check";
import { startEmulator, type Emulator } from "../../provider/dist/emulator/index.js";
import { emulatorForEach, errorOf, graphClient, rejectsWith, send } from "./util.ts";

const PASS = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass";
const TYPE = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration";
const NOBODY = "99999999-2222-4333-8444-555555555555";

const patch = (emulator: Emulator, body: object) =>
  send(emulator, "PATCH", `/v1.0${PASS}`, { body: { "@odata.type": TYPE, ...body } });
const stored = (emulator: Emulator) => emulator.tenant().method("TemporaryAccessPass");

describe("PATCH of Temporary Access Pass", () => {
  const shared = emulatorForEach();

  it("changes what is sent and keeps the rest, with 204", async () => {
    const before = stored(shared.current);
    const { groups } = shared.current.tenant();
    const sales = groups.get("Sales").id;
    const { status, body } = await patch(shared.current, {
      state: "enabled",
      isUsableOnce: true,
      excludeTargets: [{ id: sales, targetType: "group" }],
    });
    assert.deepEqual([status, body], [204, {}]);
    assert.deepEqual(stored(shared.current), {
      ...before,
      state: "enabled",
      isUsableOnce: true,
      excludeTargets: [{ id: sales, targetType: "group" }],
    });
    const { "@odata.context": _, ...read } = (await graphClient(shared.current).api(PASS).get()) as object & {
      "@odata.context": string;
    };
    assert.deepEqual(read, stored(shared.current));
  });

  it("replaces the targets whole", async () => {
    const { groups } = shared.current.tenant();
    const target = (name: string) => ({ id: groups.get(name).id, targetType: "group", isRegistrationRequired: false });
    await patch(shared.current, { includeTargets: [target("Sales"), target("Helpdesk")] });
    await patch(shared.current, { includeTargets: [target("Helpdesk")] });
    assert.deepEqual(stored(shared.current)["includeTargets"], [target("Helpdesk")]);
    await patch(shared.current, { includeTargets: [] });
    assert.deepEqual(stored(shared.current)["includeTargets"], []);
  });

  it("moves the time stamp of the parent, and is a write of the policy in the audit log", async () => {
    const parent = "/v1.0/policies/authenticationMethodsPolicy";
    const before = (await send(shared.current, "GET", parent)).body["lastModifiedDateTime"] as string;
    await patch(shared.current, { isUsableOnce: true });
    const after = (await send(shared.current, "GET", parent)).body["lastModifiedDateTime"] as string;
    assert.ok(after > before);
    assert.deepEqual(
      shared.current.audit.writes("policy").map(({ status }) => status),
      [204],
    );
  });

  const bad: [string, object][] = [
    ["a short pass", { defaultLength: 7 }],
    ["a long pass", { defaultLength: 49 }],
    ["a lifetime under ten minutes", { minimumLifetimeInMinutes: 9 }],
    ["a lifetime over thirty days", { maximumLifetimeInMinutes: 43_201 }],
    ["a default under the minimum", { defaultLifetimeInMinutes: 59 }],
    ["a default over the maximum", { defaultLifetimeInMinutes: 481 }],
    ["a minimum over the maximum", { minimumLifetimeInMinutes: 500, defaultLifetimeInMinutes: 490 }],
    ["a fraction of a minute", { defaultLifetimeInMinutes: 60.5 }],
    ["text for a number", { defaultLength: "8" }],
    ["an unknown state", { state: "on" }],
    ["an unknown property", { isUsableTwice: true }],
    ["a group that does not exist", { includeTargets: [{ id: NOBODY, targetType: "group" }] }],
    ["everyone excluded", { excludeTargets: [{ id: "all_users", targetType: "group" }] }],
    ["a target without an id", { includeTargets: [{ targetType: "group" }] }],
    ["another type", { "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration" }],
  ];
  for (const [what, body] of bad) {
    it(`refuses ${what}, and stores nothing of it`, async () => {
      const before = stored(shared.current);
      const answer = await patch(shared.current, { isUsableOnce: true, ...body });
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.ok(errorOf(answer.body).message.length > 0);
      assert.deepEqual(stored(shared.current), before);
    });
  }

  it("wants the permission of the methods policy", async () => {
    const client = graphClient(shared.current, { permissions: ["Policy.Read.All"] });
    await rejectsWith(client.api(PASS).patch({ "@odata.type": TYPE }), 403, "Authorization_RequestDenied");
  });

  it("leaves DELETE and other methods as they were", async () => {
    assert.equal((await send(shared.current, "DELETE", `/v1.0${PASS}`)).status, 501);
    const other = PASS.replace("TemporaryAccessPass", "Sms");
    assert.equal((await send(shared.current, "PATCH", `/v1.0${other}`, { body: { state: "enabled" } })).status, 501);
  });

  it("may be read late, without the Passkey (FIDO2) policy being late too", async () => {
    shared.current.faults.add({
      match: { method: "PATCH", path: "TemporaryAccessPass" },
      do: { kind: "staleReads", reads: 1 },
    });
    await patch(shared.current, { isUsableOnce: true });
    await send(shared.current, "GET", `/v1.0${PASS.replace("TemporaryAccessPass", "fido2")}`);
    const read = async () => (await send(shared.current, "GET", `/v1.0${PASS}`)).body["isUsableOnce"];
    assert.deepEqual([await read(), await read()], [false, true]);
  });

  it("never stores numbers outside the documented ranges", async () => {
    await using emulator = await startEmulator({ switches: { passDefaultOutside: "moved" } });
    const minutes = fc.integer({ min: 0, max: 50_000 });
    const edit = fc.record(
      {
        defaultLifetimeInMinutes: minutes,
        minimumLifetimeInMinutes: fc.oneof(minutes, fc.integer({ min: 10, max: 100 })),
        maximumLifetimeInMinutes: fc.oneof(minutes, fc.integer({ min: 400, max: 500 })),
        defaultLength: fc.integer({ min: 5, max: 60 }),
      },
      { requiredKeys: [] },
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(edit, async (body) => {
        const before = stored(emulator);
        const { status } = await patch(emulator, body);
        const after = stored(emulator) as unknown as Record<string, number>;
        const { defaultLifetimeInMinutes: normal = 0, defaultLength: length = 0 } = after;
        const { minimumLifetimeInMinutes: least = 0, maximumLifetimeInMinutes: most = 0 } = after;
        assert.ok(10 <= least && least <= normal && normal <= most && most <= 43_200, JSON.stringify(after));
        assert.ok(8 <= length && length <= 48);
        if (status === 204) {
          accepted++;
          assert.deepEqual({ ...after, ...body }, after, "what was sent is stored");
        } else {
          assert.deepEqual(after, before);
        }
      }),
      { numRuns: Number(process.env["FAST_CHECK_RUNS"] ?? 1000) },
    );
    assert.ok(accepted > 50, `${accepted} accepted`);
  }).timeout(60_000);
});
