import { MICROSOFT_AUTHENTICATOR_AAGUIDS } from "../catalogue/index.js";
import { DEFAULT_PROFILE, lists, normalizePolicy } from "../policy/index.js";
import type { Fido2Policy, NormalPolicy, NormalProfile, NormalRestrictions } from "../policy/index.js";
import { modelEntries, profileKeys } from "../policy/programWords.js";
import type { KeyRestrictionsInputs, PasskeyPolicyInputs, ProfileInputs } from "../resources/passkeyPolicy/inputs.js";

/** A part of the tenant that a program does not declare. It stays as it is, and is nobody's. */
export interface LeftOut {
  /** As a property path of the program, or of the policy where the program has no word for it. */
  readonly place: string;
  readonly reason: string;
}

/** A declaration of everything that a tenant has, as far as a program can say it. */
export interface Declaration<Inputs> {
  readonly inputs: Inputs;
  readonly leftOut: readonly LeftOut[];
}

const NOT_READ = "Graph has answered no value, or none that this version knows";

/** Declares a whole policy as it is. What this version cannot read is left out, with the reason. */
export function declarePolicy(policy: Fido2Policy): Declaration<PasskeyPolicyInputs> {
  const normal = normalizePolicy(policy);
  const keys = profileKeys(normal);
  const leftOut: LeftOut[] = [];
  const value = <T>(place: string, one: T | undefined): T | undefined => {
    if (one === undefined) leftOut.push({ place, reason: NOT_READ });
    return one;
  };
  const inputs = defined<PasskeyPolicyInputs>({
    state: value("state", normal.state as PasskeyPolicyInputs["state"]),
    isSelfServiceRegistrationAllowed: value(
      "isSelfServiceRegistrationAllowed",
      normal.isSelfServiceRegistrationAllowed,
    ),
    profiles: Object.fromEntries(
      normal.profiles.map((profile) => {
        const key = keys.get(profile.id)!;
        return [key, declareProfile(profile, normal, (part, one) => value(`profiles.${key}.${part}`, one))];
      }),
    ),
    includeTargets: declareIncludes(normal, keys, leftOut),
    excludeTargets: declareExcludes(normal, leftOut),
  });
  return { inputs, leftOut };
}

type Value = <T>(part: string, one: T | undefined) => T | undefined;

function declareProfile(profile: NormalProfile, { mode }: NormalPolicy, value: Value): ProfileInputs {
  const { id, name, passkeyTypes, attestationEnforcement, keyRestrictions } = profile;
  const own = id === DEFAULT_PROFILE ? {} : { id, name: value("name", name) };
  // Without profiles the types follow from attestation, and a program does not say them.
  const types = mode === "legacy" ? undefined : value("passkeyTypes", passkeyTypes && [...passkeyTypes]);
  return defined<ProfileInputs>({
    ...own,
    // Words that this version does not know are told apart by the check, as it does with a program's.
    passkeyTypes: types as ProfileInputs["passkeyTypes"],
    attestationEnforcement: value(
      "attestationEnforcement",
      attestationEnforcement as ProfileInputs["attestationEnforcement"],
    ),
    keyRestrictions: declareRestrictions(keyRestrictions, value),
  });
}

function declareRestrictions(restrictions: NormalRestrictions, value: Value): KeyRestrictionsInputs {
  const { isEnforced, enforcementType, aaGuids } = restrictions;
  const list = value("keyRestrictions.models", aaGuids);
  const authenticator =
    isEnforced === true &&
    enforcementType === "allow" &&
    MICROSOFT_AUTHENTICATOR_AAGUIDS.every((aaguid) => lists(list, aaguid));
  const rest = authenticator ? list?.filter((aaguid) => !lists(MICROSOFT_AUTHENTICATOR_AAGUIDS, aaguid)) : list;
  return defined<KeyRestrictionsInputs>({
    isEnforced: value("keyRestrictions.isEnforced", isEnforced),
    enforcementType: value(
      "keyRestrictions.enforcementType",
      enforcementType as KeyRestrictionsInputs["enforcementType"],
    ),
    models: rest && modelEntries(rest).map(({ value: model }) => model),
    microsoftAuthenticator: authenticator || undefined,
  });
}

export const notGroup = (targetType: string): string =>
  `its targetType is ${JSON.stringify(targetType)}, and a program declares groups only`;

function declareIncludes(
  { mode, includeTargets }: NormalPolicy,
  keys: ReadonlyMap<string, string>,
  leftOut: LeftOut[],
): PasskeyPolicyInputs["includeTargets"] {
  const byGroup = new Map<string, string[]>();
  for (const { id, targetType, profiles } of includeTargets) {
    if (targetType !== "group") leftOut.push({ place: `includeTargets[${id}]`, reason: notGroup(targetType) });
    else byGroup.set(id, [...(byGroup.get(id) ?? []), ...profiles.map((one) => keys.get(one) ?? one)]);
  }
  const targets = [...byGroup].map(([group, profiles]) =>
    mode === "legacy" ? { group } : { group, profiles: [...new Set(profiles)] },
  );
  return targets.length === 0 ? undefined : targets;
}

function declareExcludes({ excludeTargets }: NormalPolicy, leftOut: LeftOut[]): string[] | undefined {
  const groups = excludeTargets.filter(({ id, targetType }) => {
    if (targetType !== "group") leftOut.push({ place: `excludeTargets[${id}]`, reason: notGroup(targetType) });
    return targetType === "group";
  });
  return groups.length === 0 ? undefined : [...new Set(groups.map(({ id }) => id))];
}

/** Without members that have no value. */
export function defined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
