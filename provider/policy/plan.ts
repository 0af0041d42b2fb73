import type { Registration } from "./acceptance.js";
import type { PatchBody } from "./body.js";
import { compromisedModels } from "./compromised.js";
import { nameDefaultProfile } from "./desired.js";
import type { DesiredPolicy } from "./desired.js";
import { diffNormal } from "./diff.js";
import type { FacetChange } from "./diff.js";
import { digestOf } from "./digest.js";
import { newOverlaps } from "./exclusive.js";
import type { ExclusiveProfile, Members } from "./exclusive.js";
import type { FacetName, Facets } from "./facets.js";
import type { Fido2Policy } from "./model.js";
import { normalizePolicy } from "./normalize.js";
import type { PolicyMode } from "./normalize.js";
import { alreadyThere } from "./problem.js";
import type { Problem } from "./problem.js";
import { resolveFacets } from "./resolve.js";
import { sequenceSteps } from "./sequence.js";
import { applyFacets } from "./target.js";
import type { ToggleMode } from "./toggle.js";
import { profilePlace, validateDesired } from "./validate.js";
import type { ValidateOptions } from "./validate.js";
import { findViolations, nearSizeLimit, newViolations } from "./violations.js";
import type { PolicyLimits } from "./violations.js";

/** One PATCH of the policy. */
export interface Step {
  readonly kind: "change" | "enforceWindow" | "release" | "untarget" | "remove";
  readonly body: PatchBody;
  /** Why the step is there, as one line for people. */
  readonly reason: string;
  /** What may go wrong on the way, or `undefined` where nothing can. */
  readonly risk: string | undefined;
  /** The parts that this step changes, with the value that a read must show afterwards. */
  readonly expects: readonly FacetChange[];
  /** The policy after the step, as far as it can be foreseen. */
  readonly after: Fido2Policy;
  /**
   * The service may refuse this step, or answer 204 and drop its list, without that being an error: then plan again
   * with `toggle: "enforceFirst"`.
   */
  readonly tentative: boolean;
}

/** What to do to the policy, or why nothing may be done. */
export interface Plan {
  readonly mode: PolicyMode;
  /** Any refusal means that no step may be run; `steps` is empty then. */
  readonly refusals: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly steps: readonly Step[];
  /** What the whole plan changes. */
  readonly changes: readonly FacetChange[];
  /** The facets that the plan establishes. */
  readonly facets: Facets;
  /** What it was made for, so that it can be made again together with others. */
  readonly wanted: FacetPlan;
  /** Changes whenever the steps do, or what they change from; 16 hexadecimal digits. */
  readonly digest: string;
  readonly before: Fido2Policy;
  readonly after: Fido2Policy;
}

export interface PlanOptions {
  /** Every registered passkey of the tenant; needed only where a key could be lost between two steps. */
  readonly inventory?: readonly Registration[] | undefined;
  /** Users of groups, for exclusive profiles. A group that is not in here is unknown. */
  readonly members?: Members | undefined;
  /** Default `auto`. */
  readonly toggle?: ToggleMode | undefined;
  readonly limits?: PolicyLimits | undefined;
  readonly windowsHelloAttests?: ValidateOptions["windowsHelloAttests"];
  /** Exclusive profiles that others declare. */
  readonly exclusive?: readonly ExclusiveProfile[] | undefined;
  /** What the plan is for, as the beginning of its steps' reasons. Default `set what is declared`. */
  readonly purpose?: string | undefined;
  /** Parts to write back that are not declared any more, given what is declared. Lists are written as given. */
  readonly giveBack?: ((declared: Facets) => Facets) | undefined;
}

/** What `planFacets` needs beside the policy. */
export interface FacetPlan {
  readonly facets: Facets;
  readonly exclusive?: readonly ExclusiveProfile[];
  /** Parts whose lists are written exactly as given, for a restore; `true` for all. */
  readonly verbatim?: boolean | ReadonlySet<FacetName>;
  /** Profiles that may be created before their key restrictions are declared: closed, so that nobody gets in. */
  readonly closed?: ReadonlySet<string> | undefined;
}

/**
 * Plans the fewest PATCHes that take a policy to where a program wants it, touching nothing that the program does not
 * declare.
 *
 * In every state between two steps everyone in the inventory may use at least the keys that they may use both before and
 * after, and no key is usable that neither the state before nor the state after accepts. What would break a rule of the
 * service or lock everyone out is refused before anything is written; a rule that the tenant breaks already is a
 * warning.
 *
 * @param current the policy as Graph returns it.
 * @param desired the managed part only.
 * @example
 * const plan = planChange(await graph.readPasskeyPolicy(), { state: "enabled" });
 * if (plan.refusals.length > 0) throw new Error(plan.refusals.map(problemText).join("\n"));
 */
export function planChange(current: Fido2Policy, wanted: DesiredPolicy, options: PlanOptions = {}): Plan {
  const before = normalizePolicy(current);
  const desired = nameDefaultProfile(wanted, before.defaultProfileId);
  const invalid = validateDesired(desired, { ...options, current: before });
  if (invalid.length > 0) return refusedPlan(current, invalid);
  const anything = Object.values(desired).some((part) => part !== undefined);
  if (before.mode === "unknown" && anything) return refusedPlan(current, [unknownMode()]);
  const resolved = resolveFacets(desired, before, options);
  if (resolved.refusals.length > 0) return refusedPlan(current, resolved.refusals, resolved.warnings);
  const own = (desired.profiles ?? [])
    .filter((profile) => profile.exclusive)
    .map((profile) => ({ id: profile.id.toLowerCase(), place: profilePlace(profile) }));
  const exclusive = [...own, ...(options.exclusive ?? [])];
  const back = options.giveBack?.(resolved.facets) ?? new Map();
  const facets = new Map([...back, ...resolved.facets]);
  const verbatim = new Set([...back.keys()].filter((name) => !resolved.facets.has(name)));
  const closed = new Set(
    (desired.profiles ?? []).filter((profile) => profile.closed).map(({ id }) => id.toLowerCase()),
  );
  const plan = withWarnings(planFacets(current, { facets, exclusive, verbatim, closed }, options), resolved.warnings);
  // What is wrong with the declaration and was not refused above, the tenant has so already.
  const adopted = validateDesired(desired, options).filter(({ code }) =>
    plan.warnings.every((known) => known.code !== code),
  );
  return inProgramWords(withWarnings(plan, adopted.map(alreadyThere)), desired);
}

/** A plan whose problems call profiles as the program does. */
function inProgramWords(plan: Plan, desired: DesiredPolicy): Plan {
  const word = (problem: Problem): Problem => {
    const named = desired.profiles?.find(({ id }) => `${problem.place}.`.startsWith(`profiles.${id.toLowerCase()}.`));
    if (named === undefined) return problem;
    return { ...problem, place: profilePlace(named) + problem.place.slice(`profiles.${named.id}`.length) };
  };
  return { ...plan, refusals: plan.refusals.map(word), warnings: plan.warnings.map(word) };
}

function withWarnings(plan: Plan, warnings: readonly Problem[]): Plan {
  return warnings.length === 0 ? plan : { ...plan, warnings: [...warnings, ...plan.warnings] };
}

/** A plan that does nothing and says why. */
export function refusedPlan(
  current: Fido2Policy,
  refusals: readonly Problem[],
  warnings: readonly Problem[] = [],
): Plan {
  return {
    mode: normalizePolicy(current).mode,
    refusals,
    warnings,
    steps: [],
    changes: [],
    facets: new Map(),
    wanted: { facets: new Map() },
    digest: digestOf([]),
    before: current,
    after: current,
  };
}

/** Plans for parts of the policy whose values are known, such as those that a restore brings back. */
export function planFacets(current: Fido2Policy, wanted: FacetPlan, options: PlanOptions = {}): Plan {
  const before = normalizePolicy(current);
  if (before.mode === "unknown" && wanted.facets.size > 0) return refusedPlan(current, [unknownMode()]);
  const target = applyFacets(current, wanted.facets, { verbatim: wanted.verbatim ?? false, closed: wanted.closed });
  if (target.problems.length > 0) return refusedPlan(current, target.problems);
  const after = normalizePolicy(target.policy);
  const broken = findViolations(current, options.limits);
  const breaks = findViolations(target.policy, options.limits);
  const fresh = newViolations(broken, breaks).filter((violation) => !broughtBack(violation, wanted.verbatim ?? false));
  const overlaps = newOverlaps(before, after, wanted.exclusive ?? [], options.members ?? new Map());
  const refusals: Problem[] = [...fresh, ...overlaps.refusals];
  const near = nearSizeLimit(target.policy, options.limits);
  const warnings: Problem[] = [
    ...breaks.filter((known) => !fresh.includes(known) && concerns(known, wanted.facets)).map(alreadyThere),
    ...overlaps.warnings,
    ...compromisedModels(after, wanted.facets),
    ...(near === undefined ? [] : [near]),
  ];
  if (refusals.length > 0) return refusedPlan(current, refusals, warnings);
  const sequence = sequenceSteps(current, target.policy, before, after, options);
  if ("refusal" in sequence) return refusedPlan(current, [sequence.refusal], warnings);
  const changes = diffNormal(before, after);
  return {
    mode: before.mode,
    refusals: [],
    warnings,
    steps: sequence.steps,
    changes,
    facets: wanted.facets,
    wanted,
    digest: digestOf(sequence.steps.length === 0 ? [] : [sequence.steps.map((step) => step.body), changes]),
    before: current,
    after: target.policy,
  };
}

/**
 * Whether a violation is what the tenant had before and takes nobody's key, and so must not stand in the way of a restore:
 * attestation with synced keys only keeps synced ones from being registered, and a name is only a name.
 */
function broughtBack({ code, place }: Problem, restored: boolean | ReadonlySet<FacetName>): boolean {
  if ((code !== "attestationWithSynced" && code !== "nameInUse") || restored === false) return false;
  const profile = /^profiles\.([^.]+)/.exec(place)?.[1];
  return restored === true || [...restored].some((facet) => facet.startsWith(`profile/${profile}/`));
}

/**
 * Whether a violation is worth a warning: it locks people out, or it is in a part that the plan declares. What else is
 * wrong is for the owner of that part to hear.
 */
function concerns({ code, place }: Problem, facets: Facets): boolean {
  if (code === "emptyAllowList" || code === "noPasskeyTypes") return true;
  const profile = /^profiles\.([^.]+)/.exec(place)?.[1];
  const group = /^includeTargets\[([^\]]+)\]/.exec(place)?.[1];
  if (profile === undefined && group === undefined) return true;
  const own = profile === undefined ? [`include/${group}`] : [`profile/${profile}`];
  return [...facets.keys()].some((facet) => own.some((part) => facet === part || facet.startsWith(`${part}/`)));
}

function unknownMode(): Problem {
  return {
    code: "unknownMode",
    place: "policy",
    reason:
      "the tenant answered neither passkey profiles nor tenant-wide key restrictions, so it is not known how to write to it",
    wayOut: "Update this package, or check in the Entra admin centre what state the Passkey (FIDO2) method is in",
  };
}
