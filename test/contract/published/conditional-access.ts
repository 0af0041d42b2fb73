import { GUID, many, nullable, required, shown, structure, words, type Property, type Type } from "../shape/type.ts";
import { strength } from "./strengths.ts";
import { entity } from "./targets.ts";

/**
 * Conditional Access policies.
 *
 * Sources: types (nullable or not, words); learn.microsoft.com/graph/api/resources/conditionalaccesspolicy,
 * .../conditionalaccessconditionset, .../conditionalaccessusers, .../conditionalaccessapplications,
 * .../conditionalaccessgrantcontrols, .../conditionalaccesssessioncontrols; samples of conditionalaccesspolicy-get.
 */

const strings = many("Edm.String");
const risks = required(many(words("low", "medium", "high", "hidden", "none")));

function lists(...names: string[]): Record<string, Property> {
  return Object.fromEntries(names.map((name) => [name, required(strings)]));
}

const filter = structure("conditionalAccessFilter", {
  mode: required(words("include", "exclude")),
  rule: required("Edm.String"),
});

/** The complex type has two derived types, of which one lists tenants. */
const externalTenants = structure(
  "conditionalAccessExternalTenants",
  { membershipKind: nullable(words("all", "enumerated")) },
  { abstract: true, derived: () => [allTenants, someTenants] },
);
const allTenants = structure("conditionalAccessAllExternalTenants", externalTenants.properties);
const someTenants = structure("conditionalAccessEnumeratedExternalTenants", {
  ...externalTenants.properties,
  members: required(strings),
});

const guestWords = {
  words: [
    ...["none", "internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember"],
    ...["b2bDirectConnectUser", "otherExternalUser", "serviceProvider"],
  ],
  flags: true,
} as const;
const guests = structure("conditionalAccessGuestsOrExternalUsers", {
  guestOrExternalUserTypes: required(guestWords),
  externalTenants: nullable(externalTenants),
});

/** Ids, and for users the words All, None, GuestsOrExternalUsers. */
const USERS = /^(All|None|GuestsOrExternalUsers|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const users = structure("conditionalAccessUsers", {
  includeUsers: required(many("Edm.String", USERS)),
  excludeUsers: required(many("Edm.String", USERS)),
  includeGroups: required(many("Edm.String", USERS)),
  excludeGroups: required(many("Edm.String", USERS)),
  ...lists("includeRoles", "excludeRoles"),
  includeGuestsOrExternalUsers: nullable(guests),
  excludeGuestsOrExternalUsers: nullable(guests),
});

const applications = structure("conditionalAccessApplications", {
  ...lists("includeApplications", "excludeApplications", "includeUserActions"),
  ...lists("includeAuthenticationContextClassReferences"),
  applicationFilter: nullable(filter),
  globalSecureAccess: nullable("unchecked", { only: "beta" }),
  networkAccess: nullable("unchecked", { only: "beta" }),
});

/** Types: four lists of beta are older ways to say the same; no sample has them. */
const devices = structure("conditionalAccessDevices", {
  deviceFilter: shown(filter),
  ...Object.fromEntries(
    ["includeDevices", "excludeDevices", "includeDeviceStates", "excludeDeviceStates"].map((name) => [
      name,
      required(strings, { only: "beta", answered: "maybe" }),
    ]),
  ),
});

const platform = words("android", "iOS", "windows", "windowsPhone", "macOS", "linux", "all");
const clientApps = words(
  "all",
  "browser",
  "mobileAppsAndDesktopClients",
  "exchangeActiveSync",
  "easSupported",
  "other",
);
const insiderRisk = { words: ["minor", "moderate", "elevated"], flags: true } as const;
const transferMethods = { words: ["none", "deviceCodeFlow", "authenticationTransfer"], flags: true } as const;

export const conditions = structure("conditionalAccessConditionSet", {
  users: shown(users),
  applications: shown(applications),
  clientAppTypes: required(many(clientApps)),
  ...{ userRiskLevels: risks, signInRiskLevels: risks, servicePrincipalRiskLevels: risks },
  insiderRiskLevels: nullable(insiderRisk),
  platforms: shown(
    structure("conditionalAccessPlatforms", {
      includePlatforms: required(many(platform)),
      excludePlatforms: required(many(platform)),
    }),
  ),
  locations: shown(structure("conditionalAccessLocations", lists("includeLocations", "excludeLocations"))),
  devices: nullable(devices),
  deviceStates: nullable("unchecked", { only: "beta" }),
  clientApplications: nullable(
    structure("conditionalAccessClientApplications", {
      ...lists("includeServicePrincipals", "excludeServicePrincipals"),
      servicePrincipalFilter: nullable(filter),
    }),
  ),
  authenticationFlows: nullable(
    structure("conditionalAccessAuthenticationFlows", { transferMethods: required(transferMethods) }),
  ),
});

/** `riskRemediation` is newer than the types: see UNKNOWN. */
const control = words(
  ...["block", "mfa", "compliantDevice", "domainJoinedDevice", "approvedApplication", "compliantApplication"],
  ...["passwordChange", "riskRemediation"],
);

export const grantControls = structure("conditionalAccessGrantControls", {
  operator: shown("Edm.String", { format: /^(AND|OR)$/ }),
  builtInControls: required(many(control)),
  customAuthenticationFactors: required(strings),
  termsOfUse: required(strings),
  authenticationStrength: shown(strength, { navigation: true }),
});

function session(name: string, properties: Record<string, Property>): Property {
  const type: Type = structure(`${name}SessionControl`, { ...properties, isEnabled: nullable("Edm.Boolean") });
  return nullable(type);
}

export const sessionControls = structure("conditionalAccessSessionControls", {
  applicationEnforcedRestrictions: session("applicationEnforcedRestrictions", {}),
  cloudAppSecurity: session("cloudAppSecurity", {
    cloudAppSecurityType: nullable(words("mcasConfigured", "monitorOnly", "blockDownloads")),
  }),
  disableResilienceDefaults: nullable("Edm.Boolean"),
  persistentBrowser: session("persistentBrowser", { mode: nullable(words("always", "never")) }),
  secureSignInSession: session("secureSignIn", {}),
  signInFrequency: session("signInFrequency", {
    authenticationType: nullable(words("primaryAndSecondaryAuthentication", "secondaryAuthentication")),
    frequencyInterval: nullable(words("timeBased", "everyTime")),
    type: nullable(words("days", "hours")),
    value: nullable("Edm.Int32"),
  }),
  continuousAccessEvaluation: nullable("unchecked", { only: "beta" }),
  globalSecureAccessFilteringProfile: nullable("unchecked", { only: "beta" }),
});

/** The sample of conditionalaccesspolicy-get has seven digits after the second. */
const time = shown("Edm.DateTimeOffset", { readOnly: true, format: /\.\d{7}Z$/ });

export const conditionalAccessPolicy = structure(
  "conditionalAccessPolicy",
  {
    id: required("Edm.String", { readOnly: true, format: GUID }),
    displayName: required("Edm.String"),
    description: nullable("Edm.String"),
    createdDateTime: time,
    modifiedDateTime: time,
    state: required(words("enabled", "disabled", "enabledForReportingButNotEnforced")),
    conditions: required(conditions),
    grantControls: shown(grantControls),
    sessionControls: shown(sessionControls),
    templateId: nullable("Edm.String", { readOnly: true }),
    deletedDateTime: nullable("Edm.DateTimeOffset", { readOnly: true, only: "beta" }),
  },
  { base: entity },
);
