import assert from "node:assert/strict";
import { NOBODY, ok, OTHER, refused, restrict, size, standard, type Case } from "./switch-case.ts";
import { AAGUID_A, AAGUID_B, DEFAULT_PROFILE, everyone, FIDO2, send } from "./util.ts";

/** Switches about targets, the policy as a whole, the directory, batches and tokens. */
export const serviceCases: Case[] = [
  {
    name: "unknownGroup",
    prepare: (emulator) => emulator.tenant().setPolicy({ excludeTargets: [{ id: NOBODY, targetType: "group" }] }),
    patch: ({ excludeTargets }) => ({ excludeTargets }),
    answers: { refused, refusedWhenAdded: ok, accepted: ok },
  },
  {
    name: "nonSecurityGroup",
    patch: (_, emulator) => ({
      excludeTargets: [{ id: emulator.tenant().groups.get("All Contoso").id, targetType: "group" }],
    }),
    answers: { refused, accepted: ok },
  },
  {
    name: "deletedGroupTargets",
    request: (emulator) =>
      send(emulator, "DELETE", `/v1.0/groups/${emulator.tenant().groups.get("Shared mailboxes").id}`),
    answers: {
      kept: ({ policy }) => assert.equal(policy.excludeTargets.length, 1),
      removed: ({ policy }) => assert.equal(policy.excludeTargets.length, 0),
    },
  },
  {
    name: "targetTypeAnnotation",
    seed: "contoso-profiles",
    patch: () => ({ includeTargets: [everyone(DEFAULT_PROFILE)] }),
    answers: { optional: ok, required: refused },
  },
  {
    name: "policySizeLimitBytes",
    patch: () => restrict([AAGUID_A, AAGUID_B]),
    answers: { "500": refused, "20480": ok },
  },
  {
    name: "policySizeScope",
    // Larger than any policy of the test and smaller than the whole methods policy around it.
    prepare: (emulator) => (emulator.switches.policySizeLimitBytes = size(emulator.tenant().policy()) + 500),
    patch: () => ({ state: "enabled" }),
    answers: { fido2Policy: ok, authenticationMethodsPolicy: refused },
  },
  {
    name: "unknownProperties",
    patch: () => ({ brandNew: { a: 1 } }),
    answers: {
      refused,
      ignored: (outcome, before) => {
        ok(outcome);
        assert.deepEqual(outcome.policy, before);
      },
      stored: ({ policy }) => assert.deepEqual(policy["brandNew"], { a: 1 }),
    },
  },
  {
    name: "legacyFieldsAfterRetirement",
    seed: "contoso-profiles",
    prepare: (emulator) => emulator.tenant().stopLegacyFields(),
    patch: () => ({ isAttestationEnforced: false, ...restrict([AAGUID_A]) }),
    answers: {
      ignored: (outcome, before) => {
        ok(outcome);
        assert.deepEqual(outcome.policy, before);
      },
      refused,
    },
  },
  {
    name: "deleteAfterOptIn",
    seed: "contoso-profiles",
    request: (emulator) => send(emulator, "DELETE", `/v1.0${FIDO2}`),
    answers: {
      resetsDefaultProfile: ({ policy }) => {
        assert.equal(policy.passkeyProfiles.length, 1);
        assert.equal(standard(policy).passkeyTypes, "deviceBound");
        assert.deepEqual(policy.includeTargets, [everyone(DEFAULT_PROFILE)]);
      },
      keepsProfiles: ({ policy }, before) => {
        assert.deepEqual(policy.passkeyProfiles, before.passkeyProfiles);
        assert.deepEqual(policy.includeTargets, [everyone(DEFAULT_PROFILE)]);
      },
      refused,
    },
  },
  {
    name: "stateAfterDelete",
    request: (emulator) => send(emulator, "DELETE", `/v1.0${FIDO2}`),
    answers: {
      disabled: ({ policy }) => assert.equal(policy.state, "disabled"),
      enabled: ({ policy }) => assert.equal(policy.state, "enabled"),
    },
  },
  {
    name: "missingPolicy",
    prepare: (emulator) => emulator.faults.policyMissing(),
    request: (emulator) => send(emulator, "GET", `/v1.0${FIDO2}`),
    answers: {
      "404": ({ status }) => assert.equal(status, 404),
      "400": ({ status }) => assert.equal(status, 400),
    },
  },
  {
    name: "validationErrorCode",
    patch: () => restrict(["yubikey"]),
    answers: {
      badRequest: ({ body }) => assert.equal((body["error"] as { code: string }).code, "badRequest"),
      Request_BadRequest: ({ body }) => assert.equal((body["error"] as { code: string }).code, "Request_BadRequest"),
    },
  },
  {
    name: "policyReadAll",
    request: (emulator) =>
      send(emulator, "GET", `/v1.0${FIDO2}`, { token: emulator.token(undefined, ["Policy.Read.All"]) }),
    prepare: (emulator) => emulator.tenant().grantPermission("Policy.Read.All"),
    answers: { refused: ({ status }) => assert.equal(status, 403), accepted: ok },
  },
  {
    name: "transitiveCastNeedsEventual",
    request: (emulator) => {
      const { id } = emulator.tenant().groups.get("Helpdesk");
      return send(emulator, "GET", `/v1.0/groups/${id}/transitiveMembers/microsoft.graph.user`);
    },
    answers: { required: ({ status }) => assert.equal(status, 400), optional: ok },
  },
  {
    name: "filterClauseLimit",
    request: (emulator) => send(emulator, "GET", `/v1.0/groups?$filter=id in ('${OTHER}','${NOBODY}')`),
    answers: { "1": ({ status }) => assert.equal(status, 400), "2": ok },
  },
  {
    name: "pageSize",
    request: (emulator) => send(emulator, "GET", "/v1.0/groups"),
    answers: {
      "2": ({ body }) => {
        assert.equal((body["value"] as []).length, 2);
        assert.ok(body["@odata.nextLink"]);
      },
      "100": ({ body }) => assert.equal(body["@odata.nextLink"], undefined),
    },
  },
  {
    name: "batchResponseOrder",
    request: (emulator) => {
      const requests = ["1", "2"].map((id) => ({ id, method: "GET", url: "/groups" }));
      return send(emulator, "POST", "/v1.0/$batch", { body: { requests } });
    },
    answers: {
      asSent: ({ body }) =>
        assert.deepEqual(
          (body["responses"] as { id: string }[]).map(({ id }) => id),
          ["1", "2"],
        ),
      reversed: ({ body }) =>
        assert.deepEqual(
          (body["responses"] as { id: string }[]).map(({ id }) => id),
          ["2", "1"],
        ),
    },
  },
  {
    name: "tokenLifetimeSeconds",
    request: (emulator) => {
      const form = "client_id=a&client_secret=b&grant_type=client_credentials&scope=x/.default";
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return send(emulator, "POST", `/${emulator.tenant().id}/oauth2/v2.0/token`, { body: form, headers });
    },
    answers: {
      "60": ({ body }) => assert.equal(body["expires_in"], 60),
      "3599": ({ body }) => assert.equal(body["expires_in"], 3599),
    },
  },
];
