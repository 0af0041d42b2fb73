import type { StrengthRequirement } from "../policy/index.js";
import { isObject, type Json } from "./transport.js";

/** An authentication strength, as far as it says which methods will do. */
export interface Strength {
  readonly name: string;
  readonly allowedCombinations: readonly string[];
  readonly allowedAaguids?: readonly string[];
}

/** Conditions that are looked at one by one; any other one that is set makes a policy conditional. */
const KNOWN = new Set(["users", "applications", "clientAppTypes"]);

/** What a Conditional Access policy asks of whom; undefined where it is about a user action and not about sign-in. */
export function toRequirement(policy: Json, strength: Strength): StrengthRequirement | undefined {
  const conditions = isObject(policy.conditions) ? policy.conditions : {};
  const applications = isObject(conditions.applications) ? conditions.applications : {};
  if (!isEmpty(applications.includeUserActions)) return undefined;
  const users = isObject(conditions.users) ? conditions.users : {};
  return {
    policy: typeof policy.displayName === "string" ? policy.displayName : String(policy.id),
    strength: strength.name,
    allowedCombinations: strength.allowedCombinations,
    ...(strength.allowedAaguids && { allowedAaguids: strength.allowedAaguids }),
    includeUsers: userIds(users.includeUsers, users.includeGuestsOrExternalUsers),
    excludeUsers: userIds(users.excludeUsers, users.excludeGuestsOrExternalUsers),
    includeGroups: words(users.includeGroups),
    excludeGroups: words(users.excludeGroups),
    includesRoles: !isEmpty(users.includeRoles),
    excludesRoles: !isEmpty(users.excludeRoles),
    conditional:
      !concernsAll(applications) ||
      !(isEmpty(conditions.clientAppTypes) || isAll(conditions.clientAppTypes)) ||
      Object.entries(conditions).some(([name, value]) => !KNOWN.has(name) && !name.includes("@") && restricts(value)) ||
      hasAlternative(policy.grantControls as Json),
  };
}

function userIds(ids: unknown, guests: unknown): string[] {
  const known = words(ids).filter((id) => id !== "none");
  return isEmpty(guests) ? known : [...new Set([...known, "guestsorexternalusers"])];
}

/** All resources, some of which may be left out. */
function concernsAll(applications: Json): boolean {
  return (
    isAll(applications.includeApplications) &&
    isEmpty(applications.includeAuthenticationContextClassReferences) &&
    isEmpty(applications.applicationFilter)
  );
}

/** Whether a control other than the strength would be enough. */
function hasAlternative({ operator, builtInControls, customAuthenticationFactors, termsOfUse }: Json): boolean {
  const others = [builtInControls, customAuthenticationFactors, termsOfUse];
  return operator !== "AND" && others.some((controls) => !isEmpty(controls));
}

/** Whether a condition narrows down when a policy asks. "All" of something with nothing left out does not. */
function restricts(value: unknown): boolean {
  if (isEmpty(value)) return false;
  if (!isObject(value)) return true;
  const members = Object.entries(value).filter(([name, member]) => !name.includes("@") && !isEmpty(member));
  return members.some(([name, member]) => !(name.startsWith("include") && isAll(member)));
}

function isAll(value: unknown): boolean {
  return Array.isArray(value) && value.length === 1 && String(value[0]).toLowerCase() === "all";
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.entries(value).every(([name, member]) => name.includes("@") || isEmpty(member));
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").map((item) => item.toLowerCase()) : [];
}
