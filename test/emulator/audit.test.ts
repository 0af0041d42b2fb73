import assert from "node:assert/strict";
import { AuditTimeout } from "../../provider/dist/emulator/index.js";
import { emulatorForEach, FIDO2, FIDO2_TYPE, graphClient, patchPolicy, readPolicy, send } from "./util.ts";

describe("AuditLog", () => {
  const shared = emulatorForEach();

  it("has everything about a request, before its answer arrives", async () => {
    const { audit } = shared.current;
    const body = { "@odata.type": FIDO2_TYPE, state: "disabled" };
    await send(shared.current, "PATCH", `/beta${FIDO2}?a=b%20c`, { body, headers: { "client-request-id": "mine" } });
    const [entry] = audit.entries;
    assert.ok(entry);
    const { time, durationMs, requestId, ...rest } = entry;
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000 && durationMs >= 0 && requestId.length === 36);
    assert.deepEqual(rest, {
      seq: 1,
      kind: "policy",
      method: "PATCH",
      path: `/beta${FIDO2}?a=b c`,
      tenant: shared.current.tenant().id,
      status: 204,
      delivered: true,
      clientRequestId: "mine",
      requestBody: body,
      response: "",
      faults: [],
      batch: undefined,
    });
  });

  it("sums up what was answered", async () => {
    await readPolicy(graphClient(shared.current));
    await send(shared.current, "GET", "/v1.0/groups?$top=2");
    await send(shared.current, "GET", "/v1.0/nothing");
    assert.deepEqual(
      shared.current.audit.entries.map(({ response }) => response.slice(0, 40)),
      [
        "state enabled, 0 profiles, 1 include tar",
        "2 objects, more follow",
        "notImplemented: The emulator does not im",
      ],
    );
  });

  it("never has a secret", async () => {
    const form = "client_id=a&client_secret=hush&grant_type=client_credentials&scope=x/.default";
    await fetch(`${shared.current.url}/${shared.current.tenant().id}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
    const text = JSON.stringify(shared.current.audit.entries);
    assert.ok(text.includes("client_id") && !text.includes("hush"));
    assert.ok(!text.includes("eyJ"), "no token either");
  });

  it("can be awaited", async () => {
    const { audit } = shared.current;
    const client = graphClient(shared.current);
    await readPolicy(client);
    const write = audit.next((entry) => entry.method === "PATCH");
    const [entry] = await Promise.all([write, patchPolicy(client, { state: "disabled" })]);
    assert.equal(entry.seq, 2);
    assert.equal((await audit.next(() => true, { after: 0 })).seq, 1);
  });

  it("says what came instead when the wait is over", async () => {
    const { audit } = shared.current;
    const waiting = audit.next(({ method }) => method === "DELETE", { timeoutMs: 50 });
    const failed = assert.rejects(waiting, (error) => {
      assert.ok(error instanceof AuditTimeout);
      assert.match(error.message, /seen: GET .*fido2 200/);
      return true;
    });
    await readPolicy(graphClient(shared.current));
    await failed;
  });

  it("ends all waits when the emulator closes", async () => {
    const { audit } = shared.current;
    const waiting = [audit.next(), audit.next()];
    await shared.current.close();
    await assert.rejects(Promise.all(waiting), /emulator was closed; seen: no request/);
  });

  it("tells writes from reads and tokens, and forgets on demand", async () => {
    const { audit } = shared.current;
    const client = graphClient(shared.current);
    await patchPolicy(client, { state: "disabled" });
    await client.api("/directoryObjects/getByIds").post({ ids: ["x"] });
    await readPolicy(client);
    await client.api(`/groups/${shared.current.tenant().groups.get("Sales").id}`).delete();
    assert.deepEqual(
      audit.writes().map(({ method, kind }) => `${method} ${kind}`),
      ["PATCH policy", "DELETE group"],
    );
    assert.equal(audit.writes("group").length, 1);
    audit.clear();
    assert.equal(audit.entries.length, 0);
    await readPolicy(client);
    assert.equal(audit.entries.at(-1)?.seq, audit.lastSeq);
    assert.equal(audit.lastSeq, 5);
  });
});
