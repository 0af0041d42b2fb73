import { ALL_USERS } from "../model.js";
import type { NormalExcludeTarget, NormalPolicy } from "../normalize.js";
import { SignIn } from "../signIn.js";
import { SignInComparison } from "./kinds.js";

/** Whom a change can take a key from, as far as that can be told without knowing who has which. */
export interface Reach {
  /** Anyone in the tenant. */
  readonly everyone: boolean;
  /** The members of these groups, in lower case, and nobody else unless `everyone`. */
  readonly groups: readonly string[];
  /** These users, from targets that are users. */
  readonly users: readonly string[];
}

/** Whether a change takes no key from anyone, whoever has which: then no inventory is needed. */
export const reachesNobody = ({ everyone, groups, users }: Reach): boolean =>
  !everyone && groups.length === 0 && users.length === 0;

/**
 * Whom a change from one policy to another can take a key from: the members of targets whose keys do not all go on
 * working through the same target or through everyone's, and of groups that are excluded anew.
 */
export function reachOf(before: NormalPolicy, after: NormalPolicy): Reach {
  const reach = { everyone: false, groups: new Set<string>(), users: new Set<string>() };
  const add = ({ id, targetType }: { readonly id: string; readonly targetType: string }) => {
    if (id === ALL_USERS || (targetType !== "group" && targetType !== "user")) reach.everyone = true;
    else reach[targetType === "group" ? "groups" : "users"].add(id);
  };
  if (before.state !== "disabled") {
    const named = ({ id, targetType }: NormalExcludeTarget) => `${targetType} ${id}`;
    const excluded = new Set(before.excludeTargets.map(named));
    for (const target of after.excludeTargets) if (!excluded.has(named(target))) add(target);
    const comparison = new SignInComparison(new SignIn(before), new SignIn(after));
    const stopped = after.state !== before.state && after.state !== "enabled";
    const profiles = (policy: NormalPolicy, ids: readonly string[]) =>
      policy.profiles.filter(({ id }) => ids.includes(id));
    for (const target of before.includeTargets) {
      const still = after.includeTargets
        .filter(({ id, targetType }) => id === ALL_USERS || (id === target.id && targetType === target.targetType))
        .flatMap((same) => same.profiles);
      const others = profiles(after, still);
      const loses = profiles(before, target.profiles).some((profile) => !comparison.covers(others, profile));
      if (stopped || loses) add(target);
    }
  }
  return { everyone: reach.everyone, groups: [...reach.groups].sort(), users: [...reach.users].sort() };
}
