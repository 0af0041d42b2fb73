import { ConditionalAccess } from "./access/policies.js";
import { Strengths } from "./access/strengths.js";
import { Directory } from "./directory/directory.js";
import type { User } from "./directory/types.js";
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
import { MethodConfigurations, type MethodEdit } from "./methods/configurations.js";
import type { MethodSample } from "./methods/samples.js";
import { RegistrationReport } from "./people/report.js";
import { RegistrationStore } from "./people/registrations.js";
import { splitPerson, type PersonChanges, type PersonInput } from "./people/split.js";
import type { Registrations } from "./people/types.js";
import { ALL_PERMISSIONS } from "./permissions.js";
import { StaleReads, type PolicySnapshot, type ReadSubject } from "./stale-reads.js";
import type { Switches } from "./switches.js";
import type { Cloud, Licence, Secrets, TenantHandle } from "./tenant-handle.js";

/** What all tenants of an emulator share. */
export interface EmulatorState {
  /** Where the emulator answers. */
  origin: string;
  /** Serial number of the next token. */
  nextToken: number;
  /** Clock of registrations and throttling, in milliseconds since 1970. */
  readonly now: () => number;
}

/** What a tenant starts from. */
export interface TenantOptions {
  id: string;
  displayName: string;
  domain?: string;
  cloud?: Cloud;
  licence?: Licence;
  /** Secrets by client id; when absent, any client with any non-empty secret is let in. */
  secrets?: Secrets;
  permissions?: readonly string[];
  switches?: Partial<Switches>;
}

/** The state of one tenant. */
export class Tenant implements TenantHandle {
  readonly id: string;
  readonly displayName: string;
  readonly domain: string;
  readonly cloud: Cloud;
  licence: Licence;
  readonly switches: Partial<Switches>;
  secrets: Secrets | undefined;
  readonly permissions: Set<string>;
  readonly directory: Directory;
  readonly people: RegistrationStore;
  readonly report: RegistrationReport;
  readonly methods: MethodConfigurations;
  readonly strengths: Strengths;
  readonly conditionalAccess: ConditionalAccess;
  readonly stale: StaleReads;
  lastModified = timestamp();
  legacyFieldsStopped = false;
  /** Serial number of the first token that is still good. */
  firstGoodToken = 0;
  #policy: Fido2Policy = defaultPolicy();

  /**
   * @param shared switches of the whole emulator, read whenever the tenant does not override one
   * @param emulator where the emulator answers, the next token's number and the clock
   */
  constructor(
    options: TenantOptions,
    readonly shared: Switches,
    readonly emulator: EmulatorState,
  ) {
    this.id = options.id.toLowerCase();
    this.displayName = options.displayName;
    this.domain = options.domain ?? `${this.displayName.toLowerCase().replace(/[^a-z0-9]/g, "")}.example`;
    this.cloud = options.cloud ?? "global";
    this.licence = options.licence ?? "p1";
    this.switches = { ...options.switches };
    this.secrets = options.secrets;
    this.permissions = new Set(options.permissions ?? ALL_PERMISSIONS);
    this.directory = new Directory(this.id, this.domain);
    this.stale = new StaleReads(emulator.now);
    this.people = new RegistrationStore(emulator.now);
    this.report = new RegistrationReport(this);
    this.methods = new MethodConfigurations(this.directory);
    this.strengths = new Strengths(this.id);
    this.conditionalAccess = new ConditionalAccess(this.directory, this.strengths);
  }

  get mode(): "legacy" | "profiles" {
    return inProfileMode(this.#policy) ? "profiles" : "legacy";
  }

  get client(): { id: string; secret: string } {
    const [known] = Object.entries(this.secrets ?? {});
    return known === undefined
      ? { id: derivedGuid(this.id, "client"), secret: "any-secret-will-do" }
      : { id: known[0], secret: [known[1]].flat()[0] ?? "" };
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

  /** Stores the configuration of another method and moves the parent's time stamp. */
  storeMethod(method: MethodSample): void {
    this.methods.put(method);
    this.lastModified = timestamp();
  }

  snapshot(): PolicySnapshot {
    const { lastModified, legacyFieldsStopped } = this;
    return {
      policy: this.#policy,
      lastModified,
      legacyFieldsStopped,
      methods: this.methods.all,
      strengths: this.strengths.all,
      conditionalAccess: this.conditionalAccess.all,
    };
  }

  /** What a read of a subject sees now; uses up a stale read. */
  read(subject: ReadSubject = "fido2"): PolicySnapshot {
    return this.stale.next(subject) ?? this.snapshot();
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

  setSecrets(secrets: Secrets): void {
    this.secrets = structuredClone(secrets);
  }

  expireTokens(): void {
    this.firstGoodToken = this.emulator.nextToken;
  }

  registrations(user: string): Registrations {
    return structuredClone(this.people.of(this.directory.findUser(user).id));
  }

  freezeReport(): void {
    this.report.freeze();
  }

  refreshReport(): void {
    this.report.refresh();
  }

  method(id: string): MethodSample {
    return structuredClone(this.methods.get(id));
  }

  setMethod(id: string, edit: MethodEdit): void {
    this.methods.set(id, edit);
  }

  /** Adds a user with what they have registered; both or nothing. */
  addPerson(input: PersonInput): User {
    const { user, registrations } = splitPerson(input);
    const added = this.directory.addUser({ ...user, displayName: input.displayName });
    try {
      this.people.set(added.id, registrations);
    } catch (error) {
      this.removePerson(added.id);
      throw error;
    }
    return added;
  }

  /** Changes a user and what they have registered. */
  updatePerson(idOrName: string, changes: PersonChanges): User {
    const { user, registrations } = splitPerson(changes);
    this.people.set(this.directory.findUser(idOrName).id, registrations);
    return this.directory.updateUser(idOrName, user);
  }

  /** Removes a user and what they have registered. */
  removePerson(idOrName: string): void {
    this.people.remove(this.directory.findUser(idOrName).id);
    this.directory.removeUser(idOrName);
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
    add: (user) => structuredClone(this.addPerson(user)),
    update: (name, changes) => structuredClone(this.updatePerson(name, changes)),
    remove: (name) => this.removePerson(name),
  };

  readonly passkeys: TenantHandle["passkeys"] = {
    list: (name) => structuredClone(this.people.of(this.directory.findUser(name).id).passkeys),
    add: (name, passkey) => structuredClone(this.people.addPasskey(this.directory.findUser(name).id, passkey)),
    remove: (name, id) => this.people.removePasskey(this.directory.findUser(name).id, id),
  };

  readonly authenticationStrengths: TenantHandle["authenticationStrengths"] = {
    list: () => structuredClone([...this.strengths.all]),
    get: (name) => structuredClone(this.strengths.find(name)),
    add: (strength) => structuredClone(this.strengths.add(strength)),
    update: (name, changes) => structuredClone(this.strengths.edit(name, changes)),
    remove: (name) => this.strengths.remove(name),
  };

  readonly conditionalAccessPolicies: TenantHandle["conditionalAccessPolicies"] = {
    list: () => structuredClone([...this.conditionalAccess.all]),
    get: (name) => structuredClone(this.conditionalAccess.find(name)),
    add: (policy) => structuredClone(this.conditionalAccess.add(policy)),
    update: (name, changes) => structuredClone(this.conditionalAccess.edit(name, changes)),
    remove: (name) => this.conditionalAccess.remove(name),
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
