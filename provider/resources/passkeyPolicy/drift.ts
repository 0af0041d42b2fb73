import { changedFacets, type Managed } from "../../apply/index.js";
import { DEFAULT_PROFILE, FLAGS, lists, parseFacet, splitFlags } from "../../policy/index.js";
import type { FacetValue, IncludeFacet, NormalPolicy, ParsedFacet, ProfileFacet } from "../../policy/index.js";
import type { CheckedInputs, KeyRestrictionsInputs, ProfileInputs } from "./inputs.js";

/**
 * The inputs as the tenant has them: word for word where it still has what was written, and the drifted property alone
 * in canonical form where it has not. What a resource does not own is never looked at.
 */
export function driftedInputs(inputs: CheckedInputs, managed: Managed, policy: NormalPolicy): CheckedInputs {
  const drifted = changedFacets(policy, managed);
  if (drifted.length === 0) return inputs;
  const next = structuredClone(inputs);
  // A program that says the same as these inputs still has to settle what the resource owns.
  next.resolved.drifted = true;
  // Entries of a list come last: they are told by the list as it is.
  for (const { facet, live } of drifted) {
    if (live !== undefined) drift(next, parseFacet(facet), live, policy);
  }
  return next;
}

function drift(inputs: CheckedInputs, facet: ParsedFacet, live: FacetValue, policy: NormalPolicy): void {
  switch (facet.kind) {
    case "state":
      inputs.state = live as NonNullable<CheckedInputs["state"]>;
      return;
    case "isSelfServiceRegistrationAllowed":
      inputs.isSelfServiceRegistrationAllowed = live as boolean;
      return;
    case "include":
      return driftInclude(inputs, facet.group, live as IncludeFacet | null);
    case "exclude":
      return driftExclude(inputs, facet.group, live === true);
    default:
      return driftProfile(inputs, facet, live, policy);
  }
}

const keyOf = (inputs: CheckedInputs, id: string): string =>
  Object.entries(inputs.resolved.profileIds).find(([, known]) => known === id)?.[0] ?? id;

function driftInclude(inputs: CheckedInputs, group: string, live: IncludeFacet | null): void {
  const same = (reference: string) => (inputs.resolved.groups[reference] ?? reference).toLowerCase() === group;
  const target = inputs.includeTargets?.find((candidate) => same(candidate.group));
  if (target === undefined) {
    inputs.removedIncludeTargets &&= inputs.removedIncludeTargets.filter((reference) => !same(reference));
  } else if (live === null) {
    inputs.includeTargets = inputs.includeTargets!.filter((candidate) => candidate !== target);
  } else {
    target.profiles = live.profiles.map((id) => keyOf(inputs, id)).sort();
  }
}

function driftExclude(inputs: CheckedInputs, group: string, live: boolean): void {
  const other = (reference: string) => (inputs.resolved.groups[reference] ?? reference).toLowerCase() !== group;
  if (live) inputs.removedExcludeTargets &&= inputs.removedExcludeTargets.filter(other);
  else inputs.excludeTargets &&= inputs.excludeTargets.filter(other);
}

function driftProfile(
  inputs: CheckedInputs,
  facet: Extract<ParsedFacet, { readonly profile: string }>,
  live: FacetValue,
  policy: NormalPolicy,
): void {
  const key = facet.profile === DEFAULT_PROFILE ? DEFAULT_PROFILE : keyOf(inputs, facet.profile);
  if (live === null) {
    if (inputs.profiles !== undefined) delete inputs.profiles[key];
    return;
  }
  const profile: ProfileInputs | undefined = inputs.profiles?.[key];
  if (profile === undefined) return;
  const restrictions: KeyRestrictionsInputs = profile.keyRestrictions ?? {};
  switch (facet.kind) {
    case "profile":
      profile.name = (live as ProfileFacet).name;
      return;
    case "passkeyTypes":
      profile.passkeyTypes = [...(splitFlags(live as string) ?? [])].sort() as NonNullable<
        ProfileInputs["passkeyTypes"]
      >;
      return;
    case "attestationEnforcement":
      profile.attestationEnforcement = live as NonNullable<ProfileInputs["attestationEnforcement"]>;
      return;
    case "isEnforced":
      restrictions.isEnforced = live as boolean;
      return;
    case "enforcementType":
      if (restrictions.enforcementType !== undefined) {
        restrictions.enforcementType = live as NonNullable<KeyRestrictionsInputs["enforcementType"]>;
      }
      return;
    default:
      return driftList(inputs, key, restrictions, policy, facet.profile);
  }
}

/** The list as it is: switches that no longer hold are turned round, and their AAGUIDs are not repeated as models. */
function driftList(
  inputs: CheckedInputs,
  key: string,
  restrictions: KeyRestrictionsInputs,
  policy: NormalPolicy,
  id: string,
): void {
  const live = policy.profiles.find((profile) => profile.id === id)?.keyRestrictions;
  const list = [...new Set((live?.aaGuids ?? []).map((aaguid) => aaguid.toLowerCase()))].sort();
  const implied = new Set<string>();
  for (const [flag, aaguids] of FLAGS) {
    const wanted = restrictions[flag];
    if (wanted === undefined) continue;
    const listed = aaguids.filter((aaguid) => lists(list, aaguid)).length;
    const holds = (live?.enforcementType === "block") === wanted ? listed === 0 : listed === aaguids.length;
    if (holds) for (const aaguid of aaguids) implied.add(aaguid);
    else restrictions[flag] = !wanted;
  }
  if (restrictions.models === undefined && restrictions.select === undefined) return;
  delete restrictions.select;
  restrictions.models = list.filter((aaguid) => !implied.has(aaguid));
  inputs.resolved.aaGuids[key] = restrictions.models;
}
