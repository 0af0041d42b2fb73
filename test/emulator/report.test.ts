import assert from "node:assert/strict";
import { AUTHENTICATOR_AAGUIDS, startEmulator, WINDOWS_HELLO_AAGUIDS } from "../../provider/dist/emulator/index.js";
import type { Emulator, RegistrationDetails } from "../../provider/dist/emulator/index.js";
import { AAGUID_A, emulatorForEach, errorOf, REPORT, send } from "./util.ts";

const ADELE = "adele.vance@contoso.example";
// The limit has tests of its own.
const switches = { reportRequestsPer10Seconds: 1000 };

async function rowsOf(emulator: Emulator, query = ""): Promise<RegistrationDetails[]> {
  const { status, body } = await send(emulator, "GET", `/v1.0${REPORT}${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body["value"] as RegistrationDetails[];
}

describe("GET /reports/authenticationMethods/userRegistrationDetails", () => {
  const shared = emulatorForEach({ switches });
  const tenant = () => shared.current.tenant();
  const row = async (user: string) => {
    const found = (await rowsOf(shared.current)).find((one) => one.userPrincipalName === user);
    assert.ok(found);
    return found;
  };

  it("answers Graph's members in the shape of its sample", async () => {
    tenant().users.update(ADELE, { methods: ["microsoftAuthenticatorPush", "softwareOneTimePasscode"] });
    const { body } = await send(shared.current, "GET", `/v1.0${REPORT}`);
    assert.equal(
      body["@odata.context"],
      `${shared.current.url}/v1.0/$metadata#reports/authenticationMethods/userRegistrationDetails`,
    );
    const { lastUpdatedDateTime, ...found } = await row(ADELE);
    assert.ok(Math.abs(Date.parse(lastUpdatedDateTime) - Date.now()) < 60_000);
    assert.deepEqual(found, {
      id: tenant().users.get(ADELE).id,
      userPrincipalName: ADELE,
      userDisplayName: "Adele Vance",
      isAdmin: false,
      isSsprRegistered: false,
      isSsprEnabled: false,
      isSsprCapable: false,
      isMfaRegistered: true,
      isMfaCapable: true,
      isPasswordlessCapable: false,
      methodsRegistered: ["microsoftAuthenticatorPush", "softwareOneTimePasscode"],
      isSystemPreferredAuthenticationMethodEnabled: true,
      systemPreferredAuthenticationMethods: ["push"],
      userPreferredMethodForSecondaryAuthentication: "push",
      userType: "member",
    });
  });

  it("names each kind of passkey, once", async () => {
    const registered: [string, string][] = [
      [AAGUID_A, "deviceBound"],
      [AAGUID_A, "deviceBound"],
      [AUTHENTICATOR_AAGUIDS.ios.toUpperCase(), "deviceBound"],
      [WINDOWS_HELLO_AAGUIDS[2], "deviceBound"],
      ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "synced"],
    ];
    const passkeys = registered.map(([aaGuid, passkeyType]) => ({ aaGuid, passkeyType }));
    tenant().users.update(ADELE, { passkeys, methods: ["mobilePhone"], isAdmin: true });
    const { methodsRegistered, isAdmin, isSsprRegistered, isPasswordlessCapable } = await row(ADELE);
    assert.deepEqual(methodsRegistered, [
      "passKeyDeviceBound",
      "passKeyDeviceBoundAuthenticator",
      "passKeyDeviceBoundWindowsHello",
      "passKeySynced",
      "mobilePhone",
    ]);
    assert.deepEqual([isAdmin, isSsprRegistered, isPasswordlessCapable], [true, true, true]);
  });

  it("leaves disabled accounts out, alone and in the list, and has guests", async () => {
    const rows = await rowsOf(shared.current);
    assert.equal(rows.length, tenant().users.list().length - 1);
    assert.deepEqual(
      rows.filter(({ userType }) => userType === "guest").map(({ userDisplayName }) => userDisplayName),
      ["Ravi Guest"],
    );
    const one = (user: string) => send(shared.current, "GET", `/v1.0${REPORT}/${tenant().users.get(user).id}`);
    assert.equal((await one("info@contoso.example")).status, 404);
    const { status, body } = await one(ADELE);
    assert.deepEqual([status, body["userPrincipalName"]], [200, ADELE]);
    tenant().users.update(ADELE, { accountEnabled: false });
    assert.equal((await one(ADELE)).status, 404);
  });

  it("tells what is registered from what the policies allow", async () => {
    tenant().users.update(ADELE, { passkeys: [{ aaGuid: AAGUID_A }] });
    const capable = async () => {
      const { isMfaRegistered, isMfaCapable, isPasswordlessCapable } = await row(ADELE);
      return [isMfaRegistered, isMfaCapable, isPasswordlessCapable];
    };
    assert.deepEqual(await capable(), [true, true, true]);
    tenant().setPolicy({ state: "disabled" });
    assert.deepEqual(await capable(), [true, false, false]);
    tenant().users.update(ADELE, { methods: ["mobilePhone"] });
    assert.deepEqual(await capable(), [true, false, false]);
    tenant().setMethod("Sms", { state: "enabled", includeTargets: [{ id: "Sales" }] });
    assert.deepEqual(await capable(), [true, true, false]);
    tenant().setMethod("Sms", { excludeTargets: [{ id: "Sales" }] });
    assert.deepEqual(await capable(), [true, false, false]);
    tenant().members.remove("Sales", ADELE);
    tenant().setMethod("Sms", { includeTargets: [{ id: "all_users" }] });
    assert.deepEqual(await capable(), [true, true, false]);
  });

  it("is paged by links", async () => {
    tenant().switches.reportPageSize = 3;
    const seen: string[] = [];
    let pages = 0;
    for (let path: string | undefined = `/v1.0${REPORT}`; path !== undefined; pages++) {
      const { body } = await send(shared.current, "GET", path);
      seen.push(...(body["value"] as RegistrationDetails[]).map(({ id }) => id));
      const next: unknown = body["@odata.nextLink"];
      path = typeof next === "string" ? next.replace(shared.current.url, "") : undefined;
    }
    const enabled = tenant()
      .users.list()
      .filter((user) => user.accountEnabled);
    assert.deepEqual(
      seen,
      enabled.map(({ id }) => id),
    );
    assert.equal(pages, 3);
  });

  describe("$filter and $orderby", () => {
    const names = async (query: string) => (await rowsOf(shared.current, query)).map((found) => found.userDisplayName);
    beforeEach(() => {
      tenant().users.update(ADELE, { passkeys: [{ aaGuid: AAGUID_A }] });
      tenant().users.update("alex.wilber@contoso.example", { methods: ["mobilePhone"] });
      tenant().users.update("megan.bowen@contoso.example", { methods: ["mobilePhone", "email"] });
    });

    const found: [string, string[]][] = [
      ["methodsRegistered/any(x:x eq 'passKeyDeviceBound')", ["Adele Vance"]],
      ["methodsRegistered/any(m: m eq 'mobilePhone')", ["Alex Wilber", "Megan Bowen"]],
      ["methodsRegistered/any(x:x eq 'mobilePhone') and methodsRegistered/any(x:x eq 'email')", ["Megan Bowen"]],
      [
        "methodsRegistered/any(x:x eq 'email') or methodsRegistered/any(y:y eq 'passKeyDeviceBound')",
        ["Adele Vance", "Megan Bowen"],
      ],
      ["isPasswordlessCapable eq true", ["Adele Vance"]],
      ["startswith(userDisplayName,'A') and isMfaRegistered eq false", []],
      [`userPrincipalName eq '${ADELE}'`, ["Adele Vance"]],
      ["methodsRegistered/any(x:x eq 'hardwareOneTimePasscode')", []],
    ];
    for (const [filter, expected] of found) {
      it(filter, async () => assert.deepEqual(await names(`?$filter=${encodeURIComponent(filter)}`), expected));
    }

    const refused: [string, number][] = [
      ["$filter=nonsense eq true", 400],
      ["$filter=methodsRegistered/any(x:y eq 'email')", 400],
      ["$filter=methodsRegistered/any(x eq 'email')", 400],
      ["$filter=methodsRegistered/any(x:x ne 'email')", 501],
      ["$filter=isAdmin eq true", 501],
      ["$orderby=lastUpdatedDateTime", 501],
      ["$top=5", 501],
      ["$select=id", 501],
      ["$skiptoken=nonsense", 400],
    ];
    for (const [query, status] of refused) {
      it(`${query} answers ${status}`, async () => {
        assert.equal((await send(shared.current, "GET", `/v1.0${REPORT}?${query}`)).status, status);
      });
    }

    it("sort by name, both ways", async () => {
      const up = await names("?$orderby=userDisplayName");
      assert.deepEqual(up, [...up].sort());
      assert.deepEqual(await names("?$orderby=userDisplayName desc"), [...up].reverse());
    });
  });

  it("lags behind while it is frozen, for who was removed too", async () => {
    let time = Date.parse("2026-05-01T08:00:00Z");
    await using emulator = await startEmulator({ switches, now: () => time });
    const frozen = emulator.tenant();
    frozen.users.update(ADELE, { methods: ["email"] });
    frozen.freezeReport();
    time += 3_600_000;
    frozen.passkeys.add(ADELE, { aaGuid: AAGUID_A });
    frozen.users.add({ displayName: "New Person" });
    frozen.users.remove("diego.siciliani@contoso.example");
    const adele = async () => (await rowsOf(emulator)).find((found) => found.userPrincipalName === ADELE);
    assert.deepEqual((await adele())?.methodsRegistered, ["email"]);
    assert.equal((await adele())?.lastUpdatedDateTime, "2026-05-01T08:00:00.000Z");
    const names = async () => (await rowsOf(emulator)).map(({ userDisplayName }) => userDisplayName);
    assert.ok((await names()).includes("Diego Siciliani") && !(await names()).includes("New Person"));
    frozen.refreshReport();
    assert.deepEqual((await adele())?.methodsRegistered, ["passKeyDeviceBound", "email"]);
    assert.equal((await adele())?.lastUpdatedDateTime, "2026-05-01T09:00:00.000Z");
    assert.ok(!(await names()).includes("Diego Siciliani") && (await names()).includes("New Person"));
  });

  it("needs a licence, after the permission", async () => {
    tenant().licence = "free";
    for (const path of [REPORT, `${REPORT}/${tenant().users.get(ADELE).id}`]) {
      const { status, body } = await send(shared.current, "GET", `/v1.0${path}`);
      assert.deepEqual([status, errorOf(body).code], [403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"]);
    }
    const token = shared.current.token(undefined, ["User.Read.All"]);
    const denied = await send(shared.current, "GET", `/v1.0${REPORT}`, { token });
    assert.equal(errorOf(denied.body).code, "Authorization_RequestDenied");
    tenant().licence = "p2";
    assert.equal((await rowsOf(shared.current)).length, 7);
    assert.deepEqual(
      shared.current.audit.entries.map(({ kind }) => kind),
      ["report", "report", "report", "report"],
    );
  });
});
