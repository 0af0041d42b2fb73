import type { StrengthLimits, StrengthRequirement } from "../impact/inventory.js";
import { asksAlways, isAboutAction, scopeOf } from "./applies.js";
import { hasAlternative } from "./grants.js";
import type { ConditionalAccessPolicy } from "./model.js";

/** An authentication strength, as far as it says which methods will do. */
export interface Strength extends StrengthLimits {
  readonly name: string;
  /** In lower case. */
  readonly id?: string;
}

/**
 * What a policy with a strength asks of whom; undefined where it is about a user action and not about sign-in. Where it
 * could not be read whom it means, it may mean everyone.
 */
export function requirementOf(policy: ConditionalAccessPolicy, strength: Strength): StrengthRequirement | undefined {
  if (isAboutAction(policy)) return undefined;
  const { displayName, conditions, grantControls } = policy;
  const { name, id, ...limits } = strength;
  const everyone = { includeUsers: ["all"], excludeUsers: [], includeGroups: [], excludeGroups: [] };
  const { users = { ...everyone, includeRoles: [], excludeRoles: [] } } = conditions;
  return {
    policy: displayName,
    strength: name,
    ...(id !== undefined && { strengthId: id }),
    ...limits,
    ...scopeOf(users),
    conditional: !asksAlways(policy) || conditions.users === undefined || hasAlternative(grantControls),
  };
}
