import { yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import { isGuid } from "../guid.js";

/**
 * Whether two ids mean the same user. An object id and a pseudonym, or two kinds of pseudonyms, cannot be told apart.
 */
export function sameUser(a: string, b: string): Acceptance {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  if (one === other) return "accepted";
  return isGuid(one) === isGuid(other) ? yes(false) : "unknown";
}
