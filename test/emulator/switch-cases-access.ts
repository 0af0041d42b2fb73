import assert from "node:assert/strict";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import { NOBODY, ok, type Case, type Outcome } from "./switch-case.ts";
import { AAGUID_A, AAGUID_B, send } from "./util.ts";

const STRENGTHS = "/v1.0/policies/authenticationStrengthPolicies";

const POLICIES = "/v1.0/identity/conditionalAccess/policies";
const PASS = "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass";
const PASS_TYPE = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration";

const limit = (...allowedAAGUIDs: string[]) => ({
  "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
  appliesToCombinations: ["fido2"],
  allowedAAGUIDs,
});
const create = (emulator: Emulator, members: object = {}) =>
  send(emulator, "POST", STRENGTHS, {
    body: { displayName: "Keys", allowedCombinations: ["fido2", "password,sms"], ...members },
  });
const custom = (emulator: Emulator) => emulator.tenant().authenticationStrengths.list().slice(3);
/** The custom strengths as they are after a request. */
const thenStrengths = async (emulator: Emulator, answer: Promise<{ status: number }>) => {
  const { status } = await answer;
  return { status, body: { strengths: custom(emulator) } };
};
const models = ({ body }: Outcome) =>
  (body["strengths"] as ReturnType<typeof custom>).flatMap(({ combinationConfigurations }) =>
    combinationConfigurations.flatMap(({ allowedAAGUIDs = [] }) => allowedAAGUIDs),
  );
const bad = ({ status }: Outcome) => assert.equal(status, 400);
const existing = (emulator: Emulator) =>
  emulator.tenant().authenticationStrengths.add({
    displayName: "Existing",
    allowedCombinations: ["fido2", "password,sms"],
    allowedAaguids: [AAGUID_A],
  });

/** Switches about authentication strengths, Temporary Access Pass and writes of Conditional Access. */
export const accessCases: Case[] = [
  {
    name: "inlineConfigurations",
    request: (emulator) => thenStrengths(emulator, create(emulator, { combinationConfigurations: [limit(AAGUID_A)] })),
    answers: {
      stored: (outcome) => assert.deepEqual([outcome.status, models(outcome)], [201, [AAGUID_A]]),
      ignored: (outcome) => assert.deepEqual([outcome.status, models(outcome)], [201, []]),
      refused: (outcome) => assert.deepEqual([outcome.status, outcome.body["strengths"]], [400, []]),
    },
  },
  {
    name: "strengthNameTaken",
    prepare: (emulator) => void existing(emulator),
    request: (emulator) => create(emulator, { displayName: "Existing" }),
    answers: { accepted: ok, refused: bad },
  },
  {
    name: "customStrengthLimit",
    prepare: (emulator) => void existing(emulator),
    request: (emulator) => create(emulator),
    answers: { "1": bad, "2": ok },
  },
  {
    name: "usedStrengthDeleted",
    prepare: (emulator) => {
      const { id } = existing(emulator);
      emulator.tenant().conditionalAccessPolicies.add({ displayName: "Admins", authenticationStrength: id });
    },
    request: (emulator) =>
      thenStrengths(emulator, send(emulator, "DELETE", `${STRENGTHS}/${custom(emulator)[0]?.id ?? ""}`)),
    answers: {
      refused: (outcome) => assert.deepEqual([outcome.status, models(outcome)], [400, [AAGUID_A]]),
      accepted: ({ status, body }) => assert.deepEqual([status, body["strengths"]], [204, []]),
    },
  },
  {
    name: "secondConfiguration",
    prepare: (emulator) => void existing(emulator),
    request: (emulator) => {
      const path = `${STRENGTHS}/${custom(emulator)[0]?.id ?? ""}/combinationConfigurations`;
      return thenStrengths(emulator, send(emulator, "POST", path, { body: limit(AAGUID_B) }));
    },
    answers: {
      refused: (outcome) => assert.deepEqual([outcome.status, models(outcome)], [400, [AAGUID_A]]),
      accepted: (outcome) => assert.deepEqual([outcome.status, models(outcome)], [201, [AAGUID_A, AAGUID_B]]),
    },
  },
  {
    name: "configuredCombinationRemoved",
    prepare: (emulator) => void existing(emulator),
    request: (emulator) => {
      const path = `${STRENGTHS}/${custom(emulator)[0]?.id ?? ""}/updateAllowedCombinations`;
      const body = { allowedCombinations: ["password,sms"] };
      return thenStrengths(emulator, send(emulator, "POST", path, { body }));
    },
    answers: {
      refused: (outcome) => assert.deepEqual([outcome.status, models(outcome)], [400, [AAGUID_A]]),
      removesConfiguration: (outcome) => assert.deepEqual([outcome.status, models(outcome)], [200, []]),
    },
  },
  {
    name: "emptyAllowedAaguids",
    request: (emulator) => create(emulator, { combinationConfigurations: [limit()] }),
    answers: { refused: bad, accepted: ok },
  },
  {
    name: "conditionalAccessWrite",
    request: (emulator) => {
      const token = emulator.token(undefined, ["Policy.ReadWrite.ConditionalAccess"]);
      return send(emulator, "POST", POLICIES, { body: { displayName: "A", state: "enabled", conditions: {} }, token });
    },
    answers: { documented: ({ status }) => assert.equal(status, 403), writeAlone: ok },
  },
  {
    name: "conditionalAccessUnknownObjects",
    request: (emulator) => {
      const conditions = { users: { includeGroups: [NOBODY] } };
      return send(emulator, "POST", POLICIES, { body: { displayName: "A", state: "enabled", conditions } });
    },
    answers: { refusedWhenAdded: bad, accepted: ok },
  },
  {
    name: "passDefaultOutside",
    request: async (emulator) => {
      const body = { "@odata.type": PASS_TYPE, maximumLifetimeInMinutes: 90, minimumLifetimeInMinutes: 70 };
      const { status } = await send(emulator, "PATCH", PASS, { body });
      return {
        status,
        body: { lifetime: emulator.tenant().method("TemporaryAccessPass")["defaultLifetimeInMinutes"] },
      };
    },
    answers: {
      refused: ({ status, body }) => assert.deepEqual([status, body["lifetime"]], [400, 60]),
      moved: ({ status, body }) => assert.deepEqual([status, body["lifetime"]], [204, 70]),
    },
  },
];
