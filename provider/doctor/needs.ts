import type { Purpose } from "./findings.js";

/** Reads that show what may be read. */
export const PROBES = [
  "policy",
  "groups",
  "methods",
  "temporaryAccessPass",
  "strengths",
  "conditionalAccess",
  "passkeys",
  "report",
  "accounts",
] as const;

export type Probe = (typeof PROBES)[number];

/** `must`: it fails without; `may`: less is known or possible without. */
export type Need = "must" | "may";

/** Something that takes a permission. */
export interface NeedRow {
  readonly subject: string;
  /** Application permissions of Microsoft Graph of which one suffices, the least first. */
  readonly permissions: readonly string[];
  /** For what it is needed. */
  readonly for: Readonly<Partial<Record<Purpose, Need>>>;
  /** What is not there without it. */
  readonly without: string;
  /** The read that shows it; a write is never tried. */
  readonly probe?: Probe;
  /** Only a program that has such a resource needs it. */
  readonly only?: "PasskeyAuthenticationStrength";
}

const DIRECTORY = ["Directory.Read.All", "Directory.ReadWrite.All"];

/**
 * What each purpose takes. The README and docs/inventory.md have the least of them, docs/cli/doctor.md all.
 *
 * @see https://learn.microsoft.com/graph/permissions-reference
 */
export const NEEDS: readonly NeedRow[] = [
  {
    subject: "reading the passkey policy",
    permissions: ["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"],
    for: { read: "must", write: "must", inventory: "must" },
    without: "nothing can be previewed, updated or read",
    probe: "policy",
  },
  {
    subject: "writing the passkey policy",
    permissions: ["Policy.ReadWrite.AuthenticationMethod"],
    for: { write: "must" },
    without: "up and destroy fail",
  },
  {
    subject: "reading groups and their members",
    permissions: ["GroupMember.Read.All", "Group.Read.All", "GroupMember.ReadWrite.All", "Group.ReadWrite.All"].concat(
      DIRECTORY,
    ),
    for: { read: "may", write: "may", inventory: "must" },
    without: "groups have to be given by object id and are not checked, and members are not known",
    probe: "groups",
  },
  {
    subject: "reading who has which passkeys",
    permissions: [
      "UserAuthMethod-Passkey.Read.All",
      "UserAuthMethod-Passkey.ReadWrite.All",
      "UserAuthenticationMethod.Read.All",
      "UserAuthenticationMethod.ReadWrite.All",
    ],
    for: { read: "may", write: "may", inventory: "must" },
    without: "the guard refuses a plan that can take keys, unless the program names an inventory file",
    probe: "passkeys",
  },
  {
    subject: "reading the registration report",
    permissions: ["AuditLog.Read.All"],
    for: { read: "may", write: "may", inventory: "may" },
    without: "the keys of everyone (all_users) and people's other methods are not known",
    probe: "report",
  },
  {
    subject: "reading accounts",
    permissions: ["User.Read.All", "User.ReadWrite.All", ...DIRECTORY],
    for: { read: "may", write: "may", inventory: "may" },
    without: "which accounts are disabled is not known",
    probe: "accounts",
  },
  {
    subject: "reading the policies of other methods",
    permissions: ["Policy.Read.AuthenticationMethod", "Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"],
    for: { read: "may", write: "may" },
    without: "what people can use besides passkeys is not known",
    probe: "methods",
  },
  {
    subject: "reading the Temporary Access Pass policy",
    permissions: ["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"],
    for: { read: "may", write: "may" },
    without: "whether somebody can register a first key is not known",
    probe: "temporaryAccessPass",
  },
  {
    subject: "reading authentication strengths",
    permissions: [
      "Policy.Read.AuthenticationMethod",
      "Policy.Read.All",
      "Policy.ReadWrite.AuthenticationMethod",
      "Policy.ReadWrite.ConditionalAccess",
    ],
    for: { read: "may", write: "may" },
    without: "which keys Conditional Access takes is not known",
    probe: "strengths",
  },
  {
    subject: "reading Conditional Access",
    permissions: ["Policy.Read.All"],
    for: { read: "may", write: "may" },
    without: "whom Conditional Access shuts out is not known",
    probe: "conditionalAccess",
  },
  {
    subject: "writing authentication strengths",
    permissions: ["Policy.ReadWrite.ConditionalAccess", "Policy.ReadWrite.AuthenticationMethod"],
    for: { write: "must" },
    without: "a PasskeyAuthenticationStrength cannot be created or changed",
    only: "PasskeyAuthenticationStrength",
  },
];

/** A directory role that lets a user read, or write, the policies here. */
export interface RoleFacts {
  readonly title: string;
  readonly reads: boolean;
  readonly writes: boolean;
}

/**
 * Directory roles by the ids of their templates.
 *
 * @see https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
export const ROLES: ReadonlyMap<string, RoleFacts> = new Map([
  ["62e90394-69f5-4237-9190-012177145e10", { title: "Global Administrator", reads: true, writes: true }],
  ["0526716b-113d-4c15-b2c8-68e3c22b9f80", { title: "Authentication Policy Administrator", reads: true, writes: true }],
  ["f2ef992c-3afb-46b9-b7cf-a126ee74c451", { title: "Global Reader", reads: true, writes: false }],
]);

/** Permissions with which an application can make itself, or somebody, an administrator, or take over an account. */
export const FAR_TOO_MUCH: readonly string[] = [
  "RoleManagement.ReadWrite.Directory",
  "AppRoleAssignment.ReadWrite.All",
  "Application.ReadWrite.All",
  "Directory.ReadWrite.All",
  "User.ReadWrite.All",
  "UserAuthenticationMethod.ReadWrite.All",
  "UserAuthMethod-Passkey.ReadWrite.All",
];
