import { allFacets, sameFacet } from "./facets.js";
import type { FacetName, FacetValue } from "./facets.js";
import { normalizePolicy } from "./normalize.js";
import type { NormalPolicy } from "./normalize.js";
import type { Fido2Policy } from "./model.js";

/** One part of the policy that differs. `null` means that the part is not there. */
export interface FacetChange {
  readonly facet: FacetName;
  readonly before: FacetValue;
  readonly after: FacetValue;
}

/** What differs between two policies in one form, in the order of the second, removed parts last. */
export function diffNormal(before: NormalPolicy, after: NormalPolicy): FacetChange[] {
  const old = allFacets(before);
  const now = allFacets(after);
  const changes: FacetChange[] = [];
  for (const [facet, value] of now) {
    const previous = old.get(facet) ?? null;
    if (!sameFacet(previous, value)) changes.push({ facet, before: previous, after: value });
  }
  for (const [facet, value] of old) {
    if (!now.has(facet)) changes.push({ facet, before: value, after: null });
  }
  return changes;
}

/**
 * What differs between two policies as Graph returns them, part by part. AAGUIDs, profile ids and passkey types are
 * compared as sets and without letter case; the order of targets and profiles does not count.
 *
 * The policies may speak different dialects: a tenant that was migrated to profiles without any other change has the
 * same parts, but for the name that its default profile now has.
 */
export function diffPolicy(before: Fido2Policy, after: Fido2Policy): FacetChange[] {
  return diffNormal(normalizePolicy(before), normalizePolicy(after));
}
