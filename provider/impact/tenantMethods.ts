import { LicenceError, PermissionError } from "../graph/index.js";
import type { MethodTarget, TenantMethods } from "../policy/index.js";
import type { MethodsGraph } from "./port.js";
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
 * permission or licence for one of them that one is absent.
 *
 * @param nameOf what the inventory calls a user.
 */
export async function readTenantMethods(
  graph: MethodsGraph,
  nameOf: (objectId: string) => string,
): Promise<KnownMethods> {
  const [methods, strengths] = await Promise.all([
    orWhy(graph.readMethodPolicies()),
    orWhy(graph.readStrengthRequirements()),
  ]);
  const known = {
    ...(typeof methods !== "string" && { methods }),
    ...(typeof strengths !== "string" && { strengths }),
  };
  return {
    ...renameUsers(known, nameOf),
    ...(typeof methods === "string" && { methodsUnread: methods }),
    ...(typeof strengths === "string" && { strengthsUnread: strengths }),
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

/** The same rules with other names for the users that they name one by one. */
export function renameUsers({ methods, strengths }: TenantMethods, nameOf: (user: string) => string): TenantMethods {
  const ofTargets = (targets: readonly MethodTarget[]) =>
    targets.map((target) => (target.targetType === "user" ? { ...target, id: nameOf(target.id) } : target));
  // Words such as `all` name nobody.
  const ofUsers = (users: readonly string[]) => users.map((user) => (/^[a-z]+$/.test(user) ? user : nameOf(user)));
  return {
    ...(methods && {
      methods: methods.map((policy) => ({
        ...policy,
        includeTargets: ofTargets(policy.includeTargets),
        excludeTargets: ofTargets(policy.excludeTargets),
      })),
    }),
    ...(strengths && {
      strengths: strengths.map((requirement) => ({
        ...requirement,
        includeUsers: ofUsers(requirement.includeUsers),
        excludeUsers: ofUsers(requirement.excludeUsers),
      })),
    }),
  };
}
