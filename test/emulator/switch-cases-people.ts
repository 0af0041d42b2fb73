import assert from "node:assert/strict";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import { ok, type Case } from "./switch-case.ts";
import { AAGUID_A, REPORT, send } from "./util.ts";

const USER = "adele.vance@contoso.example";
const POLICIES = "/v1.0/identity/conditionalAccess/policies";

/** Sends the same request so many times; the last answer counts. */
async function repeated(emulator: Emulator, path: string, times: number) {
  for (let n = 1; n < times; n++) {
    ok({ ...(await send(emulator, "GET", path)), policy: emulator.tenant().policy() });
  }
  return send(emulator, "GET", path);
}

const throttled = ({ status }: { status: number }) => assert.equal(status, 429);
const words = ({ body }: { body: Record<string, unknown> }) =>
  (body["value"] as { methodsRegistered: string[] }[])[0]?.methodsRegistered;

/** Switches about registrations, their report and Conditional Access. */
export const peopleCases: Case[] = [
  {
    name: "reportRequestsPer10Seconds",
    request: (emulator) => repeated(emulator, `/v1.0${REPORT}`, 6),
    answers: { "5": throttled, "6": ok },
  },
  {
    name: "fido2MethodsThrottled",
    request: async (emulator) => {
      await repeated(emulator, `/v1.0${REPORT}`, 5);
      return send(emulator, "GET", `/v1.0/users/${USER}/authentication/fido2Methods`);
    },
    answers: { no: ok, yes: throttled },
  },
  {
    name: "conditionalAccessRequestsPerSecond",
    request: (emulator) => repeated(emulator, POLICIES, 2),
    answers: { "1": throttled, "2": ok },
  },
  {
    name: "throttleWindowMilliseconds",
    prepare: (emulator) => (emulator.switches.reportRequestsPer10Seconds = 1),
    request: async (emulator) => {
      await send(emulator, "GET", `/v1.0${REPORT}`);
      const { headers, ...answer } = await send(emulator, "GET", `/v1.0${REPORT}`);
      return { ...answer, body: { retryAfter: headers.get("retry-after") } };
    },
    answers: {
      "10000": ({ status, body }) => assert.deepEqual([status, body["retryAfter"]], [429, "10"]),
      "1000": ({ status, body }) => assert.deepEqual([status, body["retryAfter"]], [429, "1"]),
    },
  },
  {
    name: "reportPageSize",
    request: (emulator) => send(emulator, "GET", `/v1.0${REPORT}`),
    answers: {
      "2": ({ body }) => assert.equal((body["value"] as unknown[]).length, 2),
      "100": ({ body }) => assert.equal(body["@odata.nextLink"], undefined),
    },
  },
  {
    name: "reportWordForKeys",
    prepare: (emulator) => void emulator.tenant().passkeys.add(USER, { aaGuid: AAGUID_A }),
    request: (emulator) => send(emulator, "GET", `/v1.0${REPORT}`),
    answers: {
      passKeyDeviceBound: (outcome) => assert.deepEqual(words(outcome), ["passKeyDeviceBound"]),
      fido2SecurityKey: (outcome) => assert.deepEqual(words(outcome), ["fido2SecurityKey"]),
      both: (outcome) => assert.deepEqual(words(outcome), ["passKeyDeviceBound", "fido2SecurityKey"]),
    },
  },
  {
    name: "policyReadConditionalAccess",
    prepare: (emulator) => emulator.tenant().grantPermission("Policy.Read.ConditionalAccess"),
    request: (emulator) =>
      send(emulator, "GET", POLICIES, { token: emulator.token(undefined, ["Policy.Read.ConditionalAccess"]) }),
    answers: { refused: ({ status }) => assert.equal(status, 403), accepted: ok },
  },
  {
    name: "conditionalAccessWithoutLicence",
    prepare: (emulator) => (emulator.tenant().licence = "free"),
    request: (emulator) => send(emulator, "GET", POLICIES),
    answers: {
      refused: ({ status, body }) =>
        assert.deepEqual([status, (body["error"] as { code: string }).code], [403, "AccessDenied"]),
      answered: ok,
    },
  },
];
