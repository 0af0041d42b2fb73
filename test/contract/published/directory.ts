import {
  GUID,
  many,
  nullable,
  required,
  shown,
  structure,
  type Property,
  type Structure,
  type Type,
} from "../shape/type.ts";
import { entity } from "./targets.ts";

/**
 * Groups, users, applications as objects of the directory.
 *
 * Sources: types; learn.microsoft.com/graph/api/resources/group, .../user, .../serviceprincipal, .../directoryobject;
 * which properties are answered without $select: the samples of group-get and user-get, and a published answer of v1.0.
 * Groups and users are open types (CSDL): extensions add properties, which the emulator does not have.
 */

const directoryObject = structure(
  "directoryObject",
  { id: required("Edm.String", { format: GUID }), deletedDateTime: nullable("Edm.DateTimeOffset", { readOnly: true }) },
  { base: entity },
);

function all(names: string[], property: (type: Type) => Property, type: Type = "Edm.String"): Record<string, Property> {
  return Object.fromEntries(names.map((name) => [name, property(type)]));
}

const strings = many("Edm.String");
const errors = required(many("unchecked"), { readOnly: true });
const selected = (type: Type) => nullable(type, { answered: "onSelect" });
const computed = (type: Type) => shown(type, { readOnly: true });
const hidden = (type: Type) => nullable(type, { answered: "onSelect", readOnly: true });

/** The page marks with "Returned by default" and "Returned only on $select"; read-only as it says. */
export const group = structure(
  "group",
  {
    ...all(["classification", "description", "displayName", "mailNickname"], shown),
    ...all(["membershipRule", "membershipRuleProcessingState", "preferredDataLocation"], shown),
    ...all(["preferredLanguage", "theme", "visibility"], shown),
    // The page has it read-only once it is set; a sample of newer answers shows it.
    uniqueName: nullable("Edm.String"),
    ...all(["isAssignableToRole", "mailEnabled", "securityEnabled"], shown, "Edm.Boolean"),
    groupTypes: required(strings),
    deletedDateTime: shown("Edm.DateTimeOffset", { readOnly: true }),
    ...all(["createdDateTime", "expirationDateTime", "renewedDateTime"], computed, "Edm.DateTimeOffset"),
    ...all(["mail", "securityIdentifier", "onPremisesDomainName", "onPremisesNetBiosName"], computed),
    ...all(["onPremisesSamAccountName", "onPremisesSecurityIdentifier"], computed),
    onPremisesLastSyncDateTime: shown("Edm.DateTimeOffset", { readOnly: true }),
    onPremisesSyncEnabled: shown("Edm.Boolean", { readOnly: true }),
    proxyAddresses: required(strings, { readOnly: true }),
    onPremisesProvisioningErrors: errors,
    serviceProvisioningErrors: required(many("unchecked"), { readOnly: true, answered: "maybe" }),
    // In the samples and answers of both versions; types have the last two in beta only, the first one nowhere.
    creationOptions: required(strings, { readOnly: true }),
    resourceBehaviorOptions: required(strings),
    resourceProvisioningOptions: required(strings),
    ...all(["allowExternalSenders", "autoSubscribeNewMembers"], selected, "Edm.Boolean"),
    ...all(["hideFromAddressLists", "hideFromOutlookClients"], selected, "Edm.Boolean"),
    isSubscribedByMail: selected("Edm.Boolean"),
    ...all(["hasMembersWithLicenseErrors", "isArchived"], hidden, "Edm.Boolean"),
    isManagementRestricted: nullable("Edm.Boolean", { readOnly: true }),
    unseenCount: nullable("Edm.Int32", { answered: "onSelect" }),
    assignedLabels: selected("unchecked"),
    ...all(["assignedLicenses", "licenseProcessingState"], hidden, "unchecked"),
    writebackConfiguration: nullable("unchecked", { only: "beta" }),
    ...all(["createdByAppId", "organizationId"], (type) => nullable(type, { only: "beta", readOnly: true })),
    infoCatalogs: required(strings, { only: "beta", answered: "maybe" }),
  },
  { base: directoryObject },
);

/** user-get: eleven properties without $select. */
export const user = structure(
  "user",
  {
    businessPhones: required(strings),
    ...all(["displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation"], shown),
    ...all(["preferredLanguage", "surname"], shown),
    userPrincipalName: shown("Edm.String"),
    deletedDateTime: selected("Edm.DateTimeOffset"),
    ...all(["accountEnabled", "onPremisesSyncEnabled", "showInAddressList"], selected, "Edm.Boolean"),
    ...all(["createdDateTime", "employeeHireDate", "onPremisesLastSyncDateTime"], selected, "Edm.DateTimeOffset"),
    ...all(["ageGroup", "city", "companyName", "consentProvidedForMinor", "country", "creationType"], selected),
    ...all(["department", "employeeId", "employeeType", "externalUserState", "faxNumber", "mailNickname"], selected),
    ...all(["onPremisesDistinguishedName", "onPremisesDomainName", "onPremisesImmutableId"], selected),
    ...all(["onPremisesSamAccountName", "onPremisesSecurityIdentifier", "onPremisesUserPrincipalName"], selected),
    ...all(["passwordPolicies", "postalCode", "state", "streetAddress", "usageLocation", "userType"], selected),
    ...all(["employeeOrgData", "onPremisesExtensionAttributes"], selected, "unchecked"),
    ...all(
      ["imAddresses", "otherMails", "proxyAddresses"],
      (type) => required(type, { answered: "onSelect" }),
      strings,
    ),
  },
  { base: directoryObject },
);

const anything = many("unchecked");

/** Non-nullable members as types have them; what the emulator's applications never use is not looked into. */
export const servicePrincipal = structure(
  "servicePrincipal",
  {
    ...all(["appId", "displayName"], shown),
    ...all(["accountEnabled"], nullable, "Edm.Boolean"),
    ...all(["appDescription", "appDisplayName", "applicationTemplateId", "appOwnerOrganizationId"], nullable),
    ...all(["description", "disabledByMicrosoftStatus", "homepage", "loginUrl", "logoutUrl", "notes"], nullable),
    ...all(["preferredSingleSignOnMode", "preferredTokenSigningKeyThumbprint", "servicePrincipalType"], nullable),
    ...all(["signInAudience", "tokenEncryptionKeyId"], nullable),
    ...all(
      ["customSecurityAttributes", "info", "samlSingleSignOnSettings", "verifiedPublisher"],
      nullable,
      "unchecked",
    ),
    appRoleAssignmentRequired: required("Edm.Boolean"),
    ...all(["alternativeNames", "notificationEmailAddresses", "replyUrls", "servicePrincipalNames"], required, strings),
    tags: required(strings),
    ...all(["addIns", "appRoles", "keyCredentials", "passwordCredentials"], required, anything),
    oauth2PermissionScopes: required(anything, { only: "v1.0" }),
    resourceSpecificApplicationPermissions: required(anything, { only: "v1.0" }),
    publishedPermissionScopes: required(anything, { only: "beta" }),
  },
  { base: directoryObject },
);

/** In lists of mixed types every object names its own. */
export const anyObject: Structure = structure("directoryObject", directoryObject.properties, {
  base: entity,
  abstract: true,
  derived: () => [user, group, servicePrincipal],
});
