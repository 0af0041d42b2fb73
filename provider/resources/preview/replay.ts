import { changedFacets, type Managed } from "../../apply/index.js";
import {
  acknowledgementFor,
  applyFacets,
  normalizePolicy,
  refusedPlan,
  type Fido2Policy,
  type Impact,
  type LockoutGuard,
  type Problem,
} from "../../policy/index.js";
import type { DriftFact, PlannedChange } from "../../report/preview/index.js";
import type { Host } from "../host.js";
import { PlanGuard, type GuardAnswer, type GuardedChange, type GuardedPart } from "../passkeyPolicy/guard.js";
import { ACKNOWLEDGE_VARIABLE, acknowledgementsOf } from "../passkeyPolicy/guardInputs.js";
import { assessGiveBack } from "../passkeyPolicy/giveBack.js";
import type { CheckedInputs } from "../passkeyPolicy/inputs.js";
import { planPreview } from "../passkeyPolicy/operations.js";
import { classOf, resourceName } from "../passkeyPolicy/owner.js";
import { waitsForRestrictions } from "../passkeyPolicy/planning.js";
import { programOf } from "../passkeyPolicy/program.js";
import { inputsOf, type PolicyState } from "../passkeyPolicy/state.js";
import { policyStateOf } from "../parts/translate.js";
import { SECRET_MARK } from "../secretMark.js";
import type { Preview, PreviewedResource, SavedProperties } from "./readPreview.js";

/** A resource of a preview that declares a part of the passkey policy. */
interface Declaration {
  readonly op: PreviewedResource["op"];
  readonly inputs?: CheckedInputs;
  readonly olds?: PolicyState;
  /** Why a check refused an update: without the state there is nothing to plan. */
  readonly refused?: readonly Problem[];
}

/** A change with its plan, and what the guard said of it by itself. */
export interface JudgedPart extends GuardedPart {
  readonly judged: GuardAnswer;
}

export interface ReplayedStack {
  readonly plans: readonly PlannedChange[];
  readonly parts: readonly JudgedPart[];
  readonly drift: readonly DriftFact[];
  /** The policy with what the stack makes of it. */
  readonly after: Fido2Policy;
  readonly unguarded: readonly { readonly resource: string; readonly guard: LockoutGuard }[];
  /** Object ids of groups by the names that the program uses. */
  readonly groups: ReadonlyMap<string, string>;
  readonly profileLimit: number | undefined;
}

/** How people are found: the inventory that is given instead of the one that the program names. */
export interface ReplayOptions {
  readonly inventory?: { readonly path: string; readonly maxAge: number | undefined } | undefined;
}

/**
 * Plans a preview again, resource by resource on the policy as it is, as the preview did, and judges each plan as though
 * the guard were on; then what is deleted, on what the others make of the policy.
 *
 * @param policy as it is.
 * @param so far what other stacks make of it.
 */
export async function replayStack(
  host: Host,
  preview: Preview,
  policy: Fido2Policy,
  soFar: Fido2Policy,
  options: ReplayOptions,
): Promise<ReplayedStack> {
  const declarations = declarationsOf(preview, options);
  const program = programOf(host.session());
  const plans: PlannedChange[] = [];
  const parts: JudgedPart[] = [];
  let after = soFar;
  for (const { olds } of declarations) if (olds !== undefined) program.remember(olds, olds.managed);
  for (const { op, inputs, olds } of declarations) {
    if (op !== "same" || inputs === undefined) continue;
    program.declare(inputs);
    claim(host, inputs.owner, Object.keys(olds?.managed ?? {}));
  }
  const add = (change: GuardedChange, plan: PlannedChange, judged: GuardAnswer) => {
    plans.push(plan);
    if (plan.plan.steps.length === 0) return;
    parts.push({ change, plan: plan.plan, judged });
    const { facets, verbatim, closed } = plan.plan.wanted;
    after = applyFacets(after, facets, { verbatim: verbatim ?? false, closed }).policy;
  };
  for (const { op, inputs, olds, refused } of declarations) {
    if (inputs === undefined || (op !== "create" && op !== "update")) continue;
    if (refused !== undefined) {
      plans.push(toPlan(host, preview.stack, { op, inputs }, refusedPlan(policy, refused), NOTHING, refused));
      continue;
    }
    const planned = await planPreview(host, policy, inputs, op === "update" ? olds : undefined);
    const change: GuardedChange = { inputs: guarded(inputs), ...(olds && { earlier: inputsOf(olds) }) };
    const judged =
      planned.plan.refusals.length > 0 || waitsForRestrictions(planned)
        ? NOTHING
        : await new PlanGuard(host, change).judge(planned.plan);
    program.declare(inputs, planned.plan.wanted);
    claim(host, inputs.owner, planned.plan.facets.keys());
    add(change, toPlan(host, preview.stack, { op, inputs }, planned.plan, judged, planned.plan.refusals), judged);
  }
  for (const { op, olds } of declarations) {
    if (op !== "delete" || olds === undefined) continue;
    const state = { ...olds, ...guarded(inputsOf(olds)) } as PolicyState;
    const { plan, answer, retained } = await assessGiveBack(host, state, after);
    if (retained) continue;
    const inputs = inputsOf(state);
    const change: GuardedChange = { inputs, earlier: inputs, destroy: true };
    add(change, toPlan(host, preview.stack, { op, inputs }, plan, answer, []), answer);
  }
  const named = declarations.flatMap(({ inputs, olds }) => inputs ?? (olds === undefined ? [] : inputsOf(olds)));
  return {
    plans,
    parts,
    after,
    drift: declarations.flatMap(({ olds }) => (olds === undefined ? [] : driftOf(preview.stack, olds, policy))),
    unguarded: named
      .filter(({ lockoutGuard = "enforce" }) => lockoutGuard !== "enforce")
      .map(({ owner, lockoutGuard }) => ({ resource: resourceName(owner), guard: lockoutGuard! })),
    groups: new Map(named.flatMap(({ resolved }) => Object.entries(resolved.groups))),
    profileLimit: named.map(({ profileLimit }) => profileLimit).find((limit) => limit !== undefined),
  };
}

const NOTHING: GuardAnswer = { refusals: [], warnings: [], lines: [] };

/** A report says what people lose, whatever the guard of the program is set to. */
const guarded = (inputs: CheckedInputs): CheckedInputs => ({ ...inputs, lockoutGuard: "enforce" });

function toPlan(
  host: Host,
  stack: string,
  { op, inputs }: { readonly op: PreviewedResource["op"]; readonly inputs: CheckedInputs },
  plan: PlannedChange["plan"],
  judged: GuardAnswer,
  refused: readonly Problem[],
): PlannedChange {
  const standing = acknowledgementFor(acknowledgementsOf([inputs], host.env), plan.digest, host.now());
  const impact: Impact | undefined = judged.assessment?.impact;
  return {
    stack,
    resource: resourceName(inputs.owner),
    operation: op === "same" ? "update" : op,
    plan,
    ...(impact !== undefined && { impact }),
    refusals: [...refused, ...judged.refusals],
    warnings: judged.warnings,
    ...(standing !== undefined && "holds" in standing && { acknowledged: standing.holds }),
    ...(op === "delete" && { variable: ACKNOWLEDGE_VARIABLE }),
  };
}

/** Two owners of one part are refused by the preview itself; here the first one keeps it. */
function claim(host: Host, owner: string, facets: Iterable<string>): void {
  try {
    host.session().claim(owner, facets);
  } catch {
    // Told as an error of the preview.
  }
}

/** What a preview says of the resources that declare parts of the policy, those of which a check was refused, too. */
function declarationsOf({ resources, refused }: Preview, options: ReplayOptions): Declaration[] {
  const records = new Map(refused.map((record) => [record.owner, record]));
  const found = resources.flatMap((resource): Declaration[] => {
    refuseSecrets(resource);
    const inputs = resource.new && inWords(resource.type, resource.new.inputs);
    const olds = resource.old && inWords(resource.type, resource.old.outputs);
    if (inputs === undefined && olds === undefined) return [];
    const owner = (inputs ?? olds)!.owner;
    // What was refused is in the record: the engine shows the state at most.
    if (records.get(owner)?.inputs !== undefined && resource.op !== "delete") return [];
    return [{ op: resource.op, ...(inputs && { inputs }), ...(olds && { olds }) }];
  });
  const told = [...records.values()].flatMap(({ operation: op, inputs, olds, refusals }): Declaration[] =>
    inputs === undefined
      ? []
      : [{ op, inputs, ...(olds && { olds }), ...(op === "update" && olds === undefined && { refused: refusals }) }],
  );
  return [...found, ...told].map((declaration) => withInventory(declaration, options));
}

/** How the engine shows a value that is a secret: in a preview, and where it is kept. */
const SECRETS = ['"[secret]"', SECRET_MARK];

function refuseSecrets({ type, name, old, new: now }: PreviewedResource): void {
  if (classOf(type) === undefined) return;
  const text = JSON.stringify([old, now]);
  if (!SECRETS.some((secret) => text.includes(secret))) return;
  throw new Error(
    `${name}: the preview hides values of it that are secrets, so that it cannot be planned. Nothing that this package ` +
      "declares is one: take the names out of the stack's secrets.",
  );
}

const inWords = (type: string, properties: SavedProperties["inputs"]): PolicyState | undefined => {
  if (properties["owner"] === undefined || properties["resolved"] === undefined) return undefined;
  return policyStateOf(type, properties);
};

function withInventory(declaration: Declaration, { inventory }: ReplayOptions): Declaration {
  if (inventory === undefined) return declaration;
  const { inputs, olds } = declaration;
  const given = {
    inventory: inventory.path,
    ...(inventory.maxAge !== undefined && { inventoryMaxAge: inventory.maxAge }),
  };
  return {
    ...declaration,
    ...(inputs && { inputs: { ...inputs, ...given } }),
    ...(olds && { olds: { ...olds, ...given } }),
  };
}

/** Managed parts that are not as they were written. */
function driftOf(
  stack: string,
  { owner, managed }: { owner: string; managed?: Managed },
  policy: Fido2Policy,
): DriftFact[] {
  const now = normalizePolicy(policy);
  return changedFacets(now, managed ?? {}).flatMap(({ facet, written, live }) =>
    live === undefined ? [] : [{ stack, resource: resourceName(owner), facet, written, now: live }],
  );
}
