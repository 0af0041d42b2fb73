import { isDeepStrictEqual } from "node:util";
import { applyChange, managedBy, PartialApplyError, settled } from "../../apply/index.js";
import type { Managed, TenantSession } from "../../apply/index.js";
import { digestOf } from "../../policy/index.js";
import type { Fido2Policy, Plan, ToggleMode } from "../../policy/index.js";
import type { Host } from "../host.js";
import { runOptions } from "../runOptions.js";
import { claim } from "./claims.js";
import { beginnings, managedNow, passOn } from "./handOver.js";
import type { Beginnings } from "./handOver.js";
import { declaredOf } from "./inputs.js";
import type { CheckedInputs } from "./inputs.js";
import { resourceName } from "./owner.js";
import { noteLine, planResource } from "./planning.js";
import type { ResourcePlan } from "./planning.js";
import { programOf } from "./program.js";
import { inputsOf, stateOf } from "./state.js";
import type { PolicyState } from "./state.js";
import { writeJournal } from "./stopped.js";
import { guardedChange } from "./together.js";
import { hasUnknown } from "./unknown.js";

/** The policy is one for each tenant, so its resource has one id. */
export const POLICY_ID = "fido2";

const withoutPrior = (managed: Managed): Managed =>
  Object.fromEntries(Object.entries(managed).map(([facet, { prior: _unknown, ...rest }]) => [facet, rest]));

/** Create and update: observe, plan, apply, read back; and what to keep in state, also where it ends half-way. */
export async function establish(
  host: Host,
  checked: CheckedInputs,
  olds: PolicyState | undefined,
): Promise<PolicyState> {
  if (hasUnknown(declaredOf(checked))) {
    throw new Error(`${resourceName(checked.owner)}: a value is still unknown at the update; nothing was written.`);
  }
  return new Establishing(host, checked, olds).run();
}

class Establishing {
  readonly #session: TenantSession;
  readonly #inputs: CheckedInputs;
  readonly #time: string;
  #first: Fido2Policy | undefined;
  #before: Managed;
  #unknownPrior = false;
  #over: Beginnings["over"] = {};
  #saved: Managed | undefined;
  #planned: ResourcePlan | undefined;

  constructor(
    readonly host: Host,
    checked: CheckedInputs,
    readonly olds: PolicyState | undefined,
  ) {
    this.#session = host.session();
    const program = programOf(this.#session).guard(checked.owner);
    const resolved = Object.keys(program).length === 0 ? checked.resolved : { ...checked.resolved, program };
    this.#inputs = { ...checked, resolved };
    this.#time = new Date(host.now()).toISOString();
    this.#before = olds === undefined ? {} : managedNow(host, checked, olds.managed);
  }

  async run(): Promise<PolicyState> {
    const { host, olds } = this;
    const inputs = this.#inputs;
    const name = resourceName(inputs.owner);
    this.#session.arrived(inputs.owner);
    const change = guardedChange(
      host,
      { inputs, earlier: olds && inputsOf(olds) },
      {
        plan: (policy, toggle) => this.#plan(policy, toggle),
        beforeWrites: (plan) => this.#beforeWrites(plan),
      },
    );
    try {
      const result = await applyChange(this.#session, change, runOptions(host, name));
      return this.#done(result.plan);
    } catch (error) {
      if (!(error instanceof PartialApplyError)) throw error;
      this.#session.establish(inputs.owner, this.#planned?.declared ?? []);
      throw initializationError(error, stateOf(inputs, error.plan.mode, this.#saved ?? this.#before));
    }
  }

  async #plan(policy: Fido2Policy, toggle: ToggleMode): Promise<Plan> {
    const { host, olds } = this;
    const inputs = this.#inputs;
    // What was there before is what was there before the first write.
    if (this.#saved === undefined && !isDeepStrictEqual(this.#first, policy)) {
      this.#first = policy;
      const begin = beginnings(host, inputs, policy, olds?.managed);
      [this.#before, this.#unknownPrior, this.#over] = [begin.managed, begin.unknownPrior, begin.over];
    }
    this.#planned = await planResource(policy, inputs, this.#saved ?? this.#before, host, { toggle });
    const { plan, declared } = this.#planned;
    const taken = plan.refusals.length > 0 ? [] : claim(this.#session, inputs, declared);
    return taken.length === 0 ? plan : { ...plan, steps: [], refusals: taken };
  }

  async #beforeWrites(plan: Plan): Promise<void> {
    this.#saved = merge(this.#saved, managedBy(plan, this.#first!, this.#before, this.#time));
    if (this.#unknownPrior) this.#saved = withoutPrior(this.#saved);
    const { host, olds } = this;
    writeJournal(host, this.#inputs, { managed: this.#saved, from: olds?.managed, over: this.#over });
  }

  /** The end: what to keep in state, in the journal, and for those who take over what is given up. */
  #done(plan: Plan): PolicyState {
    const { host, olds } = this;
    const inputs = this.#inputs;
    const name = resourceName(inputs.owner);
    const { declared, notes, heirs } = this.#planned!;
    for (const note of notes) host.log(noteLine(inputs.owner, note));
    let managed = this.#saved ?? managedBy(plan, this.#first!, this.#before, this.#time);
    if (this.#saved === undefined && this.#unknownPrior) managed = withoutPrior(managed);
    const kept = [...plan.facets.keys()].filter((facet) => declared.has(facet));
    managed = settled(managed, kept);
    this.#session.establish(inputs.owner, kept);
    const givenUp = Object.keys(this.#before).filter((facet) => managed[facet] === undefined);
    try {
      passOn(host, inputs, this.#before, givenUp, heirs);
      // Where the state stays as it was, nothing else would tell that this run came to its end.
      const from = olds !== undefined && digestOf(managed) === digestOf(olds.managed) ? undefined : olds?.managed;
      writeJournal(host, inputs, { managed, from, done: true, over: this.#over });
    } catch (error) {
      host.log(
        `${name}: warning: what was there before could not be noted in the journal: ${(error as Error).message}`,
      );
    }
    return stateOf(inputs, plan.mode, managed);
  }
}

/** The first values for what was there before win; later plans of the same run only add. */
function merge(earlier: Managed | undefined, later: Managed): Managed {
  if (earlier === undefined) return later;
  const merged = { ...later };
  for (const [facet, value] of Object.entries(earlier)) {
    const interim = [...(value.interim ?? []), ...(later[facet]?.interim ?? [])];
    merged[facet] = {
      ...value,
      ...(later[facet]?.written !== undefined && { written: later[facet].written }),
      ...(interim.length > 0 && { interim }),
    };
  }
  return merged;
}

/**
 * An error after the first write, in the form from which the engine keeps the state. Without `__provider` in the
 * properties the resource could never be read or destroyed again.
 */
function initializationError(error: Error, state: PolicyState): Error {
  const name = resourceName(state.owner);
  const message = `${name}: ${error.message} Part of the change was written; the next pulumi up finishes it.`;
  return Object.assign(new Error(message, { cause: error }), {
    id: POLICY_ID,
    properties: state,
    reasons: [message],
  });
}
