import { conditionalAccessPolicy } from "../published/conditional-access.ts";
import { applicationId } from "../routes/directory.ts";
import type { World } from "../world.ts";
import { keys } from "./strengths.ts";
import { groupId, typed, type Json, type Write } from "./write.ts";

const POLICIES = "/identity/conditionalAccess/policies";

const guests = {
  guestOrExternalUserTypes: "internalGuest,b2bCollaborationGuest",
  externalTenants: {
    ...typed("conditionalAccessEnumeratedExternalTenants"),
    membershipKind: "enumerated",
    members: ["3d6e2b7c-0f48-4a7b-b1d5-9c8e4f6a2b02"],
  },
};
const filter = { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' };

function accessSample(world: World): Json {
  const user = world.tenant.users.list()[0]?.id ?? "";
  return {
    displayName: "Written",
    description: "Written",
    state: "disabled",
    conditions: {
      users: {
        ...{ includeUsers: ["All"], excludeUsers: [user], includeGroups: [groupId(world)], excludeGroups: [] },
        ...{ includeRoles: ["62e90394-69f5-4237-9190-012177145e10"], excludeRoles: [] },
        ...{ includeGuestsOrExternalUsers: guests, excludeGuestsOrExternalUsers: null },
      },
      applications: {
        ...{ includeApplications: ["All"], excludeApplications: [], includeUserActions: [] },
        ...{ includeAuthenticationContextClassReferences: ["c1"], applicationFilter: { ...filter, rule: "x -eq 1" } },
      },
      clientAppTypes: ["browser", "mobileAppsAndDesktopClients"],
      ...{ userRiskLevels: ["high"], signInRiskLevels: ["medium"], servicePrincipalRiskLevels: ["low"] },
      insiderRiskLevels: "elevated",
      platforms: { includePlatforms: ["all"], excludePlatforms: ["iOS"] },
      locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] },
      devices: { deviceFilter: filter },
      clientApplications: {
        ...{ includeServicePrincipals: [applicationId(world)], excludeServicePrincipals: [] },
        servicePrincipalFilter: { ...filter, rule: "x -eq 1" },
      },
      authenticationFlows: { transferMethods: "deviceCodeFlow" },
    },
    grantControls: {
      ...{ operator: "AND", builtInControls: ["compliantDevice"], customAuthenticationFactors: [], termsOfUse: [] },
      authenticationStrength: { id: keys(world).id },
    },
    sessionControls: {
      applicationEnforcedRestrictions: { isEnabled: true },
      cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: "monitorOnly" },
      disableResilienceDefaults: true,
      persistentBrowser: { isEnabled: true, mode: "never" },
      secureSignInSession: { isEnabled: true },
      signInFrequency: {
        ...{ isEnabled: true, authenticationType: "primaryAndSecondaryAuthentication" },
        ...{ frequencyInterval: "timeBased", type: "hours", value: 4 },
      },
    },
  };
}

const access = { shape: conditionalAccessPolicy, seed: "contoso-legacy", sample: accessSample } as const;

/** Conditional Access policies. */
export const accessWrites: readonly Write[] = [
  {
    name: "a new Conditional Access policy",
    ...access,
    method: "POST",
    status: 201,
    path: () => POLICIES,
    base: { displayName: "New", state: "disabled", conditions: { users: { includeUsers: ["All"] } } },
    nulls: ["description", "grantControls", "sessionControls"],
  },
  {
    name: "a Conditional Access policy",
    ...access,
    method: "PATCH",
    status: 204,
    path: ({ tenant }) => `${POLICIES}/${tenant.conditionalAccessPolicies.list()[0]?.id}`,
    base: {},
    nulls: ["description", "grantControls", "sessionControls"],
  },
];
