import { Directory } from "./directory/directory.js";
import type { Group, GroupInput, User, UserInput } from "./directory/types.js";
import {
  defaultPolicy,
  editPolicy,
  inProfileMode,
  migrateToProfiles,
  mirrorDefaultProfile,
  renderPolicy,
  type PolicyEdit,
  type ReadPath,
} from "./fido2/document.js";
import type { Fido2Policy, RenderedFido2Policy } from "./fido2/types.js";
import { derivedGuid, sameId } from "./guid.js";
import { ALL_PERMISSIONS } from "./permissions.js";
import type { Switches } from "./switches.js";

/** Which cloud a tenant lives in. In `china` the policy does not exist. */
export type Cloud = "global" | "usGov" | "china";

/** What a test may do to a tenant without going through HTTP. */
export interface TenantHandle {
  readonly id: string;
  readonly displayName: string;
  /** Domain of the user principal names; also accepted in the path of the token endpoint. */
  readonly domain: string;
  readonly cloud: Cloud;
  /** `profiles` once the tenant has opted in. */
  readonly mode: "legacy" | "profiles";
  /** Answers of the open questions that differ from the emulator's; may be changed at any time. */
  readonly switches: Partial<Switches>;
  /** Client id and secret that a client can use. */
  readonly client: { id: string; secret: string };
  /** A copy of the stored policy, equal to what `GET /v1.0/policies/...` answers now; stale reads do not show here. */
  policy(): RenderedFido2Policy;
  /** Someone else edits the policy, without validation and unseen by the audit log. */
  setPolicy(edit: PolicyEdit): void;
  /** Microsoft's automatic migration to profiles; does nothing in a tenant that has them. */
  migrateToProfiles(): void;
  /** From now on a GET answers neither isAttestationEnforced nor keyRestrictions. */
  stopLegacyFields(): void;
  /** Takes an application permission away. Acts at once, also on tokens that still carry the role. */
  revokePermission(permission: string): void;
  /** Gives an application permission; tokens issued before do not have it. */
  grantPermission(permission: string): void;
  /** All tokens issued so far answer 401 InvalidAuthenticationToken. */
  expireTokens(): void;
  readonly groups: {
    list(): Group[];
    /** By id or display name. */
    get(idOrName: string): Group;
    add(group: GroupInput): Group;
    update(idOrName: string, changes: Partial<Group>): Group;
    /** With the switch `deletedGroupTargets` on `removed`, its targets go too. */
    remove(idOrName: string): void;
  };
  readonly users: {
    list(): User[];
    /** By id or user principal name. */
    get(idOrName: string): User;
    add(user: UserInput): User;
    update(idOrName: string, changes: Partial<User>): User;
    remove(idOrName: string): void;
  };
  /** Groups by id or display name, members by id, user principal name or group display name. */
  readonly members: {
    list(group: string): (User | Group | { id: string })[];
    /** Users through any number of nested groups. */
    users(group: string): User[];
    add(group: string, member: string): void;
    remove(group: string, member: string): void;
  };
}

/** What a stale read answers. */
export interface PolicySnapshot {
  policy: Fido2Policy;
  lastModified: string;
  legacyFieldsStopped: boolean;
}

/** Reads that answer an old policy. */
interface StaleReads extends PolicySnapshot {
  remaining: number;
}

/** What a tenant starts from. */
export interface TenantOptions {
  id: string;
  displayName: string;
  domain?: string;
  cloud?: Cloud;
  /** Secrets by client id; when absent, any client with any non-empty secret is let in. */
  secrets?: Record<string, string>;
  permissions?: readonly string[];
  switches?: Partial<Switches>;
}

/** The state of one tenant. */
export class Tenant implements TenantHandle {
  readonly id: string;
  readonly displayName: string;
  readonly domain: string;
  readonly cloud: Cloud;
  readonly switches: Partial<Switches>;
  readonly secrets: Readonly<Record<string, string>> | undefined;
  readonly permissions: Set<string>;
  readonly directory: Directory;
  lastModified = timestamp();
  legacyFieldsStopped = false;
  /** Serial number of the first token that is still good. */
  firstGoodToken = 0;
  #policy: Fido2Policy = defaultPolicy();
  #stale: StaleReads[] = [];

  /**
   * @param shared switches of the whole emulator, read whenever the tenant does not override one
   * @param emulator where the emulator answers and the next token's number
   */
  constructor(
    options: TenantOptions,
    readonly shared: Switches,
    readonly emulator: { origin: string; nextToken: number },
  ) {
    this.id = options.id.toLowerCase();
    this.displayName = options.displayName;
    this.domain = options.domain ?? `${this.displayName.toLowerCase().replace(/[^a-z0-9]/g, "")}.example`;
    this.cloud = options.cloud ?? "global";
    this.switches = { ...options.switches };
    this.secrets = options.secrets;
    this.permissions = new Set(options.permissions ?? ALL_PERMISSIONS);
    this.directory = new Directory(this.id, this.domain);
  }

  get mode(): "legacy" | "profiles" {
    return inProfileMode(this.#policy) ? "profiles" : "legacy";
  }

  get client(): { id: string; secret: string } {
    const [known] = Object.entries(this.secrets ?? {});
    return known === undefined
      ? { id: derivedGuid(this.id, "client"), secret: "any-secret-will-do" }
      : { id: known[0], secret: known[1] };
  }

  get effectiveSwitches(): Switches {
    return { ...this.shared, ...this.switches };
  }

  /** The stored document; a write replaces it and never edits it. */
  get stored(): Fido2Policy {
    return this.#policy;
  }

  /** Stores a policy and moves the parent's time stamp. */
  store(policy: Fido2Policy): void {
    this.#policy = mirrorDefaultProfile(policy);
    this.lastModified = timestamp();
  }

  snapshot(): PolicySnapshot {
    return { policy: this.#policy, lastModified: this.lastModified, legacyFieldsStopped: this.legacyFieldsStopped };
  }

  /**
   * Makes the next reads answer a snapshot.
   *
   * @returns a function that ends it
   */
  answerStale(snapshot: PolicySnapshot, reads: number): () => void {
    const entry: StaleReads = { ...snapshot, remaining: reads };
    this.#stale.push(entry);
    return () => {
      this.#stale = this.#stale.filter((other) => other !== entry);
    };
  }

  /** What a read sees now; uses up a stale read. */
  read(): PolicySnapshot {
    const [stale] = this.#stale;
    if (stale === undefined) {
      return this.snapshot();
    }
    stale.remaining--;
    this.#stale = this.#stale.filter((entry) => entry.remaining > 0);
    return stale;
  }

  policy(): RenderedFido2Policy {
    const path: ReadPath = { origin: this.emulator.origin, version: "v1.0", underPolicies: true };
    return renderPolicy(this.#policy, path, this.legacyFieldsStopped);
  }

  setPolicy(edit: PolicyEdit): void {
    this.store(editPolicy(this.#policy, edit));
  }

  migrateToProfiles(): void {
    if (this.mode === "legacy") {
      this.store(migrateToProfiles(this.#policy));
    }
  }

  stopLegacyFields(): void {
    this.legacyFieldsStopped = true;
  }

  revokePermission(permission: string): void {
    this.permissions.delete(permission);
  }

  grantPermission(permission: string): void {
    this.permissions.add(permission);
  }

  expireTokens(): void {
    this.firstGoodToken = this.emulator.nextToken;
  }

  /** Removes a group, and its targets where the switch says so. */
  removeGroup(id: string): void {
    this.directory.removeGroup(id);
    if (this.effectiveSwitches.deletedGroupTargets === "removed") {
      this.store({
        ...this.#policy,
        includeTargets: this.#policy.includeTargets.filter((target) => !sameId(target.id, id)),
        excludeTargets: this.#policy.excludeTargets.filter((target) => !sameId(target.id, id)),
      });
    }
  }

  readonly groups: TenantHandle["groups"] = {
    list: () => structuredClone(this.directory.groups),
    get: (name) => structuredClone(this.directory.findGroup(name)),
    add: (group) => structuredClone(this.directory.addGroup(group)),
    update: (name, changes) => structuredClone(this.directory.updateGroup(this.directory.findGroup(name).id, changes)),
    remove: (name) => this.removeGroup(this.directory.findGroup(name).id),
  };

  readonly users: TenantHandle["users"] = {
    list: () => structuredClone(this.directory.users),
    get: (name) => structuredClone(this.directory.findUser(name)),
    add: (user) => structuredClone(this.directory.addUser(user)),
    update: (name, changes) => structuredClone(this.directory.updateUser(name, changes)),
    remove: (name) => this.directory.removeUser(name),
  };

  readonly members: TenantHandle["members"] = {
    list: (group) =>
      this.directory.members(this.directory.findGroup(group).id).map((found) => structuredClone(found.object)),
    users: (group) =>
      this.directory
        .transitiveMembers(this.directory.findGroup(group).id)
        .flatMap((found) => (found.kind === "user" ? structuredClone(found.object) : [])),
    add: (group, member) => {
      this.directory.addMember(this.directory.findGroup(group).id, this.directory.findObject(member).id);
    },
    remove: (group, member) => {
      this.directory.removeMember(this.directory.findGroup(group).id, this.directory.findObject(member).id);
    },
  };
}

let lastTicks = 0n;

/** Graph's form with seven fractional digits, later than every one before. */
function timestamp(): string {
  const ticks = BigInt(Date.now()) * 10_000n;
  lastTicks = ticks > lastTicks ? ticks : lastTicks + 1n;
  const rest = String(lastTicks % 10_000n).padStart(4, "0");
  return new Date(Number(lastTicks / 10_000n)).toISOString().replace("Z", `${rest}Z`);
}
