import { conditionalAccessPolicy } from "../published/conditional-access.ts";
import { anyCombination, strength, updateResult } from "../published/strengths.ts";
import type { World } from "../world.ts";
import { NOBODY, type Row } from "./row.ts";

const POLICIES = "/identity/conditionalAccess/policies";
const BUILT_IN = "00000000-0000-0000-0000-000000000004";
const FIDO2 = "#microsoft.graph.fido2CombinationConfiguration";
const AAGUID = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

/** A body as the azuread provider sends it: every object with its type, empty lists, null where nothing is said. */
export function newPolicy(changes: object = {}): object {
  return {
    "@odata.type": "#microsoft.graph.conditionalAccessPolicy",
    displayName: "Contract",
    state: "enabledForReportingButNotEnforced",
    conditions: {
      "@odata.type": "#microsoft.graph.conditionalAccessConditionSet",
      applications: { includeApplications: ["All"], excludeApplications: [], includeUserActions: [] },
      clientAppTypes: ["all"],
      users: {
        ...{ includeUsers: ["All"], excludeUsers: [], includeGroups: [], excludeGroups: [] },
        ...{ includeRoles: [], excludeRoles: [] },
      },
      ...{ devices: null, locations: null, platforms: null, authenticationFlows: null },
      ...{ signInRiskLevels: [], userRiskLevels: [], servicePrincipalRiskLevels: [] },
    },
    grantControls: {
      ...{ operator: "OR", builtInControls: [], customAuthenticationFactors: [], termsOfUse: [] },
      authenticationStrength: { "@odata.type": "#microsoft.graph.authenticationStrengthPolicy", id: BUILT_IN },
    },
    sessionControls: null,
    ...changes,
  };
}

async function makePolicy(world: World, changes: object = {}): Promise<string> {
  const expected = { status: 201, shape: conditionalAccessPolicy } as const;
  return String((await world.ask(`POST ${POLICIES}`, POLICIES, expected, { body: newPolicy(changes) }))["id"]);
}

const policyRows: Row[] = [
  {
    route: `GET ${POLICIES}`,
    async ask(world, route) {
      await world.ask(route, POLICIES, { status: 200, list: conditionalAccessPolicy });
      await world.ask(route, `${POLICIES}?$top=1`, { status: 200, list: conditionalAccessPolicy });
      const filter = encodeURIComponent("state eq 'enabled'");
      await world.ask(route, `${POLICIES}?$filter=${filter}`, { status: 200, list: conditionalAccessPolicy });
      await world.ask(route, `${POLICIES}?$expand=x`, { status: 501 });
    },
  },
  {
    route: `POST ${POLICIES}`,
    async ask(world, route) {
      await makePolicy(world);
      await makePolicy(world, {
        grantControls: null,
        sessionControls: { signInFrequency: { isEnabled: true, type: "hours", value: 4 } },
      });
      const minimal = { displayName: "Contract", state: "disabled", conditions: { users: { includeUsers: ["None"] } } };
      await world.ask(route, POLICIES, { status: 201, shape: conditionalAccessPolicy }, { body: minimal });
      await world.ask(route, POLICIES, { status: 400 }, { body: { displayName: "Contract" } });
    },
  },
  {
    route: `GET ${POLICIES}/:id`,
    async ask(world, route) {
      for (const { id } of world.tenant.conditionalAccessPolicies.list()) {
        await world.ask(route, `${POLICIES}/${id}`, { status: 200, shape: conditionalAccessPolicy });
      }
      await world.ask(route, `${POLICIES}/${NOBODY}`, { status: 404 });
    },
  },
  {
    route: `PATCH ${POLICIES}/:id`,
    async ask(world, route) {
      const id = await makePolicy(world);
      await world.ask(route, `${POLICIES}/${id}`, { status: 204 }, { body: { state: "disabled" } });
      await world.ask(`GET ${POLICIES}/:id`, `${POLICIES}/${id}`, { status: 200, shape: conditionalAccessPolicy });
      await world.ask(route, `${POLICIES}/${NOBODY}`, { status: 404 }, { body: { state: "disabled" } });
    },
  },
  {
    route: `DELETE ${POLICIES}/:id`,
    async ask(world, route) {
      const id = await makePolicy(world);
      await world.ask(route, `${POLICIES}/${id}`, { status: 204 });
      await world.ask(route, `${POLICIES}/${id}`, { status: 404 });
    },
  },
];

function strengthRows(set: string): Row[] {
  const configurations = `${set}/:id/combinationConfigurations`;
  const make = async (world: World): Promise<string> => {
    const body = { displayName: "Contract", allowedCombinations: ["fido2", "password,sms"] };
    return String((await world.ask(`POST ${set}`, set, { status: 201, shape: strength }, { body }))["id"]);
  };
  const configuration = { "@odata.type": FIDO2, appliesToCombinations: ["fido2"], allowedAAGUIDs: [AAGUID] };
  const limit = async (world: World): Promise<string> => {
    const path = `${set}/${await make(world)}/combinationConfigurations`;
    const expected = { status: 201, shape: anyCombination } as const;
    const body = await world.ask(`POST ${configurations}`, path, expected, { body: configuration });
    return `${path}/${String(body["id"])}`;
  };
  return [
    {
      route: `GET ${set}`,
      async ask(world, route) {
        await world.ask(route, set, { status: 200, list: strength });
        const filter = encodeURIComponent("policyType eq 'builtIn'");
        await world.ask(route, `${set}?$filter=${filter}`, { status: 200, list: strength });
      },
    },
    {
      route: `POST ${set}`,
      async ask(world, route) {
        await make(world);
        await world.ask(route, set, { status: 400 }, { body: { displayName: "Contract" } });
      },
    },
    {
      route: `GET ${set}/:id`,
      async ask(world, route) {
        for (const { id } of world.tenant.authenticationStrengths.list()) {
          await world.ask(route, `${set}/${id}`, { status: 200, shape: strength });
        }
        await world.ask(route, `${set}/${NOBODY}`, { status: 404 });
      },
    },
    {
      route: `PATCH ${set}/:id`,
      async ask(world, route) {
        await world.ask(route, `${set}/${await make(world)}`, { status: 204 }, { body: { description: "Written" } });
        await world.ask(route, `${set}/${BUILT_IN}`, { status: 400 }, { body: { description: "Written" } });
        await world.ask(route, `${set}/${NOBODY}`, { status: 404 }, { body: {} });
      },
    },
    {
      route: `DELETE ${set}/:id`,
      async ask(world, route) {
        const id = await make(world);
        await world.ask(route, `${set}/${id}`, { status: 204 });
        await world.ask(route, `${set}/${id}`, { status: 404 });
      },
    },
    {
      route: `POST ${set}/:id/updateAllowedCombinations`,
      async ask(world, route) {
        const path = `${set}/${await make(world)}/updateAllowedCombinations`;
        await world.ask(
          route,
          path,
          { status: 200, shape: updateResult },
          { body: { allowedCombinations: ["fido2"] } },
        );
        await world.ask(route, path, { status: 400 }, { body: { allowedCombinations: ["carrierPigeon"] } });
      },
    },
    {
      route: `GET ${configurations}`,
      async ask(world, route) {
        const one = await limit(world);
        await world.ask(route, one.slice(0, one.lastIndexOf("/")), { status: 200, list: anyCombination });
      },
    },
    {
      route: `POST ${configurations}`,
      async ask(world, route) {
        const path = `${set}/${await make(world)}/combinationConfigurations`;
        await world.ask(route, path, { status: 201, shape: anyCombination }, { body: configuration });
        await world.ask(route, path, { status: 400 }, { body: {} });
      },
    },
    {
      route: `GET ${configurations}/:configuration`,
      async ask(world, route) {
        const path = await limit(world);
        await world.ask(route, path, { status: 200, shape: anyCombination });
        await world.ask(route, path.replace(/[^/]+$/, NOBODY), { status: 404 });
      },
    },
    {
      route: `PATCH ${configurations}/:configuration`,
      async ask(world, route) {
        const path = await limit(world);
        await world.ask(route, path, { status: 204 }, { body: { "@odata.type": FIDO2, allowedAAGUIDs: [AAGUID] } });
        await world.ask(`GET ${configurations}/:configuration`, path, { status: 200, shape: anyCombination });
      },
    },
    {
      route: `DELETE ${configurations}/:configuration`,
      async ask(world, route) {
        const path = await limit(world);
        await world.ask(route, path, { status: 204 });
        await world.ask(route, path, { status: 404 });
      },
    },
  ];
}

export const accessRows: Row[] = [
  ...policyRows,
  ...strengthRows("/policies/authenticationStrengthPolicies"),
  ...strengthRows("/identity/conditionalAccess/authenticationStrength/policies"),
];
