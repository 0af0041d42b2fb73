import assert from "node:assert/strict";
import { checkSettings } from "../../provider/dist/doctor/settings.js";
import { badOf, checkForm, found, TENANT } from "./util.ts";

const SECRET = "S3cret~value.that-must-not-show";
const app = { ARM_TENANT_ID: TENANT, ARM_CLIENT_ID: "22222222-2222-4333-8444-555555555555" };

describe("checkSettings", () => {
  it("says where each setting comes from and what they amount to", () => {
    const { connection, findings } = checkSettings({ ...app, ARM_CLIENT_SECRET: SECRET });
    checkForm(findings);
    assert.equal(connection?.tenantId, TENANT);
    found(findings, "azuread:tenantId", new RegExp(`^${TENANT} \\(from ARM_TENANT_ID\\)$`), "ok");
    found(findings, "azuread:clientSecret", /^set from ARM_CLIENT_SECRET$/, "ok");
    found(findings, "tenant", /in the global cloud/, "ok");
    found(findings, "way to sign in", /^a client secret$/, "ok");
    assert.deepEqual(badOf(findings), []);
    assert.ok(!JSON.stringify(findings).includes(SECRET));
  });

  it("says what is missing as the settings do, with the way out", () => {
    const { connection, findings } = checkSettings({});
    checkForm(findings);
    assert.equal(connection, undefined);
    const missing = found(findings, "azuread:tenantId", /^is missing$/, "error");
    assert.match(missing.next ?? "", /ARM_TENANT_ID/);
  });

  it("never shows what somebody put into the wrong variable", () => {
    const { findings } = checkSettings({ ...app, ARM_CLIENT_ID: SECRET, ARM_CLIENT_SECRET: "x".repeat(20) });
    assert.ok(!JSON.stringify(findings).includes(SECRET));
    found(findings, "azuread:clientId", /^set from ARM_CLIENT_ID$/);
  });

  it("never shows the password in the address of a local Graph", () => {
    const { findings } = checkSettings({ ...app, ENTRA_PASSKEYS_ENDPOINT: `http://me:${SECRET}@127.0.0.1:1` });
    assert.ok(!JSON.stringify(findings).includes(SECRET));
    found(findings, "entra-passkeys:endpoint", /more in it than scheme, host, port and path/, "error");
  });

  for (const [what, env, words] of [
    [
      "a certificate and a secret",
      { ARM_CLIENT_CERTIFICATE_PATH: "a.pem", ARM_CLIENT_SECRET: SECRET },
      /certificate is used/,
    ],
    [
      "a secret and OIDC",
      { ARM_CLIENT_SECRET: SECRET, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "x" },
      /the client secret is used/,
    ],
  ] as const) {
    it(`warns of ${what}, and says which counts`, () => {
      const { findings } = checkSettings({ ...app, ...env });
      found(findings, "way to sign in", words, "warning");
      checkForm(findings);
    });
  }

  it("takes one way that is named twice, or switched off, for no conflict", () => {
    const twice = { ARM_CLIENT_CERTIFICATE: "YQ==", ARM_CLIENT_CERTIFICATE_PATH: "a.pem", ARM_USE_CLI: "false" };
    assert.deepEqual(badOf(checkSettings({ ...app, ...twice }).findings), []);
  });

  it("warns where the environment hides another value of the stack configuration", () => {
    const config = (key: string) => (key === "azuread:tenantId" ? TENANT.replace("1", "9") : undefined);
    const { findings, connection } = checkSettings({ ...app, ARM_CLIENT_SECRET: SECRET }, config);
    found(findings, "azuread:tenantId", /different values; the environment's is used/, "warning");
    assert.equal(connection?.tenantId, TENANT);
  });

  it("says of what is encrypted that it is not read", () => {
    const { findings } = checkSettings({ ...app, ARM_USE_CLI: "false" }, undefined, ["azuread:clientSecret"]);
    found(findings, "azuread:clientSecret", /encrypted/, "warning");
    checkForm(findings);
  });

  it("takes the environment's instead of what is encrypted", () => {
    const { findings } = checkSettings({ ...app, ARM_CLIENT_SECRET: SECRET }, undefined, ["azuread:clientSecret"]);
    assert.deepEqual(badOf(findings), []);
  });

  it("says why a cloud is refused", () => {
    const { findings } = checkSettings({ ...app, ARM_ENVIRONMENT: "china" });
    found(findings, "settings", /is not supported/, "error");
    checkForm(findings);
  });

  it("says that a local Graph is asked", () => {
    const { findings } = checkSettings({ ...app, ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:1" });
    found(findings, "entra-passkeys:endpoint", /a local Graph/, "info");
  });
});
