import type { ObjectKind } from "./directory/types.js";
import type { Switches } from "./switches.js";

/** Application permissions that allow an operation; one of them is enough. Least privileged first. */
export type Permissions = readonly string[];

const DIRECTORY_READ = ["Directory.Read.All", "Directory.ReadWrite.All"];

/** @see https://learn.microsoft.com/graph/api/authenticationmethodspolicy-get */
export const READ_METHODS_POLICY: Permissions = [
  "Policy.Read.AuthenticationMethod",
  "Policy.Read.All",
  "Policy.ReadWrite.AuthenticationMethod",
];

/** @see https://learn.microsoft.com/graph/api/fido2authenticationmethodconfiguration-update */
export const WRITE_METHOD: Permissions = ["Policy.ReadWrite.AuthenticationMethod"];

/** @see https://learn.microsoft.com/graph/api/group-list-transitivemembers */
export const READ_GROUPS: Permissions = [
  "GroupMember.Read.All",
  "Group.Read.All",
  "GroupMember.ReadWrite.All",
  "Group.ReadWrite.All",
  ...DIRECTORY_READ,
];

/** @see https://learn.microsoft.com/graph/api/group-post-groups */
export const CREATE_GROUP: Permissions = ["Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"];

/** @see https://learn.microsoft.com/graph/api/group-update */
export const WRITE_GROUP: Permissions = ["Group.ReadWrite.All", "Directory.ReadWrite.All"];

/** @see https://learn.microsoft.com/graph/api/group-post-members */
export const WRITE_MEMBERS: Permissions = [
  "GroupMember.ReadWrite.All",
  "Group.ReadWrite.All",
  "Directory.ReadWrite.All",
];

/** @see https://learn.microsoft.com/graph/api/user-list */
export const READ_USERS: Permissions = ["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", ...DIRECTORY_READ];

/** @see https://learn.microsoft.com/graph/api/user-list-transitivememberof */
export const READ_MEMBER_OF: Permissions = [
  "User.Read.All",
  "GroupMember.Read.All",
  "Group.Read.All",
  "Group.ReadWrite.All",
  ...DIRECTORY_READ,
];

/** @see https://learn.microsoft.com/graph/api/directoryobject-getbyids */
export const READ_OBJECTS: Permissions = [...new Set([...READ_GROUPS, ...READ_USERS])];

/** @see https://learn.microsoft.com/graph/api/fido2authenticationmethod-list */
export const READ_PASSKEYS: Permissions = [
  "UserAuthMethod-Passkey.Read.All",
  "UserAuthMethod-Passkey.ReadWrite.All",
  "UserAuthenticationMethod.Read.All",
  "UserAuthenticationMethod.ReadWrite.All",
];

/** @see https://learn.microsoft.com/graph/api/authentication-list-methods */
export const READ_METHODS: Permissions = [
  "UserAuthenticationMethod.Read.All",
  "UserAuthenticationMethod.ReadWrite.All",
];

/** @see https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails */
export const READ_REPORT: Permissions = ["AuditLog.Read.All"];

/** @see https://learn.microsoft.com/graph/api/authenticationstrengthroot-list-policies */
export const READ_STRENGTHS: Permissions = [
  "Policy.Read.AuthenticationMethod",
  "Policy.Read.All",
  "Policy.ReadWrite.AuthenticationMethod",
  "Policy.ReadWrite.ConditionalAccess",
];

/** @see https://learn.microsoft.com/graph/api/authenticationstrengthroot-post-policies */
export const WRITE_STRENGTHS: Permissions = [
  "Policy.ReadWrite.ConditionalAccess",
  "Policy.ReadWrite.AuthenticationMethod",
];

/**
 * Permissions that read Conditional Access policies.
 *
 * @see https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies
 */
export function readConditionalAccess(switches: Switches): Permissions {
  const narrower = switches.policyReadConditionalAccess === "accepted" ? ["Policy.Read.ConditionalAccess"] : [];
  return ["Policy.Read.All", ...narrower];
}

/** Permissions of which an operation needs every one. */
export interface AllOf {
  readonly allOf: Permissions;
}

/**
 * Permissions that write Conditional Access policies.
 *
 * @see https://learn.microsoft.com/graph/api/conditionalaccessroot-post-policies
 */
export function writeConditionalAccess(switches: Switches, method: string): AllOf {
  const write = "Policy.ReadWrite.ConditionalAccess";
  if (switches.conditionalAccessWrite === "writeAlone") {
    return { allOf: [write] };
  }
  return { allOf: [write, "Policy.Read.All", ...(method === "DELETE" ? [] : ["Application.Read.All"])] };
}

/**
 * Permissions that read the policy.
 *
 * @see https://learn.microsoft.com/graph/api/fido2authenticationmethodconfiguration-get
 */
export function readMethod(switches: Switches): Permissions {
  const older = switches.policyReadAll === "accepted" ? ["Policy.Read.All"] : [];
  return ["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod", ...older];
}

/** What the application of a tenant has when its seed does not say: all that this emulator checks for. */
export const ALL_PERMISSIONS: Permissions = [
  "Policy.Read.AuthenticationMethod",
  "Policy.ReadWrite.AuthenticationMethod",
  "Group.ReadWrite.All",
  "GroupMember.Read.All",
  "Group.Read.All",
  "User.Read.All",
  "AuditLog.Read.All",
  "UserAuthMethod-Passkey.Read.All",
  "UserAuthenticationMethod.Read.All",
  "Policy.Read.All",
  "Policy.ReadWrite.ConditionalAccess",
  "Application.Read.All",
];

/** Whether the roles of a token contain one of the permissions, or all of those that are needed together. */
export function allows(permissions: Permissions | AllOf, roles: ReadonlySet<string>): boolean {
  if ("allOf" in permissions) {
    return permissions.allOf.every((permission) => roles.has(permission));
  }
  return permissions.some((permission) => roles.has(permission));
}

/**
 * Whether a token may see the properties of a kind of object in a list of members. If not, Graph still lists the
 * object, with its id and type alone.
 */
export function mayReadKind(kind: ObjectKind, roles: ReadonlySet<string>): boolean {
  switch (kind) {
    case "user":
      return allows(READ_USERS, roles);
    case "group":
      return allows(READ_GROUPS, roles);
    case "servicePrincipal":
      return allows(["Application.Read.All", "Application.ReadWrite.All", ...DIRECTORY_READ], roles);
  }
}
