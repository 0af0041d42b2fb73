import { DirectoryError, type Directory } from "../directory/directory.js";
import { derivedGuid, isGuid, sameId } from "../guid.js";
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

/** A policy as it is stored; its strength is looked up whenever it is answered. */
export interface ConditionalAccessPolicy {
  id: string;
  displayName: string;
  createdDateTime: string;
  modifiedDateTime: string | null;
  state: string;
  conditions: Record<string, unknown>;
  grantControls: Record<string, unknown> | null;
  sessionControls: Record<string, unknown> | null;
  /** Id. */
  strength: string | undefined;
}

const WORDS = ["All", "None", "GuestsOrExternalUsers"];

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
      createdDateTime: "2026-01-01T00:00:00Z",
      modifiedDateTime: null,
      state,
      conditions: { ...CONDITIONS, ...conditions, users: this.#users(users) },
      grantControls: grants === undefined && authenticationStrength === undefined ? null : { ...GRANTS, ...grants },
      sessionControls: structuredClone(sessionControls),
      strength: authenticationStrength === undefined ? undefined : this.strengths.find(authenticationStrength).id,
    };
    this.#policies.push(policy);
    return policy;
  }

  /**
   * By id or display name.
   *
   * @throws DirectoryError when there is none
   */
  remove(idOrName: string): void {
    const found = this.byId(idOrName) ?? this.#policies.find(({ displayName }) => displayName === idOrName);
    if (found === undefined) {
      throw new DirectoryError(`there is no Conditional Access policy "${idOrName}"`);
    }
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

/** Conditions of a policy that does not say otherwise. */
const CONDITIONS = {
  userRiskLevels: [],
  signInRiskLevels: [],
  clientAppTypes: ["all"],
  platforms: null,
  locations: null,
  devices: null,
  applications: { includeApplications: ["All"], excludeApplications: [], includeUserActions: [] },
};

const GRANTS = { operator: "OR", builtInControls: [], customAuthenticationFactors: [], termsOfUse: [] };
