import { diffPolicy } from "../diff.js";
import { assessImpact } from "../impact/assess.js";
import type { Impact, ImpactOptions } from "../impact/assess.js";
import type { Exposure } from "../impact/exposure.js";
import { judgeImpact } from "../impact/guard.js";
import type { Inventory } from "../impact/inventory.js";
import type { Fido2Policy } from "../model.js";
import { normalizePolicy } from "../normalize.js";
import type { Problem } from "../problem.js";
import { SignIn } from "../signIn.js";
import { NeedCount } from "./choose.js";
import { withModels } from "./lists.js";
import { Needs } from "./needs.js";
import { acceptsNothingNew } from "./nothingNew.js";
import { partsOf } from "./parts.js";
import { tasksOf } from "./tasks.js";
import type { Task } from "./tasks.js";

/** One state of the policy on the way to the wanted one. */
export interface Stage {
  readonly policy: Fido2Policy;
  /** What changing the policy of today to this one does to people as they are today. */
  readonly impact: Impact;
  /** What people have to do before this stage is applied; empty where it can be applied now. */
  readonly first: readonly Task[];
  /** Models that are accepted for as long as people need them, by profile. */
  readonly stillAccepted: ReadonlyMap<string, readonly string[]>;
  /** Parts of the wanted policy that have to wait, such as `includeTargets[...]`. */
  readonly waiting: readonly string[];
}

/** The way to a wanted policy. */
export interface StagePlan {
  /**
   * What can be applied now, if anything, and then the wanted policy: one or two. Nobody is stranded or locked out, or
   * may be, by the first where there are two.
   */
  readonly stages: readonly Stage[];
  /** What no task of anyone's mends: break-glass accounts without a key, and people whom nobody has read. */
  readonly blocked: readonly Problem[];
}

/**
 * Plans how to get to a wanted policy without stranding anyone: what can be applied now, who has to register another key
 * or be given another method first, and then the wanted policy. What can be applied now is the wanted policy; else the
 * same with the models that are still needed; else those of its parts that take nobody's last key.
 *
 * In between nothing becomes acceptable to anyone that the wanted policy does not make acceptable to them.
 *
 * @param policy the policy of today, as Graph returns it.
 * @param wanted the policy as it is to be, in the same form.
 */
export function stagePlan(
  policy: Fido2Policy,
  wanted: Fido2Policy,
  inventory: Inventory,
  options: ImpactOptions = {},
): StagePlan {
  const planner = new Planner(policy, wanted, inventory, options);
  const end = planner.try(wanted);
  if (end.refusals.length === 0) return { stages: [planner.stage(wanted, end.impact)], blocked: [] };
  const first = tasksOf(policy, wanted, end.impact, inventory, options);
  const last: Stage = { policy: wanted, impact: end.impact, first, stillAccepted: new Map(), waiting: [] };
  const blocked = end.refusals.filter(({ code }) => code === "breakGlass" || code === "inventoryUnusable");
  const now = planner.now(end.impact);
  return { stages: now === undefined ? [last] : [now, last], blocked };
}

/** How many profiles a tenant can have, as far as is known, unless it has more already. */
const PROFILE_LIMIT = 3;

interface Tried {
  readonly impact: Impact;
  readonly refusals: readonly Problem[];
}

class Planner {
  readonly #accepted: readonly Exposure[];

  constructor(
    readonly before: Fido2Policy,
    readonly wanted: Fido2Policy,
    readonly inventory: Inventory,
    readonly options: ImpactOptions,
  ) {
    this.#accepted = assessImpact(before, wanted, undefined, options).exposure;
  }

  /** What a policy would do, and what of it the guard would refuse. Exposure is as the wanted policy has it. */
  try(policy: Fido2Policy): Tried {
    const impact = assessImpact(this.before, policy, this.inventory, this.options);
    const rules = { mode: "enforce", acknowledge: [], digest: "", now: 0 } as const;
    const refusals = judgeImpact(impact, rules).refusals.filter(({ code }) => code !== "exposure");
    return { impact, refusals };
  }

  /** What a policy would do, and whether it can be applied today. */
  #check(policy: Fido2Policy): { readonly impact: Impact; readonly safe: boolean } {
    const { impact, refusals } = this.try(policy);
    const count = ({ passkeyProfiles }: Fido2Policy) => passkeyProfiles?.length ?? 0;
    const fits = count(policy) <= Math.max(PROFILE_LIMIT, count(this.before), count(this.wanted));
    const foreign = impact.exposure.some((one) => !this.#accepted.some((other) => includes(other, one)));
    const safe = fits && refusals.length === 0 && !foreign && acceptsNothingNew(this.before, policy, this.wanted);
    return { impact, safe };
  }

  /** The part of the way that can be gone today; `undefined` where that is nothing. */
  now(end: Impact): Stage | undefined {
    const { models, policy: widened } = this.#widened(this.wanted, end);
    const whole = this.#check(widened);
    if (whole.safe && !sameMeaning(widened, this.before)) {
      return { ...this.stage(widened, whole.impact), stillAccepted: models };
    }
    let current = this.before;
    let reached: Impact | undefined;
    const waiting: string[] = [];
    const stillAccepted = new Map<string, readonly string[]>();
    for (const { place, apply } of partsOf(this.before, this.wanted)) {
      const next = apply(current);
      if (next === current) {
        waiting.push(place);
        continue;
      }
      const { impact, safe } = this.#check(next);
      if (safe) {
        [current, reached] = [next, impact];
        continue;
      }
      const wider = this.#widened(next, impact);
      const widely = wider.models.size > 0 ? this.#check(wider.policy) : undefined;
      if (widely?.safe) {
        [current, reached] = [wider.policy, widely.impact];
        for (const [profile, aaguids] of wider.models) {
          stillAccepted.set(profile, [...new Set([...(stillAccepted.get(profile) ?? []), ...aaguids])].sort());
        }
      } else {
        waiting.push(place);
      }
    }
    if (reached === undefined || sameMeaning(current, this.before)) return undefined;
    return { ...this.stage(current, reached), stillAccepted, waiting };
  }

  stage(policy: Fido2Policy, impact: Impact): Stage {
    return { policy, impact, first: [], stillAccepted: new Map(), waiting: [] };
  }

  /** The fewest further models on the lists of a policy by which those whom it would strand keep a key. */
  #widened(policy: Fido2Policy, impact: Impact) {
    const { groupsRead } = this.inventory;
    const { nestedMembership, countLocalCredentials = false } = this.options;
    const signIn = (of: Fido2Policy) => new SignIn(normalizePolicy(of), { groupsRead, nestedMembership });
    const needs = new Needs(signIn(this.before), signIn(policy), countLocalCredentials);
    const counted = new NeedCount();
    for (const { person, outcome } of impact.loss?.affected ?? []) {
      const need = outcome === "reduced" ? undefined : needs.of(person);
      if (need !== undefined && need.length > 0) counted.add(need);
    }
    const models = new Map<string, string[]>();
    for (const listing of counted.fewest(({ profile, aaguid }) => `${profile}/${aaguid}`).chosen) {
      const [profile, aaguid] = listing.split("/") as [string, string];
      models.set(profile, [...(models.get(profile) ?? []), aaguid]);
    }
    return { models, policy: withModels(policy, new Map([...models].map(([id, list]) => [id, new Set(list)]))) };
  }
}

/** Whether two policies say the same, whatever the order and the letter case of their lists. */
const sameMeaning = (a: Fido2Policy, b: Fido2Policy): boolean => diffPolicy(a, b).length === 0;

/** Whether one exposure says all that another one says. */
function includes(all: Exposure, one: Exposure): boolean {
  if (all.group !== one.group) return false;
  const ofModels = one.kind === "model" || one.kind === "microsoftAuthenticator" || one.kind === "windowsHello";
  if (all.kind === "anyModel" && ofModels) return true;
  return all.kind === one.kind && one.aaguids.every((aaguid) => all.aaguids.includes(aaguid));
}
