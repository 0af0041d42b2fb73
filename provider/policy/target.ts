import { closedRestrictions } from "./closed.js";
import { lists, parseFacet, profilePart, readFacet as readFacetOf, sameFacet } from "./facets.js";
import type { FacetName, Facets, FacetValue, IncludeFacet, ProfileFacet, ProfilePart } from "./facets.js";
import { mirrorDefaultProfile } from "./mirror.js";
import { DEFAULT_PROFILE } from "./model.js";
import type { Fido2Policy, IncludeTarget, KeyRestrictions, PasskeyProfile } from "./model.js";
import { joinPasskeyTypes, legacyPasskeyTypes, normalizePolicy } from "./normalize.js";
import type { NormalPolicy } from "./normalize.js";
import type { Problem } from "./problem.js";

export interface ApplyOptions {
  /**
   * Parts whose lists are written exactly as given, order and duplicates included: for a restore; `true` for all.
   * Default false.
   */
  readonly verbatim?: boolean | ReadonlySet<FacetName>;
  /** Profiles that may be created without key restrictions: closed, until these are declared elsewhere. */
  readonly closed?: ReadonlySet<string> | undefined;
}

/** A policy with facets applied to it, and what could not be applied. */
export interface Target {
  readonly policy: Fido2Policy;
  readonly problems: readonly Problem[];
}

interface Draft {
  readonly before: NormalPolicy;
  readonly policy: Fido2Policy;
  readonly facets: Facets;
  readonly verbatim: boolean | ReadonlySet<FacetName>;
  readonly closed: ReadonlySet<string>;
  readonly problems: Problem[];
  /** Profiles whose key restrictions were written to. */
  readonly restricted: Set<string>;
}

/**
 * What a policy looks like with `facets` set and everything else kept byte for byte: lists keep the order and the
 * duplicates of what stays, new entries come last. A facet that already holds is not touched at all.
 */
export function applyFacets(policy: Fido2Policy, facets: Facets, options: ApplyOptions = {}): Target {
  const before = normalizePolicy(policy);
  const draft: Draft = {
    before,
    policy: structuredClone(policy),
    facets,
    verbatim: options.verbatim ?? false,
    closed: options.closed ?? new Set(),
    problems: [],
    restricted: new Set(),
  };
  for (const kind of ["include", "exclude"] as const) requireTargets(draft, kind);
  // An entry of a list is decided on the list as it becomes: the same plan may set the whole list.
  const differing = [...facets].filter(
    ([name, value]) => parseFacet(name).kind === "listed" || !holds(before, name, value),
  );
  // Profiles first: targets name them. Passkey types late: in legacy mode they follow from attestation.
  const rank = { profile: 0, aaGuids: 1, listed: 2, passkeyTypes: 3, include: 4 } as Record<string, number>;
  const order = (name: FacetName) => rank[parseFacet(name).kind] ?? 1;
  differing.sort(([a], [b]) => order(a) - order(b));
  for (const [name, value] of differing) applyFacet(draft, name, value);
  for (const id of draft.restricted) requireWholeRestrictions(draft, id);
  mirrorDefaultProfile(policy, draft.policy);
  return { policy: draft.policy, problems: draft.problems };
}

/** A list of targets is written whole, so one that was not answered would be replaced unseen. */
function requireTargets(draft: Draft, kind: "include" | "exclude"): void {
  const property = `${kind}Targets` as const;
  const isWanted = [...draft.facets.keys()].some((name) => parseFacet(name).kind === kind);
  if (!isWanted || Array.isArray(draft.policy[property])) return;
  const reason = `the tenant did not answer its ${property}, so it is not known what a write would replace`;
  problem(
    draft,
    "unreadablePart",
    property,
    reason,
    "Read the policy again, and see in the Entra admin centre what it has",
  );
}

function holds(policy: NormalPolicy, name: FacetName, value: FacetValue): boolean {
  return sameFacet(readNow(policy, name), value);
}

function readNow(policy: NormalPolicy, name: FacetName): FacetValue | undefined {
  const facet = parseFacet(name);
  // In legacy mode the passkey types follow from attestation, which may change in the same plan: decided later.
  if (facet.kind === "passkeyTypes" && policy.mode === "legacy") return undefined;
  return readFacetOf(policy, name);
}

function applyFacet(draft: Draft, name: FacetName, value: FacetValue): void {
  const facet = parseFacet(name);
  switch (facet.kind) {
    case "state":
      draft.policy.state = value as string;
      return;
    case "isSelfServiceRegistrationAllowed":
      draft.policy.isSelfServiceRegistrationAllowed = value as boolean;
      return;
    case "include":
      return applyInclude(draft, facet.group, value as IncludeFacet | null);
    case "exclude":
      return applyExclude(draft, facet.group, value === true);
    case "profile":
      return applyProfile(draft, facet.profile, value as ProfileFacet | null);
    case "listed":
      return applyListed(draft, facet.profile, facet.aaguid, value === true);
    default:
      return applyPart(draft, facet.profile, facet.kind, value);
  }
}

function problem(draft: Draft, code: Problem["code"], place: string, reason: string, wayOut: string): void {
  draft.problems.push({ code, place, reason, wayOut });
}

function rawProfile(draft: Draft, id: string): PasskeyProfile | undefined {
  const wanted = id === DEFAULT_PROFILE ? draft.before.defaultProfileId : id;
  return draft.policy.passkeyProfiles?.find((profile) => profile.id.toLowerCase() === wanted);
}

function applyProfile(draft: Draft, id: string, value: ProfileFacet | null): void {
  const place = `profiles.${id}`;
  if (draft.before.mode !== "profiles") {
    if (value !== null) {
      problem(draft, "profileInLegacyMode", place, LEGACY_REASON, LEGACY_WAY_OUT);
    }
    return;
  }
  if (id === DEFAULT_PROFILE || id === draft.before.defaultProfileId) {
    const reason = "the default profile can neither be renamed nor removed";
    return problem(draft, "defaultProfile", `${place}.name`, reason, "Leave its name out");
  }
  const existing = rawProfile(draft, id);
  if (value === null) {
    draft.policy.passkeyProfiles = draft.policy.passkeyProfiles!.filter((profile) => profile !== existing);
    return;
  }
  if (existing !== undefined) {
    existing.name = value.name;
    return;
  }
  const part = (name: ProfilePart) => draft.facets.get(`profile/${id}/${name}`);
  const restrictions: { [part in ProfilePart]?: FacetValue } = draft.closed.has(id) ? closedRestrictions(id) : {};
  const parts = {
    passkeyTypes: part("passkeyTypes"),
    attestationEnforcement: part("attestationEnforcement"),
    isEnforced: part("isEnforced") ?? restrictions.isEnforced,
    enforcementType: part("enforcementType") ?? restrictions.enforcementType,
    aaGuids: part("aaGuids") ?? restrictions.aaGuids,
  };
  const missing = Object.entries(parts).filter(([, given]) => given === undefined || given === null);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(", ");
    const reason = `there is no such profile yet, and a new one needs all of its parts (missing: ${names})`;
    return problem(draft, "missingProfilePart", place, reason, "Declare them, so that it is never open by accident");
  }
  draft.policy.passkeyProfiles!.push({
    id,
    name: value.name,
    passkeyTypes: parts.passkeyTypes as string,
    attestationEnforcement: parts.attestationEnforcement as string,
    keyRestrictions: {
      isEnforced: parts.isEnforced as boolean,
      enforcementType: parts.enforcementType as string,
      aaGuids: [...(parts.aaGuids as string[])],
    },
  });
}

function isVerbatim(draft: Draft, name: FacetName): boolean {
  return draft.verbatim === true || (draft.verbatim !== false && draft.verbatim.has(name));
}

export const LEGACY_REASON =
  "this tenant has not opted in to passkey profiles, so it has one rule for everyone and no place for a second one";
export const LEGACY_WAY_OUT =
  "Opt in to passkey profiles in the Entra admin centre first (Authentication methods, Passkey (FIDO2); it cannot be " +
  "undone, and the tenant-wide settings become the default profile), or declare the tenant-wide settings as " +
  "profiles.default and limit single groups at sign-in: with a PasskeyAuthenticationStrength that Conditional Access " +
  "asks of them";

/** What to say of a profile that is not there: in a tenant without profiles there is no place for one. */
export function noSuchProfile(place: string, legacy: boolean): Problem {
  if (legacy) return { code: "profileInLegacyMode", place, reason: LEGACY_REASON, wayOut: LEGACY_WAY_OUT };
  const wayOut = "Check its id, or declare its name and all of its parts, so that it is created";
  return { code: "missingProfile", place, reason: "there is no such passkey profile", wayOut };
}

/** Whether there is a profile to write parts to; a problem, once, where there is none. */
function hasProfile(draft: Draft, id: string): boolean {
  const legacy = draft.before.mode === "legacy";
  if (legacy ? id === DEFAULT_PROFILE : rawProfile(draft, id) !== undefined) return true;
  const place = `profiles.${id}`;
  const said = draft.facets.has(`profile/${id}`) || draft.problems.some((known) => known.place === place);
  if (!said) draft.problems.push(noSuchProfile(place, legacy));
  return false;
}

/** The key restrictions to write to; what was not answered of them is reported at the end. */
function restrictionsOf(draft: Draft, id: string): KeyRestrictions {
  draft.restricted.add(id);
  const owner = draft.before.mode === "legacy" ? draft.policy : rawProfile(draft, id)!;
  return (owner.keyRestrictions ??= {});
}

/** Graph takes key restrictions whole, so what was not answered cannot be kept: it has to be declared. */
function requireWholeRestrictions(draft: Draft, id: string): void {
  const restrictions = restrictionsOf(draft, id);
  const unread = (["isEnforced", "enforcementType", "aaGuids"] as const).filter((part) => restrictions[part] == null);
  if (unread.length > 0) unreadable(draft, `profiles.${id}.keyRestrictions`, unread.join(", "));
}

function unreadable(draft: Draft, place: string, parts: string): void {
  const reason = `the tenant did not answer ${parts}, so it is not known what a write would replace`;
  problem(draft, "unreadablePart", place, reason, `Declare ${parts} too`);
}

function applyPart(draft: Draft, id: string, part: ProfilePart, value: FacetValue): void {
  if (value === null) return; // a part of a profile that goes away with it
  if (!hasProfile(draft, id)) return;
  if (part === "passkeyTypes" || part === "attestationEnforcement") return applyKind(draft, id, part, value as string);
  const restrictions = restrictionsOf(draft, id);
  if (part === "isEnforced") restrictions.isEnforced = value as boolean;
  else if (part === "enforcementType") restrictions.enforcementType = value as string;
  else if (isVerbatim(draft, profilePart(id, part))) restrictions.aaGuids = [...(value as readonly string[])];
  else restrictions.aaGuids = mergeList(restrictions.aaGuids ?? [], value as readonly string[]);
}

function applyKind(draft: Draft, id: string, part: "passkeyTypes" | "attestationEnforcement", value: string): void {
  if (draft.before.mode === "profiles") {
    rawProfile(draft, id)![part] = value;
    return;
  }
  if (part === "attestationEnforcement") {
    draft.policy.isAttestationEnforced = value === "registrationOnly";
    return;
  }
  const attested = draft.policy.isAttestationEnforced ?? undefined;
  if (attested === undefined) return unreadable(draft, `profiles.${id}.passkeyTypes`, "attestationEnforcement");
  if (sameFacet(joinPasskeyTypes(legacyPasskeyTypes(attested)), value)) return;
  problem(
    draft,
    "legacyPasskeyTypes",
    `profiles.${id}.passkeyTypes`,
    `a tenant without passkey profiles cannot choose passkey types: with attestation ${attested ? "enforced only device-bound passkeys are" : "not enforced synced and device-bound passkeys are"} accepted`,
    attested
      ? "Leave passkeyTypes out, set attestationEnforcement to disabled, or opt in to passkey profiles"
      : "Leave passkeyTypes out, set attestationEnforcement to registrationOnly, or opt in to passkey profiles",
  );
}

function applyListed(draft: Draft, id: string, aaguid: string, listed: boolean): void {
  if (!hasProfile(draft, id)) return;
  const list = (draft.before.mode === "legacy" ? draft.policy : rawProfile(draft, id)!).keyRestrictions?.aaGuids;
  if (list != null && listed === lists(list, aaguid)) return;
  const restrictions = restrictionsOf(draft, id);
  if (list == null) return; // the list has to be declared whole, which is said at the end
  restrictions.aaGuids = listed ? [...list, aaguid] : list.filter((entry) => entry.toLowerCase() !== aaguid);
}

/** What stays keeps its place, its letter case and its duplicates; what is new comes last, in lower case. */
function mergeList(current: readonly string[], wanted: readonly string[]): string[] {
  const kept = current.filter((entry) => lists(wanted, entry));
  const added = wanted.filter((entry) => !lists(current, entry)).map((entry) => entry.toLowerCase());
  return [...kept, ...new Set(added)];
}

function applyInclude(draft: Draft, group: string, value: IncludeFacet | null): void {
  const targets = draft.policy.includeTargets ?? [];
  const mine = (target: IncludeTarget) => target.id.toLowerCase() === group;
  if (value === null) {
    draft.policy.includeTargets = targets.filter((target) => !mine(target));
    return;
  }
  const place = `includeTargets[${group}]`;
  if (draft.before.mode === "legacy") {
    const other = value.profiles.filter((id) => id !== DEFAULT_PROFILE);
    if (other.length > 0) return problem(draft, "profileInLegacyMode", place, LEGACY_REASON, LEGACY_WAY_OUT);
    if (targets.some(mine)) return;
    draft.policy.includeTargets = [...targets, { targetType: "group", id: group, isRegistrationRequired: false }];
    return;
  }
  const missing = value.profiles.filter((id) => rawProfile(draft, id) === undefined);
  if (missing.length > 0) {
    const declared = missing.some((id) => draft.facets.has(`profile/${id}`));
    if (declared && draft.problems.length > 0) return; // the profile's own problem says it
    return problem(draft, "missingProfile", place, `there is no passkey profile ${missing.join(", ")}`, "Declare it");
  }
  const ids = value.profiles.map((id) => (id === DEFAULT_PROFILE ? draft.before.defaultProfileId! : id));
  if (!targets.some(mine)) {
    draft.policy.includeTargets = [
      ...targets,
      { targetType: "group", id: group, isRegistrationRequired: false, allowedPasskeyProfiles: mergeList([], ids) },
    ];
    return;
  }
  for (const target of targets.filter(mine)) {
    target.allowedPasskeyProfiles = mergeList(target.allowedPasskeyProfiles ?? [], ids);
  }
}

function applyExclude(draft: Draft, group: string, excluded: boolean): void {
  const targets = draft.policy.excludeTargets ?? [];
  draft.policy.excludeTargets = excluded
    ? [...targets, { id: group, targetType: "group" }]
    : targets.filter((target) => target.id.toLowerCase() !== group);
}
