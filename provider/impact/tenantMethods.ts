import { LicenceError, PermissionError } from "../graph/index.js";
import type { MethodPolicy, MethodTarget, StrengthRequirement, TenantMethods } from "../policy/index.js";
import type { MethodsGraph } from "./port.js";
import type { Pseudonyms } from "./pseudonyms.js";
import { whyUnreadable } from "./report.js";

/** What else decides whether someone can sign in, and why a part of it is not known. */
export interface KnownMethods extends TenantMethods {
  /** Why the policies of the other methods could not be read. */
  readonly methodsUnread?: string;
  /** Why Conditional Access could not be read. */
  readonly strengthsUnread?: string;
}

/**
 * Reads the policies of the other methods and the authentication strengths that Conditional Access asks for. Without
 * permission or licence for one of them that one is absent. Users are named as the inventory names them.
 */
export async function readTenantMethods(graph: MethodsGraph, pseudonyms: Pseudonyms): Promise<KnownMethods> {
  const [methods, strengths] = await Promise.all([
    orWhy(graph.readMethodPolicies()),
    orWhy(graph.readStrengthRequirements()),
  ]);
  return {
    ...(typeof methods === "string"
      ? { methodsUnread: methods }
      : { methods: methods.map((policy) => renamePolicy(policy, pseudonyms)) }),
    ...(typeof strengths === "string"
      ? { strengthsUnread: strengths }
      : { strengths: strengths.map((requirement) => renameRequirement(requirement, pseudonyms)) }),
  };
}

async function orWhy<T>(reading: Promise<T>): Promise<T | string> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof PermissionError || error instanceof LicenceError) return whyUnreadable(error);
    throw error;
  }
}

function renamePolicy(policy: MethodPolicy, pseudonyms: Pseudonyms): MethodPolicy {
  const rename = (targets: readonly MethodTarget[]) =>
    targets.map((target) => (target.targetType === "user" ? { ...target, id: pseudonyms.user(target.id) } : target));
  return { ...policy, includeTargets: rename(policy.includeTargets), excludeTargets: rename(policy.excludeTargets) };
}

function renameRequirement(requirement: StrengthRequirement, pseudonyms: Pseudonyms): StrengthRequirement {
  // Words such as `all` name nobody.
  const rename = (ids: readonly string[]) => ids.map((id) => (/^[a-z]+$/.test(id) ? id : pseudonyms.user(id)));
  const { includeUsers, excludeUsers } = requirement;
  return { ...requirement, includeUsers: rename(includeUsers), excludeUsers: rename(excludeUsers) };
}
