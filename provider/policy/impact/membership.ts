import { yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import { ALL_USERS } from "../model.js";
import type { NestedMembership, Person } from "./inventory.js";
import { sameUser } from "./users.js";

/** What decides whether someone counts as a member. */
export interface MembershipContext {
  readonly nestedMembership: NestedMembership;
  /** The groups whose members were read; absent where everyone's groups are all known. */
  readonly groupsRead: ReadonlySet<string> | undefined;
}

/**
 * Whether a target of a policy means someone. Targets that are users are old and no longer recommended, but Graph keeps
 * them.
 */
export function means(
  target: { readonly id: string; readonly targetType: string },
  member: Pick<Person, "user" | "groups" | "nested">,
  context: MembershipContext,
): Acceptance {
  const id = target.id.toLowerCase();
  if (id === ALL_USERS) return "accepted";
  if (target.targetType === "user") return sameUser(id, member.user);
  if (target.targetType !== "group") return "unknown";
  return isMember(id, member, context);
}

/** Whether someone counts as a member of a group (object id in lower case). */
export function isMember(
  group: string,
  { groups, nested }: Pick<Person, "groups" | "nested">,
  { nestedMembership, groupsRead }: MembershipContext,
): Acceptance {
  if (nested?.includes(group)) return nestedMembership === "unknown" ? "unknown" : yes(nestedMembership === "covered");
  if (groups.includes(group)) return "accepted";
  return groupsRead === undefined || groupsRead.has(group) ? "rejected" : "unknown";
}
