import assert from "node:assert/strict";
import type { AuditEntry } from "../../provider/dist/emulator/index.js";
import {
  AAGUID_A,
  emulatorForEach,
  everyone,
  DEFAULT_PROFILE,
  FIDO2,
  FIDO2_TYPE,
  graphClient,
  readPolicy,
  REPORT,
  send,
} from "./util.ts";

describe("control routes", () => {
  const shared = emulatorForEach();
  const control = async (method: string, path: string, body?: unknown) =>
    send(shared.current, method, `/_emulator${path}`, { token: null, ...(body === undefined ? {} : { body }) });
  const read = async () => (await send(shared.current, "GET", `/v1.0${FIDO2}`)).status;

  it("describe the emulator and its tenants", async () => {
    const { body } = await control("GET", "/");
    const { id } = shared.current.tenant();
    assert.equal((body["tenants"] as { id: string }[])[0]?.id, id);
    assert.ok((body["routes"] as string[]).includes("POST /_emulator/faults"));
    assert.equal((await control("GET", `/tenants/${id}`)).body["mode"], "legacy");
    assert.equal(((await control("GET", "/tenants")).body["tenants"] as unknown[]).length, 1);
    assert.equal((await control("GET", "/tenants/nobody")).status, 404);
    assert.equal((await control("GET", "/nonsense")).status, 404);
    assert.deepEqual(shared.current.audit.entries, []);
  });

  it("answer the audit log, wait for it and clear it", async () => {
    const waiting = control("GET", "/audit?waitSeconds=10&kind=policy");
    await send(shared.current, "GET", "/v1.0/groups");
    await read();
    const entries = (await waiting).body["entries"] as AuditEntry[];
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ["policy"],
    );
    const later = await control("GET", "/audit?after=1");
    assert.equal((later.body["entries"] as unknown[]).length, 1);
    assert.equal(later.body["lastSeq"], 2);
    assert.equal((await control("GET", "/audit?after=x")).status, 400);
    assert.equal((await control("DELETE", "/audit")).status, 204);
    assert.deepEqual(shared.current.audit.entries, []);
  });

  const kinds: [object, (status: number) => void][] = [
    [{ kind: "status", status: 429, retryAfter: { dateIn: 1 } }, (status) => assert.equal(status, 429)],
    [{ kind: "latency", ms: 1 }, (status) => assert.equal(status, 200)],
    [{ kind: "expiredToken" }, (status) => assert.equal(status, 401)],
    [{ kind: "missingPermission" }, (status) => assert.equal(status, 403)],
    [{ kind: "policyMissing" }, (status) => assert.equal(status, 404)],
    [{ kind: "otherWriter", phase: "before", edit: { state: "disabled" } }, (status) => assert.equal(status, 200)],
    [{ kind: "staleReads", reads: "untilReleased" }, (status) => assert.equal(status, 200)],
  ];
  for (const [action, check] of kinds) {
    it(`add a fault ${JSON.stringify(action)}`, async () => {
      const match = { path: { pattern: "FIDO2$" }, method: "GET" };
      const { status, body } = await control("POST", "/faults", { match, do: action, times: "always", after: 1 });
      assert.equal(status, 201);
      assert.equal(await read(), 200);
      check(await read());
      const seen = await control("GET", `/faults/${String(body["id"])}`);
      assert.deepEqual([seen.body["fired"], seen.body["remaining"]], [1, "always"]);
      assert.equal(((await control("GET", "/faults")).body["faults"] as unknown[]).length, 1);
      assert.equal((await control("DELETE", "/faults")).status, 204);
      assert.deepEqual(shared.current.faults.list, []);
    });
  }

  it("cut, hold and release", async () => {
    await control("POST", "/faults", { match: {}, do: { kind: "cut", phase: "after" } });
    await assert.rejects(read());
    const { body } = await control("POST", "/faults", { match: { kind: "policy" }, do: { kind: "hold" } });
    const reading = read();
    const id = String(body["id"]);
    while ((await control("GET", `/faults/${id}`)).body["fired"] === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal((await control("POST", `/faults/${id}/release`)).status, 204);
    assert.equal(await reading, 200);
    assert.equal((await control("DELETE", `/faults/${id}`)).status, 404);
  });

  const wrong: [object, RegExp][] = [
    [{}, /match: missing/],
    [{ match: {}, do: { kind: "explode" } }, /do\.kind: expected one of status, latency/],
    [{ match: { verb: "GET" }, do: { kind: "hold" } }, /match\.verb: unknown member; known are method/],
    [{ match: {}, do: { kind: "status" } }, /do\.status: missing/],
    [{ match: {}, do: { kind: "status", status: 42 } }, /do\.status: expected an HTTP status/],
    [{ match: {}, do: { kind: "hold" }, times: -1 }, /times: expected a number or "always"/],
    [{ match: { path: { pattern: "(" } }, do: { kind: "hold" } }, /no regular expression/],
  ];
  for (const [body, message] of wrong) {
    it(`refuse the fault ${JSON.stringify(body)}`, async () => {
      const answer = await control("POST", "/faults", body);
      assert.equal(answer.status, 400);
      assert.match((answer.body["error"] as { message: string }).message, message);
    });
  }

  it("edit, migrate and retire the policy of a tenant", async () => {
    const path = `/tenants/${shared.current.tenant().id}`;
    const edited = await control("PUT", `${path}/policy`, { state: "disabled" });
    assert.equal(edited.body["state"], "disabled");
    const migrated = await control("POST", `${path}/migrate`);
    assert.deepEqual(migrated.body["includeTargets"], [everyone(DEFAULT_PROFILE)]);
    const retired = await control("POST", `${path}/stop-legacy-fields`);
    assert.ok(!("keyRestrictions" in retired.body));
    const policy = await control("GET", `${path}/policy`);
    assert.deepEqual(policy.body, await readPolicy(graphClient(shared.current)));
    assert.equal((await control("PUT", `${path}/policy`, "text")).status, 400);
  });

  it("change who has which passkeys, the report, the licence and other methods", async () => {
    const tenant = shared.current.tenant();
    const path = `/tenants/${tenant.id}`;
    const user = "adele.vance@contoso.example";
    const added = await control("POST", `${path}/users/${user}/passkeys`, { aaGuid: AAGUID_A });
    assert.deepEqual([added.status, added.body], [201, tenant.passkeys.list(user)[0]]);
    const listed = await control("GET", `${path}/users/${user}/passkeys`);
    assert.deepEqual(listed.body, { passkeys: tenant.passkeys.list(user) });
    const refused = await control("POST", `${path}/users/${user}/passkeys`, { aaguid: AAGUID_A });
    assert.match((refused.body["error"] as { message: string }).message, /aaguid: unknown member/);
    const registered = async () => {
      const { body } = await send(shared.current, "GET", `/v1.0${REPORT}/${tenant.users.get(user).id}`);
      return (body["methodsRegistered"] as string[]).length;
    };
    await control("POST", `${path}/freeze-report`);
    await control("DELETE", `${path}/users/${user}/passkeys/${String(added.body["id"])}`);
    assert.deepEqual([tenant.passkeys.list(user).length, await registered()], [0, 1]);
    await control("POST", `${path}/refresh-report`);
    assert.equal(await registered(), 0);
    assert.equal((await control("PUT", `${path}/licence/free`)).status, 204);
    assert.equal((await control("PUT", `${path}/licence/gold`)).status, 400);
    assert.equal((await control("GET", path)).body["licence"], "free");
    const method = await control("PATCH", `${path}/methods/voice`, { state: "enabled" });
    assert.deepEqual([method.body["id"], method.body["state"]], ["Voice", "enabled"]);
    assert.equal((await control("PATCH", `${path}/methods/pager`, { state: "enabled" })).status, 400);
    assert.equal((await control("PATCH", `${path}/methods/voice`, { state: "on" })).status, 400);
  });

  it("change switches of the emulator and of a tenant", async () => {
    const path = `/tenants/${shared.current.tenant().id}/switches`;
    assert.equal((await control("PATCH", "/switches", { profileLimit: 4 })).status, 200);
    assert.equal(shared.current.switches.profileLimit, 4);
    await control("PATCH", path, { profileLimit: 5 });
    assert.equal(shared.current.tenant().switches.profileLimit, 5);
    const refused = await control("PATCH", "/switches", { profileLimit: "many" });
    assert.equal(refused.status, 400);
    const { body } = await control("GET", "/switches");
    assert.ok((body["catalogue"] as Record<string, object>)["profileLimit"]);
  });

  it("take permissions, give them and end tokens", async () => {
    const path = `/tenants/${shared.current.tenant().id}`;
    const permission = `${path}/permissions/Policy.ReadWrite.AuthenticationMethod`;
    const token = shared.current.token();
    const write = () => send(shared.current, "PATCH", `/v1.0${FIDO2}`, { body: { "@odata.type": FIDO2_TYPE }, token });
    assert.equal((await write()).status, 204);
    await control("DELETE", permission);
    assert.equal((await write()).status, 403);
    await control("PUT", permission);
    assert.equal((await write()).status, 204);
    await control("POST", `${path}/expire-tokens`);
    assert.equal((await write()).status, 401);
  });
});
