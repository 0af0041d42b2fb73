import { yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import { isGuid } from "../guid.js";

/** The pseudonyms of an inventory; with one salt, two different ones are two people. */
const PSEUDONYM = /^p-[0-9a-f]{20}$/;

/** Whether two ids mean the same user. Ids of two kinds, such as an object id and a pseudonym, cannot be told apart. */
export function sameUser(a: string, b: string): Acceptance {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  if (one === other) return "accepted";
  const comparable = (isGuid(one) && isGuid(other)) || (PSEUDONYM.test(one) && PSEUDONYM.test(other));
  return comparable ? yes(false) : "unknown";
}
