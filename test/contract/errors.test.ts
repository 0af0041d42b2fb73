import assert from "node:assert/strict";
import { startEmulator, type Emulator, type RequestKind } from "../../provider/dist/emulator/index.js";
import { ROWS } from "./routes/index.ts";
import { SWITCHES, VERSIONS, furnish } from "./tenant.ts";
import { World } from "./world.ts";

const FIDO2 = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
const ONE = "GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/:configuration";
const REPORT = "/reports/authenticationMethods/userRegistrationDetails";
const ACCESS = "/identity/conditionalAccess/policies";

for (const version of VERSIONS) {
  describe(`Errors of ${version}`, () => {
    let emulator: Emulator;
    let world: World;

    beforeEach(async () => {
      emulator = await startEmulator({ seed: "contoso-profiles", switches: SWITCHES });
      furnish(emulator, emulator.tenant().id);
      world = new World(emulator, emulator.tenant(), version);
    });
    afterEach(() => emulator.close());

    const none = () => assert.deepEqual(world.found, []);

    it("are in Graph's envelope without a token, with an expired one and without permissions, on every route", async () => {
      for (const row of ROWS.filter(({ needs }) => needs !== "nothing")) {
        const looked = new World(emulator, emulator.tenant(), version);
        await row.ask(looked, row.route);
        const question = looked.questions.find(({ route }) => route === row.route);
        assert.ok(question, `${row.route} was not asked`);
        const { path, body } = question;
        const unauthenticated = { status: 401, code: "InvalidAuthenticationToken" } as const;
        await world.ask(row.route, path, unauthenticated, { body, token: null });
        await world.ask(row.route, path, unauthenticated, { body, token: "a.b.c" });
        if (row.needs !== "token") {
          const token = emulator.token(emulator.tenant().id, []);
          await world.ask(row.route, path, { status: 403, code: "Authorization_RequestDenied" }, { body, token });
        }
      }
      const token = emulator.token();
      emulator.tenant().expireTokens();
      await world.ask(ONE, FIDO2, { status: 401, code: "InvalidAuthenticationToken" }, { token });
      none();
    });

    it("are in it for every status that a service may have", async () => {
      const asked: [RequestKind, string, string][] = [
        ["policy", ONE, FIDO2],
        ["group", "GET /groups", "/groups"],
        ["user", "GET /users", "/users"],
        ["report", `GET ${REPORT}`, REPORT],
        ["conditionalAccess", `GET ${ACCESS}`, ACCESS],
      ];
      for (const [kind, route, path] of asked) {
        for (const status of [409, 500, 503, 504] as const) {
          emulator.faults.status({ kind }, status);
          await world.ask(route, path, { status });
        }
        emulator.faults.throttle({ kind }, { retryAfter: 3 });
        await world.ask(route, path, { status: 429, code: "TooManyRequests", retryAfter: true });
      }
      none();
    });

    it("say when to come back where the limit is documented so, and not for Conditional Access", async () => {
      Object.assign(emulator.switches, { reportRequestsPer10Seconds: 1, conditionalAccessRequestsPerSecond: 1 });
      await world.ask(`GET ${REPORT}/:id`, `${REPORT}/nobody`, { status: 404 });
      await world.ask(`GET ${REPORT}`, REPORT, { status: 429, retryAfter: true });
      await world.ask(`GET ${ACCESS}/:id`, `${ACCESS}/nobody`, { status: 404 });
      await world.ask(`GET ${ACCESS}`, ACCESS, { status: 429, retryAfter: false });
      none();
    });

    it("are 403 without a licence", async () => {
      emulator.tenant().licence = "free";
      const code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
      await world.ask(`GET ${REPORT}`, REPORT, { status: 403, code });
      await world.ask(`GET ${ACCESS}`, ACCESS, { status: 403 });
      none();
    });

    it("echo the id that the client gave", async () => {
      const id = "0d6f3f4e-7b1e-4f43-9a36-c5d1a9a9b111";
      const headers = { "client-request-id": id };
      const body = await world.ask(ONE, `${FIDO2}x`, { status: 404 }, { headers });
      const { error } = body as { error: { innerError: Record<string, string> } };
      assert.equal(error.innerError["client-request-id"], id);
      none();
    });
  });
}
