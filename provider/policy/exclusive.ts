import { acceptsMore } from "./acceptance.js";
import { ALL_USERS } from "./model.js";
import type { NormalIncludeTarget, NormalPolicy } from "./normalize.js";
import type { Problem } from "./problem.js";

/** The users of a group, nested membership included, or `undefined` where they could not be read. */
export type Members = ReadonlyMap<string, ReadonlySet<string>>;

export interface ExclusiveProfile {
  readonly id: string;
  /** The property path of the profile in the program. */
  readonly place: string;
  /** Another resource declares it: only an overlap that the plan brings about is refused. */
  readonly elsewhere?: boolean;
}

export interface ExclusiveFindings {
  readonly refusals: Problem[];
  readonly warnings: Problem[];
}

/**
 * Profiles are a union: a user may use a key that any one of their profiles accepts. An exclusive profile therefore holds
 * only as long as nobody in its groups is also covered by a profile that accepts more. The same group and `all_users`
 * are decided without members; for other groups `members` decides, and what is not in there stays unknown.
 */
export function findOverlaps(
  policy: NormalPolicy,
  exclusive: readonly ExclusiveProfile[],
  members: Members,
): ExclusiveFindings {
  const findings: ExclusiveFindings = { refusals: [], warnings: [] };
  for (const { id, place } of exclusive) {
    const strict = policy.profiles.find((profile) => profile.id === id);
    if (strict === undefined) continue;
    const looser = new Set(
      policy.profiles.filter((other) => other !== strict && acceptsMore(other, strict)).map(({ id }) => id),
    );
    const mine = policy.includeTargets.filter((target) => target.profiles.includes(id));
    if (mine.length === 0) continue;
    for (const target of policy.includeTargets) {
      const through = target.profiles.filter((profile) => looser.has(profile));
      if (through.length === 0) continue;
      for (const group of mine) addOverlap(findings, place, group, target, through, members);
    }
  }
  return findings;
}

/** What `findOverlaps` finds of a policy after a change; of profiles that others declare, only what is new. */
export function newOverlaps(
  before: NormalPolicy,
  after: NormalPolicy,
  exclusive: readonly ExclusiveProfile[],
  members: Members,
): ExclusiveFindings {
  const ours = findOverlaps(
    after,
    exclusive.filter(({ elsewhere }) => elsewhere !== true),
    members,
  );
  const others = exclusive.filter(({ elsewhere }) => elsewhere === true);
  const [old, now] = [findOverlaps(before, others, members), findOverlaps(after, others, members)];
  const fresh = (known: readonly Problem[], found: readonly Problem[]) =>
    found.filter(({ place, reason }) => !known.some((one) => one.place === place && one.reason === reason));
  return {
    refusals: [...ours.refusals, ...fresh(old.refusals, now.refusals)],
    warnings: [...ours.warnings, ...fresh(old.warnings, now.warnings)],
  };
}

/** The groups whose members decide whether exclusive profiles overlap; empty where no reading is needed. */
export function groupsToCompare(policy: NormalPolicy, exclusive: readonly ExclusiveProfile[]): string[] {
  const groups = new Set<string>();
  const unread = findOverlaps(policy, exclusive, new Map()).warnings;
  if (unread.length === 0) return [];
  for (const target of policy.includeTargets) {
    if (target.id !== ALL_USERS && target.targetType === "group") groups.add(target.id);
  }
  return [...groups];
}

/** Whom a target means: a group's members, a user alone, and for a newer kind of target it is not known. */
function peopleOf(target: NormalIncludeTarget, members: Members): ReadonlySet<string> | undefined {
  if (target.targetType === "user") return new Set([target.id]);
  return target.targetType === "group" ? members.get(target.id) : undefined;
}

function addOverlap(
  findings: ExclusiveFindings,
  place: string,
  mine: NormalIncludeTarget,
  theirs: NormalIncludeTarget,
  through: readonly string[],
  members: Members,
): void {
  const [group, other] = [mine.id, theirs.id];
  const profiles = through.join(" and ");
  const wayOut =
    "Put everyone else into a group of their own (a dynamic group with a rule that leaves these people out), target that " +
    `group instead of ${other}, and name ${other} in removedIncludeTargets`;
  const refuse = (who: string) =>
    findings.refusals.push({
      code: "exclusiveOverlap",
      place: `${place}.exclusive`,
      reason: `${who} also covered through ${other} by profile ${profiles}, which accepts keys that this profile does not`,
      wayOut,
    });
  if (group === other) return void refuse(`the group ${group} is`);
  if (other === ALL_USERS) return void refuse(`everyone in ${group} is`);
  if (group === ALL_USERS) return void refuse(`the members of ${other} are`);
  const a = peopleOf(mine, members);
  const b = peopleOf(theirs, members);
  if (a === undefined || b === undefined) {
    findings.warnings.push({
      code: "exclusiveUnknown",
      place: `${place}.exclusive`,
      reason: `whether someone in ${group} is also in ${other}, whose profile ${profiles} accepts more, is unknown: the members could not be read`,
      wayOut: "Grant GroupMember.Read.All, or make sure that the two groups share nobody",
    });
    return;
  }
  const shared = [...a].filter((user) => b.has(user)).length;
  if (shared > 0) refuse(`${shared} of the ${a.size} people in ${group} are`);
}
