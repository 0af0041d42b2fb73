import type { ConditionalAccessEdit, ConditionalAccessInput, ConditionalAccessPolicy } from "./access/policies.js";
import type { AuthenticationStrength, StrengthEdit, StrengthInput } from "./access/strengths.js";
import type { Group, GroupInput, User } from "./directory/types.js";
import type { PolicyEdit } from "./fido2/document.js";
import type { RenderedFido2Policy } from "./fido2/types.js";
import type { MethodEdit } from "./methods/configurations.js";
import type { MethodSample } from "./methods/samples.js";
import type { PersonChanges, PersonInput } from "./people/split.js";
import type { Passkey, PasskeyInput, Registrations } from "./people/types.js";
import type { Switches } from "./switches.js";

/** Which cloud a tenant lives in. In `china` the policy does not exist. */
export type Cloud = "global" | "usGov" | "china";

/** Which Entra ID the tenant pays for. The registration report and Conditional Access need `p1` or `p2`. */
export type Licence = (typeof LICENCES)[number];

/** Every {@link Licence}. */
export const LICENCES = ["free", "p1", "p2"] as const;

/** Client secrets by client id: one, or all that are valid at the same time. */
export type Secrets = Readonly<Record<string, string | readonly string[]>>;

/** What a test may do to a tenant without going through HTTP. */
export interface TenantHandle {
  readonly id: string;
  readonly displayName: string;
  /** Domain of the user principal names; also accepted in the path of the token endpoint. */
  readonly domain: string;
  readonly cloud: Cloud;
  /** May be changed at any time. */
  licence: Licence;
  /** `profiles` once the tenant has opted in. */
  readonly mode: "legacy" | "profiles";
  /** Answers of the open questions that differ from the emulator's; may be changed at any time. */
  readonly switches: Partial<Switches>;
  /** Client id and secret that a client can use: the first of each. */
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
  /** From now on these secrets are valid and no others; tokens issued before stay good. */
  setSecrets(secrets: Secrets): void;
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
    /** Passkeys, methods and `isAdmin` are no part of the user that is returned. */
    add(user: PersonInput): User;
    update(idOrName: string, changes: PersonChanges): User;
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
  /** Passkeys of a user by id or user principal name. */
  readonly passkeys: {
    list(user: string): Passkey[];
    add(user: string, passkey: PasskeyInput): Passkey;
    remove(user: string, id: string): void;
  };
  /** What a user has registered, other methods and the administrator's role included. */
  registrations(user: string): Registrations;
  /** From now on the registration report answers what is registered at this moment. */
  freezeReport(): void;
  /** The registration report catches up, and lags no longer. */
  refreshReport(): void;
  /** The configuration of a method other than FIDO2, by Graph's id. */
  method(id: string): MethodSample;
  /** Someone else edits the configuration of a method other than FIDO2; targets may name groups. */
  setMethod(id: string, edit: MethodEdit): void;
  /** Authentication strengths, by id or display name. */
  readonly authenticationStrengths: {
    list(): AuthenticationStrength[];
    get(idOrName: string): AuthenticationStrength;
    add(strength: StrengthInput): AuthenticationStrength;
    /** Someone else edits a custom one, without validation and unseen by the audit log. */
    update(idOrName: string, changes: StrengthEdit): AuthenticationStrength;
    remove(idOrName: string): void;
  };
  /** Conditional Access policies, by id or display name. */
  readonly conditionalAccessPolicies: {
    list(): ConditionalAccessPolicy[];
    get(idOrName: string): ConditionalAccessPolicy;
    add(policy: ConditionalAccessInput): ConditionalAccessPolicy;
    /** Someone else edits one, without validation and unseen by the audit log. */
    update(idOrName: string, changes: ConditionalAccessEdit): ConditionalAccessPolicy;
    remove(idOrName: string): void;
  };
}
