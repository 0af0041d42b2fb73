import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import fc from "fast-check";
import { createGraph, GraphError, resolveSettings, SignInError } from "../../provider/dist/graph/index.js";
import { failure, FakeGraph, policy, refusal, rig, SECRET, TENANT } from "./fake-graph.ts";

const GROUP = "aaaaaaaa-2222-4333-8444-555555555555";
const OTHER = "99999999-2222-4333-8444-555555555555";
const graph = createRequire(import.meta.url).resolve("../../provider/dist/graph/index.js");

const HOST = "graph.microsoft.com";
/** Hosts that read like Graph's, and tricks that make a reader or a parser see another host than the one that is asked. */
const AUTHORITIES = [
  `${HOST}@evil.example`,
  `${HOST}:443@evil.example`,
  `${HOST}%40evil.example`,
  `user:pw@${HOST}`,
  `@${HOST}`,
  `${HOST}.evil.example`,
  `evil.example\\@${HOST}`,
  `evil.example\\.${HOST}`,
  `evil.example#@${HOST}`,
  `evil.example?@${HOST}`,
  `evil.example/@${HOST}`,
  `${HOST}:8443`,
  `${HOST}:80`,
  `${HOST}.`,
  `GRAPH.MICROSOFT.COM.EVIL.EXAMPLE`,
  `graph.microsoft.us`,
  `dod-graph.microsoft.us`,
  `login.microsoftonline.com`,
  `gr\u0430ph.microsoft.com`,
  `graph.microsoft.c\u043em`,
  `graph\u3002microsoft\u3002com\u3002evil.example`,
  `xn--graph-.microsoft.com`,
  `graph.microsoft.com\t.evil.example`,
  `evil\t.example`,
  `evil.example\n`,
  ` evil.example`,
  `127.0.0.1`,
  `2130706433`,
  `0x7f.1`,
  `[::1]`,
  `[::ffff:127.0.0.1]`,
  `localhost`,
  `169.254.169.254`,
] as const;
const SCHEMES = [
  "https://",
  "http://",
  "HTTPS://",
  "https:/",
  "https:",
  "https:\\\\",
  "ht\ttps://",
  "//",
  "ftp://",
  "ws://",
];

describe("a token goes to the cloud's Graph and nowhere else", () => {
  const original = globalThis.fetch;
  let asked: { url: URL; authorization: string | undefined }[];
  let next: string;

  beforeEach(() => {
    asked = [];
    // The only way out of the client: what arrives here would be sent.
    globalThis.fetch = (input, init) => {
      const url = new URL(String(input));
      const headers = new Headers(init?.headers);
      asked.push({ url, authorization: headers.get("authorization") ?? undefined });
      const first = asked.length === 1;
      const page = first ? { value: [], "@odata.nextLink": next } : { value: [] };
      return Promise.resolve(new Response(JSON.stringify(page)));
    };
  });
  afterEach(() => void (globalThis.fetch = original));

  const credential = { getToken: () => Promise.resolve({ token: "token", expiresOnTimestamp: Infinity }) };
  const settings = resolveSettings({ ARM_TENANT_ID: TENANT, ARM_CLIENT_ID: "app", ARM_CLIENT_SECRET: SECRET });

  async function follow(link: string): Promise<number> {
    [asked, next] = [[], link];
    const reading = createGraph(settings, { credential }).readUserMembers(GROUP);
    await reading.catch((error: unknown) => {
      assert.ok(error instanceof GraphError, `${JSON.stringify(link)}: ${String(error)}`);
    });
    for (const { url, authorization } of asked) {
      assert.equal(url.origin, `https://${HOST}`, JSON.stringify(link));
      assert.equal(url.username + url.password, "", JSON.stringify(link));
      assert.equal(authorization, "Bearer token");
    }
    return asked.length;
  }

  it("follows what is the same place in another spelling", async () => {
    for (const link of [
      `https://${HOST}/v1.0/x`,
      `HTTPS://GRAPH.Microsoft.COM:443/v1.0/x`,
      `https:\\\\${HOST}\\v1.0`,
    ]) {
      assert.equal(await follow(link), 2, link);
    }
  });

  it("follows none of the tricks", async () => {
    for (const scheme of SCHEMES) {
      for (const authority of AUTHORITIES) {
        const link = `${scheme}${authority}/v1.0/groups?$skiptoken=x`;
        const same = URL.canParse(link) && new URL(link).href.startsWith(`https://${HOST}/`);
        assert.equal(await follow(link), same ? 2 : 1, JSON.stringify(link));
      }
    }
  });

  it("holds for links that are put together by chance", async () => {
    const part = fc.constantFrom(
      ...["https://", "http://", "//", "\\", "/", "@", ":", "#", "?", ".", "\t", "\n", " ", "%40", "%2f", "443", "80"],
      ...[HOST, "evil.example", "user", "GRAPH.microsoft.com", "\u0430", "\u3002", "\u200b", "[::1]"],
    );
    const link = fc.oneof(
      fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `https://${parts.join("")}`),
      fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join("")),
      fc.webUrl(),
    );
    await fc.assert(
      fc.asyncProperty(link, async (text) => void (await follow(text))),
      { numRuns: 1500 },
    );
  });

  it("follows no Location header", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      for (const authority of ["evil.example", `${HOST}@evil.example`, `${HOST}:8443`]) {
        asked = [];
        globalThis.fetch = (input, init) => {
          asked.push({ url: new URL(String(input)), authorization: undefined });
          assert.equal(init?.redirect, "manual");
          return Promise.resolve(new Response(null, { status, headers: { location: `https://${authority}/` } }));
        };
        await assert.rejects(createGraph(settings, { credential }).readPasskeyPolicy(), GraphError);
        assert.equal(asked.length, 1);
      }
    }
  });
});

describe("a local endpoint", function () {
  // A process, which loads the package.
  this.timeout(20_000);
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const ways: NodeJS.ProcessEnv[] = [
    { ARM_CLIENT_SECRET: SECRET },
    { ARM_CLIENT_CERTIFICATE_PATH: "/none.pem" },
    { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
    { ARM_USE_OIDC: "true", ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" },
    { ARM_USE_AKS_WORKLOAD_IDENTITY: "true", AZURE_FEDERATED_TOKEN_FILE: "/none" },
    { ARM_USE_MSI: "true", ARM_MSI_ENDPOINT: "https://evil.example" },
    { ARM_USE_CLI: "true" },
    { ARM_METADATA_HOSTNAME: "evil.example", ARM_ENVIRONMENT: "usgovernment" },
    {},
  ];

  it("is the only place that is asked for a token, whatever else signs in", async () => {
    // In a process of its own, where every other way out is a failure.
    const script = `
      const refuse = (what) => () => { throw new Error("left the machine by " + what); };
      for (const name of ["http", "https"]) for (const call of ["request", "get"]) {
        require(name)[call] = refuse(name);
      }
      for (const call of ["spawn", "exec", "execFile", "execSync", "spawnSync"]) {
        require("child_process")[call] = refuse(call);
      }
      const hosts = [], original = globalThis.fetch;
      globalThis.fetch = (input, init) => { hosts.push(new URL(String(input)).origin); return original(input, init); };
      const { createGraph, resolveSettings } = require(${JSON.stringify(graph)});
      createGraph(resolveSettings(process.env)).readPasskeyPolicy().then(
        () => console.log(JSON.stringify({ hosts })),
        (error) => console.log(JSON.stringify({ hosts, error: String(error) })));`;
    const base = {
      PATH: process.env.PATH,
      ARM_TENANT_ID: TENANT,
      ARM_CLIENT_ID: "app",
      ENTRA_PASSKEYS_ENDPOINT: fake.url,
    };
    for (const way of ways) {
      fake.answer({ body: policy() });
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { env: { ...base, ...way } });
      assert.deepEqual(JSON.parse(stdout), { hosts: [fake.url, fake.url] }, JSON.stringify(way));
    }
    assert.equal(fake.tokenRequests.length, ways.length);
  });

  it("that redirects a request for a token gets no second one", async () => {
    const other = await FakeGraph.start();
    try {
      const location = `${other.url}/${TENANT}/oauth2/v2.0/token`;
      fake.tokenReplies.push({ status: 307, headers: { location } });
      await failure(rig(fake).graph.readPasskeyPolicy(), SignInError);
      assert.equal(other.tokenRequests.length, 0);
    } finally {
      await other.close();
    }
  });
});

describe("the tenant of a token", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const jwt = (claims: object) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "none" })}.${part(claims)}.signature`;
  };
  const issue = (token: string) => fake.tokenReplies.push({ body: { access_token: token, expires_in: 3600 } });

  it("has to be the stack's, before anything is sent to Graph", async () => {
    issue(jwt({ tid: OTHER }));
    const error = await failure(rig(fake).graph.readPasskeyPolicy(), SignInError);
    assert.equal(error.code, "OtherTenant");
    assert.match(error.message, new RegExp(`the token is of tenant ${OTHER}.*Set ARM_TENANT_ID`));
    assert.equal(fake.seen.length, 0);
  });

  for (const token of [
    jwt({ tid: TENANT.toUpperCase() }),
    jwt({}),
    jwt({ tid: "x" }),
    jwt([null]),
    "opaque",
    "a.%%.c",
  ]) {
    it(`does not stop ${token.slice(0, 60)}`, async () => {
      issue(token);
      fake.answer({ body: policy() });
      await rig(fake).graph.readPasskeyPolicy();
    });
  }
});

describe("what a service echoes", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const OPAQUE = "an-opaque+token/of=a-service~that-is-no-jwt";
  const forms = (text: string) => [
    text,
    encodeURIComponent(text),
    new URLSearchParams({ t: text }).toString().slice(2),
    Buffer.from(text).toString("base64"),
    Buffer.from(text).toString("base64url"),
  ];

  it("shows no secret and no token in any of their forms", async () => {
    for (const echoed of [...forms(SECRET), ...forms(OPAQUE)]) {
      fake.tokenReplies.push({ body: { access_token: OPAQUE, expires_in: 3600 } });
      fake.answer(refusal(400, "BadRequest", `you sent ${echoed} here`));
      const { graph: client } = rig(fake);
      await assert.rejects(client.readPasskeyPolicy(), (error: Error) => {
        assert.ok(!error.message.includes(echoed.replace(/=+$/, "")), error.message);
        assert.match(error.message, /you sent \[secret\]=* here/);
        return true;
      });
    }
  });
});
