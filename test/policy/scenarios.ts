import fc from "fast-check";

import { planChange, planFacets } from "../../provider/dist/policy/index.js";
import type { DesiredPolicy, FacetValue, Fido2Policy, Plan, PlanOptions } from "../../provider/dist/policy/index.js";
import { chance, GROUPS, inventories, MODELS, policies, PROFILES, USERS, weighted } from "./arbitraries.ts";
import { allow, block, DEFAULT_ID, unenforced } from "./util.ts";
import { desiredFor, existingIn, inProgram, offersFor } from "./wanted.ts";

/** What a program may ask for, and the profiles that go away, which only a restore asks for. */
export interface Scenario {
  readonly current: Fido2Policy;
  readonly desired: DesiredPolicy;
  readonly removed: readonly string[];
  /** The targets that are rewritten because their profile goes away. */
  readonly rewritten: Readonly<Record<string, FacetValue>>;
  readonly options: PlanOptions;
}

export function planOf({ current, desired, removed, rewritten, options }: Scenario): Plan {
  if (removed.length === 0) return planChange(current, desired, options);
  const roomy = { ...options, toggle: "direct", limits: { profiles: 99, policyBytes: 99_999 } } as const;
  const plan = planChange(current, desired, roomy);
  if (plan.refusals.length > 0) return plan;
  const facets = new Map([...plan.facets, ...Object.entries(rewritten)]);
  for (const id of removed) facets.set(`profile/${id}`, null);
  return planFacets(current, { facets }, options);
}

/** The profile that goes away and, mostly, its targets as they are without it. */
function removalFrom(
  current: Fido2Policy,
  desired: DesiredPolicy,
): fc.Arbitrary<Pick<Scenario, "removed" | "rewritten">> {
  const nothing = { removed: [], rewritten: {} };
  const spoken = JSON.stringify(desired).toLowerCase();
  const candidates = (current.passkeyProfiles ?? [])
    .map(({ id }) => id.toLowerCase())
    .filter((id) => id !== DEFAULT_ID && !spoken.includes(id));
  if (candidates.length === 0) return fc.constant(nothing);
  return fc.tuple(chance(60), fc.constantFrom(...candidates), chance(90)).map(([removes, id, rewrites]) => {
    if (!removes) return nothing;
    const targets = (current.includeTargets ?? []).filter((target) =>
      (target.allowedPasskeyProfiles ?? []).some((allowed) => allowed.toLowerCase() === id),
    );
    const declared = (group: string) => spoken.includes(group);
    const groups = [...new Set(targets.map((target) => target.id.toLowerCase()))].filter((group) => !declared(group));
    const left = (group: string) =>
      (current.includeTargets ?? [])
        .filter((target) => target.id.toLowerCase() === group)
        .flatMap((target) => target.allowedPasskeyProfiles ?? [])
        .map((allowed) => inProgram(allowed).toLowerCase())
        .filter((allowed) => allowed !== id && allowed !== PROFILES.at(-1));
    const facet = (group: string): FacetValue => (left(group).length === 0 ? null : { profiles: left(group) });
    return {
      removed: [id],
      rewritten: rewrites ? Object.fromEntries(groups.map((group) => [`include/${group}`, facet(group)])) : {},
    };
  });
}

const options: fc.Arbitrary<PlanOptions> = fc.record({
  inventory: weighted([3, inventories], [1, fc.constant(undefined)]),
  toggle: weighted<PlanOptions["toggle"]>([2, undefined], [1, "auto"], [1, "direct"], [5, "enforceFirst"]),
  members: weighted<PlanOptions["members"]>(
    [1, fc.constant(undefined)],
    [
      1,
      fc
        .tuple(...GROUPS.map(() => fc.subarray(USERS)))
        .map((users) => new Map(users.map((some, index) => [GROUPS[index]!, new Set(some)]))),
    ],
  ),
  limits: weighted<PlanOptions["limits"]>(
    [6, fc.constant(undefined)],
    [4, fc.record({ profiles: fc.integer({ min: 1, max: 5 }) })],
    [1, fc.record({ policyBytes: fc.integer({ min: 1_000, max: 3_500 }) })],
  ),
});

export const scenariosFrom = (from: fc.Arbitrary<Fido2Policy>): fc.Arbitrary<Scenario> =>
  fc
    .tuple(from, options)
    .chain(([current, given]) =>
      desiredFor(current).chain((desired) =>
        removalFrom(current, desired).map((removal) => ({ current, desired, ...removal, options: given })),
      ),
    );

export const scenarios = scenariosFrom(policies);

/**
 * Scenarios that mostly need the enforced window: one profile, whatever its list, offers models without enforcing it in
 * the end, while anything else may change as well.
 */
export const windowScenarios: fc.Arbitrary<Scenario> = scenarios.chain((scenario) => {
  const ids = [...existingIn(scenario.current).keys()];
  const kind = weighted([4, allow], [1, block], [2, (...list: string[]) => unenforced("allow", ...list)]);
  const list = fc.array(fc.constantFrom(...MODELS), { maxLength: 4 });
  const chosen = fc.tuple(fc.constantFrom(...ids), kind, list, chance(20), chance(50));
  return chosen.chain(([id, restrict, listed, isUnread, hasInventory]) =>
    offersFor(listed).map((keyRestrictions): Scenario => {
      const current = structuredClone(scenario.current);
      const owner = current.passkeyProfiles?.find((profile) => inProgram(profile.id) === id) ?? current;
      owner.keyRestrictions = { ...restrict(...listed), ...(isUnread ? { aaGuids: null } : {}) };
      const profiles = scenario.desired.profiles?.filter((profile) => inProgram(profile.id) !== inProgram(id)) ?? [];
      const { inventory, ...options } = scenario.options;
      return {
        ...scenario,
        current: { ...current, state: "enabled" },
        desired: { ...scenario.desired, profiles: [...profiles, { id, keyRestrictions }] },
        removed: scenario.removed.includes(id.toLowerCase()) ? [] : scenario.removed,
        options: {
          ...options,
          toggle: "enforceFirst",
          limits: { profiles: 9 },
          ...(hasInventory ? { inventory } : {}),
        },
      };
    }),
  );
});
