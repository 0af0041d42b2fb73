import type { ModelSelector } from "../../catalogue/index.js";
import type {
  Acknowledgement,
  AttestationEnforcement,
  EnforcementType,
  LockoutGuard,
  MethodState,
  NestedMembership,
  PasskeyType,
  ToggleMode,
} from "../../policy/index.js";

/** Which authenticator models a profile lets through. What is left out is not managed. */
export interface KeyRestrictionsInputs {
  /**
   * Graph's "Enforce key restrictions". Acts at registration and at sign-in. While it is off the list restricts
   * nothing.
   */
  isEnforced?: boolean;
  /** `allow`: only what is listed; `block`: everything but what is listed. Counts while `isEnforced` is on. */
  enforcementType?: EnforcementType;
  /**
   * The whole list: names as the FIDO metadata has them, or AAGUIDs. A name stands for every AAGUID that has it.
   * Together with `select` both are listed.
   *
   * @example ["YubiKey 5 Series with NFC", "2fc0579f-8113-47ea-b116-bb5a8db9202a"]
   */
  models?: string[];
  /**
   * Models by capability. The selection is resolved at preview and kept as a list of AAGUIDs, so that a newer catalogue
   * shows as a change and never changes a policy silently.
   */
  select?: ModelSelector;
  /**
   * `true`: Microsoft Authenticator's two AAGUIDs are on the allow list, or off the block list; `false`: the reverse,
   * which needs enforcement. With enforcement off, `true` lists them: they are offered, but so is every other model.
   */
  microsoftAuthenticator?: boolean;
  /**
   * The same for the three AAGUIDs of Windows Hello. Not where attestation is enforced, because Windows Hello does not
   * attest its passkeys.
   */
  windowsHello?: boolean;
}

/** A passkey profile. A new one needs `name`, `passkeyTypes`, `attestationEnforcement` and `keyRestrictions`. */
export interface ProfileInputs {
  /** The profile's name in the tenant. Not for `default`, whose name cannot change. */
  name?: string;
  /**
   * Id of an existing profile, a GUID. That of a new one is known at preview and stays the same for good.
   *
   * @default made from tenant, project, stack, resource and key
   */
  id?: string;
  /**
   * Take over an existing profile that has the same name. Otherwise a name in use is refused.
   *
   * @default false
   */
  adopt?: boolean;
  /**
   * Which kinds of passkey may register and sign in.
   *
   * @default not managed; of a `PasskeyPersona` `["deviceBound"]`
   */
  passkeyTypes?: PasskeyType[];
  /**
   * `registrationOnly` asks for attestation when a key is registered. Keys registered before stay accepted. Not together
   * with `synced`, because synced passkeys never attest.
   *
   * @default not managed; of a `PasskeyPersona` `registrationOnly`
   */
  attestationEnforcement?: AttestationEnforcement;
  /** Which authenticator models the profile lets through, at registration and at sign-in. */
  keyRestrictions?: KeyRestrictionsInputs;
  /**
   * Refuse every plan after which a user of this profile is also covered by a profile that accepts more. Not for
   * `default`, which tools that write the tenant-wide settings edit.
   *
   * @default false; of a `PasskeyPersona` true
   */
  exclusive?: boolean;
}

/** A group that is a target, with its profiles. */
export interface IncludeTargetInputs {
  /** Object id or display name of a security group, or `all_users`. */
  group: string;
  /**
   * All profiles of that group: keys of `profiles`, `default`, or ids of existing profiles.
   *
   * @default ["default"]
   */
  profiles?: string[];
}

/** The emergency accounts of a tenant, which must always keep a passkey that works. */
export interface BreakGlassInputs {
  /** Object ids of accounts. */
  users?: string[];
  /** Object id or display name of a group of such accounts. */
  group?: string;
}

/**
 * Somebody's word that a plan may go ahead although people lose their last key, or gain what has to be acknowledged. It
 * counts for the one plan whose digest it names, until its day has passed.
 *
 * @example { plan: "9f86d081884c7d65", stranded: 3, until: "2026-12-01", reason: "three pilot keys are replaced by hand" }
 */
export type AcknowledgementInputs = Acknowledgement;

/** How a resource judges what a change does to people, and what its destroy does. The same for every resource. */
export interface GuardSettings {
  /**
   * Path of an inventory of the registered passkeys (`entra-passkeys inventory`), relative to the project's folder.
   *
   * @default read from Graph, for the people whom a change can touch
   */
  inventory?: string;
  /**
   * How old the inventory may be, in hours.
   *
   * @default 24
   */
  inventoryMaxAge?: number;
  /**
   * `enforce` refuses a plan that locks out or strands more people than acknowledged, of which that is not known, or that
   * opens exclusive or administrators' groups; `warn` only says so; `off` looks at break-glass
   * accounts only.
   *
   * @default "enforce"
   */
  lockoutGuard?: LockoutGuard;
  /** What may go ahead nevertheless: for one plan each, for so many people, until a day. */
  acknowledge?: AcknowledgementInputs | AcknowledgementInputs[];
  /**
   * The tenant's emergency accounts. A plan that leaves one without a working passkey is always refused. What one
   * resource of a program declares counts for all of them.
   */
  breakGlass?: BreakGlassInputs;
  /**
   * Groups (object ids or names) of administrators: what weakens their sign-in has to be acknowledged. What one resource
   * of a program declares counts for all of them.
   */
  adminGroups?: string[];
  /**
   * Whether credentials that belong to one device (Windows Hello for Business, a passkey in Windows Hello, a Mac's secure
   * enclave) are something to fall back on.
   *
   * @default false
   */
  countLocalCredentials?: boolean;
  /**
   * How the service treats people who are in a targeted group through a nested group only: `covered`, `notCovered`, or
   * `unknown`, because Microsoft's pages do not say it.
   *
   * @default "unknown"
   */
  nestedMembership?: NestedMembership;
  /**
   * `restore` gives every part back as it was before this resource, where nobody else changed it since; `retain` leaves
   * all as it is.
   *
   * @default "restore"
   */
  onDestroy?: "restore" | "retain";
}

/**
 * A part of a tenant's Passkey (FIDO2) policy. Only what is declared is managed: everything else stays as it is, byte
 * for byte, and is never drift.
 */
export interface PasskeyPolicyInputs extends GuardSettings {
  /** Whether passkeys work at all. `disabled` stops every passkey sign-in of the tenant. */
  state?: MethodState;
  /** Whether users may register passkeys themselves. Acts at registration only. */
  isSelfServiceRegistrationAllowed?: boolean;
  /**
   * Passkey profiles by a key of your own. `default` is the tenant's default profile; in a tenant that has not opted in
   * to profiles it is the tenant-wide settings, and the only one possible.
   */
  profiles?: Record<string, ProfileInputs>;
  /** Groups that are targets, each with its profiles. Other targets stay. */
  includeTargets?: IncludeTargetInputs[];
  /**
   * Groups (object ids or names) whose members may use no passkey at all: an exclude beats every include. Other excludes
   * stay.
   */
  excludeTargets?: string[];
  /** Targets that must not be there, such as `all_users`. */
  removedIncludeTargets?: string[];
  /** Excludes that must not be there. */
  removedExcludeTargets?: string[];
  /**
   * How models get onto a list that is not enforced: `auto` lists them by one write, and takes the enforced window only
   * where the service wants it; `enforceFirst` always takes the window; `direct` never does.
   *
   * @default "auto"
   */
  toggle?: ToggleMode;
  /**
   * How many profiles the tenant may have, the default one included. Microsoft's limit is 3.
   *
   * @default 3
   */
  profileLimit?: number;
}

/** What check found out about the inputs, kept with them so that nothing is looked up twice or changes silently. */
export interface Resolved {
  /** Edition of the catalogue that the models were resolved with. */
  catalogue: number;
  /** Date of the models in it that are not in the FIDO metadata. Absent in older states. */
  additions?: string;
  /** Profile ids by the program's keys; `default` stands for itself. */
  profileIds: Record<string, string>;
  /** Object ids by the names that the program uses. */
  groups: Record<string, string>;
  /** The AAGUIDs that `models` and `select` stand for, sorted, by the profiles' keys. */
  aaGuids: Record<string, string[]>;
  /** What other resources of the program declared that counts for this one, too; for a destroy, which sees no program. */
  program?: ProgramGuard;
  /** A refresh found something else than what was written, so that these inputs are not what the state's parts are of. */
  drifted?: true;
}

/** What counts for all resources of a program, whichever of them declares it: object ids in lower case. */
export interface ProgramGuard {
  breakGlass?: { users: string[]; groups: string[] };
  adminGroups?: string[];
  /** Ids of profiles that are exclusive. */
  exclusive?: string[];
}

/** Inputs as check returns them and state keeps them. */
export interface CheckedInputs extends PasskeyPolicyInputs {
  owner: string;
  tenantId: string;
  /** As in `resolved`; an input of its own, because programs see checked inputs already at preview. */
  profileIds: Record<string, string>;
  resolved: Resolved;
  /** Pulumi's own; always kept, because without it the resource can never be read or destroyed again. */
  __provider?: string;
}

/** The settings that every resource takes. */
export const SETTINGS = [
  "inventory",
  "inventoryMaxAge",
  "lockoutGuard",
  "acknowledge",
  "breakGlass",
  "adminGroups",
  "countLocalCredentials",
  "nestedMembership",
  "onDestroy",
] as const satisfies readonly (keyof GuardSettings)[];

/** The properties that a program declares; everything else in state is ours. */
export const DECLARED = [
  "state",
  "isSelfServiceRegistrationAllowed",
  "profiles",
  "includeTargets",
  "excludeTargets",
  "removedIncludeTargets",
  "removedExcludeTargets",
  "toggle",
  "profileLimit",
  ...SETTINGS,
] as const satisfies readonly (keyof PasskeyPolicyInputs)[];

/** The properties of `inputs` that have a value, of those that are named. */
export function pick<T extends object>(inputs: T, keys: readonly (keyof T)[]): Partial<T> {
  const picked: Partial<T> = {};
  for (const key of keys) if (inputs[key] !== undefined && inputs[key] !== null) picked[key] = inputs[key];
  return picked;
}

/**
 * What a resource has beside its declaration: set by us, not by a program. Not `tenantId`: a program that gives one wants
 * a tenant other than the stack's, and has to be told.
 */
const OURS: ReadonlySet<string> = new Set([
  "owner",
  "profileIds",
  "profileId",
  "groupIds",
  "resolved",
  "mode",
  "looked",
  "objectId",
  "allowedAAGUIDs",
]);

/** The properties that a program gave to a check, those that there are not among them. */
export function givenBy(properties: object, declared: readonly string[]): Record<string, unknown> {
  const given = (key: string, value: unknown) =>
    value !== undefined && value !== null && (declared.includes(key) || !(OURS.has(key) || key.startsWith("__")));
  return Object.fromEntries(Object.entries(properties).filter(([key, value]) => given(key, value)));
}

/** The declared part of inputs or state. */
export function declaredOf(inputs: PasskeyPolicyInputs): PasskeyPolicyInputs {
  return pick(inputs, DECLARED);
}
