import assert from "node:assert/strict";
import { PermissionError, UnreadableAnswerError } from "../../provider/dist/graph/index.js";
import { failure, FakeGraph, refusal, rig } from "./fake-graph.ts";

const KEYS = "ABCDEF00-0000-4000-8000-000000000001";
const MFA = "00000000-0000-0000-0000-000000000002";
const AAGUID = "2FC0579F-8113-47EA-B116-BB5A8DB9202A";
const USER = "EEEEEEEE-0000-4000-8000-000000000001";
const GROUP = "FFFFFFFF-0000-4000-8000-000000000001";

const always = {
  users: {
    includeUsers: ["All"],
    excludeUsers: [],
    includeGroups: [],
    excludeGroups: [],
    includeRoles: [],
    excludeRoles: [],
  },
  applications: { includeApplications: ["All"], excludeApplications: [], includeUserActions: [] },
  clientAppTypes: ["all"],
  platforms: null,
  locations: null,
  userRiskLevels: [],
  signInRiskLevels: [],
};
const grant = (strength: string, changes: object = {}) => ({
  operator: "OR",
  builtInControls: [],
  customAuthenticationFactors: [],
  termsOfUse: [],
  authenticationStrength: { id: strength },
  ...changes,
});
const policy = (changes: object = {}) => ({
  id: "p",
  displayName: "Hardware keys",
  state: "enabled",
  conditions: always,
  grantControls: grant(KEYS),
  ...changes,
});
const keys = {
  id: KEYS.toLowerCase(),
  displayName: "Approved keys",
  allowedCombinations: ["fido2", "password,hardwareOath"],
  combinationConfigurations: [{ appliesToCombinations: ["fido2"], allowedAAGUIDs: [AAGUID] }],
};
const mfa = {
  id: MFA,
  displayName: "Multifactor",
  allowedCombinations: ["fido2", "password,sms"],
  combinationConfigurations: [],
};

describe("readStrengthRequirements", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  const read = (policies: object[], ...strengths: object[]) => {
    fake.answer({ body: { value: policies } }, { body: { value: strengths } });
    return rig(fake).graph.readStrengthRequirements();
  };

  it("gives what is asked of whom", async () => {
    const users = {
      includeUsers: [USER],
      excludeUsers: ["GuestsOrExternalUsers"],
      includeGroups: [GROUP],
      excludeGroups: [],
      includeRoles: ["62e90394-69f5-4237-9190-012177145e10"],
      excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: "b2bCollaborationGuest" },
    };
    assert.deepEqual(await read([policy({ conditions: { ...always, users } })], mfa, keys), [
      {
        policy: "Hardware keys",
        strength: "Approved keys",
        strengthId: "abcdef00-0000-4000-8000-000000000001",
        allowedCombinations: ["fido2", "password,hardwareOath"],
        allowedAaguids: [AAGUID.toLowerCase()],
        includeUsers: [USER.toLowerCase()],
        excludeUsers: ["guestsorexternalusers"],
        includeGroups: [GROUP.toLowerCase()],
        excludeGroups: [],
        includesRoles: true,
        excludesRoles: false,
        conditional: false,
      },
    ]);
    assert.deepEqual(
      fake.seen.map(({ path }) => path),
      ["/v1.0/identity/conditionalAccess/policies", "/v1.0/policies/authenticationStrengthPolicies"],
    );
  });

  it("limits no models where the strength does not", async () => {
    const [requirement] = await read([policy({ grantControls: grant(MFA) })], mfa, keys);
    assert.ok(requirement && !("allowedAaguids" in requirement));
    assert.deepEqual(requirement.includeUsers, ["all"]);
  });

  it("asks for the configurations of a strength whose list does not carry them", async () => {
    const { combinationConfigurations, ...bare } = keys;
    fake.answer(
      { body: { value: [policy()] } },
      { body: { value: [bare, { ...mfa, combinationConfigurations: undefined }] } },
    );
    fake.answer({ body: { value: combinationConfigurations } });
    const [requirement] = await rig(fake).graph.readStrengthRequirements();
    assert.deepEqual(requirement?.allowedAaguids, [AAGUID.toLowerCase()]);
    assert.equal(fake.seen.length, 3, "not for strengths that nothing asks for");
  });

  it("leaves out what does not ask at sign-in", async () => {
    const actions = { includeApplications: [], includeUserActions: ["urn:user:registersecurityinfo"] };
    const left = [
      policy({ state: "enabledForReportingButNotEnforced" }),
      policy({ state: "disabled" }),
      policy({ grantControls: null }),
      policy({ grantControls: { ...grant(KEYS), authenticationStrength: null } }),
      policy({ conditions: { ...always, applications: actions } }),
    ];
    assert.deepEqual(await read(left, keys), []);
  });

  const only = (changes: object) => policy({ conditions: { ...always, ...changes } });
  const cases: [string, boolean, object][] = [
    ["some resources", true, only({ applications: { includeApplications: ["Office365"] } })],
    [
      "all resources but one",
      false,
      only({ applications: { includeApplications: ["All"], excludeApplications: ["x"] } }),
    ],
    [
      "an authentication context",
      true,
      only({ applications: { includeApplications: [], includeAuthenticationContextClassReferences: ["c1"] } }),
    ],
    [
      "a filter for resources",
      true,
      only({ applications: { includeApplications: ["All"], applicationFilter: { mode: "include", rule: "x" } } }),
    ],
    ["some client types", true, only({ clientAppTypes: ["browser"] })],
    ["some platforms", true, only({ platforms: { includePlatforms: ["android"], excludePlatforms: [] } })],
    ["all platforms", false, only({ platforms: { includePlatforms: ["all"], excludePlatforms: [] } })],
    ["all platforms but one", true, only({ platforms: { includePlatforms: ["all"], excludePlatforms: ["iOS"] } })],
    [
      "all locations but trusted ones",
      true,
      only({ locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] } }),
    ],
    ["a filter for devices", true, only({ devices: { deviceFilter: { mode: "exclude", rule: "x" } } })],
    ["risk", true, only({ signInRiskLevels: ["high"] })],
    ["a flow", true, only({ authenticationFlows: { transferMethods: "deviceCodeFlow" } })],
    ["a condition that is newer than this version", true, only({ agentRiskLevels: "high" })],
    [
      "conditions that are empty",
      false,
      only({ devices: { deviceFilter: null }, authenticationFlows: null, "x@odata.y": "z" }),
    ],
    ["another control instead", true, policy({ grantControls: grant(KEYS, { builtInControls: ["compliantDevice"] }) })],
    [
      "another control as well",
      false,
      policy({ grantControls: grant(KEYS, { operator: "AND", builtInControls: ["compliantDevice"] }) }),
    ],
  ];
  for (const [what, conditional, given] of cases) {
    it(`${conditional ? "asks only sometimes" : "asks always"} with ${what}`, async () => {
      const [requirement] = await read([given], keys);
      assert.equal(requirement?.conditional, conditional);
    });
  }

  it("asks for no strengths where no policy does", async () => {
    assert.deepEqual(await read([]), []);
    assert.equal(fake.seen.length, 1);
  });

  it("fails rather than forgetting a strength", async () => {
    await failure(read([policy()], mfa), UnreadableAnswerError);
    fake.replies.length = 0;
    await failure(read([policy()], { id: KEYS }), UnreadableAnswerError);
  });

  it("names the permission", async () => {
    fake.answer(refusal(403, "AccessDenied", "x"));
    const error = await failure(rig(fake).graph.readStrengthRequirements(), PermissionError);
    assert.deepEqual(error.permissions, ["Policy.Read.All"]);
  });

  it("waits where the service puts it off without a time", async () => {
    fake.answer(refusal(429, "TooManyRequests", "x"));
    const it = rig(fake);
    fake.answer({ body: { value: [] } });
    assert.deepEqual(await it.graph.readStrengthRequirements(), []);
    assert.equal(it.pauses.length, 1);
  });
});
