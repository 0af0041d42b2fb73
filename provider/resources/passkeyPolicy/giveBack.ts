import { applyChange, restoreFacets, type Restore, type RunOptions } from "../../apply/index.js";
import { facetPlace, planFacets, problemText } from "../../policy/index.js";
import type { Fido2Policy, Plan, ToggleMode } from "../../policy/index.js";
import type { Host } from "../host.js";
import { PlanGuard } from "./guard.js";
import type { GuardAnswer, GuardedChange } from "./guard.js";
import { planWithInventory } from "./inventory.js";
import { checkRestoredGroups, resourceName } from "./planning.js";
import { inputsOf } from "./state.js";
import type { PolicyState } from "./state.js";
import { guardedChange } from "./together.js";

/** How a change of a resource is run. */
export function runOptions(host: Host, name: string): RunOptions {
  const { engine, verifySeconds } = host;
  return { engine, verifySeconds, log: (line: string) => host.log(`${name}: ${line}`) };
}

const guardedBy = (state: PolicyState): GuardedChange => ({
  inputs: inputsOf(state),
  earlier: inputsOf(state),
  destroy: true,
});

/** Delete: give back what is still as it was written. */
export async function giveBack(host: Host, state: PolicyState): Promise<void> {
  const name = resourceName(state.owner);
  if (state.onDestroy === "retain") {
    host.log(`${name}: onDestroy is retain, so the policy stays as it is`);
    return host.journal.clear(state.tenantId, state.owner);
  }
  const change = guardedChange(host, guardedBy(state), {
    plan: (policy, toggle) => planGiveBack(host, state, policy, toggle),
  });
  await applyChange(host.session(), change, runOptions(host, name));
  host.journal.clear(state.tenantId, state.owner);
}

/** What a destroy would do, told beforehand: `pulumi destroy` has no preview that could. */
export interface DestroyImpact {
  readonly plan: Plan;
  readonly answer: GuardAnswer;
  /** `onDestroy` is `retain`: nothing would be written. */
  readonly retained: boolean;
}

/** Plans and judges a destroy without writing anything. */
export async function assessGiveBack(host: Host, state: PolicyState): Promise<DestroyImpact> {
  const policy = await host.session().policy();
  const plan = await planGiveBack(host, state, policy, state.toggle);
  if (state.onDestroy === "retain") return { plan, answer: NOTHING, retained: true };
  const answer = plan.refusals.length > 0 ? NOTHING : await new PlanGuard(host, guardedBy(state)).judge(plan);
  return { plan, answer: { ...answer, refusals: [...plan.refusals, ...answer.refusals] }, retained: false };
}

const NOTHING: GuardAnswer = { refusals: [], warnings: [], lines: [] };

/** Plans to give back what is still as it was written, and says what is left alone. */
async function planGiveBack(
  host: Host,
  state: PolicyState,
  policy: Fido2Policy,
  toggle: ToggleMode | undefined,
): Promise<Plan> {
  const name = resourceName(state.owner);
  const session = host.session();
  const mine = Object.keys(state.managed).filter((facet) => {
    const other = session.claimedBy(facet, state.owner);
    if (other !== undefined)
      host.logOnce(`${name}: left alone: ${facetPlace(facet)}: ${resourceName(other)} declares it now.`);
    return other === undefined;
  });
  const restore: Restore = restoreFacets(policy, state.managed, mine);
  await checkRestoredGroups(restore, session);
  for (const note of restore.notes) host.logOnce(`${name}: left alone: ${problemText(note)}`);
  return planWithInventory(inputsOf(state), policy, host, (inventory) =>
    planFacets(
      policy,
      { facets: restore.facets, verbatim: true },
      { toggle, inventory, purpose: "put back what was there before", limits: { profiles: state.profileLimit } },
    ),
  );
}
