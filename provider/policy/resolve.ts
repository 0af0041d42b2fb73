import { isClosed } from "./closed.js";
import { isUnknown } from "./desired.js";
import type { DesiredKeyRestrictions, DesiredPolicy, DesiredProfile } from "./desired.js";
import { excludeFacet, includeFacet, listedFacet, lists, profileFacet, profilePart } from "./facets.js";
import type { FacetName, FacetValue } from "./facets.js";
import { DEFAULT_PROFILE } from "./model.js";
import { joinPasskeyTypes } from "./normalize.js";
import type { NormalPolicy, NormalProfile } from "./normalize.js";
import { alreadyThere } from "./problem.js";
import type { Problem } from "./problem.js";
import { noSuchProfile } from "./target.js";
import { FLAGS, offeredByBlockList, profilePlace, windowsHelloAttestation } from "./validate.js";
import type { ValidateOptions } from "./validate.js";

/** The facets that a desired policy means in a given tenant. */
export interface ResolvedFacets {
  readonly facets: Map<FacetName, FacetValue>;
  readonly refusals: Problem[];
  readonly warnings: Problem[];
}

/**
 * Turns what is wanted into facets. Most follow from the declaration alone; whether Microsoft Authenticator is to be
 * listed depends on the kind of list that the tenant has where the program does not say it.
 */
export function resolveFacets(
  desired: DesiredPolicy,
  current: NormalPolicy,
  options: Pick<ValidateOptions, "windowsHelloAttests"> = {},
): ResolvedFacets {
  const resolved: ResolvedFacets = { facets: new Map(), refusals: [], warnings: [] };
  const { facets } = resolved;
  if (desired.state !== undefined) facets.set("state", desired.state);
  if (desired.isSelfServiceRegistrationAllowed !== undefined) {
    facets.set("isSelfServiceRegistrationAllowed", desired.isSelfServiceRegistrationAllowed);
  }
  const pending = new Set<string>();
  for (const profile of desired.profiles ?? []) {
    if (!resolveProfile(resolved, profile, current, options)) pending.add(profile.id.toLowerCase());
  }
  for (const [index, target] of (desired.includeTargets ?? []).entries()) {
    const profiles = target.profiles ?? [DEFAULT_PROFILE];
    if (isUnknown(target.id)) {
      warnUnknown(resolved, `includeTargets[${index}]`, "the group counts as nobody until then");
      continue;
    }
    if (profiles.some(isUnknown)) {
      warnUnknown(resolved, `includeTargets[${index}].profiles`, "the target is left out until then");
      continue;
    }
    if (profiles.some((id) => pending.has((id as string).toLowerCase()))) {
      warnUnknown(resolved, `includeTargets[${index}].profiles`, "a profile of the group is left out until then");
      continue;
    }
    facets.set(includeFacet(target.id), { profiles: (profiles as string[]).map((id) => id.toLowerCase()) });
  }
  const listed = [
    ["removedIncludeTargets", desired.removedIncludeTargets ?? [], includeFacet, null],
    ["excludeTargets", (desired.excludeTargets ?? []).map((target) => target.id), excludeFacet, true],
    ["removedExcludeTargets", desired.removedExcludeTargets ?? [], excludeFacet, null],
  ] as const;
  for (const [list, ids, facet, value] of listed) {
    for (const [index, id] of ids.entries()) {
      if (isUnknown(id)) warnUnknown(resolved, `${list}[${index}]`, "the people concerned are not assessed until then");
      else facets.set(facet(id), value);
    }
  }
  return resolved;
}

function warnUnknown(resolved: ResolvedFacets, place: string, effect: string): void {
  resolved.warnings.push({
    code: "unknownValue",
    place,
    reason: `the value is not known before the update, so ${effect}`,
    wayOut: "It is checked again at update, which may still refuse it",
  });
}

/** @returns whether the profile could be taken in; a new one cannot without its whole list. */
function resolveProfile(
  resolved: ResolvedFacets,
  profile: DesiredProfile,
  current: NormalPolicy,
  options: Pick<ValidateOptions, "windowsHelloAttests">,
): boolean {
  const { facets } = resolved;
  const id = profile.id.toLowerCase();
  const now = current.profiles.find((candidate) => candidate.id === id);
  if (now === undefined && (current.mode === "legacy" || profile.name === undefined)) {
    resolved.refusals.push(noSuchProfile(profilePlace(profile), current.mode === "legacy"));
    return true;
  }
  const isListUnknown = hasUnknown(profile.keyRestrictions?.aaGuids);
  if (isListUnknown) {
    const place = `${profilePlace(profile)}.keyRestrictions.aaGuids`;
    warnUnknown(
      resolved,
      place,
      "these key restrictions are left out, and the people concerned are not assessed until then",
    );
  }
  if (isListUnknown && now === undefined) return false;
  if (profile.name !== undefined) facets.set(profileFacet(id), { name: profile.name });
  if (profile.passkeyTypes !== undefined) {
    facets.set(profilePart(id, "passkeyTypes"), joinPasskeyTypes(profile.passkeyTypes));
  }
  if (profile.attestationEnforcement !== undefined) {
    facets.set(profilePart(id, "attestationEnforcement"), profile.attestationEnforcement);
  }
  if (profile.keyRestrictions !== undefined && !isListUnknown) {
    resolveRestrictions(resolved, profile, profile.keyRestrictions, now, options);
  }
  return true;
}

/** What a switch like `microsoftAuthenticator` means for the list: named in it, not named, or impossible. */
function listedFor(
  wanted: boolean,
  isEnforced: boolean | undefined,
  type: string | undefined,
): { readonly listed: boolean } | { readonly reason: string; readonly wayOut: string } {
  if (isEnforced === undefined) {
    return {
      reason: "the tenant did not answer whether its key restrictions are enforced",
      wayOut: "Declare isEnforced",
    };
  }
  if (!isEnforced && !wanted) {
    return {
      reason: "key restrictions are not enforced in this tenant, so a list cannot keep these authenticators out",
      wayOut: "Declare isEnforced: true, or leave the switch out",
    };
  }
  if (type === "allow") return { listed: wanted };
  if (type === "block") return { listed: !wanted };
  return { reason: "the tenant has a kind of list that this version does not know", wayOut: "Declare enforcementType" };
}

function resolveRestrictions(
  resolved: ResolvedFacets,
  profile: DesiredProfile,
  wanted: DesiredKeyRestrictions,
  current: NormalProfile | undefined,
  options: Pick<ValidateOptions, "windowsHelloAttests">,
): void {
  const { facets } = resolved;
  const id = profile.id.toLowerCase();
  const now = current?.keyRestrictions;
  const place = `${profilePlace(profile)}.keyRestrictions`;
  if (current !== undefined && isClosed(current)) {
    const parts = { isEnforced: wanted.isEnforced, enforcementType: wanted.enforcementType, models: wanted.aaGuids };
    const missing = Object.entries(parts).flatMap(([part, value]) => (value === undefined ? [part] : []));
    if (missing.length > 0) {
      resolved.refusals.push({
        code: "missingProfilePart",
        place,
        reason: `the profile waits for its key restrictions, and those need all of their parts (missing: ${missing.join(", ")})`,
        wayOut: "Declare them, so that it is never open by accident",
      });
      return;
    }
  }
  const isEnforced = wanted.isEnforced ?? now?.isEnforced;
  let type: string | undefined = wanted.enforcementType ?? now?.enforcementType;
  const ownsList = wanted.aaGuids !== undefined;
  const offered = wanted.microsoftAuthenticator === true || wanted.windowsHello === true;
  if (isEnforced === false && offered && wanted.enforcementType === "block") {
    const flags = FLAGS.map(([flag]) => flag).filter((flag) => wanted[flag]);
    resolved.refusals.push(...flags.map((flag) => offeredByBlockList(`${place}.${flag}`, flag)));
    return;
  }
  if (isEnforced === false && offered && type === "block") {
    // Only an allow list offers an authenticator. The kind of an empty list may be chosen; someone's block list may not.
    if (ownsList || now?.aaGuids?.length === 0) {
      type = "allow";
      facets.set(profilePart(id, "enforcementType"), "allow");
    } else {
      resolved.refusals.push({
        code: "inertBlockList",
        place,
        reason:
          "the tenant keeps a block list that is not enforced, and turning it into an allow list would turn its meaning round",
        wayOut: "Declare the models of the list, or enforcementType, so that the list is yours",
      });
      return;
    }
  }
  if (wanted.isEnforced !== undefined) facets.set(profilePart(id, "isEnforced"), wanted.isEnforced);
  if (wanted.enforcementType !== undefined) facets.set(profilePart(id, "enforcementType"), wanted.enforcementType);
  const flagged = new Map<string, boolean>();
  for (const [flag, aaguids] of FLAGS) {
    const value = wanted[flag];
    if (value === undefined) continue;
    const answer = listedFor(value, isEnforced, type);
    if ("reason" in answer) {
      resolved.refusals.push({ code: "unenforcedList", place: `${place}.${flag}`, ...answer });
      continue;
    }
    const named = Array.isArray(wanted.aaGuids) && aaguids.some((aaguid) => lists(known(wanted.aaGuids), aaguid));
    if (named && !answer.listed) {
      resolved.refusals.push({
        code: "conflict",
        place: `${place}.${flag}`,
        reason: `the list names these authenticators, but ${flag}: ${value} means that this ${type} list must not`,
        wayOut: `Take them off the list, or leave ${flag} out`,
      });
      continue;
    }
    if (flag === "windowsHello" && value && !options.windowsHelloAttests) {
      const isListed = aaguids.every((aaguid) => lists(now?.aaGuids, aaguid) === answer.listed);
      resolveWindowsHello(resolved, profile, current, isListed);
    }
    for (const aaguid of aaguids) flagged.set(aaguid, answer.listed);
    if (isEnforced === false) resolved.warnings.push(listedNotAccepted(`${place}.${flag}`));
  }
  if (ownsList) {
    const list = known(wanted.aaGuids).map((aaguid) => aaguid.toLowerCase());
    const extra = [...flagged].filter(([, listed]) => listed).map(([aaguid]) => aaguid);
    facets.set(profilePart(id, "aaGuids"), [...new Set([...list, ...extra])]);
  } else {
    for (const [aaguid, listed] of flagged) facets.set(listedFacet(id, aaguid), listed);
  }
}

/** Refuses Windows Hello where attestation is not known to be off, unless the tenant has both already. */
function resolveWindowsHello(
  resolved: ResolvedFacets,
  profile: DesiredProfile,
  now: NormalProfile | undefined,
  isListed: boolean,
): void {
  if ((profile.attestationEnforcement ?? now?.attestationEnforcement) === "disabled") return;
  const problem = windowsHelloAttestation(`${profilePlace(profile)}.keyRestrictions.windowsHello`);
  const isSoAlready = isListed && now !== undefined && now.attestationEnforcement !== "disabled";
  if (isSoAlready) resolved.warnings.push(alreadyThere(problem));
  else resolved.refusals.push(problem);
}

function hasUnknown(list: DesiredKeyRestrictions["aaGuids"]): boolean {
  return isUnknown(list) || (list?.some(isUnknown) ?? false);
}

function known(list: DesiredKeyRestrictions["aaGuids"]): string[] {
  return isUnknown(list) ? [] : (list ?? []).filter((entry): entry is string => !isUnknown(entry));
}

function listedNotAccepted(place: string): Problem {
  return {
    code: "listedNotAccepted",
    place,
    reason:
      "key restrictions are not enforced, so every passkey of an accepted type works; the list only offers these authenticators",
    wayOut: "Set isEnforced to true to accept only what is listed",
  };
}
