import { isSet } from "./check.ts";
import { policyBody, policyOutputs } from "./conditional-access-body.ts";
import { type Failure, type Fields, type ResourceType, type Values } from "./types.ts";

const PATH = "/identity/conditionalAccess/policies";

const filter: Fields = {
  mode: { kind: "text", required: true, oneOf: ["include", "exclude"] },
  rule: { kind: "text", required: true },
};

const conditions: Fields = {
  applications: {
    kind: "block",
    required: true,
    fields: {
      includedApplications: { kind: "list" },
      excludedApplications: { kind: "list" },
      includedUserActions: { kind: "list" },
    },
  },
  clientAppTypes: { kind: "list", required: true },
  devices: { kind: "block", removal: "replaces", fields: { filter: { kind: "block", fields: filter } } },
  users: {
    kind: "block",
    required: true,
    fields: {
      includedUsers: { kind: "list" },
      excludedUsers: { kind: "list" },
      includedGroups: { kind: "list" },
      excludedGroups: { kind: "list" },
      includedRoles: { kind: "list" },
      excludedRoles: { kind: "list" },
    },
  },
};

const grantControls: Fields = {
  operator: { kind: "text", required: true, oneOf: ["AND", "OR"] },
  builtInControls: { kind: "list" },
  authenticationStrengthPolicyId: {
    kind: "text",
    pattern: /^\/policies\/authenticationStrengthPolicies\/[^/]+$/,
  },
  customAuthenticationFactors: { kind: "list" },
  termsOfUses: { kind: "list" },
};

const sessionControls: Fields = {
  applicationEnforcedRestrictionsEnabled: { kind: "flag" },
  cloudAppSecurityPolicy: { kind: "text" },
  disableResilienceDefaults: { kind: "flag" },
  persistentBrowserMode: { kind: "text", oneOf: ["always", "never"] },
  signInFrequency: { kind: "number" },
  signInFrequencyAuthenticationType: { kind: "text", computed: true },
  signInFrequencyInterval: { kind: "text", computed: true },
  signInFrequencyPeriod: { kind: "text", oneOf: ["hours", "days"] },
};

const fields: Fields = {
  displayName: { kind: "text", required: true },
  state: { kind: "text", required: true, oneOf: ["enabled", "disabled", "enabledForReportingButNotEnforced"] },
  conditions: { kind: "block", required: true, fields: conditions },
  grantControls: { kind: "block", fields: grantControls },
  // Graph keeps no session controls that control nothing.
  sessionControls: { kind: "block", fields: sessionControls, idle: controlsNothing },
};

/** `azuread.ConditionalAccessPolicy`, on v1.0. Its id is `/identity/conditionalAccess/policies/{uuid}`. */
export const conditionalAccessPolicy: ResourceType = {
  token: "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy",
  fields,
  outputs: ["objectId"],
  check: checkPolicy,

  async create(graph, inputs) {
    const created = await graph.call("POST", `/v1.0${PATH}`, policyBody(inputs));
    const id = `${PATH}/${String(created.id)}`;
    return { id, outputs: policyOutputs(await graph.call("GET", `/v1.0${id}`)) };
  },

  async read(graph, id) {
    const found = await graph.find(`/v1.0${id}`);
    return found && { id, outputs: policyOutputs(found) };
  },

  async update(graph, id, _before, inputs) {
    await graph.call("PATCH", `/v1.0${id}`, policyBody(inputs));
    return { id, outputs: policyOutputs(await graph.call("GET", `/v1.0${id}`)) };
  },

  async delete(graph, id) {
    if ((await graph.find(`/v1.0${id}`)) !== undefined) await graph.call("DELETE", `/v1.0${id}`);
  },
};

function checkPolicy(inputs: Values): Failure[] {
  const { conditions, grantControls, sessionControls } = inputs as Record<string, Values | undefined>;
  const failures: Failure[] = [];
  const one = (property: string, block: Values | undefined, names: string[], exactly = false) => {
    if (typeof block !== "object" || block === null) return;
    const set = names.filter((name) => isSet(block[name]));
    if (set.length === 0 || (exactly && set.length > 1)) {
      const reason = `${exactly ? "exactly one" : "one"} of \`${names.join(",")}\` must be specified in ${property}`;
      failures.push({ property, reason });
    }
  };
  if (!isSet(grantControls) && !isSet(sessionControls)) {
    const reason = "one of `grantControls,sessionControls` must be specified";
    failures.push({ property: "grantControls", reason });
  }
  const applications = ["includedApplications", "includedUserActions"];
  one("conditions.applications", conditions?.applications as Values | undefined, applications, true);
  one("conditions.users", conditions?.users as Values | undefined, USERS);
  one("grantControls", grantControls, ["builtInControls", "authenticationStrengthPolicyId", "termsOfUses"]);
  return failures;
}

const USERS = ["includedUsers", "includedGroups", "includedRoles"];

function controlsNothing(block: Values): boolean {
  return Object.values(block).every((value) => value == null || value === "" || value === false || value === 0);
}
