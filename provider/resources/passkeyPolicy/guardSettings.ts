import type { CheckedInputs } from "./inputs.js";
import { UNKNOWN_VALUE } from "./unknown.js";

/** The ids of profiles that a declaration calls exclusive. */
export function exclusiveOf(inputs: CheckedInputs | undefined): Set<string> {
  const exclusive = Object.entries(inputs?.profiles ?? {}).filter(([, profile]) => profile.exclusive === true);
  return new Set(exclusive.flatMap(([key]) => inputs!.resolved.profileIds[key] ?? []));
}

/** Object ids of groups that a declaration names; what is not known yet is left out. */
export function groupIds(inputs: CheckedInputs, groups: readonly string[] | undefined): string[] {
  return (Array.isArray(groups) ? (groups as readonly string[]) : [])
    .filter((group) => group !== UNKNOWN_VALUE)
    .map((group) => (inputs.resolved.groups[group] ?? group).toLowerCase());
}

/** The emergency accounts that a declaration names. */
export function breakGlassOf(inputs: CheckedInputs): { users: string[]; groups: string[] } | undefined {
  const { breakGlass } = inputs;
  if (breakGlass === undefined) return undefined;
  const users = (breakGlass.users ?? []).filter((user) => user !== UNKNOWN_VALUE);
  return { users, groups: groupIds(inputs, breakGlass.group === undefined ? [] : [breakGlass.group]) };
}
