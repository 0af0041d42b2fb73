import type { Change, Part } from "../../apply/index.js";
import { planFacets } from "../../policy/index.js";
import type {
  ExclusiveProfile,
  FacetName,
  FacetPlan,
  Fido2Policy,
  Plan,
  Problem,
  ToggleMode,
} from "../../policy/index.js";
import type { Host } from "../host.js";
import { inProgram } from "./desired.js";
import { judgeBeforeWrites, PlanGuard } from "./guard.js";
import type { GuardedChange, GuardedPart } from "./guard.js";
import type { CheckedInputs } from "./inputs.js";
import { DEFAULT_MAX_AGE, planWithInventory } from "./inventory.js";
import { comparingMembers } from "./planning.js";
import { readOwner, resourceName } from "./owner.js";

/** What a change declares, for those that are planned with it. */
const declarations = new WeakMap<Change, GuardedChange>();

/** A change of a resource that is judged before it writes anything, and is planned with others that are in flight. */
export function guardedChange(host: Host, guarded: GuardedChange, own: Pick<Change, "plan" | "beforeWrites">): Change {
  const { inputs, destroy } = guarded;
  const name = resourceName(inputs.owner);
  const guard = new PlanGuard(host, guarded);
  const change: Change = {
    name,
    joins: joinKey(inputs, destroy === true ? "give back" : "change"),
    toggle: inputs.toggle,
    guard: (plan, parts) => judgeBeforeWrites(host, name, guard, plan, guardedParts(parts)),
    planTogether: (policy, parts, toggle) => planTogether(host, policy, parts, toggle),
    ...own,
  };
  declarations.set(change, guarded);
  return change;
}

const declarationOf = ({ change }: Part): GuardedChange => declarations.get(change)!;

/** Changes with what they declare, for the guard. */
const guardedParts = (parts: readonly Part[]): GuardedPart[] =>
  parts.map((part) => ({ change: declarationOf(part), plan: part.plan }));

/** Changes are planned together only where the same settings count for all of them. */
function joinKey(inputs: CheckedInputs, kind: "change" | "give back"): string {
  const { toggle = "auto", profileLimit = 3, inventory, inventoryMaxAge = DEFAULT_MAX_AGE } = inputs;
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
    const own = inProgram(told, inputs, inputs.resolved);
    const isOwn = own.place !== told.place && readOwner(inputs.owner).type !== "PasskeyPolicy";
    return isOwn ? { ...own, place: `${resourceName(inputs.owner)}, ${own.place}` } : own;
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
    exclusive: exclusiveOfAll(wanted.flatMap(({ exclusive = [] }) => exclusive)),
    closed: new Set(wanted.flatMap(({ closed = new Set() }) => [...closed])),
    verbatim: new Set(entries.flatMap(({ name, back }) => (back && !declared.has(name) ? [name] : []))),
  };
}

/** Each exclusive profile once, as the resource that declares it says where it is among them. */
function exclusiveOfAll(all: readonly ExclusiveProfile[]): ExclusiveProfile[] {
  const ordered = [
    ...all.filter(({ elsewhere }) => elsewhere === true),
    ...all.filter(({ elsewhere }) => elsewhere !== true),
  ];
  return [...new Map(ordered.map((profile) => [profile.id, profile])).values()];
}

/** Plans what several resources want together, and says why where it cannot be. */
async function planTogether(
  host: Host,
  policy: Fido2Policy,
  parts: readonly Part[],
  toggle: ToggleMode,
): Promise<Plan> {
  const wanted = wantedOf(parts);
  const inputs = joined(parts);
  const purpose = declarationOf(parts[0]!).destroy === true ? "put back what was there before" : undefined;
  const options = { toggle, purpose, limits: { profiles: inputs.profileLimit } };
  const plan = await comparingMembers(host.session(), wanted.exclusive ?? [], (members) =>
    planWithInventory(inputs, policy, host, (inventory) =>
      planFacets(policy, wanted, { ...options, members, inventory }),
    ),
  );
  return { ...plan, refusals: plan.refusals.map((problem) => inPrograms(problem, parts)) };
}
