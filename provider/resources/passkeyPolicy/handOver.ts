import { foundOver, withInheritance } from "../../apply/index.js";
import type { Bequest, JournalEntry, Managed, ManagedFacet, Over, TenantSession } from "../../apply/index.js";
import { facetPlace, normalizePolicy, parseFacet, readFacet, sameFacet } from "../../policy/index.js";
import type { FacetName, FacetValue, Fido2Policy, Problem } from "../../policy/index.js";
import type { Host } from "../host.js";
import type { CheckedInputs } from "./inputs.js";
import { resourceName } from "./owner.js";
import { programOf } from "./program.js";
import { managedWhereStopped } from "./stopped.js";

type Owner = Pick<CheckedInputs, "tenantId" | "owner">;

/** Who declares the parts that a resource gives up, where somebody does. */
export type Heirs = ReadonlyMap<FacetName, string>;

/**
 * The resources of this process that declare parts which `owner` gives up, so that they are left alone. Its own
 * replacement counts, too. A profile that would go stays with its parts while another one declares some of them.
 */
export function heirsOf(session: TenantSession, owner: string, managed: Managed, names: readonly FacetName[]): Heirs {
  const heirs = new Map<FacetName, string>();
  const kept = new Map<string, string>();
  for (const name of names) {
    const facet = parseFacet(name);
    let heir = session.claimedBy(name, owner) ?? (session.hasEstablished(owner, name) ? owner : undefined);
    if (facet.kind === "profile" && managed[name]?.prior === null) {
      heir ??= session.claimedWithin(name, owner);
      if (heir !== undefined) kept.set(facet.profile, heir);
    }
    if (heir !== undefined) heirs.set(name, heir);
  }
  for (const name of names) {
    const facet = parseFacet(name);
    const heir = "profile" in facet ? kept.get(facet.profile) : undefined;
    if (heir !== undefined && !heirs.has(name)) heirs.set(name, heir);
  }
  return heirs;
}

/** What is left alone because somebody else declares it. */
export function heirNotes(session: TenantSession, heirs: Heirs, owner: string): Problem[] {
  return [...heirs].map(([name, heir]): Problem => {
    const who = heir === owner ? `the ${resourceName(heir)} that replaces this one` : resourceName(heir);
    const note = { code: "leftAlone" as const, place: facetPlace(name) };
    if (heir !== owner && session.claimedBy(name, owner) === undefined) {
      const reason = `${who} declares a part of the profile, so the profile stays`;
      return { ...note, reason, wayOut: "Destroy that one first, or declare the profile there" };
    }
    const wayOut = "What was there before both of them goes back when that one is destroyed";
    return { ...note, reason: `${who} declares it now`, wayOut };
  });
}

/** Whose values a resource found, as its journal has it. */
export function overOf(host: Host, { tenantId, owner }: Owner): Over {
  return host.journal.entry(tenantId, owner)?.over ?? {};
}

/** What the state of a resource says, with what a run that was stopped and others who are gone have left to it since. */
export function managedNow(host: Host, of: Owner, managed: Managed): Managed {
  const own = managedWhereStopped(host, of, managed);
  const inheritances = host.journal.inheritances(of.tenantId, of.owner);
  return inheritances.length === 0 ? own : withInheritance(own, inheritances, overOf(host, of));
}

/** What a create or an update goes on from. */
export interface Beginnings {
  readonly managed: Managed;
  /** A run was stopped whose note cannot be read: what was there before it must never be guessed. */
  readonly unknownPrior: boolean;
  /** Other resources whose values the tenant has in parts that this one declares. */
  readonly over: Over;
}

/**
 * What a create or an update goes on from: the state, or what a run that was stopped or an earlier resource of the same
 * name wrote down. Of parts that are declared for the first time, what another resource of this process whose part it was
 * knows of the time before.
 *
 * @param old the state of an update; nothing for a create.
 */
export function beginnings(
  host: Host,
  inputs: CheckedInputs,
  policy: Fido2Policy,
  old: Managed | undefined,
): Beginnings {
  const { tenantId, owner } = inputs;
  const session = host.session();
  const declared = new Set(session.claimsOf(owner));
  const now = normalizePolicy(policy);
  const isThere = (facet: FacetName, values: readonly (FacetValue | undefined)[]) => {
    const live = readFacet(now, facet);
    return values.some((value) => value !== undefined && sameFacet(live, value));
  };
  const noted =
    old === undefined ? notedBefore(host, inputs, declared, isThere) : managedWhereStopped(host, inputs, old);
  if (noted === undefined) return { managed: {}, unknownPrior: true, over: {} };
  const managed: Record<FacetName, ManagedFacet> = { ...noted };
  const known = overOf(host, inputs);
  const over: Record<FacetName, string> = {};
  let others: JournalEntry[] | undefined;
  // What others have left to the former owner is in its journal, and in its state only since it was last written.
  let states: Managed[] | undefined;
  for (const facet of declared) {
    if (managed[facet] !== undefined) {
      if (known[facet] !== undefined) over[facet] = known[facet];
      continue;
    }
    states ??= programOf(session)
      .states.filter(({ of }) => of.owner !== owner || old === undefined)
      .map(({ of, managed: theirs }) => managedNow(host, of, theirs));
    for (const state of states) {
      const value = state[facet];
      if (value !== undefined && isThere(facet, [value.written])) managed[facet] = value;
    }
    others ??= host.journal.others(tenantId, owner);
    const found =
      managed[facet] !== undefined ? [] : others.filter((one) => isThere(facet, [one.managed[facet]?.written]));
    const last = lastOf(found, facet);
    if (last !== undefined) over[facet] = last.owner;
  }
  const left = host.journal.inheritances(tenantId, owner);
  return { managed: withInheritance(managed, left, over), unknownPrior: false, over };
}

/** What the journal knows of a resource that is created; `undefined` where it cannot be read. */
function notedBefore(
  host: Host,
  { tenantId, owner }: CheckedInputs,
  declared: ReadonlySet<FacetName>,
  isThere: (facet: FacetName, values: readonly (FacetValue | undefined)[]) => boolean,
): Managed | undefined {
  const journal = host.journal.read(tenantId, owner);
  const name = resourceName(owner);
  if (journal === undefined) return {};
  if ("damaged" in journal) {
    host.log(
      `${name}: warning: an earlier run was stopped, and its note ${journal.damaged} cannot be read: what was there ` +
        "before is not known and will never be restored.",
    );
    return undefined;
  }
  const { entry } = journal;
  const still = Object.entries(entry.managed).filter(([facet, { prior, written, interim = [] }]) => {
    // Of a run that ended, the parts that are not declared any more are the business of the resource that it made.
    return (entry.done !== true || declared.has(facet)) && isThere(facet, [prior, written, ...interim]);
  });
  if (entry.done !== true && still.length > 0) {
    host.log(`${name}: going on from a run of ${entry.time} that was stopped`);
  }
  return Object.fromEntries(still);
}

/** The one of several resources with the same value that came last: the others are beneath it. */
function lastOf(entries: readonly JournalEntry[], facet: FacetName): JournalEntry | undefined {
  const beneath = new Set(entries.map(({ over }) => over?.[facet]));
  return entries.find(({ owner }) => !beneath.has(owner)) ?? entries[0];
}

/**
 * Notes what others need to know when parts are given up: what was there before goes along to whoever declares them
 * now, and to those of other stacks who had found the value of this one.
 */
export function passOn(
  host: Host,
  inputs: CheckedInputs,
  managed: Managed,
  names: readonly FacetName[],
  heirs: Heirs,
): void {
  if (names.length === 0 && heirs.size === 0) return;
  const { tenantId, owner } = inputs;
  const over = overOf(host, inputs);
  const mine = host.journal.inheritances(tenantId, owner);
  const left = new Map<string, Record<FacetName, Bequest>>();
  const leave = (heir: string, name: FacetName) => {
    const { written, prior } = managed[name] ?? {};
    if (written === undefined) return;
    const found = foundOver(name, over[name], mine);
    const bequest = { written, ...(prior !== undefined && { prior }), ...(found !== undefined && { over: found }) };
    left.set(heir, { ...left.get(heir), [name]: bequest });
  };
  for (const [name, heir] of heirs) leave(heir, name);
  for (const entry of host.journal.others(tenantId, owner)) {
    if (entry.over === undefined) continue;
    const theirs = host.journal.inheritances(tenantId, entry.owner);
    for (const name of names) {
      if (foundOver(name, entry.over[name], theirs) === owner) leave(entry.owner, name);
    }
  }
  const time = new Date(host.now()).toISOString();
  for (const [heir, facets] of left) {
    host.journal.bequeath({ version: 1, tenantId, owner: heir, from: owner, time, facets });
  }
}
