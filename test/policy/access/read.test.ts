import assert from "node:assert/strict";
import {
  readAccess,
  readAuthenticationStrength,
  readConditionalAccessPolicy,
  readTemporaryAccessPassPolicy,
} from "../../../provider/dist/policy/access/index.js";
import { KEY_A, STUDENTS } from "../util.ts";
import { asks, everywhere, MFA, pass, strength } from "./tenant.ts";

describe("readConditionalAccessPolicy", () => {
  it("reads whom, what and how, in lower case where Graph compares so", () => {
    const users = { includeUsers: ["None"], includeGroups: [STUDENTS.toUpperCase()], excludeRoles: ["R"] };
    const { conditions, grantControls, ...rest } = readConditionalAccessPolicy(
      everywhere(asks(MFA, { operator: "AND", builtInControls: ["compliantDevice"] }), {}, { users }),
    );
    assert.deepEqual(rest, { displayName: "Sign in", state: "enabled" });
    assert.deepEqual(conditions, {
      users: {
        includeUsers: [],
        excludeUsers: [],
        includeGroups: [STUDENTS],
        excludeGroups: [],
        includeRoles: [],
        excludeRoles: ["r"],
      },
      applications: {
        includeApplications: ["all"],
        excludeApplications: [],
        includeUserActions: [],
        includeAuthenticationContextClassReferences: [],
        applicationFilter: null,
      },
      clientAppTypes: ["all"],
      devices: { deviceFilter: null },
      others: [],
    });
    assert.deepEqual(grantControls, {
      operator: "AND",
      builtInControls: ["compliantDevice"],
      customAuthenticationFactors: [],
      termsOfUse: [],
      authenticationStrength: { id: MFA },
    });
  });

  it("takes what is not there, or of another kind, for unknown", () => {
    for (const json of [undefined, null, "policy", [], {}]) {
      const { state, conditions, grantControls } = readConditionalAccessPolicy(json);
      assert.deepEqual([state, conditions.users, conditions.applications, grantControls], Array(4).fill(undefined));
    }
    const odd = readConditionalAccessPolicy({
      state: 1,
      conditions: {
        users: { includeGroups: "all" },
        applications: { includeApplications: [1] },
        clientAppTypes: "all",
        devices: 7,
        agents: { includeAgents: ["x"] },
      },
      grantControls: { builtInControls: "block", authenticationStrength: "strong" },
    });
    assert.deepEqual([odd.state, odd.conditions.users, odd.conditions.applications], Array(3).fill(undefined));
    assert.deepEqual([odd.conditions.clientAppTypes, odd.conditions.devices.deviceFilter], [undefined, undefined]);
    assert.deepEqual(odd.conditions.others, ["agents"]);
    assert.equal(odd.grantControls!.builtInControls, undefined);
    assert.deepEqual(odd.grantControls!.authenticationStrength, { id: undefined });
  });

  it("tells grants without controls from grants that were not answered", () => {
    assert.equal(readConditionalAccessPolicy({ grantControls: null }).grantControls, null);
    assert.equal(readConditionalAccessPolicy({}).grantControls, undefined);
  });
});

describe("readAuthenticationStrength", () => {
  it("reads combinations and models", () => {
    const read = readAuthenticationStrength(strength(MFA, ["fido2"], KEY_A.toUpperCase()));
    assert.deepEqual(read.allowedCombinations, ["fido2"]);
    assert.deepEqual(read.combinationConfigurations, [{ allowedAAGUIDs: [KEY_A] }]);
  });

  it("tells a strength without limits from one whose limits were not answered", () => {
    assert.deepEqual(readAuthenticationStrength(strength(MFA, ["fido2"])).combinationConfigurations, []);
    for (const json of [{}, undefined, { allowedCombinations: null, combinationConfigurations: null }]) {
      const { allowedCombinations, combinationConfigurations } = readAuthenticationStrength(json);
      assert.deepEqual([allowedCombinations, combinationConfigurations], [undefined, undefined]);
    }
    const [odd] = readAuthenticationStrength({
      combinationConfigurations: [{ allowedAAGUIDs: [1] }],
    }).combinationConfigurations!;
    assert.equal(odd!.allowedAAGUIDs, undefined);
  });

  it("leaves out configurations of other combinations", () => {
    const other = { appliesToCombinations: ["x509CertificateMultiFactor"], allowedIssuerSkis: ["a"] };
    assert.deepEqual(readAuthenticationStrength({ combinationConfigurations: [other] }).combinationConfigurations, []);
  });
});

describe("readTemporaryAccessPassPolicy", () => {
  it("reads what decides", () => {
    assert.deepEqual(readTemporaryAccessPassPolicy(pass()), {
      state: "enabled",
      isUsableOnce: true,
      defaultLifetimeInMinutes: 60,
      minimumLifetimeInMinutes: 60,
      maximumLifetimeInMinutes: 480,
      includeTargets: [{ id: STUDENTS, targetType: "group" }],
      excludeTargets: [],
    });
  });

  it("has no state where it does not say whom it means", () => {
    for (const parts of [
      { includeTargets: undefined },
      { excludeTargets: undefined },
      { state: undefined },
      { includeTargets: "all" },
    ]) {
      assert.equal(readTemporaryAccessPassPolicy(pass(parts)).state, undefined, JSON.stringify(parts));
    }
    assert.equal(readTemporaryAccessPassPolicy(pass({ isUsableOnce: "true" })).isUsableOnce, undefined);
    assert.equal(readTemporaryAccessPassPolicy("no").state, undefined);
  });
});

describe("readAccess", () => {
  it("leaves out what was not read", () => {
    assert.deepEqual(readAccess({}), {});
    assert.deepEqual(Object.keys(readAccess({ strengths: [], temporaryAccessPass: {} })), [
      "strengths",
      "temporaryAccessPass",
    ]);
  });
});
