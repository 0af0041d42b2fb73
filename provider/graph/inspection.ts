import { readAuthenticationStrength, readConditionalAccessPolicy } from "../policy/access/read.js";
import type { AuthenticationStrength, ConditionalAccessPolicy } from "../policy/access/model.js";
import { GraphError } from "./errors.js";
import { PERMISSIONS as PASSKEY_PERMISSIONS, toMethod, type Fido2Method } from "./fido2Methods.js";
import { findMember, GROUP_PERMISSIONS } from "./members.js";
import { CONDITIONAL_ACCESS, listConfigurations, STRENGTHS } from "./strengths.js";
import type { TokenFacts } from "./tokenFacts.js";
import { isObject, unreadable, type Json, type RequestSpec, type Transport } from "./transport.js";

/** An account by its object id, without a name. */
export interface InspectedAccount {
  /** In lower case. */
  readonly id: string;
  /** Absent where Graph does not say. */
  readonly enabled?: boolean;
  readonly userType?: string;
}

/** A group that an account is in. */
export interface InspectedMembership {
  /** Object id in lower case. */
  readonly group: string;
  /** Whether through another group only. */
  readonly nested: boolean;
}

/** Small reads that tell whether something may be read at all, each by GET. */
export interface InspectionGraph {
  /** Signs in, and says whom the token is for; undefined where it does not tell. The token stays where it is. */
  signIn(): Promise<TokenFacts | undefined>;
  /** Asks for the id of one group. */
  oneGroup(): Promise<void>;
  /** Asks for the id of one disabled account. */
  oneDisabledAccount(): Promise<void>;
  /** The object id of somebody in a group, through nested groups, too; undefined where there is nobody. */
  someMember(groupId: string): Promise<string | undefined>;
  /** An account by object id or user principal name; undefined where there is none. */
  account(idOrName: string): Promise<InspectedAccount | undefined>;
  /** The groups of an account, through nested groups, too. */
  groupsOf(userId: string): Promise<InspectedMembership[]>;
  /** The passkeys of an account; undefined where there is no such account. */
  passkeysOf(userId: string): Promise<Fido2Method[] | undefined>;
  /** All Conditional Access policies. */
  conditionalAccess(): Promise<ConditionalAccessPolicy[]>;
  /** All authentication strengths, with the models that custom ones are limited to. */
  strengths(): Promise<AuthenticationStrength[]>;
}

const USER_PERMISSIONS = ["User.Read.All", "Directory.Read.All"];

/** The small reads of one tenant. */
export function inspection(transport: Transport): InspectionGraph {
  return {
    signIn: () => transport.signIn(),
    oneGroup: () =>
      readOne(transport, {
        action: "looking for a group",
        path: "/groups",
        query: { $select: "id", $top: "1" },
        permissions: GROUP_PERMISSIONS,
      }),
    oneDisabledAccount: () =>
      readOne(transport, {
        action: "looking for a disabled account",
        path: "/users",
        query: { $filter: "accountEnabled eq false", $select: "id", $top: "1" },
        permissions: USER_PERMISSIONS,
        aboutPeople: true,
      }),
    someMember: (groupId) => findMember(transport, groupId),
    account: (idOrName) => readAccount(transport, idOrName),
    groupsOf: (userId) => readGroupsOf(transport, userId),
    passkeysOf: (userId) => readPasskeysOf(transport, userId),
    conditionalAccess: () => readConditionalAccess(transport),
    strengths: () => readStrengths(transport),
  };
}

/** The first page alone: whether it may be read is all that is wanted. */
async function readOne(transport: Transport, spec: RequestSpec): Promise<void> {
  const { value } = await transport.get(spec);
  if (!Array.isArray(value)) throw unreadable(spec, "value is not a list");
}

/** 404 is an answer here: there is no such account. */
async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GraphError && error.status === 404) return undefined;
    throw error;
  }
}

/** @see https://learn.microsoft.com/graph/api/user-get */
async function readAccount(transport: Transport, idOrName: string): Promise<InspectedAccount | undefined> {
  const spec = {
    action: "looking up an account",
    path: `/users/${encodeURIComponent(idOrName)}`,
    query: { $select: "id,accountEnabled,userType" },
    permissions: USER_PERMISSIONS,
    aboutPeople: true,
  };
  const found = await orMissing(transport.get(spec));
  if (found === undefined) return undefined;
  const { id, accountEnabled, userType } = found;
  if (typeof id !== "string") throw unreadable(spec, "it has no id");
  return {
    id: id.toLowerCase(),
    ...(typeof accountEnabled === "boolean" && { enabled: accountEnabled }),
    ...(typeof userType === "string" && { userType }),
  };
}

/** @see https://learn.microsoft.com/graph/api/user-list-transitivememberof */
async function readGroupsOf(transport: Transport, userId: string): Promise<InspectedMembership[]> {
  const list = async (relation: "memberOf" | "transitiveMemberOf") => {
    const spec = {
      action: "reading the groups of an account",
      path: `/users/${encodeURIComponent(userId)}/${relation}`,
      query: { $select: "id" },
      permissions: [...GROUP_PERMISSIONS, ...USER_PERMISSIONS],
      aboutPeople: true,
    };
    return (await transport.list(spec)).flatMap(({ id, "@odata.type": type }) => {
      if (typeof id !== "string" || typeof type !== "string") throw unreadable(spec, "a group has no id or type");
      return type === "#microsoft.graph.group" ? [id.toLowerCase()] : [];
    });
  };
  const [all, direct] = await Promise.all([list("transitiveMemberOf"), list("memberOf")]);
  return [...new Set([...all, ...direct])].map((group) => ({ group, nested: !direct.includes(group) }));
}

/** @see https://learn.microsoft.com/graph/api/fido2authenticationmethod-list */
async function readPasskeysOf(transport: Transport, userId: string): Promise<Fido2Method[] | undefined> {
  const spec = {
    action: "reading the passkeys of an account",
    path: `/users/${encodeURIComponent(userId)}/authentication/fido2Methods`,
    permissions: PASSKEY_PERMISSIONS,
    headers: { prefer: "include-unknown-enum-members" },
    aboutPeople: true,
  };
  return (await orMissing(transport.list(spec)))?.map(toMethod);
}

/** @see https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies */
async function readConditionalAccess(transport: Transport): Promise<ConditionalAccessPolicy[]> {
  return (await transport.list(CONDITIONAL_ACCESS)).map(readConditionalAccessPolicy);
}

/** @see https://learn.microsoft.com/graph/api/authenticationstrengthroot-list-policies */
async function readStrengths(transport: Transport): Promise<AuthenticationStrength[]> {
  const whole = async (strength: Json): Promise<Json> => {
    const { id, policyType, combinationConfigurations: inline } = strength;
    // Built-in strengths have none.
    if ((Array.isArray(inline) && inline.every(isObject)) || policyType === "builtIn") return strength;
    if (typeof id !== "string") throw unreadable(STRENGTHS, "a strength has no id");
    return { ...strength, combinationConfigurations: await listConfigurations(transport, id) };
  };
  const found: AuthenticationStrength[] = [];
  for (const strength of await transport.list(STRENGTHS)) found.push(readAuthenticationStrength(await whole(strength)));
  return found;
}
