import { yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { NestedMembership, Person } from "./inventory.js";

/** What decides whether someone counts as a member. */
export interface MembershipContext {
  readonly nestedMembership: NestedMembership;
  /** The groups whose members were read; absent where everyone's groups are all known. */
  readonly groupsRead: ReadonlySet<string> | undefined;
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
