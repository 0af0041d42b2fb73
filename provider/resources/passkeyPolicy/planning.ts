import { dropMissingGroups, isOurs, restoreFacets } from "../../apply/index.js";
import type { Managed, Restore, TenantSession } from "../../apply/index.js";
import {
  canonicalJson,
  facetPlace,
  groupsToCompare,
  isClosed,
  normalizePolicy,
  parseFacet,
  planChange,
  problemText,
  readFacet,
  sameFacet,
} from "../../policy/index.js";
import type {
  DesiredPolicy,
  FacetPlan,
  Facets,
  Fido2Policy,
  Plan,
  PlanOptions,
  Problem,
  ToggleMode,
} from "../../policy/index.js";
import { modelChangeLines } from "../../report/modelChanges.js";
import type { Host } from "../host.js";
import { inProgram, toDesired } from "./desired.js";
import type { GuardAnswer } from "./guard.js";
import type { CheckedInputs, Resolved } from "./inputs.js";
import { heirNotes, heirsOf } from "./handOver.js";
import type { Heirs } from "./handOver.js";
import { fileOf, planWithInventory } from "./inventory.js";
import { readOwner, resourceName } from "./owner.js";
import { programOf } from "./program.js";
import { mayBeUnfinished } from "./stopped.js";
import { mayBeDeclared, unplannedParts, unplannedProfiles } from "./unplanned.js";

/** A plan for one resource, with what it leaves alone. */
export interface ResourcePlan {
  readonly plan: Plan;
  readonly notes: readonly Problem[];
  /** The facets that the program declares; the plan's other ones are given back. */
  readonly declared: ReadonlySet<string>;
  /** Who declares what this resource declares no longer. */
  readonly heirs: Heirs;
}

/**
 * Plans what a resource declares together with what it declares no longer and gives back. The same for check, create and
 * update, so that a preview refuses what an update would refuse.
 *
 * @param policy as it is; for a preview as the program will have made it by then.
 * @param pending profiles that the program makes and of which a preview does not know enough yet.
 */
export async function planResource(
  policy: Fido2Policy,
  inputs: CheckedInputs,
  managed: Managed,
  host: Host,
  { toggle, pending = new Set() }: { toggle?: ToggleMode; pending?: ReadonlySet<string> } = {},
): Promise<ResourcePlan> {
  const waiting = Object.entries(inputs.resolved.profileIds).flatMap(([key, id]) => (pending.has(id) ? [key] : []));
  const unknown = unplannedProfiles(inputs, inputs.resolved, normalizePolicy(policy));
  const unplanned = new Set([...unknown, ...waiting, ...pending]);
  const session = host.session();
  const desired = mayBeClosed(toDesired(inputs, inputs.resolved, unplanned), inputs.owner);
  let restore: Restore = { facets: new Map(), notes: [] };
  let mine: ReadonlySet<string> = new Set();
  let heirs: Heirs = new Map();
  const giveBack = (declared: Facets) => {
    mine = new Set(declared.keys());
    const gone = (name: string) => !declared.has(name) && !replaced(name, declared) && !mayBeDeclared(name, inputs);
    const names = Object.keys(managed).filter(gone);
    heirs = heirsOf(session, inputs.owner, managed, names);
    restore = restoreFacets(
      policy,
      managed,
      names.filter((name) => !heirs.has(name)),
      declared,
    );
    return restore.facets;
  };
  const others = programOf(session).exclusive(inputs.owner);
  const options: PlanOptions = {
    toggle: toggle ?? inputs.toggle,
    limits: { profiles: inputs.profileLimit },
    exclusive: others,
    giveBack,
    purpose: purposeOf(desired, policy),
  };
  const own = Object.entries(inputs.profiles ?? {})
    .filter(([key, profile]) => profile.exclusive === true && !unplanned.has(key))
    .map(([key]) => ({ id: inputs.resolved.profileIds[key]!, place: `profiles.${key}` }));
  const plan = await comparingMembers(session, [...own, ...others], (members) =>
    planWithInventory(inputs, policy, host, (inventory) =>
      planChange(policy, desired, { ...options, members, inventory }),
    ),
  );
  // The service may want the enforced window after all: an inventory that cannot serve is said before anything is written.
  if (plan.steps.some(({ tentative }) => tentative)) fileOf(inputs, host);
  const words = (problem: Problem) => inProgram(problem, inputs, inputs.resolved);
  const warnings = [
    ...plan.warnings,
    ...waitingProfiles(plan),
    ...unplannedParts(inputs, unplanned),
    ...waiting.map(notKnownYet),
    ...changedByOthers(policy, managed, plan, () => mayBeUnfinished(host, inputs, managed)),
  ];
  return {
    plan: { ...plan, refusals: plan.refusals.map(words), warnings: warnings.map(words) },
    notes: [...restore.notes, ...heirNotes(session, heirs, inputs.owner)].map(words),
    declared: mine,
    heirs,
  };
}

/** A part of a profile that another resource is to make, and of which it does not know everything yet. */
const notKnownYet = (key: string): Problem => ({
  code: "unknownValue",
  place: `profiles.${key}`,
  reason: "the profile is not known well enough before the update, so this is not in the plan yet",
  wayOut: "It is checked again at update, which may still refuse it",
});

/** A `PasskeyProfile` has no key restrictions: a new profile is closed until somebody declares them. */
function mayBeClosed(desired: DesiredPolicy, owner: string): DesiredPolicy {
  if (readOwner(owner).type !== "PasskeyProfile" || desired.profiles === undefined) return desired;
  return { ...desired, profiles: desired.profiles.map((profile) => ({ ...profile, closed: true })) };
}

/** What the steps are for, where a profile is created before its key restrictions are. */
function purposeOf(desired: DesiredPolicy, policy: Fido2Policy): string | undefined {
  const { profiles } = normalizePolicy(policy);
  const isNew = (id: string) => profiles.every((profile) => profile.id !== id.toLowerCase());
  const closed = desired.profiles?.some(({ id, closed }) => closed === true && isNew(id));
  return closed ? "set what is declared, the new profile closed until its key restrictions come," : undefined;
}

/** Targets of profiles that wait for their key restrictions: nobody can tell yet what these people may use. */
function waitingProfiles(plan: Plan): Problem[] {
  const after = normalizePolicy(plan.after);
  const closed = new Set(after.profiles.filter(isClosed).map(({ id }) => id));
  const before = new Map(normalizePolicy(plan.before).includeTargets.map(({ id, profiles }) => [id, profiles]));
  return after.includeTargets.flatMap(({ id, profiles }) =>
    plan.facets.has(`include/${id}`) && profiles.some((one) => closed.has(one) && !before.get(id)?.includes(one))
      ? [
          {
            code: "closedProfile" as const,
            place: `includeTargets[${id}].profiles`,
            reason:
              "a profile of the group accepts no passkey until its key restrictions are there, so the people concerned are " +
              "not assessed until then",
            wayOut:
              "Take the profile's id from its PasskeyKeyRestrictions (profileId), so that the target comes after them",
          },
        ]
      : [],
  );
}

/** Whether what a plan does to people depends on key restrictions that another resource has yet to set. */
export const waitsForRestrictions = ({ plan }: ResourcePlan): boolean =>
  plan.warnings.some(({ code }) => code === "closedProfile");

/** An entry of a list that is owned whole now, or a list of which entries are owned: the new form decides. */
function replaced(name: string, declared: Facets): boolean {
  const facet = parseFacet(name);
  return facet.kind === "listed" && declared.has(`profile/${facet.profile}/aaGuids`);
}

/** Plans, and plans again with the members of groups where exclusive profiles make it matter who is in which. */
export async function comparingMembers(
  session: TenantSession,
  exclusive: NonNullable<FacetPlan["exclusive"]>,
  plan: (members?: ReadonlyMap<string, ReadonlySet<string>>) => Promise<Plan>,
): Promise<Plan> {
  const first = await plan();
  const groups = exclusive.length === 0 ? [] : groupsToCompare(normalizePolicy(first.after), exclusive);
  if (first.refusals.length > 0 || groups.length === 0) return first;
  return plan(await readMembers(session, groups));
}

/** The users of groups; a group whose members could not be read is not in the answer. */
async function readMembers(
  session: TenantSession,
  groups: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const members = new Map<string, ReadonlySet<string>>();
  for (const group of groups) {
    const users = await session.members(group);
    if (!(users instanceof Error)) members.set(group, users);
  }
  return members;
}

/**
 * Declared parts that someone else changed since this resource wrote them. Who set one back to what was there before has
 * changed it, too, unless the resource's own run was stopped before it wrote it.
 */
function changedByOthers(policy: Fido2Policy, managed: Managed, plan: Plan, unfinished: () => boolean): Problem[] {
  const now = normalizePolicy(policy);
  return Object.entries(managed).flatMap(([facet, value]) => {
    const wanted = plan.facets.get(facet);
    if (wanted === undefined || value.written === undefined || isOurs(now, facet, value)) return [];
    const live = readFacet(now, facet);
    if (sameFacet(live, wanted) || (sameFacet(live, value.prior) && unfinished())) return [];
    return [
      {
        code: "ownedValueChanged" as const,
        place: facetPlace(facet),
        reason: "someone else changed it since it was written here, and this update sets it back",
        wayOut: "Find out who (Entra audit log, category Policy), or leave it out of the program",
      },
    ];
  });
}

/** Takes restored targets out whose group is gone. Where groups cannot be read, the service decides. */
export async function checkRestoredGroups(restore: Restore, session: TenantSession): Promise<void> {
  const groups = [...restore.facets]
    .filter(([, value]) => value !== null)
    .map(([name]) => parseFacet(name))
    .flatMap((facet) => (facet.kind === "include" || facet.kind === "exclude" ? [facet.group] : []))
    .filter((group) => group !== "all_users");
  if (groups.length === 0) return;
  try {
    const { byId } = await session.groups(groups, []);
    dropMissingGroups(restore, new Set(groups.filter((group) => !byId.has(group))));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "PermissionError") throw error;
  }
}

/** Says that the lists are others because the catalogue is, where that is so; a program then need not have changed. */
export function editionLines(owner: string, before: Resolved | undefined, now: Resolved): string[] {
  const edition = ({ catalogue, additions }: Resolved) =>
    `FIDO metadata ${catalogue}${additions === undefined ? "" : ` with additions of ${additions}`}`;
  if (before === undefined || edition(before) === edition(now)) return [];
  if (canonicalJson(before.aaGuids) === canonicalJson(now.aaGuids)) return [];
  return [`${resourceName(owner)}: models were looked up in ${edition(before)}, and now in ${edition(now)}`];
}

/** What is not given back, or is not as it was written when it goes, as a line for people. */
export function noteLine(owner: string, note: Problem): string {
  const kind = note.code === "leftAlone" ? "left alone" : "warning";
  return `${resourceName(owner)}: ${kind}: ${problemText(note)}`;
}

/** A plan as lines for people, with what it does to them. */
export function planLines(
  owner: string,
  { plan, notes }: ResourcePlan,
  guard: Pick<GuardAnswer, "warnings" | "lines">,
): string[] {
  const name = resourceName(owner);
  const lines = [...plan.warnings, ...guard.warnings].map((warning) => `${name}: warning: ${problemText(warning)}`);
  lines.push(...notes.map((note) => noteLine(owner, note)));
  if (plan.refusals.length > 0 || plan.steps.length === 0) return lines;
  lines.push(`${name}: plan ${plan.digest}, ${plan.steps.length} step${plan.steps.length === 1 ? "" : "s"}`);
  for (const [index, step] of plan.steps.entries()) {
    lines.push(`${name}:   ${index + 1}. ${step.reason}${step.risk === undefined ? "" : ` (${step.risk})`}`);
  }
  const policies = [normalizePolicy(plan.after), normalizePolicy(plan.before)];
  lines.push(...modelChangeLines(plan.changes, policies).map((line) => `${name}:   ${line}`));
  lines.push(...guard.lines.map((line) => `${name}:   ${line}`));
  return lines;
}
