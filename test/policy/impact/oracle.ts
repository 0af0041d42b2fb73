/**
 * What a change does to one person of whom everything is known, straight from the definitions and by brute force, so that
 * it can disagree with the package. It shares no code with it.
 */
import type {
  Fido2Policy,
  KeyRestrictions,
  MethodPolicy,
  StrengthRequirement,
} from "../../../provider/dist/policy/index.js";

export interface KnownKey {
  readonly aaguid: string;
  readonly passkeyType: "deviceBound" | "synced";
}

/** A person of whom nothing is left open. */
export interface KnownPerson {
  readonly user: string;
  /** The groups that count for the person. */
  readonly groups: readonly string[];
  readonly keys: readonly KnownKey[];
  readonly otherMethods: readonly string[];
  readonly hasCertificate: boolean;
  readonly isAdmin: boolean;
}

/** What is open about the tenant and the service, decided one way. */
export interface World {
  /** Whether a tenant-wide policy that enforces attestation lets older synced passkeys in. */
  readonly attestedTakesSynced: boolean;
  /** Whether the conditions of conditional policies are met. */
  readonly conditionsMet: boolean;
  readonly countLocalCredentials: boolean;
  readonly methods: readonly MethodPolicy[];
  readonly strengths: readonly StrengthRequirement[];
}

export type Verdict = "lockedOut" | "stranded" | "reduced" | "keeps";

const HELLO = [
  "08987058-cadc-4b81-b6e1-30de50dcbe96",
  "9ddd1817-af5a-4672-a2b9-3e3dd95000a9",
  "6028b017-b1d4-4c02-b4b3-afcdafc96bb2",
];

type Target = { readonly id: string; readonly targetType: string };

function means(target: Target, person: KnownPerson): boolean {
  if (target.id === "all_users") return true;
  return target.targetType === "group" ? person.groups.includes(target.id) : target.id === person.user;
}

function passes(restrictions: KeyRestrictions, aaguid: string): boolean {
  if (!restrictions.isEnforced) return true;
  return restrictions.aaGuids!.includes(aaguid) === (restrictions.enforcementType === "allow");
}

/** Whether a key signs its owner in. */
export function works(policy: Fido2Policy, person: KnownPerson, key: KnownKey, world: World): boolean {
  if (policy.state !== "enabled") return false;
  if (policy.excludeTargets!.some((target) => means(target, person))) return false;
  const mine = policy.includeTargets!.filter((target) => means(target, person));
  if (policy.passkeyProfiles!.length === 0) {
    if (mine.length === 0) return false;
    const type = key.passkeyType === "deviceBound" || !policy.isAttestationEnforced || world.attestedTakesSynced;
    return type && passes(policy.keyRestrictions!, key.aaguid);
  }
  return mine.some((target) =>
    policy.passkeyProfiles!.some(
      (profile) =>
        target.allowedPasskeyProfiles!.includes(profile.id) &&
        profile.passkeyTypes!.split(",").includes(key.passkeyType) &&
        passes(profile.keyRestrictions!, key.aaguid),
    ),
  );
}

function allowed(ids: readonly string[], person: KnownPerson, world: World): boolean {
  return world.methods.some(
    ({ id, state, includeTargets, excludeTargets }) =>
      ids.includes(id) &&
      state === "enabled" &&
      includeTargets.some((target) => means(target, person)) &&
      !excludeTargets.some((target) => means(target, person)),
  );
}

function methodWorks(method: string, person: KnownPerson, world: World): boolean {
  switch (method) {
    case "windowsHelloForBusiness":
      return world.countLocalCredentials;
    case "microsoftAuthenticatorPush":
      return allowed(["MicrosoftAuthenticator"], person, world);
    case "mobilePhone":
      return allowed(["Sms", "Voice"], person, world);
    case "softwareOneTimePasscode":
      return allowed(["SoftwareOath"], person, world);
    default: // email and Temporary Access Pass
      return false;
  }
}

const certified = (person: KnownPerson, world: World) =>
  person.hasCertificate && allowed(["X509Certificate"], person, world);

function satisfied(strength: StrengthRequirement, policy: Fido2Policy, person: KnownPerson, world: World): boolean {
  const has = (method: string) => person.otherMethods.includes(method) && methodWorks(method, person, world);
  return strength.allowedCombinations.some((combination) => {
    switch (combination) {
      case "fido2":
        return person.keys.some(
          (key) => works(policy, person, key, world) && (strength.allowedAaguids?.includes(key.aaguid) ?? true),
        );
      case "windowsHelloForBusiness":
        return has("windowsHelloForBusiness");
      case "x509CertificateMultiFactor":
        return certified(person, world);
      case "password,microsoftAuthenticatorPush":
        return has("microsoftAuthenticatorPush");
      case "password,sms":
        return has("mobilePhone");
      default:
        throw new Error(`the oracle does not know ${combination}`);
    }
  });
}

function asked(strength: StrengthRequirement, person: KnownPerson, world: World): boolean {
  if (strength.conditional && !world.conditionsMet) return false;
  const included =
    strength.includeUsers.includes("all") ||
    strength.includeUsers.includes(person.user) ||
    strength.includeGroups.some((group) => person.groups.includes(group)) ||
    (strength.includesRoles && person.isAdmin);
  const excluded =
    strength.excludeUsers.includes(person.user) ||
    strength.excludeGroups.some((group) => person.groups.includes(group)) ||
    (strength.excludesRoles && person.isAdmin);
  return included && !excluded;
}

/** What a change does to a person, in one world. */
export function outcomeOf(before: Fido2Policy, after: Fido2Policy, person: KnownPerson, world: World): Verdict {
  const lost = person.keys.some((key) => works(before, person, key, world) && !works(after, person, key, world));
  if (!lost) return "keeps";
  const shut = world.strengths.some(
    (strength) =>
      asked(strength, person, world) &&
      satisfied(strength, before, person, world) &&
      !satisfied(strength, after, person, world),
  );
  if (shut) return "lockedOut";
  const key = person.keys.some(
    (one) => works(after, person, one, world) && (world.countLocalCredentials || !HELLO.includes(one.aaguid)),
  );
  const local = world.countLocalCredentials && person.otherMethods.includes("windowsHelloForBusiness");
  if (key || local || certified(person, world)) return "reduced";
  return person.otherMethods.some((method) => methodWorks(method, person, world)) ? "stranded" : "lockedOut";
}
