/** A group as the emulator stores it; members that it does not read are kept and answered. */
export interface Group {
  id: string;
  displayName: string;
  description: string | null;
  /** `["Unified"]` for a Microsoft 365 group, `["DynamicMembership"]` for a dynamic one, else empty. */
  groupTypes: string[];
  mailEnabled: boolean;
  mailNickname: string;
  securityEnabled: boolean;
  /** ISO 8601, UTC. */
  createdDateTime: string;
  [unread: string]: unknown;
}

/** A user as the emulator stores it. */
export interface User {
  id: string;
  userPrincipalName: string;
  displayName: string;
  /** `Member` or `Guest`. */
  userType: string;
  accountEnabled: boolean;
  [unread: string]: unknown;
}

/** The application that holds a token, as an object of the directory. */
export interface ServicePrincipal {
  id: string;
  appId: string;
  displayName: string;
}

/** What a test has to say about a group: the rest gets defaults of a security group. */
export type GroupInput = { displayName: string } & Partial<Group>;

/** What a test has to say about a user; the UPN is made from the display name when it is missing. */
export type UserInput = { displayName: string } & Partial<User>;

/** Kind of a directory object, as in its `@odata.type`. */
export type ObjectKind = "user" | "group" | "servicePrincipal";

/** A directory object with its kind. */
export type DirectoryObject =
  | { kind: "user"; object: User }
  | { kind: "group"; object: Group }
  | { kind: "servicePrincipal"; object: ServicePrincipal };
