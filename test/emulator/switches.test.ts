import assert from "node:assert/strict";
import {
  defaultSwitches,
  parseSwitches,
  startEmulator,
  SwitchError,
  switchCatalogue,
  switchNames,
} from "../../provider/dist/emulator/index.js";
import type { Emulator, RenderedFido2Policy, Switches, SwitchName } from "../../provider/dist/emulator/index.js";
import {
  AAGUID_A,
  AAGUID_B,
  DEFAULT_PROFILE,
  everyone,
  FIDO2,
  FIDO2_TYPE,
  graphClient,
  profile,
  send,
} from "./util.ts";

const OTHER = "11111111-2222-4333-8444-555555555555";
const NOBODY = "99999999-2222-4333-8444-555555555555";

/** What came of an attempt. */
interface Outcome {
  status: number;
  policy: RenderedFido2Policy;
  body: Record<string, unknown>;
}

/** One switch: what to try, and what to see for each of its answers. */
interface Case {
  name: SwitchName;
  seed?: "contoso-legacy" | "contoso-profiles";
  prepare?(emulator: Emulator): void;
  /** Body of a PATCH, or any other request. */
  patch?(policy: RenderedFido2Policy, emulator: Emulator): object;
  request?(emulator: Emulator): Promise<{ status: number; body: Record<string, unknown> }>;
  answers: Record<string, (outcome: Outcome, before: RenderedFido2Policy) => void>;
}

const ok = ({ status }: Outcome) => assert.ok(status < 300, `status ${status}`);
const refused = (outcome: Outcome, before: RenderedFido2Policy) => {
  assert.equal(outcome.status, 400);
  assert.deepEqual(outcome.policy, before);
};
const standard = (policy: RenderedFido2Policy) => {
  const found = policy.passkeyProfiles.find((one) => one.id === DEFAULT_PROFILE);
  assert.ok(found);
  return found;
};
const second = (policy: RenderedFido2Policy) => {
  const found = policy.passkeyProfiles[1];
  assert.ok(found);
  return found;
};
const restrict = (aaGuids: string[], isEnforced = true) => ({
  keyRestrictions: { isEnforced, enforcementType: "allow", aaGuids },
});
const list = (policy: RenderedFido2Policy) => policy.keyRestrictions?.aaGuids;
const stored = (emulator: Emulator, aaGuids: string[], isEnforced = true) =>
  emulator.tenant().setPolicy(restrict(aaGuids, isEnforced));
const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const cases: Case[] = [
  {
    name: "listWhileNotEnforced",
    prepare: (emulator) => stored(emulator, [AAGUID_A]),
    patch: () => ({ state: "disabled", ...restrict([AAGUID_A, AAGUID_B], false) }),
    answers: {
      accepted: (outcome) => {
        ok(outcome);
        assert.deepEqual(list(outcome.policy), [AAGUID_A, AAGUID_B]);
      },
      refused,
      dropped: (outcome) => {
        assert.equal(outcome.status, 204);
        assert.deepEqual(outcome.policy.keyRestrictions, restrict([AAGUID_A], false).keyRestrictions);
        assert.equal(outcome.policy.state, "disabled");
      },
    },
  },
  {
    name: "partialKeyRestrictions",
    prepare: (emulator) => stored(emulator, [AAGUID_A]),
    patch: () => ({ keyRestrictions: { enforcementType: "block" } }),
    answers: {
      merge: ({ policy }) =>
        assert.deepEqual(policy.keyRestrictions, { isEnforced: true, enforcementType: "block", aaGuids: [AAGUID_A] }),
      replace: ({ policy }) =>
        assert.deepEqual(policy.keyRestrictions, { isEnforced: null, enforcementType: "block", aaGuids: [] }),
      refused,
    },
  },
  { name: "emptyAllowList", patch: () => restrict([]), answers: { accepted: ok, refused } },
  { name: "malformedAaguid", patch: () => restrict(["yubikey"]), answers: { accepted: ok, refused } },
  {
    name: "aaguidCase",
    patch: () => restrict([AAGUID_A.toUpperCase()]),
    answers: {
      verbatim: ({ policy }) => assert.deepEqual(list(policy), [AAGUID_A.toUpperCase()]),
      lowered: ({ policy }) => assert.deepEqual(list(policy), [AAGUID_A]),
    },
  },
  {
    name: "bothDialects",
    seed: "contoso-profiles",
    patch: (policy) => ({
      isAttestationEnforced: false,
      ...restrict([AAGUID_A]),
      passkeyProfiles: [{ ...standard(policy), ...restrict([AAGUID_B]) }, second(policy)],
    }),
    answers: {
      legacyWins: ({ policy }) => {
        assert.deepEqual(list(policy), [AAGUID_A]);
        assert.equal(standard(policy).attestationEnforcement, "disabled");
      },
      profilesWin: ({ policy }) => {
        assert.deepEqual(list(policy), [AAGUID_B]);
        assert.equal(standard(policy).attestationEnforcement, "registrationOnly");
      },
    },
  },
  {
    name: "profilesInLegacyMode",
    patch: () => ({ passkeyProfiles: [profile(DEFAULT_PROFILE, { name: "Default passkey profile" }), profile(OTHER)] }),
    answers: {
      refused,
      ignored: (outcome, before) => {
        ok(outcome);
        assert.deepEqual(outcome.policy, before);
      },
      optsIn: ({ policy }) => {
        assert.equal(policy.defaultPasskeyProfile, DEFAULT_PROFILE);
        assert.equal(policy.passkeyProfiles.length, 2);
        assert.deepEqual(policy.includeTargets[0]?.allowedPasskeyProfiles, [DEFAULT_PROFILE]);
      },
    },
  },
  {
    name: "emptyProfilesInProfileMode",
    seed: "contoso-profiles",
    patch: () => ({ passkeyProfiles: [] }),
    answers: {
      refused,
      ignored: (outcome, before) => {
        ok(outcome);
        assert.deepEqual(outcome.policy, before);
      },
      destructive: ({ policy }) => {
        assert.deepEqual(
          policy.passkeyProfiles.map((one) => one.id),
          [DEFAULT_PROFILE],
        );
        assert.deepEqual(policy.includeTargets[0]?.allowedPasskeyProfiles, [DEFAULT_PROFILE]);
      },
    },
  },
  {
    name: "emptyAllowedProfiles",
    seed: "contoso-profiles",
    patch: () => ({ includeTargets: [{ targetType: "group", id: "all_users" }, everyone()] }),
    answers: {
      refused,
      stored: ({ policy }) => assert.deepEqual(policy.includeTargets, [everyone(), everyone()]),
      defaultProfile: ({ policy }) =>
        assert.deepEqual(policy.includeTargets, [everyone(DEFAULT_PROFILE), everyone(DEFAULT_PROFILE)]),
    },
  },
  {
    name: "partialProfile",
    seed: "contoso-profiles",
    patch: (policy) => ({ passkeyProfiles: [standard(policy), { id: second(policy).id, name: "renamed" }] }),
    answers: {
      refused,
      merge: ({ policy }, before) =>
        assert.deepEqual(second(policy), { ...second(before), name: "renamed" } as typeof policy.passkeyProfiles[0]),
      replace: ({ policy }, before) =>
        assert.deepEqual(second(policy), {
          id: second(before).id,
          name: "renamed",
          passkeyTypes: null,
          attestationEnforcement: "disabled",
          keyRestrictions: null,
        }),
    },
  },
  {
    name: "profileIdMissing",
    seed: "contoso-profiles",
    patch: ({ passkeyProfiles }) => {
      const { id: _, ...anonymous } = profile(OTHER);
      return { passkeyProfiles: [...passkeyProfiles, anonymous] };
    },
    answers: {
      refused,
      generated: ({ policy }) => assert.match(policy.passkeyProfiles[2]?.id ?? "", /^[0-9a-f-]{36}$/),
    },
  },
  {
    name: "untargetAndRemoveInOnePatch",
    seed: "contoso-profiles",
    patch: (policy) => ({ passkeyProfiles: [standard(policy)], includeTargets: [everyone(DEFAULT_PROFILE)] }),
    answers: { accepted: ({ policy }) => assert.equal(policy.passkeyProfiles.length, 1), refused },
  },
  {
    name: "legacyAttestationWrite",
    seed: "contoso-profiles",
    patch: () => ({ isAttestationEnforced: true }),
    answers: {
      attestationOnly: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "deviceBound,synced"),
      passkeyTypesToo: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "deviceBound"),
    },
  },
  {
    name: "passkeyTypesOrder",
    seed: "contoso-profiles",
    patch: (policy) => ({ passkeyProfiles: [{ ...standard(policy), passkeyTypes: "synced, deviceBound" }, second(policy)] }),
    answers: {
      canonical: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "deviceBound,synced"),
      verbatim: ({ policy }) => assert.equal(standard(policy).passkeyTypes, "synced, deviceBound"),
    },
  },
  {
    name: "writtenDefaultProfile",
    seed: "contoso-profiles",
    patch: (policy) => ({ defaultPasskeyProfile: second(policy).id }),
    answers: {
      ignored: (outcome) => {
        ok(outcome);
        assert.equal(outcome.policy.defaultPasskeyProfile, DEFAULT_PROFILE);
      },
      refused,
    },
  },
  {
    name: "profileLimit",
    seed: "contoso-profiles",
    patch: ({ passkeyProfiles }) => ({ passkeyProfiles: [...passkeyProfiles, profile(OTHER), profile(NOBODY)] }),
    answers: { "3": refused, "4": ok },
  },
  {
    name: "unknownGroup",
    prepare: (emulator) =>
      emulator.tenant().setPolicy({ excludeTargets: [{ id: NOBODY, targetType: "group" }] }),
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

describe("switches", () => {
  it("are all tried, with every answer", () => {
    assert.deepEqual(
      cases.map(({ name }) => name),
      switchNames,
    );
    for (const { name, answers } of cases) {
      const { values } = switchCatalogue[name];
      if (values === "number") {
        assert.equal(Object.keys(answers).length, 2, name);
      } else {
        assert.deepEqual(Object.keys(answers).sort(), [...values].sort(), name);
      }
    }
  });

  for (const { name, seed, prepare, patch, request, answers } of cases) {
    for (const [answer, check] of Object.entries(answers)) {
      it(`${name}=${answer}`, async () => {
        const switches = parseSwitches({ [name]: answer });
        await using emulator = await startEmulator({ switches, ...(seed === undefined ? {} : { seed }) });
        prepare?.(emulator);
        const before = emulator.tenant().policy();
        const body = patch === undefined ? undefined : { "@odata.type": FIDO2_TYPE, ...patch(before, emulator) };
        const answered =
          request === undefined
            ? await send(emulator, "PATCH", `/v1.0${FIDO2}`, { body })
            : await request(emulator);
        check({ status: answered.status, body: answered.body, policy: emulator.tenant().policy() }, before);
      });
    }
  }

  it("of a tenant come before those of the emulator, and both may be changed while it runs", async () => {
    await using emulator = await startEmulator({ switches: { emptyAllowList: "refused" } });
    const attempt = async () => {
      const body = { "@odata.type": FIDO2_TYPE, ...restrict([]) };
      return (await send(emulator, "PATCH", `/v1.0${FIDO2}`, { body })).status;
    };
    assert.equal(await attempt(), 400);
    emulator.tenant().switches.emptyAllowList = "accepted";
    assert.equal(await attempt(), 204);
    delete emulator.tenant().switches.emptyAllowList;
    emulator.switches.emptyAllowList = "accepted";
    assert.equal(await attempt(), 204);
  });

  it("start with the first answer of the catalogue", () => {
    const defaults: Switches = defaultSwitches();
    assert.equal(defaults.listWhileNotEnforced, "accepted");
    assert.equal(defaults.bothDialects, "legacyWins");
    assert.equal(defaults.profileLimit, 3);
  });

  it("are checked when they come as text", () => {
    assert.deepEqual(parseSwitches({ profileLimit: "5" }), { profileLimit: 5 });
    for (const bad of [{ profileLimit: "none" }, { profileLimit: 0 }, { bothDialects: "neither" }, { nonsense: "1" }]) {
      assert.throws(() => parseSwitches(bad), SwitchError);
    }
  });

  it("let the documented read through Microsoft's client", async () => {
    await using emulator = await startEmulator();
    assert.equal(((await graphClient(emulator).api(FIDO2).get()) as { id: string }).id, "Fido2");
  });
});
