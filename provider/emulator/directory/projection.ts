import { graphErrors } from "../errors.js";
import type { DirectoryObject, ObjectKind } from "./types.js";

/**
 * What Graph answers for a group when nothing is selected, with the values of a group that does not use them.
 *
 * @see https://learn.microsoft.com/graph/api/resources/group
 */
const GROUP: Record<string, unknown> = {
  id: null,
  deletedDateTime: null,
  classification: null,
  createdDateTime: null,
  creationOptions: [],
  description: null,
  displayName: null,
  expirationDateTime: null,
  groupTypes: [],
  isAssignableToRole: null,
  mail: null,
  mailEnabled: null,
  mailNickname: null,
  membershipRule: null,
  membershipRuleProcessingState: null,
  onPremisesDomainName: null,
  onPremisesLastSyncDateTime: null,
  onPremisesNetBiosName: null,
  onPremisesSamAccountName: null,
  onPremisesSecurityIdentifier: null,
  onPremisesSyncEnabled: null,
  preferredDataLocation: null,
  preferredLanguage: null,
  proxyAddresses: [],
  renewedDateTime: null,
  resourceBehaviorOptions: [],
  resourceProvisioningOptions: [],
  securityEnabled: null,
  securityIdentifier: null,
  theme: null,
  uniqueName: null,
  visibility: null,
  onPremisesProvisioningErrors: [],
  serviceProvisioningErrors: [],
};

/**
 * What Graph answers for a user when nothing is selected. `userType` and `accountEnabled` are not among them: a caller
 * that needs them has to select them.
 *
 * @see https://learn.microsoft.com/graph/api/user-get
 */
const USER: Record<string, unknown> = {
  businessPhones: [],
  displayName: null,
  givenName: null,
  jobTitle: null,
  mail: null,
  mobilePhone: null,
  officeLocation: null,
  preferredLanguage: null,
  surname: null,
  userPrincipalName: null,
  id: null,
};

/** Further properties that can be selected, and are null where nobody set them. */
const ON_SELECT: Record<ObjectKind, readonly string[]> = {
  user: [
    "accountEnabled",
    "ageGroup",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "department",
    "employeeHireDate",
    "employeeId",
    "employeeOrgData",
    "employeeType",
    "externalUserState",
    "faxNumber",
    "imAddresses",
    "mailNickname",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "otherMails",
    "passwordPolicies",
    "postalCode",
    "proxyAddresses",
    "showInAddressList",
    "state",
    "streetAddress",
    "usageLocation",
    "userType",
  ],
  group: ["allowExternalSenders", "autoSubscribeNewMembers", "hideFromAddressLists", "hideFromOutlookClients"],
  servicePrincipal: [],
};

/**
 * Members of an application's object that are never null, and its names.
 *
 * @see https://learn.microsoft.com/graph/api/resources/serviceprincipal
 */
const PRINCIPAL: Record<string, unknown> = {
  id: null,
  deletedDateTime: null,
  accountEnabled: true,
  alternativeNames: [],
  appDisplayName: null,
  appId: null,
  appRoleAssignmentRequired: false,
  displayName: null,
  notificationEmailAddresses: [],
  replyUrls: [],
  servicePrincipalNames: [],
  servicePrincipalType: "Application",
  tags: [],
  addIns: [],
  appRoles: [],
  keyCredentials: [],
  passwordCredentials: [],
};

/** The two that have other names in beta. */
const PRINCIPAL_SCOPES: Record<string, readonly string[]> = {
  "v1.0": ["oauth2PermissionScopes", "resourceSpecificApplicationPermissions"],
  beta: ["publishedPermissionScopes"],
};

/** Collections among the properties that are answered on `$select` only: empty where nobody set them, never null. */
const COLLECTIONS: readonly string[] = ["imAddresses", "otherMails", "proxyAddresses"];

const DEFAULTS: Record<ObjectKind, Record<string, unknown>> = {
  user: USER,
  group: GROUP,
  servicePrincipal: PRINCIPAL,
};

/** Of a group, on `$select` and in beta only. */
const IN_BETA: readonly string[] = ["writebackConfiguration"];

/** Names of properties. */
export interface Names {
  has(name: string): boolean;
}

/**
 * Properties that `$filter` and `$select` may name. The objects are looked at only for a name that is not usual: there
 * may be very many of them.
 */
export function propertiesOf(kinds: readonly ObjectKind[], objects: readonly object[], version: string): Names {
  const usual = (name: string) =>
    kinds.some((kind) => Object.hasOwn(defaultsOf(kind, version), name) || ON_SELECT[kind].includes(name)) ||
    (version === "beta" && kinds.includes("group") && IN_BETA.includes(name));
  return { has: (name) => usual(name) || objects.some((object) => Object.hasOwn(object, name)) };
}

/** How objects are answered. */
export interface Projection {
  /** Version of Graph. */
  version: string;
  /** Names of `$select`, or undefined. */
  select?: string[];
  /** Whether each object carries its `@odata.type`, as in collections of mixed types. */
  typed: boolean;
  /** Whether the token may read this kind; if not, Graph answers its id and nulls. */
  readable(kind: ObjectKind): boolean;
}

/** One object as Graph answers it. */
export function project(found: DirectoryObject, projection: Projection): Record<string, unknown> {
  const stored: Record<string, unknown> = { ...found.object };
  const defaults = defaultsOf(found.kind, projection.version);
  const names = projection.select ?? defaultNames(found, defaults, projection.version);
  const readable = projection.readable(found.kind);
  const body: Record<string, unknown> = projection.typed ? { "@odata.type": `#microsoft.graph.${found.kind}` } : {};
  for (const name of names) {
    const value = stored[name] ?? defaults[name] ?? (COLLECTIONS.includes(name) ? [] : null);
    body[name] = readable || name === "id" ? structuredClone(value) : withheld(value);
  }
  return body;
}

/** What stands for a value that the token may not see: a collection is empty rather than null. */
function withheld(value: unknown): [] | null {
  return Array.isArray(value) ? [] : null;
}

function defaultsOf(kind: ObjectKind, version: string): Record<string, unknown> {
  if (kind !== "servicePrincipal") {
    return DEFAULTS[kind];
  }
  const scopes = PRINCIPAL_SCOPES[version] ?? [];
  return { ...PRINCIPAL, ...Object.fromEntries(scopes.map((name) => [name, []])) };
}

function defaultNames(found: DirectoryObject, defaults: Record<string, unknown>, version: string): string[] {
  if (found.kind !== "group") {
    return Object.keys(defaults);
  }
  // Members of a group that the emulator does not read are answered as they were written.
  const hidden = [...ON_SELECT.group, ...(version === "beta" ? [] : IN_BETA)];
  const stored = Object.keys(found.object).filter((name) => !hidden.includes(name));
  return [...new Set([...Object.keys(defaults), ...stored])];
}

/**
 * Reads `$select`.
 *
 * @throws GraphHttpError 400 when a name is not a property of the type
 */
export function readSelect(value: string | null, properties: Names, type: string): string[] | undefined {
  if (value === null || value.trim() === "") {
    return undefined;
  }
  const names = value.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !properties.has(name));
  if (unknown !== undefined) {
    throw graphErrors.badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.${type}'.`,
    );
  }
  return names;
}
