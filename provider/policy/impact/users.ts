import { yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import { isGuid } from "../guid.js";

/** The pseudonyms of an inventory; with one salt, two different ones are two people. */
const PSEUDONYM = /^p-[0-9a-f]{20}$/;

/** What form the name of a user has; names of other forms cannot be told apart. */
export function userKind(user: string): "id" | "pseudonym" | "other" {
  const isPseudonym = PSEUDONYM.test(user.toLowerCase());
  return isGuid(user) ? "id" : isPseudonym ? "pseudonym" : "other";
}

/** Whether two ids mean the same user. Ids of two kinds, such as an object id and a pseudonym, cannot be told apart. */
export function sameUser(a: string, b: string): Acceptance {
  if (a.toLowerCase() === b.toLowerCase()) return "accepted";
  const kind = userKind(a);
  return kind !== "other" && kind === userKind(b) ? yes(false) : "unknown";
}
