import { resolve } from "node:path";
import { registrationsOf, uncoveredTargets } from "../../impact/index.js";
import type { FileInventory } from "../../impact/index.js";
import { ALL_USERS, isGuid, normalizePolicy } from "../../policy/index.js";
import type { Fido2Policy, Plan, Registration } from "../../policy/index.js";
import type { Host } from "../host.js";
import type { CheckedInputs } from "./inputs.js";

/** How old an inventory may be where the program does not say, in hours. */
export const DEFAULT_MAX_AGE = 24;

/** The inventory file that a program names, relative to the project's folder, and how old it may be, in hours. */
export function namedInventory({ inventory, inventoryMaxAge = DEFAULT_MAX_AGE }: CheckedInputs) {
  return inventory === undefined ? undefined : { path: resolve(inventory), maxAge: inventoryMaxAge };
}

/** The inventory file that a program names, where it names one. Throws where it cannot be used. */
export function fileOf(inputs: CheckedInputs, host: Host): FileInventory | undefined {
  const named = namedInventory(inputs);
  return named && host.people().file(named.path, named.maxAge, host.now());
}

/** The targets of the policy and of the declaration: who is in them decides whose keys count. */
function targetsOf(inputs: CheckedInputs, policy: Fido2Policy) {
  const named = (groups: readonly string[] | undefined) =>
    (groups ?? []).map((group) => (inputs.resolved.groups[group] ?? group).toLowerCase());
  const { includeTargets, excludeTargets } = normalizePolicy(policy);
  return {
    include: [
      ...new Set([
        ...includeTargets.map(({ id, targetType }) => (targetType === "group" ? id : ALL_USERS)),
        ...named(inputs.includeTargets?.map(({ group }) => group)),
      ]),
    ].sort(),
    exclude: [...new Set([...excludeTargets.map(({ id }) => id), ...named(inputs.excludeTargets)])].sort(),
  };
}

/** Everyone whom the policy covers or will cover, from Graph. */
async function passkeysOfGraph(
  inputs: CheckedInputs,
  policy: Fido2Policy,
  host: Host,
): Promise<readonly Registration[]> {
  const { include, exclude } = targetsOf(inputs, policy);
  const groups = [...include, ...exclude].filter(isGuid);
  const people = include.includes(ALL_USERS) ? "everyone" : include.filter(isGuid);
  return registrationsOf(await host.people().live({ people, groups }));
}

/**
 * Plans without an inventory first: only a plan that enforces a list for a moment needs one, and an old file must not
 * stand in the way of any other change. Without a file the passkeys are read from Graph.
 */
export async function planWithInventory(
  inputs: CheckedInputs,
  policy: Fido2Policy,
  host: Host,
  plan: (inventory: readonly Registration[] | undefined) => Plan,
): Promise<Plan> {
  const first = plan(undefined);
  if (!first.refusals.some(({ code }) => code === "toggleNeedsInventory")) return first;
  const because = (why: string): Plan => ({
    ...first,
    refusals: first.refusals.map((problem) =>
      problem.code === "toggleNeedsInventory" ? { ...problem, reason: `${problem.reason}; ${why}` } : problem,
    ),
  });
  const file = fileOf(inputs, host);
  if (file !== undefined) {
    const missing = uncoveredTargets(file, targetsOf(inputs, policy));
    if (missing.length === 0) return plan(registrationsOf(file));
    return because(`the inventory ${inputs.inventory} was not read for ${missing.join(", ")}`);
  }
  try {
    return plan(await passkeysOfGraph(inputs, policy, host));
  } catch (error) {
    if (!(error instanceof Error) || !UNREADABLE.has(error.name)) throw error;
    return because(`which keys are in use could not be read: ${error.message.replace(/\.$/, "")}`);
  }
}

/** Errors that say that people cannot be read with what this application may do. */
const UNREADABLE: ReadonlySet<string> = new Set(["PermissionError", "LicenceError", "ReportNeededError"]);
