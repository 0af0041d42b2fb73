import type { Change, Part } from "../../apply/index.js";
import { groupsToCompare, normalizePolicy, planFacets } from "../../policy/index.js";
import type { FacetName, FacetPlan, Fido2Policy, Plan, Problem, ToggleMode } from "../../policy/index.js";
import type { Host } from "../host.js";
import { inProgram } from "./desired.js";
import type { GuardedChange, GuardedPart } from "./guard.js";
import type { CheckedInputs } from "./inputs.js";
import { planWithInventory } from "./inventory.js";
import { readMembers } from "./planning.js";

/** What a change declares, for those that are planned with it. */
const declarations = new WeakMap<Change, GuardedChange>();

/** Notes what a change declares. */
export function declares(change: Change, guarded: GuardedChange): void {
  declarations.set(change, guarded);
}

const declarationOf = ({ change }: Part): GuardedChange => declarations.get(change)!;

/** Changes with what they declare, for the guard. */
export const guardedParts = (parts: readonly Part[]): GuardedPart[] =>
  parts.map((part) => ({ change: declarationOf(part), plan: part.plan }));

/** Changes are planned together only where the same settings count for all of them. */
export function joinKey(inputs: CheckedInputs, kind: "change" | "give back"): string {
  const { toggle = "auto", profileLimit = 3, inventory, inventoryMaxAge = 24 } = inputs;
  const { countLocalCredentials = false, nestedMembership = "unknown" } = inputs;
  return JSON.stringify([
    kind,
    toggle,
    profileLimit,
    inventory ?? null,
    inventoryMaxAge,
    countLocalCredentials,
    nestedMembership,
  ]);
}

/** The declarations of several resources as one, as far as targets, names and ids go. */
function joined(parts: readonly Part[]): CheckedInputs {
  const all = parts.map((part) => declarationOf(part).inputs);
  const [first] = all as [CheckedInputs];
  const known = <T>(list: readonly T[] | undefined): T[] => (Array.isArray(list) ? (list as T[]) : []);
  return {
    ...first,
    includeTargets: all.flatMap(({ includeTargets }) => known(includeTargets)),
    excludeTargets: all.flatMap(({ excludeTargets }) => known(excludeTargets)),
    resolved: {
      ...first.resolved,
      groups: Object.assign({}, ...all.map(({ resolved }) => resolved.groups)) as Record<string, string>,
    },
  };
}

/** A problem of a plan for several resources, in the words of their programs. */
function inPrograms(problem: Problem, parts: readonly Part[]): Problem {
  return parts.reduce((told, part) => {
    const { inputs } = declarationOf(part);
    return inProgram(told, inputs, inputs.resolved);
  }, problem);
}

/** What several changes want, as one; what is declared comes before what is given back. */
function wantedOf(parts: readonly Part[]): FacetPlan {
  const wanted = parts.map(({ plan }) => plan.wanted);
  const verbatim = (one: FacetPlan, name: FacetName) =>
    one.verbatim === true || (typeof one.verbatim === "object" && one.verbatim.has(name));
  const entries = wanted.flatMap((one) =>
    [...one.facets].map(([name, value]) => ({ name, value, back: verbatim(one, name) })),
  );
  const ordered = [...entries.filter(({ back }) => back), ...entries.filter(({ back }) => !back)];
  const declared = new Set(entries.filter(({ back }) => !back).map(({ name }) => name));
  return {
    facets: new Map(ordered.map(({ name, value }) => [name, value])),
    exclusive: wanted.flatMap(({ exclusive = [] }) => exclusive),
    verbatim: new Set(entries.flatMap(({ name, back }) => (back && !declared.has(name) ? [name] : []))),
  };
}

/** Plans what several resources want together, and says why where it cannot be. */
export async function planTogether(
  host: Host,
  policy: Fido2Policy,
  parts: readonly Part[],
  toggle: ToggleMode,
): Promise<Plan> {
  const wanted = wantedOf(parts);
  const inputs = joined(parts);
  const purpose = declarationOf(parts[0]!).destroy === true ? "put back what was there before" : undefined;
  const options = { toggle, purpose, limits: { profiles: inputs.profileLimit } };
  const planWith = (members?: ReadonlyMap<string, ReadonlySet<string>>) =>
    planWithInventory(inputs, policy, host, (inventory) =>
      planFacets(policy, wanted, { ...options, members, inventory }),
    );
  let plan = await planWith();
  const groups = groupsToCompare(normalizePolicy(plan.after), wanted.exclusive ?? []);
  if (plan.refusals.length === 0 && groups.length > 0) plan = await planWith(await readMembers(host.session(), groups));
  return { ...plan, refusals: plan.refusals.map((problem) => inPrograms(problem, parts)) };
}
