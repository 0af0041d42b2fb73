import { derivedGuid } from "../guid.js";
import { graphTime } from "../time.js";
import type { DirectoryObject, Group, GroupInput, ServicePrincipal, User, UserInput } from "./types.js";

/** A name or id that the directory does not have, or one that two objects share. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
}

/** Users, groups and who belongs to what, of one tenant. Ids are compared without case. */
export class Directory {
  readonly #groups = new Map<string, Group>();
  readonly #users = new Map<string, User>();
  readonly #principals = new Map<string, ServicePrincipal>();
  readonly #userNames = new Map<string, User>();
  readonly #members = new Map<string, Set<string>>();
  readonly #owners = new Map<string, Set<string>>();
  #revision = 0;

  /**
   * @param tenantId derives the ids of objects that are added without one
   * @param domain domain of user principal names that are made up
   */
  constructor(
    readonly tenantId: string,
    readonly domain: string,
  ) {}

  /** Goes up whenever users or members change. */
  get revision(): number {
    return this.#revision;
  }

  get groups(): Group[] {
    return [...this.#groups.values()];
  }

  get users(): User[] {
    return [...this.#users.values()];
  }

  group(id: string): Group | undefined {
    return this.#groups.get(id.toLowerCase());
  }

  /** By id or user principal name. */
  user(idOrName: string): User | undefined {
    const key = idOrName.toLowerCase();
    return this.#users.get(key) ?? this.#userNames.get(key);
  }

  /** An object of any kind, by id. */
  object(id: string): DirectoryObject | undefined {
    const key = id.toLowerCase();
    const user = this.#users.get(key);
    const group = this.#groups.get(key);
    const principal = this.#principals.get(key);
    if (user !== undefined) {
      return { kind: "user", object: user };
    }
    if (group !== undefined) {
      return { kind: "group", object: group };
    }
    return principal === undefined ? undefined : { kind: "servicePrincipal", object: principal };
  }

  addGroup(input: GroupInput): Group {
    const id = input.id ?? this.#freeId("group", input.displayName);
    const group: Group = {
      description: null,
      groupTypes: [],
      mailEnabled: false,
      mailNickname: input.displayName.replace(/[^A-Za-z0-9]/g, "").toLowerCase() || "group",
      securityEnabled: true,
      createdDateTime: graphTime(),
      ...structuredClone(input),
      id,
    };
    this.#refuseTaken(id);
    this.#groups.set(id.toLowerCase(), group);
    this.#members.set(id.toLowerCase(), new Set());
    this.#owners.set(id.toLowerCase(), new Set());
    return group;
  }

  updateGroup(id: string, changes: Partial<Group>): Group {
    const group = this.#groupOrFail(id);
    return Object.assign(group, structuredClone(changes), { id: group.id });
  }

  removeGroup(id: string): void {
    const key = this.#groupOrFail(id).id.toLowerCase();
    this.#groups.delete(key);
    this.#members.delete(key);
    this.#owners.delete(key);
    this.#forget(key);
  }

  addUser(input: UserInput): User {
    const userPrincipalName = input.userPrincipalName ?? `${slug(input.displayName)}@${this.domain}`;
    if (this.user(userPrincipalName) !== undefined) {
      throw new DirectoryError(`user ${userPrincipalName} exists already`);
    }
    const id = input.id ?? this.#freeId("user", userPrincipalName);
    const user: User = {
      userType: "Member",
      accountEnabled: true,
      ...structuredClone(input),
      userPrincipalName,
      id,
    };
    this.#refuseTaken(id);
    this.#users.set(id.toLowerCase(), user);
    this.#userNames.set(userPrincipalName.toLowerCase(), user);
    this.#revision++;
    return user;
  }

  updateUser(idOrName: string, changes: Partial<User>): User {
    const user = this.findUser(idOrName);
    this.#userNames.delete(user.userPrincipalName.toLowerCase());
    Object.assign(user, structuredClone(changes), { id: user.id });
    this.#userNames.set(user.userPrincipalName.toLowerCase(), user);
    this.#revision++;
    return user;
  }

  removeUser(idOrName: string): void {
    const user = this.findUser(idOrName);
    const key = user.id.toLowerCase();
    this.#userNames.delete(user.userPrincipalName.toLowerCase());
    this.#users.delete(key);
    this.#forget(key);
  }

  addPrincipal(principal: ServicePrincipal): void {
    this.#principals.set(principal.id.toLowerCase(), principal);
  }

  /** @returns false when it was a member already */
  addMember(groupId: string, objectId: string): boolean {
    return this.#link(this.#members, groupId, objectId);
  }

  /** @returns false when it was no member */
  removeMember(groupId: string, objectId: string): boolean {
    return this.#unlink(this.#members, groupId, objectId);
  }

  /** @returns false when it was an owner already */
  addOwner(groupId: string, objectId: string): boolean {
    return this.#link(this.#owners, groupId, objectId);
  }

  /** @returns false when it was no owner */
  removeOwner(groupId: string, objectId: string): boolean {
    return this.#unlink(this.#owners, groupId, objectId);
  }

  owners(groupId: string): DirectoryObject[] {
    return this.#objects(this.#owners.get(groupId.toLowerCase()) ?? []);
  }

  /** Direct members. */
  members(groupId: string): DirectoryObject[] {
    return this.#objects(this.#members.get(groupId.toLowerCase()) ?? []);
  }

  /** Members through any number of nested groups, each once; the nested groups are members too. */
  transitiveMembers(groupId: string): DirectoryObject[] {
    return this.#objects(walk(groupId.toLowerCase(), (id) => this.#members.get(id) ?? []));
  }

  /** Groups that have the object as a direct member. */
  memberOf(objectId: string): Group[] {
    return this.groups.filter((group) => this.#members.get(group.id.toLowerCase())?.has(objectId.toLowerCase()));
  }

  /** Groups that have the object as a member through any number of nested groups. */
  transitiveMemberOf(objectId: string): Group[] {
    const parents = (id: string) => this.memberOf(id).map((group) => group.id.toLowerCase());
    return walk(objectId.toLowerCase(), parents).flatMap((id) => this.#groups.get(id) ?? []);
  }

  /**
   * A group by id or display name, for callers that write names: seeds and tests.
   *
   * @throws DirectoryError when there is none, or several have the name
   */
  findGroup(idOrName: string): Group {
    const found = this.#groups.get(idOrName.toLowerCase());
    const named = this.groups.filter((group) => group.displayName === idOrName);
    if (found === undefined && named.length > 1) {
      throw new DirectoryError(`${named.length} groups are named "${idOrName}"; use an id`);
    }
    return found ?? named[0] ?? this.#groupOrFail(idOrName);
  }

  /** @throws DirectoryError when there is no such user */
  findUser(idOrName: string): User {
    const user = this.user(idOrName);
    if (user === undefined) {
      throw new DirectoryError(`tenant ${this.tenantId} has no user "${idOrName}"`);
    }
    return user;
  }

  /** A user by id or user principal name, or a group by id or display name. */
  findObject(reference: string): User | Group {
    return this.user(reference) ?? this.findGroup(reference);
  }

  #groupOrFail(id: string): Group {
    const group = this.group(id);
    if (group === undefined) {
      throw new DirectoryError(`tenant ${this.tenantId} has no group "${id}"`);
    }
    return group;
  }

  /** Derived ids are the same in every run; a second object of the same name gets the next one. */
  #freeId(kind: string, name: string): string {
    for (let n = 0; ; n++) {
      const id = derivedGuid(this.tenantId, kind, name, String(n));
      if (this.object(id) === undefined) {
        return id;
      }
    }
  }

  #refuseTaken(id: string): void {
    if (this.object(id) !== undefined) {
      throw new DirectoryError(`id ${id} is taken`);
    }
  }

  #link(links: Map<string, Set<string>>, groupId: string, objectId: string): boolean {
    const ids = links.get(this.#groupOrFail(groupId).id.toLowerCase());
    const id = objectId.toLowerCase();
    if (this.object(id) === undefined) {
      throw new DirectoryError(`tenant ${this.tenantId} has no object "${objectId}"`);
    }
    const added = ids !== undefined && !ids.has(id);
    ids?.add(id);
    this.#revision++;
    return added;
  }

  #unlink(links: Map<string, Set<string>>, groupId: string, objectId: string): boolean {
    this.#revision++;
    return links.get(this.#groupOrFail(groupId).id.toLowerCase())?.delete(objectId.toLowerCase()) ?? false;
  }

  #forget(key: string): void {
    this.#revision++;
    for (const ids of [...this.#members.values(), ...this.#owners.values()]) {
      ids.delete(key);
    }
  }

  #objects(ids: Iterable<string>): DirectoryObject[] {
    return [...ids].flatMap((id) => this.object(id) ?? []);
  }
}

/** Everything reachable from a start, without the start itself unless nesting leads back to it. */
function walk(start: string, next: (id: string) => Iterable<string>): string[] {
  // A set is walked in the order of insertion, and what is added on the way is walked too.
  const seen = new Set(next(start));
  for (const id of seen) {
    for (const found of next(id)) {
      seen.add(found);
    }
  }
  return [...seen];
}

function slug(name: string): string {
  return (
    name
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ".")
      .replace(/^\.|\.$/g, "") || "user"
  );
}
