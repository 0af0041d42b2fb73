import { MICROSOFT_AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS } from "../../catalogue/wellKnown.js";
import { acceptsModel } from "../acceptance.js";
import { closedAaguid } from "../closed.js";
import { isCompromisedModel } from "../compromised.js";
import { ALL_USERS } from "../model.js";
import { knownPasskeyType } from "../normalize.js";
import type { NormalIncludeTarget, NormalPolicy, NormalProfile } from "../normalize.js";
import { SignIn } from "../signIn.js";
import type { Inventory, Person } from "./inventory.js";
import { modelsOf, OTHER_MODEL, saysAtSignIn } from "./kinds.js";

/**
 * What becomes acceptable, weakest first:
 *
 * - `synced`: passkeys that a provider copies from device to device;
 * - `anyModel`: models that no list names;
 * - `unattested`: keys whose model nobody proves when they are registered;
 * - `compromisedModel`: a model that the FIDO Alliance revoked or reported as compromised;
 * - `microsoftAuthenticator`, `windowsHello`: on a phone, on a PC;
 * - `exclusionLifted`: a group may use passkeys again that was excluded;
 * - `model`: further models on a list.
 */
export type ExposureKind =
  | "synced"
  | "anyModel"
  | "unattested"
  | "compromisedModel"
  | "microsoftAuthenticator"
  | "windowsHello"
  | "exclusionLifted"
  | "model";

/** A kind of key that becomes acceptable to the members of a group. */
export interface Exposure {
  readonly kind: ExposureKind;
  /** Object id in lower case, or `all_users`. */
  readonly group: string;
  /** The profiles that accept it. */
  readonly profiles: readonly string[];
  /** The models, where the kind is a question of models; sorted. */
  readonly aaguids: readonly string[];
  /** People of the inventory whom it concerns; absent without an inventory that has them. */
  readonly people?: number;
  /** Those of them who are known to have an administrator's role. */
  readonly admins?: number;
  /** Why it has to be acknowledged, or absent where it does not. */
  readonly guarded?: "exclusive" | "adminGroup" | "admins";
}

export interface ExposureOptions {
  /** Ids of profiles that are exclusive, before and after the change. */
  readonly exclusive?: { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> } | undefined;
  /** Object ids, in lower case, of groups whose members are administrators. */
  readonly adminGroups?: readonly string[] | undefined;
}

/** Weakest first. */
const KINDS: readonly ExposureKind[] = [
  "synced",
  "anyModel",
  "unattested",
  "compromisedModel",
  "microsoftAuthenticator",
  "windowsHello",
  "exclusionLifted",
  "model",
];

/** Kinds that weaken what was there; a further model of a named list is none of them. */
const WEAK: ReadonlySet<ExposureKind> = new Set(KINDS.filter((kind) => kind !== "model"));

/** Kinds that have to be acknowledged wherever administrators are among the people. */
const WEAK_FOR_ADMINS: ReadonlySet<ExposureKind> = new Set<ExposureKind>([
  "synced",
  "anyModel",
  "unattested",
  "compromisedModel",
]);

/** Whether it matters for a kind that administrators are among the people. */
export const asksForAdmins = (kind: ExposureKind): boolean => WEAK_FOR_ADMINS.has(kind);

/** The profiles of a target and of everyone's, as far as they are there and in force. */
function profilesFor(policy: NormalPolicy, target: Pick<NormalIncludeTarget, "id" | "targetType">): NormalProfile[] {
  if (policy.state === "disabled") return [];
  if (policy.excludeTargets.some(({ id }) => id === target.id || id === ALL_USERS)) return [];
  const ids = policy.includeTargets
    .filter(({ id, targetType }) => id === ALL_USERS || (id === target.id && targetType === target.targetType))
    .flatMap(({ profiles }) => profiles);
  return policy.profiles.filter(({ id }) => ids.includes(id));
}

const attests = (profile: NormalProfile): boolean => profile.attestationEnforcement === "registrationOnly";

/** What one set of profiles accepts and another does not, as kinds of key. */
class Comparison {
  readonly #found = new Map<ExposureKind, { profiles: Set<string>; aaguids: Set<string> }>();

  constructor(
    readonly before: SignIn,
    readonly after: SignIn,
    readonly models: readonly string[],
  ) {}

  run(old: readonly NormalProfile[], now: readonly NormalProfile[]) {
    for (const profile of now) {
      for (const type of profile.passkeyTypes ?? ["unread"]) {
        for (const aaguid of this.models) this.#kindOfKey(old, profile, aaguid, type);
      }
    }
    return this.#found;
  }

  #kindOfKey(old: readonly NormalProfile[], profile: NormalProfile, aaguid: string, type: string): void {
    const key = { aaguid, passkeyType: type };
    // What could not be read may be accepted, and before the change it may not have been.
    if (this.after.acceptedBy(profile, key) === "rejected") return;
    const accepting = old.filter((other) => this.#accepted(other, key) || this.#saysTheSame(other, profile));
    if (accepting.length === 0) {
      const synced = knownPasskeyType(type) !== "deviceBound";
      const syncedBefore = old.some(({ passkeyTypes }) => passkeyTypes?.has(type) === true);
      if (synced && !syncedBefore) this.#add("synced", profile, aaguid);
      else this.#add(kindOfModel(aaguid), profile, aaguid);
    }
    // Attestation acts when a key is registered: one that was proven only before can be registered unproven now.
    const proven = (accepting.length > 0 ? accepting : old).every(attests);
    if (!attests(profile) && proven) this.#add("unattested", profile, aaguid);
  }

  /** For sure; a newer type counts where it is named, because what it means does not change with the policy. */
  #accepted(profile: NormalProfile, key: { readonly aaguid: string; readonly passkeyType: string }): boolean {
    if (knownPasskeyType(key.passkeyType) !== undefined) return this.before.acceptedBy(profile, key) === "accepted";
    const named = profile.passkeyTypes?.has(key.passkeyType) === true;
    return named && acceptsModel(profile.keyRestrictions, key.aaguid) === "accepted";
  }

  /** What two profiles say in the same words is nothing new, even where this version cannot read it. */
  #saysTheSame(old: NormalProfile, now: NormalProfile): boolean {
    return (
      saysAtSignIn(old, this.before.policy.mode !== "profiles") ===
      saysAtSignIn(now, this.after.policy.mode !== "profiles")
    );
  }

  #add(kind: ExposureKind, profile: NormalProfile, aaguid: string): void {
    const found = this.#found.get(kind) ?? { profiles: new Set(), aaguids: new Set() };
    this.#found.set(kind, found);
    found.profiles.add(profile.id);
    if (aaguid !== OTHER_MODEL) found.aaguids.add(aaguid);
  }
}

function kindOfModel(aaguid: string): ExposureKind {
  if (aaguid === OTHER_MODEL) return "anyModel";
  if (MICROSOFT_AUTHENTICATOR_AAGUIDS.includes(aaguid)) return "microsoftAuthenticator";
  if (WINDOWS_HELLO_AAGUIDS.includes(aaguid)) return "windowsHello";
  return isCompromisedModel(aaguid) ? "compromisedModel" : "model";
}

/**
 * Which kinds of key become acceptable to whom, at registration or at sign-in, group by group. Someone who is in several
 * groups may have had the right through another one already.
 */
export function findExposure(
  before: NormalPolicy,
  after: NormalPolicy,
  inventory: Inventory | undefined,
  options: ExposureOptions = {},
): Exposure[] {
  const [old, now] = [new SignIn(before), new SignIn(after)];
  // No authenticator has the model that keeps a profile closed.
  const nobodys = new Set([...before.profiles, ...after.profiles].map(({ id }) => closedAaguid(id)));
  const models = modelsOf(before, after).filter((aaguid) => !nobodys.has(aaguid));
  const found: Omit<Exposure, "people" | "admins" | "guarded">[] = [];
  // Whoever is in a group that is no target any more may gain something through everyone's.
  const targets = new Map(
    [...before.includeTargets, ...after.includeTargets].map((target) => [`${target.targetType} ${target.id}`, target]),
  );
  for (const target of targets.values()) {
    const kinds = new Comparison(old, now, models).run(profilesFor(before, target), profilesFor(after, target));
    // Where every model is new, the ones that are listed need not be named beside it.
    const any = kinds.has("anyModel");
    for (const [kind, { profiles, aaguids }] of kinds) {
      if (any && (kind === "model" || kind === "microsoftAuthenticator" || kind === "windowsHello")) continue;
      const named = kind === "synced" || kind === "anyModel" || kind === "unattested" ? [] : [...aaguids].sort();
      found.push({ kind, group: target.id, profiles: [...profiles].sort(), aaguids: named });
    }
  }
  for (const { id } of before.excludeTargets) {
    if (after.excludeTargets.some((other) => other.id === id) || after.state === "disabled") continue;
    const profiles = after.includeTargets
      .filter((target) => target.id === id || target.id === ALL_USERS)
      .flatMap((target) => target.profiles);
    found.push({ kind: "exclusionLifted", group: id, profiles: [...new Set(profiles)].sort(), aaguids: [] });
  }
  const rank = ({ kind }: Pick<Exposure, "kind">) => KINDS.indexOf(kind);
  found.sort((a, b) => rank(a) - rank(b) || (a.group < b.group ? -1 : 1));
  const census = new Census(inventory);
  return found.map((exposure) => {
    const concerned = census.of(exposure.group);
    const guarded = guardOf(exposure, concerned, before, after, options);
    return { ...exposure, ...concerned, ...(guarded !== undefined && { guarded }) };
  });
}

interface Concerned {
  readonly people?: number;
  readonly admins?: number;
}

/** Counts the people of a group once, however many exposures concern it. */
class Census {
  readonly #counts = new Map<string, Concerned>();

  constructor(readonly inventory: Inventory | undefined) {}

  of(group: string): Concerned {
    const known = this.#counts.get(group);
    if (known !== undefined) return known;
    const counted = this.#count(group);
    this.#counts.set(group, counted);
    return counted;
  }

  #count(group: string): Concerned {
    const { inventory } = this;
    if (inventory === undefined) return {};
    const { scope, groupsRead } = inventory;
    const has = group === ALL_USERS ? scope === "everyone" : scope === "everyone" || scope.has(group);
    if (!has || (group !== ALL_USERS && groupsRead !== undefined && !groupsRead.has(group))) return {};
    const isIn = (person: Person) => group === ALL_USERS || person.groups.includes(group);
    let [people, admins] = [0, 0];
    for (const person of inventory.people) {
      if (!isIn(person)) continue;
      people += 1;
      if (person.isAdmin === true) admins += 1;
    }
    return { people, admins };
  }
}

function guardOf(
  { kind, group, profiles }: Pick<Exposure, "kind" | "group" | "profiles">,
  { people = 0, admins = 0 }: Concerned,
  before: NormalPolicy,
  after: NormalPolicy,
  { exclusive, adminGroups = [] }: ExposureOptions,
): Exposure["guarded"] {
  const has = (policy: NormalPolicy, ids: ReadonlySet<string> | undefined) =>
    policy.includeTargets.some((target) => target.id === group && target.profiles.some((id) => ids?.has(id)));
  // Whatever an exclusive group gains is worth a word; one that becomes exclusive now gains what its profile says.
  if (has(before, exclusive?.before)) return "exclusive";
  if (!WEAK.has(kind)) return undefined;
  if (has(after, exclusive?.after) || profiles.some((id) => exclusive?.after.has(id))) return "exclusive";
  if (adminGroups.includes(group) || (people > 0 && admins === people)) return "adminGroup";
  return admins > 0 && WEAK_FOR_ADMINS.has(kind) ? "admins" : undefined;
}
