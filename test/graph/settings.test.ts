import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import {
  CLOUDS,
  CloudUnsupportedError,
  foundSettings,
  resolveSettings,
  Secret,
  SettingsError,
  type ConnectionSettings,
} from "../../provider/dist/graph/index.js";

const TENANT = "11111111-2222-4333-8444-555555555555";
const OTHER = "99999999-2222-4333-8444-555555555555";
const tenant = { ARM_TENANT_ID: TENANT };
const app = { ...tenant, ARM_CLIENT_ID: "app" };

function resolve(env: NodeJS.ProcessEnv, config: Record<string, string> = {}): ConnectionSettings {
  return resolveSettings(env, (key) => config[key]);
}

function refused(setting: string, words: RegExp, env: NodeJS.ProcessEnv, config: Record<string, string> = {}): void {
  assert.throws(
    () => resolve(env, config),
    (error: Error) => {
      assert.ok(error instanceof SettingsError, String(error));
      assert.equal(error.setting, setting);
      assert.match(error.message, words);
      return true;
    },
  );
}

describe("resolveSettings tenant", () => {
  it("names both ways to set it when it is missing", () => {
    refused("azuread:tenantId", /is missing.*ARM_TENANT_ID.*pulumi config set azuread:tenantId/, {});
    assert.throws(() => resolveSettings({}), SettingsError);
  });

  it("takes the environment before the configuration, and an empty variable for absent", () => {
    const config = { "azuread:tenantId": OTHER };
    assert.equal(resolve({}, config).tenantId, OTHER);
    assert.equal(resolve(tenant, config).tenantId, TENANT);
    assert.equal(resolve({ ARM_TENANT_ID: " " }, config).tenantId, OTHER);
  });

  it("brings the GUID to lower case", () => {
    const upper = "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE";
    assert.equal(resolve({ ARM_TENANT_ID: ` ${upper} ` }).tenantId, upper.toLowerCase());
  });

  for (const value of ["contoso.onmicrosoft.com", "common", `${TENANT}/x`, `${TENANT}0`, "../../evil"]) {
    it(`refuses ${value}`, () => refused("azuread:tenantId", /has to be the tenant's GUID/, { ARM_TENANT_ID: value }));
  }

  it("accepts nothing but GUIDs", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        let accepted: string | undefined;
        try {
          accepted = resolve({ ARM_TENANT_ID: value }).tenantId;
        } catch (error) {
          assert.ok(error instanceof SettingsError);
        }
        assert.ok(accepted === undefined || /^[0-9a-f-]{36}$/.test(accepted));
      }),
    );
  });
});

describe("resolveSettings cloud", () => {
  it("is the global one by default", () => assert.equal(resolve(tenant).cloud, CLOUDS.global));

  it("comes from either source, the environment first", () => {
    const config = { "azuread:environment": "dod" };
    assert.equal(resolve(tenant, config).cloud, CLOUDS.usgovernmentl5);
    assert.equal(resolve({ ...tenant, ARM_ENVIRONMENT: "usgovernment" }, config).cloud, CLOUDS.usgovernmentl4);
  });

  it("refuses China, even with a local Graph", () => {
    const env = { ...tenant, ARM_ENVIRONMENT: "china", ENTRA_PASSKEYS_ENDPOINT: "http://127.0.0.1:1" };
    assert.throws(() => resolve(env), CloudUnsupportedError);
  });

  it("refuses a name that no cloud has, with the names that exist", () => {
    refused("azuread:environment", /"mars".*usgovernmentl4/, { ...tenant, ARM_ENVIRONMENT: "mars" });
  });
});

describe("resolveSettings authentication", () => {
  /** In the order in which they count. */
  const methods = [
    ["clientCertificate", { ARM_CLIENT_CERTIFICATE_PATH: "c.pfx" }, { "azuread:clientCertificatePath": "c.pfx" }],
    ["clientSecret", { ARM_CLIENT_SECRET: "s" }, { "azuread:clientSecret": "s" }],
    ["oidc", { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" }, { "azuread:useOidc": "true", "azuread:oidcToken": "t" }],
    ["managedIdentity", { ARM_USE_MSI: "true" }, { "azuread:useMsi": "true" }],
    ["azureCli", { ARM_USE_CLI: "true" }, { "azuread:useCli": "true" }],
  ] as const;

  methods.forEach(([kind, env, config], place) => {
    it(`takes ${kind} from the environment or the configuration`, () => {
      assert.equal(resolve({ ...app, ...env }).authentication.kind, kind);
      assert.equal(resolve(app, config).authentication.kind, kind);
    });

    for (const [later, laterEnv, laterConfig] of methods.slice(place + 1)) {
      it(`takes ${kind} before ${later} of the same source, and the environment before the configuration`, () => {
        assert.equal(resolve({ ...app, ...env, ...laterEnv }).authentication.kind, kind);
        assert.equal(resolve(app, { ...config, ...laterConfig }).authentication.kind, kind);
        assert.equal(resolve({ ...app, ...laterEnv }, config).authentication.kind, later);
      });
    }
  });

  it("falls back to Azure CLI, unless it is not allowed", () => {
    assert.equal(resolve(tenant).authentication.kind, "azureCli");
    refused("azuread:useCli", /no other way to sign in/, { ...tenant, ARM_USE_CLI: "false" });
  });

  it("lets the environment switch off what the configuration switches on", () => {
    const env = { ...app, ARM_USE_OIDC: "false" };
    assert.equal(resolve(env, { "azuread:useOidc": "true" }).authentication.kind, "azureCli");
  });

  it("takes the newer secret from the environment", () => {
    const { authentication } = resolve({ ...app, ARM_CLIENT_SECRET: "new" }, { "azuread:clientSecret": "old" });
    assert.ok(authentication.kind === "clientSecret");
    assert.equal(authentication.secret.reveal(), "new");
  });

  it("joins a secret of one source with the client id of the other", () => {
    const settings = resolve({ ...tenant, ARM_CLIENT_SECRET: "s" }, { "azuread:clientId": "app" });
    assert.equal(settings.clientId, "app");
    assert.equal(settings.authentication.kind, "clientSecret");
  });

  it("asks for the client id that a method needs", () => {
    refused("azuread:clientId", /client secret needs it.*ARM_CLIENT_ID/, { ...tenant, ARM_CLIENT_SECRET: "s" });
    refused("azuread:clientId", /OIDC needs it/, { ...tenant, ARM_USE_OIDC: "1", ARM_OIDC_TOKEN: "t" });
    refused("azuread:clientId", /certificate needs it/, { ...tenant, ARM_CLIENT_CERTIFICATE_PATH: "c" });
  });

  it("refuses a switch that is neither on nor off", () => {
    refused("azuread:useOidc", /neither true nor false/, { ...app, ARM_USE_OIDC: "perhaps" });
  });
});

describe("resolveSettings OIDC", () => {
  const oidc = { ...app, ARM_USE_OIDC: "true" };
  const source = (env: NodeJS.ProcessEnv) => {
    const { authentication } = resolve({ ...oidc, ...env });
    assert.ok(authentication.kind === "oidc");
    return authentication.source;
  };

  it("takes a token, then a token file, then a request URL", () => {
    const file = { ARM_OIDC_TOKEN_FILE_PATH: "/t" };
    const url = { ARM_OIDC_REQUEST_URL: "https://ci/x", ARM_OIDC_REQUEST_TOKEN: "r" };
    assert.ok("token" in source({ ARM_OIDC_TOKEN: "t", ...file, ...url }));
    assert.ok("tokenFile" in source({ ...file, ...url }));
    assert.ok("requestUrl" in source(url));
  });

  it("takes what the environment has before what the configuration has", () => {
    const env = { ...oidc, ARM_OIDC_TOKEN_FILE_PATH: "/t" };
    const { authentication } = resolve(env, { "azuread:oidcToken": "old" });
    assert.deepEqual(authentication, { kind: "oidc", source: { tokenFile: "/t" } });
  });

  it("takes what GitHub Actions sets by itself", () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://gh/x?a=1", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "r" };
    const found = source(env);
    assert.ok("requestUrl" in found && found.requestUrl === "https://gh/x?a=1");
  });

  it("says what to do when there is no token", () => {
    refused("azuread:useOidc", /ARM_OIDC_TOKEN.*id-token: write/, oidc);
  });

  it("sends the request token over https only", () => {
    const env = { ...oidc, ARM_OIDC_REQUEST_URL: "http://ci.example/x", ARM_OIDC_REQUEST_TOKEN: "r" };
    refused("azuread:oidcRequestUrl", /not an https URL/, env);
  });
});

describe("resolveSettings endpoint", () => {
  const at = (endpoint: string) => ({ ...tenant, ENTRA_PASSKEYS_ENDPOINT: endpoint });

  for (const [given, endpoint] of [
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.1.2.3:8080/", "http://127.1.2.3:8080"],
    ["http://localhost:1/base/", "http://localhost:1/base"],
    ["https://[::1]:8443", "https://[::1]:8443"],
    ["http://127.1:9", "http://127.0.0.1:9"],
  ] as const) {
    it(`accepts ${given}`, () => assert.equal(resolve(at(given)).endpoint, endpoint));
  }

  for (const given of [
    "https://graph.example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://10.0.0.1",
    "http://[::2]",
    "http://0.0.0.0",
    "https://graph.microsoft.com",
  ]) {
    it(`refuses ${given}, which is not this machine`, () => {
      refused("entra-passkeys:endpoint", /never sent to a host other than the cloud's Graph/, at(given));
    });
  }

  for (const given of ["127.0.0.1:8080", "ftp://127.0.0.1", "nonsense"]) {
    it(`refuses ${given}, which is no URL of the web`, () => {
      refused("entra-passkeys:endpoint", /not an http or https URL/, at(given));
    });
  }

  it("refuses a user name in it", () => {
    refused("entra-passkeys:endpoint", /more in it/, at("http://me:pw@127.0.0.1:1"));
  });

  it("comes from the configuration, too, and needs no credentials", () => {
    const settings = resolve(tenant, { "entra-passkeys:endpoint": "http://localhost:1" });
    assert.equal(settings.endpoint, "http://localhost:1");
    assert.equal(settings.authentication.kind, "local");
  });

  it("uses a client secret where there is one", () => {
    assert.equal(
      resolve({ ...at("http://localhost:1"), ...app, ARM_CLIENT_SECRET: "s" }).authentication.kind,
      "clientSecret",
    );
  });
});

describe("ConnectionSettings", () => {
  const value = "very-secret-value";
  const all: NodeJS.ProcessEnv[] = [
    { ...app, ARM_CLIENT_SECRET: value },
    { ...app, ARM_CLIENT_CERTIFICATE: value, ARM_CLIENT_CERTIFICATE_PASSWORD: value },
    { ...app, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: value },
    { ...app, ARM_USE_OIDC: "true", ARM_OIDC_REQUEST_URL: "https://ci/x", ARM_OIDC_REQUEST_TOKEN: value },
  ];

  it("print without their secrets", () => {
    for (const env of all) {
      const settings = resolve(env);
      for (const text of [JSON.stringify(settings), inspect(settings, { depth: null, showHidden: true })]) {
        assert.ok(!text.includes(value));
        assert.match(text, /\[secret\]/);
      }
    }
  });

  it("do not show a secret in an error either", () => {
    const env = { ...tenant, ARM_CLIENT_SECRET: value };
    assert.throws(
      () => resolve(env),
      (error: Error) => !inspect(error, { depth: null }).includes(value),
    );
  });
});

describe("Secret", () => {
  it("shows only when asked", () => {
    const secret = new Secret("x1y2");
    assert.equal(secret.reveal(), "x1y2");
    assert.equal(`${secret}`, "[secret]");
    assert.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}');
    assert.ok(!inspect({ secret }, { showHidden: true, depth: null }).includes("x1y2"));
  });
});

describe("foundSettings", () => {
  const config = (key: string) => ({ "azuread:tenantId": TENANT, "azuread:clientSecret": "configured" })[key];

  it("says where each setting comes from, and never a secret", () => {
    const found = foundSettings({ ARM_TENANT_ID: ` ${TENANT} `, ARM_CLIENT_SECRET: "hidden", ARM_USE_CLI: "" }, config);
    assert.deepEqual(found, [
      { setting: "azuread:tenantId", variable: "ARM_TENANT_ID", value: TENANT, overrides: false },
      { setting: "azuread:clientSecret", variable: "ARM_CLIENT_SECRET", overrides: true },
    ]);
    assert.doesNotMatch(JSON.stringify(found), /hidden|configured/);
  });

  it("names the variable that counts of several, and none for the stack configuration", () => {
    const actions = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://x.example/?y=1" };
    assert.deepEqual(foundSettings(actions, config), [
      { setting: "azuread:tenantId", value: TENANT, overrides: false },
      { setting: "azuread:clientSecret", overrides: false },
      { setting: "azuread:oidcRequestUrl", variable: "ACTIONS_ID_TOKEN_REQUEST_URL", overrides: false },
    ]);
    assert.deepEqual(foundSettings({}), []);
  });
});
