import type { User } from "../directory/types.js";
import type { Tenant } from "../tenant.js";
import { passkeyWords, RESET_METHODS, traitsOf } from "./words.js";

/**
 * One user in the registration report, under `v1.0`.
 *
 * @see https://learn.microsoft.com/graph/api/resources/userregistrationdetails
 */
export interface RegistrationDetails {
  id: string;
  userPrincipalName: string;
  userDisplayName: string;
  isAdmin: boolean;
  isSsprRegistered: boolean;
  isSsprEnabled: boolean;
  isSsprCapable: boolean;
  isMfaRegistered: boolean;
  isMfaCapable: boolean;
  isPasswordlessCapable: boolean;
  lastUpdatedDateTime: string;
  methodsRegistered: string[];
  isSystemPreferredAuthenticationMethodEnabled: boolean;
  systemPreferredAuthenticationMethods: string[];
  userPreferredMethodForSecondaryAuthentication: string;
  userType: "member" | "guest";
}

/** The registration report of one tenant: what is registered now, or what was when it was frozen. */
export class RegistrationReport {
  #frozen: readonly RegistrationDetails[] | undefined;
  #cached: { key: string; rows: readonly RegistrationDetails[] } | undefined;

  constructor(readonly tenant: Tenant) {}

  /**
   * In the order of the directory. Disabled users are not in it: Graph's page says that the method does not work for
   * them.
   *
   * @see https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails
   */
  get rows(): readonly RegistrationDetails[] {
    return this.#frozen ?? this.#now();
  }

  /** From now on the report answers what is registered at this moment. */
  freeze(): void {
    this.#frozen = structuredClone(this.#now());
  }

  /** The report catches up, and lags no longer. */
  refresh(): void {
    this.#frozen = undefined;
  }

  #now(): readonly RegistrationDetails[] {
    const { directory, people, methods, lastModified } = this.tenant;
    const { reportWordForKeys } = this.tenant.effectiveSwitches;
    const key = [directory.revision, people.revision, methods.revision, lastModified, reportWordForKeys].join();
    if (this.#cached?.key !== key) {
      const allowed = permitted(this.tenant);
      const enabled = directory.users.filter((user) => user.accountEnabled);
      this.#cached = { key, rows: enabled.map((user) => row(this.tenant, user, allowed)) };
    }
    return this.#cached.rows;
  }
}

function row(tenant: Tenant, user: User, allowed: (method: string, userId: string) => boolean): RegistrationDetails {
  const { passkeys, methods, isAdmin, changed } = tenant.people.of(user.id);
  const switches = tenant.effectiveSwitches;
  const words = [...new Set([...passkeys.flatMap((passkey) => passkeyWords(passkey, switches)), ...methods])];
  const traits = words.map(traitsOf);
  const usable = traits.filter(
    ({ configurations: ids }) => ids === undefined || ids.some((id) => allowed(id, user.id)),
  );
  const secondary = traits.flatMap((trait) => trait.secondary ?? [])[0];
  return {
    id: user.id,
    userPrincipalName: user.userPrincipalName,
    userDisplayName: user.displayName,
    isAdmin,
    isSsprRegistered: words.some((word) => RESET_METHODS.includes(word)),
    // Self-service password reset is set elsewhere; in the samples of Graph docs it is off.
    isSsprEnabled: false,
    isSsprCapable: false,
    isMfaRegistered: traits.some((trait) => trait.mfa),
    isMfaCapable: usable.some((trait) => trait.mfa),
    isPasswordlessCapable: usable.some((trait) => trait.passwordless),
    lastUpdatedDateTime: changed,
    methodsRegistered: words,
    isSystemPreferredAuthenticationMethodEnabled: true,
    systemPreferredAuthenticationMethods: secondary === undefined ? [] : [secondary],
    userPreferredMethodForSecondaryAuthentication: secondary ?? "none",
    userType: user.userType.toLowerCase() === "guest" ? "guest" : "member",
  };
}

/** Whether the policy of a method allows it to a user. Members through nested groups count as members here. */
function permitted(tenant: Tenant): (method: string, userId: string) => boolean {
  const groups = new Map<string, ReadonlySet<string>>();
  const contains = (targets: unknown, userId: string): boolean =>
    Array.isArray(targets) &&
    targets.some((target: { id?: unknown }) => {
      const id = String(target.id).toLowerCase();
      if (id === "all_users" || id === userId.toLowerCase()) {
        return true;
      }
      const members = groups.get(id) ?? membersOf(tenant, id);
      groups.set(id, members);
      return members.has(userId.toLowerCase());
    });
  return (method, userId) => {
    const policy = method === "Fido2" ? tenant.stored : tenant.methods.find(method);
    return (
      policy?.state === "enabled" && contains(policy.includeTargets, userId) && !contains(policy.excludeTargets, userId)
    );
  };
}

function membersOf(tenant: Tenant, groupId: string): ReadonlySet<string> {
  return new Set(tenant.directory.transitiveMembers(groupId).map(({ object }) => object.id.toLowerCase()));
}
