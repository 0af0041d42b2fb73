import { MICROSOFT_AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS } from "../catalogue/wellKnown.js";
import { isUnknown } from "./desired.js";
import type { DesiredKeyRestrictions, DesiredPolicy, DesiredProfile } from "./desired.js";
import { lists } from "./facets.js";
import { isGuid } from "./guid.js";
import { DEFAULT_PROFILE } from "./model.js";
import type { NormalPolicy, NormalProfile } from "./normalize.js";
import type { Problem } from "./problem.js";
import { validateTargets } from "./validateTargets.js";

export interface ValidateOptions {
  /**
   * Whether Windows Hello attests its passkeys. Microsoft's documentation said in February 2026 that it does not.
   * Default false: a profile that enforces attestation and lists Windows Hello is refused.
   */
  readonly windowsHelloAttests?: boolean | undefined;
  /** The tenant's policy, where it is known: what is wrong in it already is not refused again. */
  readonly current?: NormalPolicy | undefined;
}

/** The word that the program uses for a profile. */
export const profilePlace = (profile: DesiredProfile): string => `profiles.${profile.key ?? profile.id}`;

/**
 * Checks what can be told without the tenant: forms, duplicates, and parts that contradict each other. Values that are
 * not known yet are passed over.
 *
 * @returns one problem for each place; empty where all is well.
 */
export function validateDesired(desired: DesiredPolicy, options: ValidateOptions = {}): Problem[] {
  return [
    ...validateValues(desired),
    ...(desired.profiles ?? []).flatMap((profile) => validateProfile(profile, options)),
    ...validateProfileNames(desired),
    ...validateTargets(desired, options.current),
  ];
}

function oneOf(place: string, value: unknown, allowed: readonly string[]): Problem[] {
  if (value === undefined || allowed.includes(value as string)) return [];
  return [
    {
      code: "malformedValue",
      place,
      reason: `${JSON.stringify(value)} is not a value that it can have`,
      wayOut: `Use ${allowed.map((word) => JSON.stringify(word)).join(" or ")}`,
    },
  ];
}

function booleanOrAbsent(place: string, value: unknown): Problem[] {
  if (value === undefined || typeof value === "boolean") return [];
  const reason = `${JSON.stringify(value)} is not a boolean`;
  return [{ code: "malformedValue", place, reason, wayOut: "Use true or false, without quotes" }];
}

function validateValues(desired: DesiredPolicy): Problem[] {
  return [
    ...oneOf("state", desired.state, ["enabled", "disabled"]),
    ...booleanOrAbsent("isSelfServiceRegistrationAllowed", desired.isSelfServiceRegistrationAllowed),
  ];
}

function validateProfile(profile: DesiredProfile, options: ValidateOptions): Problem[] {
  const place = profilePlace(profile);
  const problems: Problem[] = [];
  const isDefault = profile.id === DEFAULT_PROFILE;
  const now = options.current?.profiles.find((candidate) => candidate.id === profile.id.toLowerCase());
  if (!isDefault && !isGuid(profile.id)) {
    const reason = `${JSON.stringify(profile.id)} is not the id of a profile`;
    problems.push({ code: "malformedValue", place, reason, wayOut: "Use the GUID of the profile, or default" });
  }
  if (isDefault && profile.name !== undefined) {
    problems.push({
      code: "defaultProfile",
      place: `${place}.name`,
      reason: "the default profile cannot be renamed",
      wayOut: "Leave its name out",
    });
  }
  if (isDefault && profile.exclusive) {
    problems.push({
      code: "defaultProfile",
      place: `${place}.exclusive`,
      reason: "the default profile cannot be exclusive, because tools that write the old tenant-wide fields edit it",
      wayOut: "Give the group a profile of its own and mark that one exclusive",
    });
  }
  problems.push(...booleanOrAbsent(`${place}.exclusive`, profile.exclusive));
  problems.push(
    ...oneOf(`${place}.attestationEnforcement`, profile.attestationEnforcement, ["disabled", "registrationOnly"]),
  );
  for (const [index, type] of (profile.passkeyTypes ?? []).entries()) {
    problems.push(...oneOf(`${place}.passkeyTypes[${index}]`, type, ["deviceBound", "synced"]));
  }
  if (profile.passkeyTypes?.length === 0 && now?.passkeyTypes?.size !== 0) {
    problems.push({
      code: "noPasskeyTypes",
      place: `${place}.passkeyTypes`,
      reason: "a profile without any passkey type accepts no passkey at all",
      wayOut: "Name deviceBound, synced or both",
    });
  }
  const hasBoth = now?.attestationEnforcement === "registrationOnly" && now.passkeyTypes?.has("synced");
  if (profile.attestationEnforcement === "registrationOnly" && profile.passkeyTypes?.includes("synced") && !hasBoth) {
    problems.push({
      code: "attestationWithSynced",
      place: `${place}.attestationEnforcement`,
      reason: "synced passkeys never attest, so a profile that enforces attestation cannot register them",
      wayOut: "Take synced out of passkeyTypes, or set attestationEnforcement to disabled",
    });
  }
  if (profile.keyRestrictions !== undefined) {
    const { keyRestrictions } = profile;
    const here = `${place}.keyRestrictions`;
    problems.push(...validateRestrictions(profile, keyRestrictions, here, options, now));
  }
  return problems;
}

function validateRestrictions(
  profile: DesiredProfile,
  restrictions: DesiredKeyRestrictions,
  place: string,
  options: ValidateOptions,
  current: NormalProfile | undefined,
): Problem[] {
  const now = current?.keyRestrictions;
  const problems: Problem[] = [
    ...booleanOrAbsent(`${place}.isEnforced`, restrictions.isEnforced),
    ...booleanOrAbsent(`${place}.microsoftAuthenticator`, restrictions.microsoftAuthenticator),
    ...booleanOrAbsent(`${place}.windowsHello`, restrictions.windowsHello),
    ...oneOf(`${place}.enforcementType`, restrictions.enforcementType, ["allow", "block"]),
  ];
  const list = isUnknown(restrictions.aaGuids) ? undefined : restrictions.aaGuids;
  for (const [index, aaguid] of (list ?? []).entries()) {
    if (isUnknown(aaguid) || isGuid(aaguid) || lists(now?.aaGuids, aaguid)) continue;
    problems.push({
      code: "malformedAaguid",
      place: `${place}.aaGuids[${index}]`,
      reason: `${JSON.stringify(aaguid)} is not an AAGUID`,
      wayOut: "Use the form 00000000-0000-0000-0000-000000000000, or the model's name",
    });
  }
  const known = (list ?? []).filter((aaguid): aaguid is string => typeof aaguid === "string");
  const { isEnforced, enforcementType } = restrictions;
  const addsModels = restrictions.microsoftAuthenticator === true || restrictions.windowsHello === true;
  const isShut = now?.isEnforced === true && now.enforcementType === "allow" && now.aaGuids?.length === 0;
  if (isEnforced === true && enforcementType === "allow" && list?.length === 0 && !addsModels && !isShut) {
    problems.push({
      code: "emptyAllowList",
      place: `${place}.aaGuids`,
      reason: "an enforced allow list without any model means that no passkey works for anyone with this profile",
      wayOut: "List at least one model, or set isEnforced to false",
    });
  }
  for (const [flag, aaguids] of FLAGS) {
    const wanted = restrictions[flag];
    if (typeof wanted !== "boolean") continue;
    problems.push(...validateFlag(profile, restrictions, `${place}.${flag}`, wanted, flag, aaguids, known));
  }
  if (
    restrictions.windowsHello &&
    profile.attestationEnforcement === "registrationOnly" &&
    !options.windowsHelloAttests &&
    (current === undefined || current.attestationEnforcement === "disabled") // else resolveFacets decides
  ) {
    problems.push(windowsHelloAttestation(`${place}.windowsHello`));
  }
  return problems;
}

export function windowsHelloAttestation(place: string): Problem {
  return {
    code: "windowsHelloAttestation",
    place,
    reason: "Windows Hello does not attest its passkeys, so nobody could register one with this profile",
    wayOut: "Set attestationEnforcement to disabled, or leave windowsHello out",
  };
}

export function offeredByBlockList(place: string, flag: string): Problem {
  return {
    code: "conflict",
    place,
    reason: "authenticators are offered by an allow list, but enforcementType is block",
    wayOut: `Set enforcementType to allow, or leave ${flag} out`,
  };
}

/** The switches for well-known authenticators, with the AAGUIDs that each stands for. */
export const FLAGS = [
  ["microsoftAuthenticator", MICROSOFT_AUTHENTICATOR_AAGUIDS],
  ["windowsHello", WINDOWS_HELLO_AAGUIDS],
] as const;

function validateFlag(
  profile: DesiredProfile,
  restrictions: DesiredKeyRestrictions,
  place: string,
  wanted: boolean,
  flag: string,
  aaguids: readonly string[],
  list: readonly string[],
): Problem[] {
  const { isEnforced, enforcementType } = restrictions;
  if (isEnforced === false && !wanted) {
    return [
      {
        code: "unenforcedList",
        place,
        reason: "a list that is not enforced restricts nothing, so it cannot keep these authenticators out",
        wayOut: `Set isEnforced to true, or leave ${flag} out`,
      },
    ];
  }
  if (isEnforced === false && enforcementType === "block") {
    return [offeredByBlockList(place, flag)];
  }
  if (wanted && profile.passkeyTypes !== undefined && !profile.passkeyTypes.includes("deviceBound")) {
    return [
      {
        code: "conflict",
        place,
        reason: "these authenticators hold device-bound passkeys, which passkeyTypes does not accept",
        wayOut: `Add deviceBound to passkeyTypes, or leave ${flag} out`,
      },
    ];
  }
  const contradicting = aaguids.some((aaguid) => lists(list, aaguid));
  const listed = enforcementType === undefined ? undefined : (enforcementType === "allow") === wanted;
  if (contradicting && listed === false) {
    return [
      {
        code: "conflict",
        place,
        reason: `the list names these authenticators, but ${flag}: ${wanted} means that a${enforcementType === "allow" ? "n allow" : " block"} list does not`,
        wayOut: `Take them off the list, or leave ${flag} out`,
      },
    ];
  }
  return [];
}

function validateProfileNames(desired: DesiredPolicy): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const profile of desired.profiles ?? []) {
    for (const [kind, value] of [
      ["id", profile.id.toLowerCase()],
      ["name", profile.name?.toLowerCase()],
    ] as const) {
      if (value === undefined) continue;
      const other = seen.get(`${kind} ${value}`);
      if (other !== undefined) {
        const place = `${profilePlace(profile)}.${kind}`;
        const reason = `two profiles have the ${kind} ${JSON.stringify(profile[kind])} (the other is ${other})`;
        problems.push({ code: "duplicate", place, reason, wayOut: "Make one of them different, or merge them" });
      }
      seen.set(`${kind} ${value}`, profilePlace(profile));
    }
  }
  return problems;
}
