import assert from "node:assert/strict";
import { checkToken, signInFailed } from "../../provider/dist/doctor/signIn.js";
import { resolveSettings, type TokenFacts } from "../../provider/dist/graph/index.js";
import { badOf, checkForm, found, TENANT } from "./util.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const settings = (env: NodeJS.ProcessEnv = {}) => resolveSettings({ ARM_TENANT_ID: TENANT, ...env });
const good: TokenFacts = {
  user: false,
  appId: "app",
  objectId: "principal",
  tenantId: TENANT,
  audience: "https://graph.microsoft.com/",
  permissions: [],
  expires: NOW + 3_600_000,
};
const check = (facts: Partial<TokenFacts> = {}, env?: NodeJS.ProcessEnv, now = NOW) => {
  const findings = checkToken({ ...good, ...facts }, settings(env), now);
  checkForm(findings);
  return findings;
};

describe("checkToken", () => {
  it("says who signed in, where and for how long", () => {
    const findings = check();
    assert.deepEqual(badOf(findings), []);
    found(findings, "who", /^the application app, object id principal$/, "ok");
    found(findings, "lifetime", /^good for 60 minutes/, "ok");
  });

  it("calls a user a user", () => {
    found(check({ user: true }), "who", /^a user \(delegated\)/, "info");
  });

  it("finds a token of another tenant, and how to get the right one", () => {
    const other = { tenantId: TENANT.replace("1", "9") };
    const cli = found(check(other), "tenant of the token", /settings name/, "error");
    assert.match(cli.next ?? "", /az login --tenant/);
    const secret = { ARM_CLIENT_ID: "app", ARM_CLIENT_SECRET: "x" };
    assert.doesNotMatch(found(check(other, secret), "tenant of the token", /./, "error").next ?? "", /az login/);
    found(check({ tenantId: undefined }), "tenant of the token", /does not say/, "warning");
  });

  for (const [audience, env, severity] of [
    ["00000003-0000-0000-c000-000000000000", {}, "ok"],
    ["https://graph.microsoft.us", {}, "error"],
    ["https://graph.microsoft.us", { ARM_ENVIRONMENT: "usgovernment" }, "ok"],
    ["https://management.azure.com", {}, "error"],
    ["http://127.0.0.1:8080", { ENTRA_PASSKEYS_ENDPOINT: "http://localhost:8080" }, "ok"],
    ["http://127.0.0.1:8081", { ENTRA_PASSKEYS_ENDPOINT: "http://localhost:8080" }, "error"],
    [undefined, {}, "warning"],
  ] as const) {
    it(`judges the audience ${audience} for ${JSON.stringify(env)}: ${severity}`, () => {
      found(check({ audience }, env), "audience", /./, severity);
    });
  }

  it("warns of a token that has ended, or is about to", () => {
    found(check({}, {}, NOW + 3_500_000), "lifetime", /1 minutes only/, "warning");
    found(check({}, {}, NOW + 7_200_000), "lifetime", /expired by this machine's clock/, "warning");
    found(check({ expires: undefined }), "lifetime", /does not say/, "info");
  });

  it("knows nothing of a token that cannot be read", () => {
    const findings = checkToken(undefined, settings(), NOW);
    checkForm(findings);
    found(findings, "token", /cannot be read/, "warning");
  });
});

describe("signInFailed", () => {
  it("keeps the reason and the next action apart", () => {
    const { says, next } = signInFailed(
      new Error("signing in to tenant x failed: AADSTS90002: Tenant 'x' not found. Check ARM_TENANT_ID."),
    );
    assert.deepEqual(
      [says, next],
      ["signing in to tenant x failed: AADSTS90002: Tenant 'x' not found", "Check ARM_TENANT_ID"],
    );
    checkForm([signInFailed(new Error("it broke"))]);
  });
});
