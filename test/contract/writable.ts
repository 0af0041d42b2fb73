import { applicationId } from "./routes/directory.ts";
import { conditionalAccessPolicy } from "./published/conditional-access.ts";
import { group } from "./published/directory.ts";
import { fido2Configuration } from "./published/fido2.ts";
import { temporaryAccessPass } from "./published/methods.ts";
import { fido2Combination, strength } from "./published/strengths.ts";
import type { Structure } from "./shape/type.ts";
import type { World } from "./world.ts";

type Json = Record<string, unknown>;

/** A request that writes, with a body of everything that it may write. */
export interface Write {
  name: string;
  seed: "contoso-legacy" | "contoso-profiles";
  /** What the body is of. */
  shape: Structure;
  method: "POST" | "PATCH";
  status: 200 | 201 | 204;
  /** Where it goes, once everything that it needs is there. */
  path(world: World): string;
  /** Members that every body has. */
  base: Json;
  /** Every published property that can be written, with a right value. */
  sample(world: World): Json;
  /** Published properties that are neither in the sample nor read-only, each with the reason. */
  unsent?: Record<string, string>;
  /** Nullable ones of which a page or a sample shows null. */
  nulls?: string[];
}

const AAGUID = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const STRENGTHS = "/policies/authenticationStrengthPolicies";
const POLICIES = "/identity/conditionalAccess/policies";
const METHODS = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations";
const typed = (name: string) => ({ "@odata.type": `#microsoft.graph.${name}` });

const groupId = ({ tenant }: World) => tenant.groups.list().find(({ securityEnabled }) => securityEnabled)?.id ?? "";
const target = (id: string) => ({ id, targetType: "group" });
const restrictions = { isEnforced: true, enforcementType: "allow", aaGuids: [AAGUID] };

const fido2 = {
  shape: fido2Configuration,
  method: "PATCH",
  status: 204,
  path: () => `${METHODS}/fido2`,
  base: typed("fido2AuthenticationMethodConfiguration"),
} as const;

const groupSample = {
  displayName: "Written",
  description: "Written",
  classification: "high",
  mailNickname: "written",
  membershipRule: "user.department -eq 'x'",
  membershipRuleProcessingState: "On",
  preferredDataLocation: "EUR",
  preferredLanguage: "en-US",
  theme: "Blue",
  visibility: "Private",
  uniqueName: "written",
  isAssignableToRole: false,
  mailEnabled: false,
  securityEnabled: true,
  groupTypes: ["DynamicMembership"],
  resourceBehaviorOptions: ["HideGroupInOutlook"],
  resourceProvisioningOptions: ["Team"],
  allowExternalSenders: false,
  autoSubscribeNewMembers: false,
  hideFromAddressLists: false,
  hideFromOutlookClients: false,
  isSubscribedByMail: false,
};
const groupUnsent = {
  assignedLabels: "the types of its members are not looked into",
  infoCatalogs: "in the types of beta only, and on no page",
  unseenCount: "counts for a signed-in user, whom an application does not have",
  writebackConfiguration: "in beta only, and its members are not looked into",
};

/** Ids of the strength and the configuration that the requests about them change. */
function keys({ tenant }: World) {
  const { id, combinationConfigurations } = tenant.authenticationStrengths.get("Keys");
  return { id, configuration: combinationConfigurations[0]?.id ?? "" };
}

const configuration = {
  shape: fido2Combination,
  seed: "contoso-legacy",
  base: typed("fido2CombinationConfiguration"),
} as const;
const configurationSample = { appliesToCombinations: ["fido2"], allowedAAGUIDs: [AAGUID] };

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

/** Every request that writes an entity. */
export const WRITES: readonly Write[] = [
  {
    name: "the passkey policy without profiles",
    seed: "contoso-legacy",
    ...fido2,
    sample: (world) => ({
      state: "enabled",
      isSelfServiceRegistrationAllowed: true,
      isAttestationEnforced: false,
      keyRestrictions: restrictions,
      includeTargets: [{ ...target("all_users"), isRegistrationRequired: false, allowedPasskeyProfiles: [] }],
      excludeTargets: [target(groupId(world))],
    }),
    unsent: { passkeyProfiles: "what they do before the opt-in is a switch" },
    nulls: ["state", "isSelfServiceRegistrationAllowed", "isAttestationEnforced", "keyRestrictions"],
  },
  {
    name: "the passkey policy with profiles",
    seed: "contoso-profiles",
    ...fido2,
    sample: ({ tenant }) => {
      const { defaultPasskeyProfile: id } = tenant.policy();
      const all = { ...target("all_users"), isRegistrationRequired: false };
      return {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        passkeyProfiles: tenant.policy().passkeyProfiles,
        includeTargets: [{ ...all, allowedPasskeyProfiles: [id] }],
        excludeTargets: [target(tenant.groups.get("Sales").id)],
      };
    },
    unsent: {
      isAttestationEnforced: "beside profiles an open question, a switch",
      keyRestrictions: "beside profiles an open question, a switch",
    },
    nulls: ["state", "isSelfServiceRegistrationAllowed"],
  },
  {
    name: "Temporary Access Pass",
    seed: "contoso-legacy",
    shape: temporaryAccessPass,
    method: "PATCH",
    status: 204,
    path: () => `${METHODS}/TemporaryAccessPass`,
    base: typed("temporaryAccessPassAuthenticationMethodConfiguration"),
    sample: (world) => ({
      state: "enabled",
      ...{ defaultLifetimeInMinutes: 60, defaultLength: 12, isUsableOnce: true },
      ...{ minimumLifetimeInMinutes: 60, maximumLifetimeInMinutes: 480 },
      includeTargets: [{ ...target(groupId(world)), isRegistrationRequired: false }],
      excludeTargets: [target(groupId(world))],
    }),
  },
  {
    name: "a new group",
    seed: "contoso-legacy",
    shape: group,
    method: "POST",
    status: 201,
    path: () => "/groups",
    base: { displayName: "New", mailEnabled: false, mailNickname: "new", securityEnabled: true },
    sample: () => groupSample,
    unsent: groupUnsent,
    nulls: ["description"],
  },
  {
    name: "a group",
    seed: "contoso-legacy",
    shape: group,
    method: "PATCH",
    status: 204,
    path: (world) => `/groups/${groupId(world)}`,
    base: {},
    sample: () => groupSample,
    unsent: groupUnsent,
    nulls: ["description"],
  },
  {
    name: "a new authentication strength",
    seed: "contoso-legacy",
    shape: strength,
    method: "POST",
    status: 201,
    path: () => STRENGTHS,
    base: { displayName: "New", allowedCombinations: ["fido2"] },
    sample: () => ({
      displayName: "Written",
      description: "Written",
      allowedCombinations: ["fido2", "password,sms"],
      combinationConfigurations: [{ ...configuration.base, ...configurationSample }],
    }),
    nulls: ["description"],
  },
  {
    name: "an authentication strength",
    seed: "contoso-legacy",
    shape: strength,
    method: "PATCH",
    status: 204,
    path: (world) => `${STRENGTHS}/${keys(world).id}`,
    base: {},
    sample: () => ({ displayName: "Keys", description: "Written" }),
    unsent: {
      allowedCombinations: "has an action of its own",
      combinationConfigurations: "have requests of their own",
    },
  },
  {
    name: "the combinations of an authentication strength",
    seed: "contoso-legacy",
    shape: strength,
    method: "POST",
    status: 200,
    path: (world) => `${STRENGTHS}/${keys(world).id}/updateAllowedCombinations`,
    base: {},
    sample: () => ({ allowedCombinations: ["fido2", "password,voice"] }),
    unsent: Object.fromEntries(
      ["displayName", "description", "combinationConfigurations"].map((name) => [name, "no parameter of the action"]),
    ),
  },
  {
    name: "a new configuration of a combination",
    ...configuration,
    method: "POST",
    status: 201,
    path({ tenant }) {
      const name = `Unlimited ${tenant.authenticationStrengths.list().length}`;
      const { id } = tenant.authenticationStrengths.add({ displayName: name, allowedCombinations: ["fido2"] });
      return `${STRENGTHS}/${id}/combinationConfigurations`;
    },
    base: { ...configuration.base, ...configurationSample },
    sample: () => configurationSample,
  },
  {
    name: "a configuration of a combination",
    ...configuration,
    method: "PATCH",
    status: 204,
    path: (world) => `${STRENGTHS}/${keys(world).id}/combinationConfigurations/${keys(world).configuration}`,
    sample: () => configurationSample,
  },
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
