import { isUnknown } from "./desired.js";
import type { DesiredPolicy } from "./desired.js";
import { isGuid } from "./guid.js";
import { ALL_USERS } from "./model.js";
import type { NormalExcludeTarget, NormalPolicy } from "./normalize.js";
import type { Problem } from "./problem.js";

/** Whether a group stands among targets, in either letter case. */
function has(targets: readonly NormalExcludeTarget[] | undefined, id: string): boolean {
  return targets?.some((target) => target.id === id.toLowerCase()) ?? false;
}

/** Forms, duplicates and contradictions of targets and excludes. */
export function validateTargets(desired: DesiredPolicy, current: NormalPolicy | undefined): Problem[] {
  const lists = {
    includeTargets: (desired.includeTargets ?? []).map((target) => target.id),
    excludeTargets: (desired.excludeTargets ?? []).map((target) => target.id),
    removedIncludeTargets: desired.removedIncludeTargets ?? [],
    removedExcludeTargets: desired.removedExcludeTargets ?? [],
  };
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  const clash = (place: string, id: string, kind: string) => {
    const other = seen.get(`${kind} ${id}`);
    if (other === undefined) seen.set(`${kind} ${id}`, place);
    return other;
  };
  for (const [list, ids] of Object.entries(lists)) {
    for (const [index, id] of ids.entries()) {
      if (isUnknown(id)) continue;
      const place = `${list}[${index}]`;
      if (id !== ALL_USERS && !isGuid(id)) {
        const reason = `${JSON.stringify(id)} is not the object id of a group`;
        problems.push({ code: "malformedValue", place, reason, wayOut: "Use the group's object id, or all_users" });
        continue;
      }
      if (list === "excludeTargets" && id === ALL_USERS && !has(current?.excludeTargets, id)) {
        problems.push({
          code: "excludeAllUsers",
          place,
          reason: "excluding all_users would take every passkey from everyone, and Graph takes groups only",
          wayOut: "Exclude a security group, or set state to disabled if that is what you want",
        });
      }
      const other = clash(place, id.toLowerCase(), list.toLowerCase().includes("include") ? "include" : "exclude");
      if (other !== undefined) {
        const reason = `the group ${id} stands at ${other} already`;
        problems.push({ code: "duplicate", place, reason, wayOut: "Name each group once" });
      }
    }
  }
  const included = new Map(
    lists.includeTargets.map((id, index) => [isUnknown(id) ? id : id.toLowerCase(), index] as const),
  );
  for (const [index, id] of lists.excludeTargets.entries()) {
    if (isUnknown(id) || !included.has(id.toLowerCase())) continue;
    if (has(current?.includeTargets, id) && has(current?.excludeTargets, id)) continue;
    const other = included.get(id.toLowerCase());
    problems.push({
      code: "conflict",
      place: `excludeTargets[${index}]`,
      reason: `the group ${id} is also at includeTargets[${other}], and an exclude beats every include`,
      wayOut: "Name the group in one of the two",
    });
  }
  for (const [index, target] of (desired.includeTargets ?? []).entries()) {
    const now = current?.includeTargets.find(({ id }) => id === String(target.id).toLowerCase());
    const isSoAlready = now?.profiles.length === 0;
    if (target.profiles?.length === 0 && !isSoAlready) {
      const reason = "a target without any profile lets its members use no passkey";
      const wayOut = "Name at least one profile, or put the group into excludeTargets";
      problems.push({ code: "missingProfile", place: `includeTargets[${index}].profiles`, reason, wayOut });
    }
  }
  return problems;
}
