import assert from "node:assert/strict";
import { DirectoryError, WINDOWS_HELLO_AAGUIDS } from "../../provider/dist/emulator/index.js";
import { AAGUID_A, AAGUID_C, emulatorForEach, errorOf, send } from "./util.ts";

const ADELE = "adele.vance@contoso.example";
const keys = (user: string) => `/users/${encodeURIComponent(user)}/authentication/fido2Methods`;
type Row = Record<string, unknown>;

describe("GET /users/{id}/authentication/fido2Methods", () => {
  const shared = emulatorForEach();
  const tenant = () => shared.current.tenant();
  const read = async (path: string) => {
    const { status, body } = await send(shared.current, "GET", path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };

  it("answers a passkey with Graph's members, by id and by name", async () => {
    const registered = { createdDateTime: "2026-02-03T04:05:06Z", lastUsedDateTime: "2026-03-04T05:06:07Z" };
    tenant().passkeys.add(ADELE, { aaGuid: AAGUID_A, displayName: "Red key", model: "YubiKey", ...registered });
    const { id } = tenant().users.get(ADELE);
    const body = await read(`/v1.0${keys(ADELE)}`);
    const [key] = body["value"] as Row[];
    const expected = {
      id: key?.["id"],
      displayName: "Red key",
      createdDateTime: "2026-02-03T04:05:06Z",
      aaGuid: AAGUID_A,
      model: "YubiKey",
      attestationCertificates: key?.["attestationCertificates"],
      attestationLevel: "attested",
      passkeyType: "deviceBound",
    };
    assert.equal(JSON.stringify(key), JSON.stringify(expected));
    assert.match(String(key?.["id"]), /^[\w-]{22}2$/);
    assert.match(String(key?.["attestationCertificates"]), /^[0-9a-f]{40}$/);
    const fragment = `#users('${id}')/authentication/fido2Methods`;
    assert.equal(body["@odata.context"], `${shared.current.url}/v1.0/$metadata${fragment}`);
    assert.deepEqual(await read(`/v1.0${keys(id)}`), body);
    assert.deepEqual((await read(`/v1.0/users('${id}')/Authentication/FIDO2methods`))["value"], body["value"]);
  });

  it("tells under beta only when a passkey was used last", async () => {
    tenant().passkeys.add(ADELE, { aaGuid: AAGUID_A, lastUsedDateTime: "2026-03-04T05:06:07Z" });
    tenant().passkeys.add(ADELE, { aaGuid: AAGUID_C, passkeyType: "synced" });
    const used = (body: Row) => (body["value"] as Row[]).map((key) => key["lastUsedDateTime"]);
    assert.deepEqual(used(await read(`/v1.0${keys(ADELE)}`)), [undefined, undefined]);
    assert.deepEqual(used(await read(`/beta${keys(ADELE)}`)), ["2026-03-04T05:06:07Z", null]);
    const [, synced] = (await read(`/beta${keys(ADELE)}`))["value"] as Row[];
    assert.deepEqual([synced?.["attestationLevel"], synced?.["attestationCertificates"]], ["notAttested", []]);
  });

  it("answers an empty list for who has none, disabled accounts too, and 404 for nobody", async () => {
    assert.deepEqual((await read(`/v1.0${keys(ADELE)}`))["value"], []);
    tenant().passkeys.add("info@contoso.example", { aaGuid: AAGUID_A });
    assert.equal(((await read(`/v1.0${keys("info@contoso.example")}`))["value"] as Row[]).length, 1);
    const { status, body } = await send(shared.current, "GET", `/v1.0${keys("nobody@contoso.example")}`);
    assert.deepEqual([status, errorOf(body).code], [404, "Request_ResourceNotFound"]);
    assert.equal((await send(shared.current, "GET", `/v1.0${keys(ADELE)}?$top=5`)).status, 501);
    assert.equal((await send(shared.current, "POST", `/v1.0${keys(ADELE)}`, { body: {} })).status, 501);
  });

  it("follows what a test adds and removes, and forgets who is removed", () => {
    const { passkeys, users } = tenant();
    const first = passkeys.add(ADELE, { aaGuid: AAGUID_A });
    const second = passkeys.add(ADELE, { aaGuid: AAGUID_A });
    assert.notEqual(first.id, second.id);
    passkeys.remove(ADELE, first.id);
    assert.deepEqual(
      passkeys.list(ADELE).map(({ id }) => id),
      [second.id],
    );
    assert.throws(() => passkeys.remove(ADELE, first.id), DirectoryError);
    assert.throws(() => passkeys.add(ADELE, { aaGuid: "yubikey" }), /"yubikey" is no AAGUID/);
    assert.throws(() => passkeys.add(ADELE, { aaGuid: AAGUID_A, id: second.id }), DirectoryError);
    const { id } = users.get(ADELE);
    users.remove(ADELE);
    users.add({ id, displayName: "Adele Vance" });
    assert.deepEqual(passkeys.list(ADELE), []);
  });

  it("never shows in the directory", async () => {
    const registered = { passkeys: [{ aaGuid: AAGUID_A }], methods: ["mobilePhone"], isAdmin: true };
    const added = tenant().users.add({ displayName: "New Person", jobTitle: "Nurse", ...registered });
    tenant().users.update(added.id, { methods: ["email"] });
    assert.deepEqual(Object.keys(tenant().users.get(added.id)).sort(), [
      "accountEnabled",
      "displayName",
      "id",
      "jobTitle",
      "userPrincipalName",
      "userType",
    ]);
    for (const member of ["passkeys", "methods", "isAdmin"]) {
      const { status } = await send(shared.current, "GET", `/v1.0/users/${added.id}?$select=id,${member}`);
      assert.equal(status, 400, member);
    }
    const known = tenant().registrations(added.id);
    assert.deepEqual([known.passkeys.length, known.methods, known.isAdmin], [1, ["email"], true]);
    const wrong = { displayName: "Wrong", passkeys: [{ aaGuid: AAGUID_A }, { aaGuid: "yubikey" }] };
    assert.throws(
      () => tenant().users.update(added.id, { ...wrong, methods: ["pager"] }),
      /there is no method "pager"/,
    );
    assert.throws(() => tenant().users.add(wrong), /"yubikey" is no AAGUID/);
    assert.deepEqual(tenant().registrations(added.id), known, "nothing of what was refused is there");
    assert.equal(tenant().users.get(added.id).displayName, "New Person");
    assert.ok(
      !tenant()
        .users.list()
        .some(({ displayName }) => displayName === "Wrong"),
    );
  });
});

describe("GET /users/{id}/authentication/methods", () => {
  const shared = emulatorForEach();

  it("lists every method with its type, the password first", async () => {
    const tenant = shared.current.tenant();
    const words = ["mobilePhone", "microsoftAuthenticatorPush", "microsoftAuthenticatorPasswordless", "qrCode"];
    tenant.users.update(ADELE, { passkeys: [{ aaGuid: WINDOWS_HELLO_AAGUIDS[0] }], methods: words });
    const { body } = await send(shared.current, "GET", `/v1.0/users/${ADELE}/authentication/methods`);
    const value = body["value"] as Row[];
    assert.deepEqual(
      value.map((method) => String(method["@odata.type"]).replace("#microsoft.graph.", "")),
      [
        "passwordAuthenticationMethod",
        "fido2AuthenticationMethod",
        "phoneAuthenticationMethod",
        "microsoftAuthenticatorAuthenticationMethod",
      ],
    );
    assert.equal(value[0]?.["id"], "28c10230-6103-485e-b985-444c60001490");
    assert.equal(value[1]?.["aaGuid"], WINDOWS_HELLO_AAGUIDS[0]);
    assert.equal(value[2]?.["phoneType"], "mobile");
  });
});

describe("GET /users", () => {
  const shared = emulatorForEach();

  it("finds disabled accounts and guests", async () => {
    const query = "$filter=accountEnabled eq false&$select=id,accountEnabled,userType";
    const { body } = await send(shared.current, "GET", `/v1.0/users?${query}`);
    const { id } = shared.current.tenant().users.get("info@contoso.example");
    assert.deepEqual(body["value"], [{ id, accountEnabled: false, userType: "Member" }]);
    const guests = await send(
      shared.current,
      "GET",
      "/v1.0/users?$filter=userType eq 'Guest' and accountEnabled eq true",
    );
    assert.equal((guests.body["value"] as Row[]).length, 1);
  });
});

describe("$batch of registrations", () => {
  const shared = emulatorForEach({ seed: "people" });

  it("answers 20 at once, each as if it had come alone", async () => {
    const users = shared.current.tenant().users.list().slice(0, 18);
    const urls = [...users.map(({ id }) => keys(id)), keys("00000000-0000-4000-8000-000000000000"), "/nothing"];
    const requests = urls.map((url, index) => ({ id: String(index), method: "GET", url }));
    const { body } = await send(shared.current, "POST", "/v1.0/$batch", { body: { requests } });
    const parts = body["responses"] as { id: string; status: number; body: { value: Row[] } }[];
    assert.deepEqual(
      parts.map(({ status }) => status),
      [...users.map(() => 200), 404, 501],
    );
    for (const [index, user] of users.entries()) {
      const expected = shared.current.tenant().passkeys.list(user.id);
      assert.deepEqual(
        parts[index]?.body.value.map((key) => key["id"]),
        expected.map(({ id }) => id),
      );
    }
    const { entries } = shared.current.audit;
    assert.deepEqual(
      [entries[0]?.kind, entries[18]?.kind, entries.at(-1)?.kind],
      ["registrations", "registrations", "batch"],
    );
  });

  it("fails one part by a fault and leaves the others", async () => {
    const [one, two] = shared.current.tenant().users.list();
    assert.ok(one && two);
    shared.current.faults.status({ kind: "registrations", path: one.id }, 503, { retryAfter: 2 });
    const requests = [one, two].map(({ id }) => ({ id, method: "GET", url: keys(id) }));
    const { body } = await send(shared.current, "POST", "/v1.0/$batch", { body: { requests } });
    const parts = body["responses"] as { status: number; headers: Record<string, string> }[];
    assert.deepEqual([parts[0]?.status, parts[0]?.headers["Retry-After"], parts[1]?.status], [503, "2", 200]);
  });
});
