import { modelName } from "../../catalogue/index.js";
import { acceptsModel } from "../acceptance.js";
import { assessImpact } from "../impact/assess.js";
import type { Impact, ImpactOptions } from "../impact/assess.js";
import type { Inventory, Person } from "../impact/inventory.js";
import { isCompromisedModel } from "../compromised.js";
import { ALL_USERS } from "../model.js";
import type { Fido2Policy } from "../model.js";
import { normalizePolicy } from "../normalize.js";
import type { NormalPolicy } from "../normalize.js";
import { SignIn } from "../signIn.js";
import { NeedCount } from "./choose.js";
import { withAllowList } from "./lists.js";
import { Needs } from "./needs.js";

/** Whose list is wanted: a profile's, or those of a group's targets. Default: the only profile that a target has. */
export interface AllowListRequest {
  /** Id or name of a profile; `default` for the default profile. */
  readonly profile?: string | undefined;
  /** Object id of a targeted group, or `all_users`. */
  readonly group?: string | undefined;
  readonly options?: ImpactOptions | undefined;
}

/** A model that people have who are covered by the profile. */
export interface SuggestedModel {
  /** Lower case. */
  readonly aaguid: string;
  readonly name: string;
  /** People who sign in with it now and could not without this list. */
  readonly people: number;
  /** Those of them for whom it is the only one: they force it. */
  readonly onlyKey: number;
  /** Whether it is revoked or reported as compromised. */
  readonly compromised: boolean;
  /** Whether the profiles accept it now; one that only some accept counts as not. */
  readonly acceptedNow: boolean;
}

/** The smallest allow list that leaves everyone a key. */
export interface Suggestion {
  /** Ids of the profiles that would have the list. */
  readonly profiles: readonly string[];
  /** What is to be listed, sorted by AAGUID. */
  readonly models: readonly SuggestedModel[];
  /** What people have, and would lose. */
  readonly leftOut: readonly SuggestedModel[];
  /** No list has fewer models; the same as their number where the list is proven to be the smallest. */
  readonly atLeast: number;
  /** People whom the profiles cover, or may cover: enabled members. */
  readonly people: number;
  /** Those of them who could keep no key by any list: it or its model could not be read, or is of a refused type. */
  readonly helpless: number;
  /** The policy with the list. */
  readonly policy: Fido2Policy;
  /** What changing the policy to it does. */
  readonly impact: Impact;
}

/** Nothing to base a list on, or not clear whose. The message is for people. */
export class SuggestionError extends Error {
  override readonly name = "SuggestionError";
}

/**
 * Proposes the allow list with the fewest models by which everyone who signs in with a portable passkey now keeps one.
 * Whoever has local passkeys only (Windows Hello) keeps all of them. A revoked or compromised model is proposed only
 * where somebody has no other. Whoever would not satisfy an authentication strength any more keeps all of
 * theirs.
 *
 * Disabled accounts and guests decide nothing; the impact counts them.
 *
 * @throws SuggestionError for a policy of unknown mode, and a request that names no targeted profile, or several.
 */
export function suggestAllowList(
  policy: Fido2Policy,
  inventory: Inventory,
  request: AllowListRequest = {},
): Suggestion {
  const { options = {} } = request;
  const normal = normalizePolicy(policy);
  const profiles = profilesOf(normal, request);
  const nothing = normalizePolicy(withAllowList(policy, profiles, []));
  const { groupsRead } = inventory;
  const { nestedMembership, countLocalCredentials = false } = options;
  const signIn = (of: NormalPolicy) => new SignIn(of, { groupsRead, nestedMembership });
  const needs = new Needs(signIn(normal), signIn(nothing), countLocalCredentials);
  const members = inventory.people.filter(
    (person) => isEnabledMember(person) && isCovered(needs.before, person, profiles),
  );

  const counted = new NeedCount();
  let helpless = 0;
  for (const person of members) {
    const need = needs.of(person);
    if (need !== undefined && need.length === 0) helpless += 1;
    else if (need !== undefined) counted.add(need);
  }
  const { chosen, atLeast } = counted.fewest(({ aaguid }) => aaguid);
  const list = new Set(chosen);
  let after = withAllowList(policy, profiles, chosen);
  let impact = assessImpact(policy, after, inventory, options);
  // Strengths may ask for certain models: whoever is not helped by one key keeps all of them.
  for (let before = -1; before < list.size;) {
    before = list.size;
    for (const { person, outcome } of impact.loss!.affected) {
      if (outcome !== "lockedOut" && outcome !== "stranded") continue;
      for (const aaguid of lostWithout(needs, person)) list.add(aaguid);
    }
    if (list.size === before) break;
    after = withAllowList(policy, profiles, [...list].sort());
    impact = assessImpact(policy, after, inventory, options);
  }
  const models = modelsInUse(normal, profiles, members, needs);
  return {
    profiles: [...profiles].sort(),
    models: models.filter(({ aaguid }) => list.has(aaguid)),
    leftOut: models.filter(({ aaguid }) => !list.has(aaguid)),
    atLeast,
    people: members.length,
    helpless,
    policy: after,
    impact,
  };
}

function isEnabledMember({ enabled, userType }: Person): boolean {
  return enabled !== false && userType?.toLowerCase() !== "guest";
}

function isCovered(signIn: SignIn, person: Person, profiles: ReadonlySet<string>): boolean {
  const { state, excluded, covers } = signIn.standing(person);
  return state !== "rejected" && excluded !== "accepted" && covers.some(({ profile }) => profiles.has(profile.id));
}

function profilesOf(policy: NormalPolicy, { profile, group }: AllowListRequest): Set<string> {
  if (policy.mode === "unknown") throw new SuggestionError("The policy is in no mode that this version knows");
  if (profile !== undefined && group !== undefined) throw new SuggestionError("Name a profile or a group, not both");
  const name = (id: string) => policy.profiles.find((one) => one.id === id)?.name ?? id;
  if (profile !== undefined) {
    const wanted = profile.trim().toLowerCase();
    const own = policy.profiles.filter(
      ({ id }) => id === wanted || (id === "default" && policy.defaultProfileId === wanted),
    );
    const found = own.length > 0 ? own : policy.profiles.filter((one) => one.name?.trim().toLowerCase() === wanted);
    if (found.length === 1) return new Set(found.map(({ id }) => id));
    const all = policy.profiles.map(({ id }) => `${name(id)} (${id})`).join(", ");
    throw new SuggestionError(
      `${found.length === 0 ? "No profile is" : "Several profiles are"} called "${profile}"; there are ${all}`,
    );
  }
  const targets = group === undefined ? policy.includeTargets : targetsOf(policy, group);
  const ids = new Set(targets.flatMap((target) => target.profiles));
  if (targets.length === 0) throw new SuggestionError(`No target covers ${group ?? "anybody"}`);
  if (group === undefined && ids.size > 1) {
    throw new SuggestionError(`Several profiles have targets: ${[...ids].map(name).join(", ")}. Name one, or a group`);
  }
  return ids;
}

/** A group's own targets; those of everyone where it has none. */
function targetsOf(policy: NormalPolicy, group: string) {
  const of = (id: string) => policy.includeTargets.filter((target) => target.id === id);
  const own = of(group.trim().toLowerCase());
  return own.length > 0 ? own : of(ALL_USERS);
}

/** Models of the keys that somebody signs in with now, or may, and that need a list for it. */
function lostWithout({ before, after }: Needs, person: Person): Set<string> {
  const [old, now] = [before.standing(person), after.standing(person)];
  const lost = (person.passkeys ?? []).filter(
    (key) => before.accepts(old, key) !== "rejected" && after.accepts(now, key) !== "accepted",
  );
  return new Set(lost.flatMap(({ aaguid }) => aaguid?.toLowerCase() ?? []));
}

/** What the covered people sign in with now, and need a list for. */
function modelsInUse(
  policy: NormalPolicy,
  profiles: ReadonlySet<string>,
  members: readonly Person[],
  needs: Needs,
): SuggestedModel[] {
  const counts = new Map<string, { people: number; onlyKey: number }>();
  for (const person of members) {
    const need = needs.of(person) ?? [];
    const only = new Set(
      need.filter((oneOf) => new Set(oneOf.map(({ aaguid }) => aaguid)).size === 1).map(([one]) => one!.aaguid),
    );
    for (const aaguid of lostWithout(needs, person)) {
      const count = counts.get(aaguid) ?? { people: 0, onlyKey: 0 };
      counts.set(aaguid, { people: count.people + 1, onlyKey: count.onlyKey + (only.has(aaguid) ? 1 : 0) });
    }
  }
  const mine = policy.profiles.filter(({ id }) => profiles.has(id));
  return [...counts]
    .map(([aaguid, count]) => ({
      aaguid,
      name: modelName(aaguid),
      ...count,
      compromised: isCompromisedModel(aaguid),
      acceptedNow: mine.every(({ keyRestrictions }) => acceptsModel(keyRestrictions, aaguid) === "accepted"),
    }))
    .sort((a, b) => (a.aaguid < b.aaguid ? -1 : 1));
}
