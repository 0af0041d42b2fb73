import { DirectoryError, type Directory } from "../directory/directory.js";
import { derivedGuid, isGuid, sameId } from "../guid.js";
import { graphTicks } from "../time.js";
import type { Strengths } from "./strengths.js";

/** Whom a Conditional Access policy is about: ids; where a seed or a test says it, also names. */
export interface ConditionalAccessUsers {
  /** Users, or one of `All`, `None`, `GuestsOrExternalUsers`. */
  includeUsers?: string[];
  excludeUsers?: string[];
  includeGroups?: string[];
  excludeGroups?: string[];
  /** Ids of role templates. */
  includeRoles?: string[];
  excludeRoles?: string[];
  [unread: string]: unknown;
}

/** What a seed or a test says of a Conditional Access policy: Graph's members, of which only the name is required. */
export interface ConditionalAccessInput {
  /** Default: derived from the name. */
  id?: string;
  displayName: string;
  /** `enabled` (default), `disabled` or `enabledForReportingButNotEnforced`. */
  state?: string;
  /** Default: all users, all applications, all clients. */
  conditions?: { users?: ConditionalAccessUsers; [unread: string]: unknown };
  /** Graph's grant controls but for the strength. Default: none. */
  grantControls?: Record<string, unknown>;
  /** Id or display name of the strength that the policy asks for. */
  authenticationStrength?: string;
  sessionControls?: Record<string, unknown> | null;
}

/** What is written of a policy. */
export interface WrittenPolicy {
  displayName: string;
  state: string;
  conditions: Record<string, unknown>;
  grantControls: Record<string, unknown> | null;
  sessionControls: Record<string, unknown> | null;
  /** Id of the strength that it asks for. */
  strength: string | undefined;
  [unread: string]: unknown;
}

/** A policy as it is stored; its strength is looked up whenever it is answered. */
export interface ConditionalAccessPolicy extends WrittenPolicy {
  id: string;
  createdDateTime: string;
  modifiedDateTime: string | null;
}

/** What a test changes of a policy; a list is replaced whole, `null` takes the strength away. */
export type ConditionalAccessEdit = Partial<Omit<ConditionalAccessInput, "id" | "authenticationStrength">> & {
  authenticationStrength?: string | null;
};

/** What stands for users besides their ids. */
export const WORDS = ["All", "None", "GuestsOrExternalUsers"];

/** The Conditional Access policies of one tenant; the service evaluates none of them here. */
export class ConditionalAccess {
  #policies: ConditionalAccessPolicy[] = [];

  constructor(
    readonly directory: Directory,
    readonly strengths: Strengths,
  ) {}

  get all(): readonly ConditionalAccessPolicy[] {
    return this.#policies;
  }

  byId(id: string): ConditionalAccessPolicy | undefined {
    return this.#policies.find((policy) => sameId(policy.id, id));
  }

  /** @throws DirectoryError when a name in it leads to nothing, or the id is taken */
  add(input: ConditionalAccessInput): ConditionalAccessPolicy {
    const { displayName, state = "enabled", authenticationStrength, sessionControls = null } = input;
    const id = input.id ?? derivedGuid(this.directory.tenantId, "conditionalAccess", displayName);
    if (this.byId(id) !== undefined) {
      throw new DirectoryError(`Conditional Access policy "${displayName}" exists already`);
    }
    const { users = { includeUsers: ["All"] }, ...conditions } = structuredClone(input.conditions ?? {});
    const grants = structuredClone(input.grantControls);
    const policy: ConditionalAccessPolicy = {
      id,
      displayName,
      createdDateTime: "2026-01-01T00:00:00.0000000Z",
      modifiedDateTime: null,
      state,
      conditions: withDefaults({ ...conditions, users: this.#users(users) }),
      grantControls: grants === undefined && authenticationStrength === undefined ? null : { ...GRANTS, ...grants },
      sessionControls: structuredClone(sessionControls),
      strength: authenticationStrength === undefined ? undefined : this.strengths.find(authenticationStrength).id,
    };
    this.put(policy);
    return policy;
  }

  /** Adds a policy, or replaces the one that has its id. */
  put(policy: ConditionalAccessPolicy): void {
    const known = this.#policies.some(({ id }) => id === policy.id);
    this.#policies = known
      ? this.#policies.map((other) => (other.id === policy.id ? policy : other))
      : [...this.#policies, policy];
  }

  /**
   * Someone else edits a policy, without the checks of a request.
   *
   * @throws DirectoryError when there is none, or a name in the changes leads to nothing
   */
  edit(idOrName: string, changes: ConditionalAccessEdit): ConditionalAccessPolicy {
    const before = this.find(idOrName);
    const { authenticationStrength, conditions, grantControls, ...rest } = structuredClone(changes);
    const { users, ...others } = conditions ?? {};
    const strength =
      authenticationStrength == null ? authenticationStrength : this.strengths.find(authenticationStrength).id;
    const grants = grantControls ?? before.grantControls;
    const after: ConditionalAccessPolicy = {
      ...before,
      ...rest,
      modifiedDateTime: graphTicks(),
      conditions: { ...before.conditions, ...others, ...(users === undefined ? {} : { users: this.#users(users) }) },
      grantControls: grants === null && strength == null ? null : { ...GRANTS, ...grants },
      strength: strength === undefined ? before.strength : (strength ?? undefined),
    };
    this.put(after);
    return after;
  }

  /**
   * By id or display name.
   *
   * @throws DirectoryError when there is none
   */
  find(idOrName: string): ConditionalAccessPolicy {
    const found = this.byId(idOrName) ?? this.#policies.find(({ displayName }) => displayName === idOrName);
    if (found === undefined) {
      throw new DirectoryError(`there is no Conditional Access policy "${idOrName}"`);
    }
    return found;
  }

  /** @throws DirectoryError when there is none */
  remove(idOrName: string): void {
    const found = this.find(idOrName);
    this.#policies = this.#policies.filter((other) => other !== found);
  }

  #users(users: ConditionalAccessUsers): ConditionalAccessUsers {
    // Ids are taken as they are: a policy may name someone who is gone.
    const user = (name: string) => (WORDS.includes(name) || isGuid(name) ? name : this.directory.findUser(name).id);
    const group = (name: string) => (isGuid(name) ? name : this.directory.findGroup(name).id);
    const { includeUsers = [], excludeUsers = [], includeGroups = [], excludeGroups = [], ...more } = users;
    return {
      includeUsers: includeUsers.map(user),
      excludeUsers: excludeUsers.map(user),
      includeGroups: includeGroups.map(group),
      excludeGroups: excludeGroups.map(group),
      includeRoles: [],
      excludeRoles: [],
      ...more,
    };
  }
}

/** Conditions with the members that Graph always answers. */
export function withDefaults(conditions: Record<string, unknown>): Record<string, unknown> {
  const { users, applications, ...rest } = conditions;
  return {
    ...CONDITIONS,
    ...rest,
    applications: applications === null ? null : { ...NO_APPLICATIONS, ...(applications ?? ALL_APPLICATIONS) },
    users: users === null ? null : { ...NOBODY, ...(users ?? {}) },
  };
}

const NO_APPLICATIONS = {
  includeApplications: [],
  excludeApplications: [],
  includeUserActions: [],
  includeAuthenticationContextClassReferences: [],
};
const ALL_APPLICATIONS = { includeApplications: ["All"] };
const NOBODY = {
  includeUsers: [],
  excludeUsers: [],
  includeGroups: [],
  excludeGroups: [],
  includeRoles: [],
  excludeRoles: [],
};

/** Conditions of a policy that does not say otherwise. */
const CONDITIONS = {
  userRiskLevels: [],
  signInRiskLevels: [],
  servicePrincipalRiskLevels: [],
  clientAppTypes: ["all"],
  platforms: null,
  locations: null,
  devices: null,
};

/** Grant controls of a policy that does not say otherwise. */
export const GRANTS = { operator: "OR", builtInControls: [], customAuthenticationFactors: [], termsOfUse: [] };
