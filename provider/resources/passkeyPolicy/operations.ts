import { isDeepStrictEqual } from "node:util";
import { applyChange, ClaimedError, managedBy, PartialApplyError, settled, type Managed } from "../../apply/index.js";
import { facetPlace, normalizePolicy, problemText, readFacet, sameFacet } from "../../policy/index.js";
import type { Fido2Policy, Problem } from "../../policy/index.js";
import type { Host } from "../host.js";
import { driftedInputs } from "./drift.js";
import { runOptions } from "./giveBack.js";
import { PlanGuard } from "./guard.js";
import type { GuardAnswer } from "./guard.js";
import { guardInputProblems } from "./guardInputs.js";
import { declaredOf } from "./inputs.js";
import type { CheckedInputs, PasskeyPolicyInputs, Resolved } from "./inputs.js";
import { lookUp, lookUpGroups } from "./lookup.js";
import { editionLines, planLines, planResource, resourceName } from "./planning.js";
import type { ResourcePlan } from "./planning.js";
import { checkShape } from "./shape.js";
import { inputsOf, stateOf } from "./state.js";
import type { PolicyState } from "./state.js";
import { guardedChange } from "./together.js";
import { hasUnknown } from "./unknown.js";

/** The policy is one for each tenant, so its resource has one id. */
export const POLICY_ID = "fido2";

export interface CheckAnswer {
  readonly inputs?: CheckedInputs;
  readonly refusals: readonly Problem[];
}

/** Checks a declaration that is new or has changed, against the tenant as it is. */
export async function checkChanged(
  host: Host,
  news: PasskeyPolicyInputs & { owner: string; __provider?: string },
  earlier: Partial<Resolved> | undefined,
): Promise<CheckAnswer> {
  const declared = declaredOf(news);
  const misshapen = checkShape(declared);
  if (misshapen.length > 0) return { refusals: misshapen };
  const misguarded = guardInputProblems(declared);
  if (misguarded.length > 0) return { refusals: misguarded };
  const session = host.session();
  const { tenantId } = session.graph;
  const policy = await session.policy();
  const lookup = lookUp(declared, news.owner, tenantId, policy, earlier);
  if (lookup.refusals.length === 0) await lookUpGroups(lookup, declared, policy, session, earlier);
  if (lookup.refusals.length > 0) return { refusals: lookup.refusals };
  const { resolved } = lookup;
  const inputs: CheckedInputs = { ...news, tenantId, profileIds: resolved.profileIds, resolved };
  const planned = await planResource(policy, inputs, {}, host);
  // Check is not told what an earlier update wrote, so what depends on giving it back is decided in diff.
  const updates = earlier !== undefined;
  const refusals = planned.plan.refusals.filter(({ code }) => !updates || !DECIDED_WITH_STATE.has(code));
  if (refusals.length > 0) return { refusals };
  const judged = updates ? NOT_JUDGED : await new PlanGuard(host, { inputs }).judge(planned.plan);
  if (judged.refusals.length > 0) {
    for (const line of planLines(news.owner, planned, judged)) host.logOnce(line);
    return { refusals: judged.refusals };
  }
  try {
    session.claim(news.owner, planned.plan.facets.keys());
  } catch (error) {
    if (!(error instanceof ClaimedError)) throw error;
    return { refusals: [claimed(error)] };
  }
  for (const warning of lookup.warnings) host.logOnce(`${resourceName(news.owner)}: warning: ${problemText(warning)}`);
  if (!updates) for (const line of planLines(news.owner, planned, judged)) host.logOnce(line);
  return { inputs, refusals: [] };
}

/** Check is not told what an earlier update wrote, so an update is judged in diff. */
const NOT_JUDGED: GuardAnswer = { refusals: [], warnings: [], lines: [] };

/** Problems that may vanish when parts which are not declared any more are given back in the same plan. */
const DECIDED_WITH_STATE: ReadonlySet<Problem["code"]> = new Set([
  "tooManyProfiles",
  "overSize",
  "exclusiveOverlap",
  "missingProfile",
  "missingProfilePart",
  "toggleNeedsInventory",
  "unsafeOrder",
]);

/** Plans an update as a whole, for the preview: what it declares and what it gives back. Throws where it is refused. */
export async function previewUpdate(host: Host, olds: PolicyState, news: CheckedInputs): Promise<void> {
  const policy = await host.session().policy();
  const planned = await planResource(policy, news, olds.managed, host);
  const refuse = (problems: readonly Problem[]) =>
    new Error(`${resourceName(news.owner)}: ${problems.map(problemText).join(" ")} Nothing was written.`);
  if (planned.plan.refusals.length > 0) throw refuse(planned.plan.refusals);
  const judged = await new PlanGuard(host, { inputs: news, earlier: inputsOf(olds) }).judge(planned.plan);
  for (const line of editionLines(news.owner, olds.resolved, news.resolved)) host.logOnce(line);
  for (const line of planLines(news.owner, planned, judged)) host.logOnce(line);
  if (judged.refusals.length > 0) throw refuse(judged.refusals);
}

function claimed(error: ClaimedError): Problem {
  return {
    code: "conflict",
    place: facetPlace(error.facet),
    reason: `the resource ${error.owner} declares this part of the policy too`,
    wayOut: "Declare it in one of the two",
  };
}

/** What a create goes on from: nothing, or what a run that was killed wrote down. */
function beginnings(
  host: Host,
  inputs: CheckedInputs,
  policy: Fido2Policy,
): { managed: Managed; unknownPrior: boolean } {
  const journal = host.journal.read(inputs.tenantId, inputs.owner);
  if (journal === undefined) return { managed: {}, unknownPrior: false };
  const name = resourceName(inputs.owner);
  if ("damaged" in journal) {
    host.log(
      `${name}: warning: an earlier run was stopped, and its note ${journal.damaged} cannot be read: what was there ` +
        "before is not known and will never be restored.",
    );
    return { managed: {}, unknownPrior: true };
  }
  const now = normalizePolicy(policy);
  const still = Object.entries(journal.entry.managed).filter(([facet, value]) => {
    const live = readFacet(now, facet);
    const left = [value.prior, value.written, ...(value.interim ?? [])];
    return left.some((known) => known !== undefined && sameFacet(live, known));
  });
  if (still.length > 0) host.log(`${name}: going on from a run of ${journal.entry.time} that was stopped`);
  return { managed: Object.fromEntries(still), unknownPrior: false };
}

const withoutPrior = (managed: Managed): Managed =>
  Object.fromEntries(Object.entries(managed).map(([facet, { prior: _unknown, ...rest }]) => [facet, rest]));

/** Create and update: observe, plan, apply, read back; and what to keep in state, also where it ends half-way. */
export async function establish(
  host: Host,
  inputs: CheckedInputs,
  olds: PolicyState | undefined,
): Promise<PolicyState> {
  if (hasUnknown(declaredOf(inputs))) {
    throw new Error(`${resourceName(inputs.owner)}: a value is still unknown at the update; nothing was written.`);
  }
  const session = host.session();
  let first: Fido2Policy | undefined;
  let before: Managed = olds?.managed ?? {};
  let unknownPrior = false;
  let saved: Managed | undefined;
  let planned: ResourcePlan | undefined;
  const name = resourceName(inputs.owner);
  const guarded = { inputs, earlier: olds && inputsOf(olds) };
  const change = guardedChange(host, guarded, {
    async plan(policy, toggle) {
      // What was there before is what was there before the first write.
      if (saved === undefined && !isDeepStrictEqual(first, policy)) {
        first = policy;
        if (olds === undefined) ({ managed: before, unknownPrior } = beginnings(host, inputs, policy));
      }
      planned = await planResource(policy, inputs, saved ?? before, host, toggle);
      return planned.plan;
    },
    async beforeWrites(plan) {
      saved = merge(saved, managedBy(plan, first!, before));
      if (unknownPrior) saved = withoutPrior(saved);
      writeJournal(host, inputs, saved);
    },
  });
  try {
    const result = await applyChange(session, change, runOptions(host, name));
    for (const note of planned?.notes ?? []) host.log(`${name}: left alone: ${problemText(note)}`);
    const declared = [...result.plan.facets.keys()].filter((facet) => planned!.declared.has(facet));
    let managed = saved ?? managedBy(result.plan, first!, before);
    if (saved === undefined && unknownPrior) managed = withoutPrior(managed);
    return stateOf(inputs, result.plan.mode, settled(managed, declared));
  } catch (error) {
    if (!(error instanceof PartialApplyError)) throw error;
    throw initializationError(error, stateOf(inputs, error.plan.mode, saved ?? before));
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

function writeJournal(host: Host, inputs: CheckedInputs, managed: Managed): void {
  const { tenantId, owner } = inputs;
  host.journal.write({ version: 1, tenantId, owner, time: new Date(host.now()).toISOString(), managed });
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

/** Read: the declared inputs word for word while the tenant has what was written, drift in canonical form. */
export async function refresh(host: Host, state: PolicyState): Promise<{ state: PolicyState; inputs: CheckedInputs }> {
  // Reads of several resources in one refresh share an answer.
  const policy = await host.session().policy(2000);
  const inputs = driftedInputs(inputsOf(state), state.managed, normalizePolicy(policy));
  return { state: stateOf(inputs, normalizePolicy(policy).mode, state.managed), inputs };
}
