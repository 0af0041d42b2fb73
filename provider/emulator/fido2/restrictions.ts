import { isGuid, sameId } from "../guid.js";
import type { Switches } from "../switches.js";
import { unreadMembers } from "./annotations.js";
import type { SentRestrictions } from "./body.js";
import type { KeyRestrictions } from "./types.js";

/** Refuses what the service's own validation would refuse. */
export type Refuse = (message: string) => never;

/**
 * What is stored when key restrictions are written over others: all the open questions about lists in one place.
 *
 * @param stored what the policy or the profile had, null for a new profile
 * @param at name of the place for the refusal
 */
export function writeRestrictions(
  stored: KeyRestrictions | null,
  sent: SentRestrictions | null,
  at: string,
  switches: Switches,
  refuse: Refuse,
): KeyRestrictions | null {
  if (sent === null) {
    return null;
  }
  const missing = ["isEnforced", "enforcementType", "aaGuids"].filter((name) => sent[name] === undefined);
  if (missing.length > 0 && switches.partialKeyRestrictions === "refused") {
    refuse(`${at} lacks ${missing.join(", ")}`);
  }
  const base = switches.partialKeyRestrictions === "merge" && stored !== null ? stored : emptyRestrictions();
  const written: KeyRestrictions = structuredClone({ ...base, ...unreadMembers(sent) });
  const malformed = written.aaGuids.find((aaguid) => !isGuid(aaguid));
  if (malformed !== undefined && switches.malformedAaguid === "refused") {
    refuse(`${at}.aaGuids has "${malformed}", which is no AAGUID`);
  }
  if (switches.aaguidCase === "lowered") {
    written.aaGuids = written.aaGuids.map((aaguid) => aaguid.toLowerCase());
  }
  const nobody = written.isEnforced === true && written.enforcementType === "allow" && written.aaGuids.length === 0;
  if (nobody && switches.emptyAllowList === "refused") {
    refuse(`${at} enforces an allow list without any AAGUID`);
  }
  return withListRule(stored, written, at, switches, refuse);
}

function withListRule(
  stored: KeyRestrictions | null,
  written: KeyRestrictions,
  at: string,
  switches: Switches,
  refuse: Refuse,
): KeyRestrictions {
  const listed = stored?.aaGuids ?? [];
  const added = written.aaGuids.filter((aaguid) => !listed.some((other) => sameId(other, aaguid)));
  if (written.isEnforced === true || added.length === 0) {
    return written;
  }
  switch (switches.listWhileNotEnforced) {
    case "accepted":
      return written;
    case "refused":
      return refuse(`${at}.aaGuids cannot get ${added.join(", ")} while isEnforced is not true`);
    case "dropped":
      return { ...written, aaGuids: [...listed] };
  }
}

function emptyRestrictions(): KeyRestrictions {
  return { isEnforced: null, enforcementType: null, aaGuids: [] };
}
