import { applyChange, managedBy, restoreFacets, type Restore } from "../../apply/index.js";
import { planFacets } from "../../policy/index.js";
import type { Fido2Policy, Plan, ToggleMode } from "../../policy/index.js";
import type { Host } from "../host.js";
import { runOptions } from "../runOptions.js";
import { inProgram } from "./desired.js";
import { PlanGuard } from "./guard.js";
import type { GuardAnswer, GuardedChange } from "./guard.js";
import { heirNotes, heirsOf, managedNow, overOf, passOn } from "./handOver.js";
import type { Heirs } from "./handOver.js";
import type { CheckedInputs } from "./inputs.js";
import { planWithInventory } from "./inventory.js";
import { checkRestoredGroups, noteLine } from "./planning.js";
import { resourceName } from "./owner.js";
import { inputsOf } from "./state.js";
import type { PolicyState } from "./state.js";
import { writeJournal } from "./stopped.js";
import { guardedChange } from "./together.js";

const guardedBy = (inputs: CheckedInputs): GuardedChange => ({ inputs, earlier: inputs, destroy: true });

/** Delete: give back what is still as it was written. */
export async function giveBack(host: Host, state: PolicyState): Promise<void> {
  const { owner, tenantId } = state;
  const name = resourceName(owner);
  const inputs = inputsOf(state);
  if (state.onDestroy === "retain") {
    host.log(`${name}: onDestroy is retain, so the policy stays as it is`);
    return host.journal.clear(tenantId, owner);
  }
  const known = managedNow(host, inputs, state.managed);
  let managed = known;
  const over = overOf(host, inputs);
  const time = new Date(host.now()).toISOString();
  let heirs: Heirs = new Map();
  const change = guardedChange(host, guardedBy(inputs), {
    async plan(policy, toggle) {
      const planned = await planGiveBack(host, { ...state, managed }, policy, toggle);
      heirs = planned.heirs;
      return planned.plan;
    },
    async beforeWrites(plan) {
      managed = { ...managed, ...managedBy(plan, plan.before, managed, time) };
      writeJournal(host, inputs, { managed, from: state.managed, over });
    },
  });
  await applyChange(host.session(), change, runOptions(host, name));
  // Without an engine nobody gets to know that it is given back, and the next run has to find out.
  await host.engine();
  passOn(host, inputs, known, Object.keys(known), heirs);
  // The note of a resource that replaced this one is under the same name.
  if (![...heirs.values()].includes(owner)) host.journal.clear(tenantId, owner);
}

/** What a destroy would do, told beforehand: `pulumi destroy` has no preview that could. */
export interface DestroyImpact {
  readonly plan: Plan;
  readonly answer: GuardAnswer;
  /** `onDestroy` is `retain`: nothing would be written. */
  readonly retained: boolean;
}

/**
 * Plans and judges a destroy without writing anything.
 *
 * @param policy as it will be by then; default: as it is.
 */
export async function assessGiveBack(host: Host, state: PolicyState, policy?: Fido2Policy): Promise<DestroyImpact> {
  const inputs = inputsOf(state);
  const managed = managedNow(host, inputs, state.managed);
  const now = policy ?? (await host.session().policy());
  const { plan } = await planGiveBack(host, { ...state, managed }, now, state.toggle);
  if (state.onDestroy === "retain") return { plan, answer: NOTHING, retained: true };
  const answer = plan.refusals.length > 0 ? NOTHING : await new PlanGuard(host, guardedBy(inputs)).judge(plan);
  return { plan, answer: { ...answer, refusals: [...plan.refusals, ...answer.refusals] }, retained: false };
}

const NOTHING: GuardAnswer = { refusals: [], warnings: [], lines: [] };

/** Plans to give back what is still as it was written, and says what is left alone. */
async function planGiveBack(
  host: Host,
  state: PolicyState,
  policy: Fido2Policy,
  toggle: ToggleMode | undefined,
): Promise<{ readonly plan: Plan; readonly heirs: Heirs }> {
  const { managed, owner } = state;
  const inputs = inputsOf(state);
  const session = host.session();
  const heirs = heirsOf(session, owner, managed, Object.keys(managed));
  const mine = Object.keys(managed).filter((facet) => !heirs.has(facet));
  const restore: Restore = restoreFacets(policy, managed, mine);
  await checkRestoredGroups(restore, session);
  for (const note of [...restore.notes, ...heirNotes(session, heirs, owner)]) {
    host.logOnce(noteLine(owner, inProgram(note, inputs, inputs.resolved)));
  }
  const plan = await planWithInventory(inputs, policy, host, (inventory) =>
    planFacets(
      policy,
      { facets: restore.facets, verbatim: true },
      { toggle, inventory, purpose: "put back what was there before", limits: { profiles: state.profileLimit } },
    ),
  );
  return { plan, heirs };
}
