import assert from "node:assert/strict";
import { ALL_PERMISSIONS, startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator, Seed } from "../../provider/dist/emulator/index.js";
import {
  emulatorForEach,
  errorOf,
  FIDO2,
  FIDO2_TYPE,
  graphClient,
  readPolicy,
  rejectsWith,
  REPORT,
  send,
} from "./util.ts";

const GRANT = { grant_type: "client_credentials", scope: "https://graph.microsoft.com/.default" };

async function ask(
  emulator: Emulator,
  form: Record<string, string>,
  tenant = emulator.tenant().id,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${emulator.url}/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: "app", client_secret: "s", ...GRANT, ...form }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("the token endpoint", () => {
  const shared = emulatorForEach();

  it("answers a JWT with the claims that clients read", async () => {
    const { status, body } = await ask(shared.current, {});
    assert.equal(status, 200);
    assert.deepEqual([body["token_type"], body["expires_in"]], ["Bearer", 3599]);
    const parts = String(body["access_token"]).split(".");
    assert.equal(parts.length, 3);
    const claims = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString()) as Record<string, unknown>;
    assert.equal(claims["tid"], shared.current.tenant().id);
    assert.equal(claims["appid"], "app");
    assert.match(String(claims["oid"]), /^[0-9a-f-]{36}$/);
    assert.deepEqual(claims["roles"], [...ALL_PERMISSIONS]);
    assert.ok(Number(claims["exp"]) > Date.now() / 1000);
    const token = () => String(body["access_token"]);
    await readPolicy(graphClient(shared.current, { token }));
  });

  it("takes the tenant's domain and any assertion", async () => {
    assert.equal((await ask(shared.current, {}, "contoso.example")).status, 200);
    const assertion = {
      client_assertion: "x.y.z",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    };
    assert.equal((await ask(shared.current, { ...assertion, client_secret: "" })).status, 200);
  });

  const refusals: [string, Record<string, string>, number, string, string][] = [
    ["no secret", { client_secret: "" }, 401, "invalid_client", "AADSTS7000218"],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type", "AADSTS70003"],
    ["no client", { client_id: "" }, 400, "invalid_request", "AADSTS900144"],
    ["another scope", { scope: "User.Read" }, 400, "invalid_scope", "AADSTS1002012"],
  ];
  for (const [name, form, status, error, code] of refusals) {
    it(`refuses ${name}`, async () => {
      const answer = await ask(shared.current, form);
      assert.equal(answer.status, status);
      assert.equal(answer.body["error"], error);
      assert.ok(String(answer.body["error_description"]).startsWith(code));
    });
  }

  it("refuses an unknown tenant, and with secrets in the seed an unknown client and a wrong secret", async () => {
    assert.equal((await ask(shared.current, {}, "nobody")).status, 400);
    const tenant = { id: "aaaaaaaa-0000-4000-8000-000000000000", displayName: "A", mode: "legacy" as const };
    await using emulator = await startEmulator({ seed: { tenants: [{ ...tenant, secrets: { app: "right" } }] } });
    assert.deepEqual(emulator.tenant().client, { id: "app", secret: "right" });
    assert.equal((await ask(emulator, { client_secret: "right" })).status, 200);
    const wrong = await ask(emulator, { client_secret: "wrong" });
    assert.deepEqual([wrong.status, wrong.body["error"]], [401, "invalid_client"]);
    assert.equal((await ask(emulator, { client_id: "other", client_secret: "right" })).status, 400);
  });

  it("takes each of several valid secrets, and rotates them while tokens stay good", async () => {
    const tenant = { id: "aaaaaaaa-0000-4000-8000-000000000000", displayName: "A", mode: "legacy" as const };
    const secrets = { app: ["old", "new"] };
    await using emulator = await startEmulator({ seed: { tenants: [{ ...tenant, secrets }] } });
    const status = async (secret: string) => (await ask(emulator, { client_secret: secret })).status;
    assert.deepEqual(emulator.tenant().client, { id: "app", secret: "old" });
    assert.deepEqual([await status("old"), await status("new"), await status("newer")], [200, 200, 401]);
    const { body } = await ask(emulator, { client_secret: "old" });
    emulator.tenant().setSecrets({ app: "newer" });
    assert.deepEqual([await status("old"), await status("new"), await status("newer")], [401, 401, 200]);
    await readPolicy(graphClient(emulator, { token: () => String(body["access_token"]) }));
  });

  it("refuses secrets in a seed that are neither one nor a list", async () => {
    const tenant = { id: "aaaaaaaa-0000-4000-8000-000000000000", displayName: "A", mode: "legacy" as const };
    for (const app of ["", [], [7]]) {
      const seed = { tenants: [{ ...tenant, secrets: { app } }] } as unknown as Seed;
      await assert.rejects(startEmulator({ seed }), /secrets\.app: expected a secret or a list of them/);
    }
  });

  it("is found by discovery", async () => {
    const { url } = shared.current;
    const metadata = await send(shared.current, "GET", "/metadata/endpoints?api-version=2022-09-01", { token: null });
    assert.equal(metadata.body["microsoftGraphResourceId"], `${url}/`);
    assert.equal((metadata.body["authentication"] as Record<string, string>)["loginEndpoint"], url);
    const openId = await send(shared.current, "GET", "/contoso.example/v2.0/.well-known/openid-configuration");
    assert.equal(openId.body["token_endpoint"], `${url}/contoso.example/oauth2/v2.0/token`);
  });
});

describe("access tokens", () => {
  const shared = emulatorForEach();
  const status = async (token: string | null) => {
    const answer = await send(shared.current, "GET", `/v1.0${FIDO2}`, { token });
    return answer.status === 200 ? 200 : `${answer.status} ${errorOf(answer.body).code}`;
  };
  const DENIED = "401 InvalidAuthenticationToken";

  it("are wanted, and only those of this emulator", async () => {
    await using other = await startEmulator();
    assert.equal(await status(null), DENIED);
    assert.equal(await status("nonsense"), DENIED);
    assert.equal(await status(other.token()), DENIED);
    const [header, , signature] = shared.current.token().split(".");
    const forged = Buffer.from(JSON.stringify({ tid: shared.current.tenant().id })).toString("base64url");
    assert.equal(await status(`${header}.${forged}.${signature}`), DENIED);
    assert.equal(await status(shared.current.token()), 200);
  });

  it("expire by time and on demand", async () => {
    const tenant = shared.current.tenant();
    tenant.switches.tokenLifetimeSeconds = 0;
    assert.equal(await status(shared.current.token()), DENIED);
    delete tenant.switches.tokenLifetimeSeconds;
    const token = shared.current.token();
    assert.equal(await status(token), 200);
    tenant.expireTokens();
    assert.equal(await status(token), DENIED);
    assert.equal(await status(shared.current.token()), 200);
  });
});

describe("permissions", () => {
  const shared = emulatorForEach();
  const group = () => shared.current.tenant().groups.get("Sales").id;
  const user = "info@contoso.example";
  const patch = { "@odata.type": FIDO2_TYPE };

  /** Route, permissions that are enough, permissions that are not. */
  const routes: [string, () => string, unknown, string[], string[]][] = [
    [
      "GET",
      () => FIDO2,
      ,
      ["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"],
      ["Group.Read.All"],
    ],
    ["PATCH", () => FIDO2, patch, ["Policy.ReadWrite.AuthenticationMethod"], ["Policy.Read.AuthenticationMethod"]],
    ["DELETE", () => FIDO2, , ["Policy.ReadWrite.AuthenticationMethod"], ["Policy.Read.AuthenticationMethod"]],
    ["GET", () => "/policies/authenticationMethodsPolicy", , ["Policy.Read.All"], ["User.Read.All"]],
    ["GET", () => "/groups", , ["Group.Read.All", "GroupMember.Read.All", "Directory.Read.All"], ["User.Read.All"]],
    [
      "GET",
      () => `/groups/${group()}/transitiveMembers`,
      ,
      ["GroupMember.Read.All"],
      ["Policy.ReadWrite.AuthenticationMethod"],
    ],
    ["PATCH", () => `/groups/${group()}`, {}, ["Group.ReadWrite.All"], ["Group.Read.All", "GroupMember.ReadWrite.All"]],
    ["GET", () => "/users", , ["User.Read.All", "User.ReadBasic.All"], ["Group.ReadWrite.All"]],
    ["GET", () => `/users/${user}/memberOf`, , ["GroupMember.Read.All"], ["Policy.Read.AuthenticationMethod"]],
    ["GET", () => `/directoryObjects/${group()}`, , ["Group.Read.All"], ["Policy.Read.AuthenticationMethod"]],
    [
      "GET",
      () => `/users/${user}/authentication/fido2Methods`,
      ,
      [
        "UserAuthMethod-Passkey.Read.All",
        "UserAuthMethod-Passkey.ReadWrite.All",
        "UserAuthenticationMethod.Read.All",
        "UserAuthenticationMethod.ReadWrite.All",
      ],
      ["User.Read.All", "AuditLog.Read.All"],
    ],
    [
      "GET",
      () => `/users/${user}/authentication/methods`,
      ,
      ["UserAuthenticationMethod.Read.All"],
      ["UserAuthMethod-Passkey.Read.All"],
    ],
    ["GET", () => REPORT, , ["AuditLog.Read.All"], ["UserAuthenticationMethod.Read.All", "Directory.Read.All"]],
    [
      "GET",
      () => "/identity/conditionalAccess/policies",
      ,
      ["Policy.Read.All"],
      ["Policy.Read.AuthenticationMethod", "Policy.Read.ConditionalAccess"],
    ],
    [
      "GET",
      () => "/policies/authenticationStrengthPolicies",
      ,
      ["Policy.Read.AuthenticationMethod", "Policy.Read.All"],
      ["AuditLog.Read.All"],
    ],
    ["DELETE", () => `/groups/${group()}`, , ["Group.ReadWrite.All"], ["GroupMember.ReadWrite.All"]],
  ];
  for (const [method, path, body, enough, lacking] of routes) {
    it(`${method} ${path.toString().slice(6)} wants one of ${enough.join(", ")}`, async () => {
      const target = `/v1.0${path()}`;
      const attempt = (permissions: string[]) => {
        permissions.forEach((permission) => shared.current.tenant().grantPermission(permission));
        const token = shared.current.token(undefined, permissions);
        return send(shared.current, method, target, { token, ...(body === undefined ? {} : { body }) });
      };
      for (const permissions of [[], ...lacking.map((permission) => [permission])]) {
        const denied = await attempt(permissions);
        assert.equal(denied.status, 403);
        assert.equal(errorOf(denied.body).code, "Authorization_RequestDenied");
        assert.equal(errorOf(denied.body).message, "Insufficient privileges to complete the operation.");
      }
      for (const permission of method === "DELETE" ? enough.slice(0, 1) : enough) {
        assert.ok((await attempt([permission])).status < 300, permission);
      }
    });
  }

  it("taken from a tenant are gone at once, and given ones come with the next token", async () => {
    const tenant = shared.current.tenant();
    const client = graphClient(shared.current);
    await readPolicy(client);
    tenant.revokePermission("Policy.Read.AuthenticationMethod");
    await readPolicy(client);
    tenant.revokePermission("Policy.ReadWrite.AuthenticationMethod");
    await rejectsWith(readPolicy(client), 403, "Authorization_RequestDenied");
    const between = shared.current.token();
    tenant.grantPermission("Policy.Read.AuthenticationMethod");
    await rejectsWith(readPolicy(graphClient(shared.current, { token: () => between })), 403);
    await readPolicy(graphClient(shared.current));
  });
});
