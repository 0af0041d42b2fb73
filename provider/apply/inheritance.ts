import { listOfEntry, lists, sameFacet } from "../policy/index.js";
import type { FacetName, FacetValue } from "../policy/index.js";
import type { Managed, ManagedFacet } from "./managed.js";

/** One part of the policy that a resource gave up to another one. */
export interface Bequest {
  /** What the one that gave it up had written: what its heir found. */
  readonly written: FacetValue;
  /** What was there before it; absent where that is not known. */
  readonly prior?: FacetValue;
  /** Whose value it had found in turn. */
  readonly over?: string;
}

/** What one resource left to another one. */
export interface Inheritance {
  readonly version: 1;
  readonly tenantId: string;
  /** The owner who goes on declaring the parts. */
  readonly owner: string;
  /** The owner who gave them up. */
  readonly from: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly facets: Readonly<Record<FacetName, Bequest>>;
}

const inOrder = (inheritances: readonly Inheritance[]): Inheritance[] =>
  [...inheritances].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));

/** By part, the other resource whose value a resource found there. */
export type Over = Readonly<Record<FacetName, string>>;

/**
 * What was there before a resource, and before those whose values it took over: a value that it found of one who is gone
 * now is replaced by what was there before that one.
 *
 * @param over whose values it found. Where that is not known the values decide.
 */
export function withInheritance(managed: Managed, inheritances: readonly Inheritance[], over: Over = {}): Managed {
  if (inheritances.length === 0) return managed;
  const next: Record<FacetName, ManagedFacet> = { ...managed };
  const beneath: Record<FacetName, string | undefined> = { ...over };
  for (const { time, facets, from } of inOrder(inheritances)) {
    for (const [name, facet] of Object.entries(next)) {
      if (time < (facet.since ?? "")) continue;
      let heir = facet;
      if (beneath[name] === from && facets[name] !== undefined) {
        heir = priorTo(facet, facets[name].prior);
        beneath[name] = facets[name].over;
      } else {
        heir = Object.entries(facets).reduce((now, [given, bequest]) => inherit(now, name, given, bequest), facet);
      }
      if (heir !== facet) next[name] = { ...heir, since: time };
    }
  }
  return next;
}

/** A part with what was there before it changed to what was there before a bequest, where it found what that left. */
function inherit(facet: ManagedFacet, name: FacetName, from: FacetName, { written, prior }: Bequest): ManagedFacet {
  const found = facet.prior;
  if (found === undefined) return facet;
  if (name === from) return sameFacet(found, written) ? priorTo(facet, prior) : facet;
  const [entry, whole] = [listOfEntry(from), listOfEntry(name)];
  // An entry of a list became the list, or the other way round.
  if (entry?.list === name && lists(found as string[], entry.aaguid) === written) {
    const rest = (found as string[]).filter((aaguid) => aaguid.toLowerCase() !== entry.aaguid);
    if (prior === undefined || prior === written) return facet;
    return priorTo(facet, prior === true ? [...rest, entry.aaguid] : rest);
  }
  if (whole?.list === from && lists(written as string[], whole.aaguid) === found) {
    return priorTo(facet, prior === undefined ? undefined : lists((prior ?? []) as string[], whole.aaguid));
  }
  return facet;
}

function priorTo(facet: ManagedFacet, prior: FacetValue | undefined): ManagedFacet {
  const { prior: _found, ...rest } = facet;
  return prior === undefined ? rest : { ...rest, prior };
}

/** Whose value a resource found in a part, as far as that one is still there. */
export function foundOver(
  name: FacetName,
  over: string | undefined,
  inheritances: readonly Inheritance[],
): string | undefined {
  return inOrder(inheritances).reduce(
    (owner, { from, facets }) => (owner === from && facets[name] !== undefined ? facets[name].over : owner),
    over,
  );
}
