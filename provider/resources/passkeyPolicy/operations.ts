import { FRESH_MS } from "../../apply/index.js";
import type { TenantSession } from "../../apply/index.js";
import { normalizePolicy, problemText } from "../../policy/index.js";
import type { Fido2Policy, Problem } from "../../policy/index.js";
import type { Host } from "../host.js";
import { inPart } from "./places.js";
import { claim } from "./claims.js";
import { driftedInputs } from "./drift.js";
import { PlanGuard } from "./guard.js";
import type { GuardAnswer } from "./guard.js";
import { guardInputProblems } from "./guardInputs.js";
import { managedNow } from "./handOver.js";
import { DECLARED, declaredOf, givenBy } from "./inputs.js";
import type { CheckedInputs, PasskeyPolicyInputs, Resolved } from "./inputs.js";
import { lookUp, lookUpGroups } from "./lookup.js";
import { resourceName } from "./owner.js";
import { editionLines, planLines, planResource, waitsForRestrictions } from "./planning.js";
import type { ResourcePlan } from "./planning.js";
import { programOf } from "./program.js";
import { noteRefused } from "../preview/record.js";
import { checkShape } from "./shape.js";
import { inputsOf, stateOf } from "./state.js";
import type { PolicyState } from "./state.js";

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
  const misshapen = checkShape(givenBy(news, DECLARED));
  if (misshapen.length > 0) return { refusals: misshapen };
  const misguarded = guardInputProblems(declared);
  if (misguarded.length > 0) return { refusals: misguarded };
  const session = host.session();
  return session.looking(() => checkInTenant(host, session, news, declared, earlier));
}

async function checkInTenant(
  host: Host,
  session: TenantSession,
  news: PasskeyPolicyInputs & { owner: string; __provider?: string },
  declared: PasskeyPolicyInputs,
  earlier: Partial<Resolved> | undefined,
): Promise<CheckAnswer> {
  const { tenantId } = session.graph;
  const policy = await session.policy();
  const lookup = lookUp(declared, news.owner, tenantId, policy, earlier);
  if (lookup.refusals.length === 0) await lookUpGroups(lookup, declared, policy, session, earlier);
  if (lookup.refusals.length > 0) return { refusals: lookup.refusals };
  const { resolved } = lookup;
  const inputs: CheckedInputs = { ...news, tenantId, profileIds: resolved.profileIds, resolved };
  const program = programOf(session);
  const planned = await planPreview(host, policy, inputs, undefined);
  // Check is not told what an earlier update wrote, so what depends on giving it back is decided in diff.
  const updates = earlier !== undefined;
  const refusals = planned.plan.refusals.filter(({ code }) => !updates || !DECIDED_WITH_STATE.has(code));
  if (refusals.length > 0) {
    noteRefused(host, { operation: updates ? "update" : "create", inputs, refusals });
    return { refusals };
  }
  const judged =
    updates || waitsForRestrictions(planned) ? NOT_JUDGED : await new PlanGuard(host, { inputs }).judge(planned.plan);
  if (judged.refusals.length > 0) {
    for (const line of planLines(news.owner, planned, judged)) host.logOnce(line);
    noteRefused(host, { operation: "create", inputs, refusals: judged.refusals });
    return { refusals: judged.refusals };
  }
  const taken = claim(session, inputs, planned.plan.facets.keys());
  if (taken.length > 0) return { refusals: taken };
  program.declare(inputs, planned.plan.wanted);
  if (!updates) session.expect(news.owner);
  for (const warning of lookup.warnings) {
    host.logOnce(`${resourceName(news.owner)}: warning: ${problemText(inPart(warning, news.owner))}`);
  }
  if (!updates) for (const line of planLines(news.owner, planned, judged)) host.logOnce(line);
  return { inputs, refusals: [] };
}

/**
 * The plan of a preview: on the policy as the program will have made it by then.
 *
 * @param policy as it is.
 * @param olds the state of an update; nothing for a create.
 */
export function planPreview(
  host: Host,
  policy: Fido2Policy,
  inputs: CheckedInputs,
  olds: PolicyState | undefined,
): Promise<ResourcePlan> {
  const program = programOf(host.session());
  const expected = program.expected(policy, inputs);
  const managed = olds === undefined ? {} : managedNow(host, inputs, olds.managed);
  return planResource(expected, inputs, managed, host, { pending: program.pending(expected, inputs.owner) });
}

/** An update is judged in diff; people whose key restrictions are to come, once these are there. */
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
export function previewUpdate(host: Host, olds: PolicyState, news: CheckedInputs): Promise<void> {
  const session = host.session();
  return session.looking(() => previewInTenant(host, session, olds, news));
}

async function previewInTenant(
  host: Host,
  session: TenantSession,
  olds: PolicyState,
  news: CheckedInputs,
): Promise<void> {
  const program = programOf(session);
  program.remember(olds, olds.managed);
  const planned = await planPreview(host, await session.policy(), news, olds);
  const refuse = (refusals: readonly Problem[]) => {
    noteRefused(host, { operation: "update", inputs: news, olds, refusals });
    return new Error(`${resourceName(news.owner)}: ${refusals.map(problemText).join(" ")} Nothing was written.`);
  };
  if (planned.plan.refusals.length > 0) throw refuse(planned.plan.refusals);
  const judged = waitsForRestrictions(planned)
    ? NOT_JUDGED
    : await new PlanGuard(host, { inputs: news, earlier: inputsOf(olds) }).judge(planned.plan);
  for (const line of editionLines(news.owner, olds.resolved, news.resolved)) host.logOnce(line);
  for (const line of planLines(news.owner, planned, judged)) host.logOnce(line);
  if (judged.refusals.length > 0) throw refuse(judged.refusals);
  program.declare(news, planned.plan.wanted);
  session.expect(news.owner);
}

/** Read: the declared inputs word for word while the tenant has what was written, drift in canonical form. */
export async function refresh(host: Host, state: PolicyState): Promise<{ state: PolicyState; inputs: CheckedInputs }> {
  const session = host.session();
  programOf(session).remember(state, state.managed);
  // Reads of several resources in one refresh share an answer.
  const policy = normalizePolicy(await session.policy(FRESH_MS));
  if (policy.mode === "unknown") {
    throw new Error(
      `${resourceName(state.owner)}: the tenant answered neither passkey profiles nor tenant-wide key restrictions, so it ` +
        "is not known what became of this resource. Run it again later, and check the method in the Entra admin centre.",
    );
  }
  const managed = managedNow(host, inputsOf(state), state.managed);
  const inputs = driftedInputs(inputsOf(state), managed, policy);
  return { state: stateOf(inputs, policy.mode, managed), inputs };
}
