import { applyFacets, facetPlace, normalizePolicy, parseFacet, readFacet, sameFacet } from "../policy/index.js";
import type {
  FacetName,
  Facets,
  FacetValue,
  Fido2Policy,
  IncludeFacet,
  NormalPolicy,
  Plan,
  Problem,
} from "../policy/index.js";

/** One part of the policy that a resource has written, as it is kept in state. */
export interface ManagedFacet {
  /** What was there before the resource; absent where that is not known, and then it is never restored. */
  readonly prior?: FacetValue;
  /** What the resource declares; absent for a part that was only touched between two steps. */
  readonly written?: FacetValue;
  /** Values that a run which was stopped may have left behind. */
  readonly interim?: readonly FacetValue[];
  /** When `prior` was found, ISO 8601, UTC; absent in older states. */
  readonly since?: string;
}

/** The parts that a resource owns, by facet. JSON, and free of the dialects. */
export type Managed = Readonly<Record<FacetName, ManagedFacet>>;

/** Whether the tenant still has what the resource left there. */
export function isOurs(policy: NormalPolicy, facet: FacetName, managed: ManagedFacet): boolean {
  const live = readFacet(policy, facet);
  const left = [...(managed.written === undefined ? [] : [managed.written]), ...(managed.interim ?? [])];
  return left.some((value) => sameFacet(value, live));
}

/** A part that is not as a resource has left it. */
export interface ChangedFacet {
  readonly facet: FacetName;
  readonly written: FacetValue;
  /** As it is; `undefined` where it cannot be read. */
  readonly live: FacetValue | undefined;
}

/** The parts that a resource has written and that are not as it has left them. */
export function changedFacets(policy: NormalPolicy, managed: Managed): ChangedFacet[] {
  return Object.entries(managed).flatMap(([facet, value]) => {
    const { written } = value;
    if (written === undefined || isOurs(policy, facet, value)) return [];
    return [{ facet, written, live: readFacet(policy, facet) }];
  });
}

export interface Restore {
  /** What to write to take the parts back to what was there before. */
  readonly facets: Map<FacetName, FacetValue>;
  /** What is left alone, and why. */
  readonly notes: Problem[];
}

/**
 * What it takes to give parts back: compare and restore. A part is restored only where the tenant still has what the
 * resource wrote; what someone else changed since is theirs. References to profiles that are gone are dropped.
 *
 * @param names the parts to give back.
 * @param declared what the same resource goes on declaring.
 */
export function restoreFacets(
  policy: Fido2Policy,
  managed: Managed,
  names: readonly FacetName[],
  declared: Facets = new Map(),
): Restore {
  const now = normalizePolicy(policy);
  const restore: Restore = { facets: new Map(), notes: [] };
  const changed: FacetName[] = [];
  for (const name of names) {
    const facet = managed[name];
    if (facet === undefined) continue;
    const live = readFacet(now, name);
    if (sameFacet(live, facet.prior)) continue;
    if (!isOurs(now, name, facet)) {
      if (live !== null) changed.push(name);
      continue;
    }
    if (facet.prior === undefined) {
      restore.notes.push(note(name, "what was there before is not known, so it is left as it is"));
      continue;
    }
    restore.facets.set(name, facet.prior);
  }
  keepProfilesInUse(now, restore, declared);
  for (const name of changed) restore.notes.push(changedNote(name, restore));
  dropDeadReferences(now, restore, declared);
  return restore;
}

/** A profile that someone else's target names stays, with its parts. */
function keepProfilesInUse(now: NormalPolicy, restore: Restore, declared: Facets): void {
  for (const [name, value] of [...restore.facets]) {
    const parsed = parseFacet(name);
    if (parsed.kind !== "profile" || value !== null) continue;
    const users = now.includeTargets.filter((target) => {
      const facet = `include/${target.id}`;
      const next = (declared.has(facet) ? declared : restore.facets).get(facet) as IncludeFacet | null | undefined;
      const profiles = next === undefined ? target.profiles : (next?.profiles ?? []);
      return profiles.includes(parsed.profile);
    });
    if (users.length === 0) continue;
    for (const part of [...restore.facets.keys()]) {
      if (part === name || part.startsWith(`${name}/`)) restore.facets.delete(part);
    }
    const groups = users.map((target) => target.id).join(", ");
    restore.notes.push(note(name, `the target ${groups}, which is not ours, still uses it, so the profile stays`));
  }
}

function dropDeadReferences(now: NormalPolicy, restore: Restore, declared: Facets): void {
  const gone = (id: string) => {
    if (declared.has(`profile/${id}`)) return false;
    const restored = restore.facets.get(`profile/${id}`);
    return restored === null || (restored === undefined && !now.profiles.some((profile) => profile.id === id));
  };
  for (const [name, value] of [...restore.facets]) {
    if (parseFacet(name).kind !== "include" || value === null) continue;
    const { profiles } = value as IncludeFacet;
    const dead = profiles.filter(gone);
    if (dead.length === 0) continue;
    const rest = profiles.filter((id) => !dead.includes(id));
    if (rest.length === 0) restore.facets.delete(name);
    else restore.facets.set(name, { profiles: rest });
    const what = rest.length === 0 ? "so the target is left as it is" : "so that profile is left out";
    restore.notes.push(note(name, `the passkey profile ${dead.join(", ")} that it had before is gone, ${what}`));
  }
}

/** Restored targets whose group is gone, dropped and named. `missing` has group ids in lower case. */
export function dropMissingGroups(restore: Restore, missing: ReadonlySet<string>): void {
  for (const [name, value] of [...restore.facets]) {
    const facet = parseFacet(name);
    if ((facet.kind !== "include" && facet.kind !== "exclude") || value === null || !missing.has(facet.group)) continue;
    restore.facets.delete(name);
    restore.notes.push(note(name, "the group is gone, so it is not put back"));
  }
}

/** What someone else changed stays, but in a profile that was made here and goes. */
function changedNote(name: FacetName, { facets }: Restore): Problem {
  const facet = parseFacet(name);
  if (!("profile" in facet) || facets.get(`profile/${facet.profile}`) !== null) {
    return note(name, "someone else changed it since, so it is left as it is");
  }
  return {
    code: "ownedValueChanged",
    place: facetPlace(name),
    reason: "someone else changed it since, and the profile is removed with it",
    wayOut: "Find out who (Entra audit log, category Policy), and make a profile of its own where that is still wanted",
  };
}

function note(facet: FacetName, reason: string): Problem {
  return {
    code: "leftAlone",
    place: facetPlace(facet),
    reason,
    wayOut: "Change it in the Entra admin centre if that is not what you want",
  };
}

/**
 * What was there before the resource wrote anything, for facets that it declares now: the saved value where there is
 * one, else what the tenant would have without everything else of this resource.
 */
export function priorOf(policy: Fido2Policy, managed: Managed, facet: FacetName): FacetValue | undefined {
  const known = managed[facet];
  if (known !== undefined) return known.prior;
  const own = restoreFacets(policy, managed, Object.keys(managed)).facets;
  return readFacet(normalizePolicy(applyFacets(policy, own, { verbatim: true }).policy), facet);
}

/**
 * The state to keep once `plan` has begun: what was there before for every part that it declares or touches, and the
 * values that it may leave behind where it is stopped.
 *
 * @param time now, for what was there before: ISO 8601, UTC.
 */
export function managedBy(plan: Plan, policy: Fido2Policy, old: Managed, time: string): Managed {
  const next: Record<FacetName, ManagedFacet> = {};
  const interim = new Map<FacetName, FacetValue[]>();
  for (const step of plan.steps.slice(0, -1)) {
    for (const { facet, after } of step.expects) interim.set(facet, [...(interim.get(facet) ?? []), after]);
  }
  const touched = plan.changes.map(({ facet }) => facet).concat([...interim.keys()]);
  for (const facet of new Set([...plan.facets.keys(), ...touched, ...Object.keys(old)])) {
    const written = plan.facets.get(facet);
    const left = [...(old[facet]?.interim ?? []), ...(interim.get(facet) ?? [])];
    // A part that is given back counts as ours until it is: what was written stays comparable after a stop.
    const givenBack = written !== undefined && old[facet] !== undefined && sameFacet(written, old[facet].prior);
    if (givenBack && old[facet]?.written !== undefined) left.push(old[facet].written);
    if (written === undefined && left.length === 0) continue;
    const prior = priorOf(policy, old, facet);
    next[facet] = {
      ...(prior === undefined ? {} : { prior }),
      ...(written === undefined ? {} : { written }),
      ...(left.length === 0 ? {} : { interim: left }),
      ...(old[facet] === undefined ? { since: time } : old[facet].since !== undefined && { since: old[facet].since }),
    };
  }
  return next;
}

/** The state to keep once a plan is done: only what is declared. */
export function settled(managed: Managed, declared: Iterable<FacetName>): Managed {
  const next: Record<FacetName, ManagedFacet> = {};
  for (const facet of declared) {
    const { interim: _done, ...rest } = managed[facet] ?? {};
    next[facet] = rest;
  }
  return next;
}
