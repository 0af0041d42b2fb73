import { randomUUID } from "node:crypto";
import { sameId } from "../guid.js";
import type { Switches } from "../switches.js";
import { unreadMembers } from "./annotations.js";
import type { SentProfile } from "./body.js";
import { writeRestrictions, type Refuse } from "./restrictions.js";
import type { Fido2Policy, PasskeyProfile } from "./types.js";

const REQUIRED = ["name", "passkeyTypes", "attestationEnforcement", "keyRestrictions"];

/**
 * Writes the collection of profiles of a tenant in profile mode. It is replaced as a whole: a profile that is not sent
 * disappears. Whether include targets still refer to one that disappeared is checked by the caller, with the targets
 * of the same PATCH.
 */
export function writeProfiles(
  policy: Fido2Policy,
  sent: SentProfile[],
  switches: Switches,
  refuse: Refuse,
): PasskeyProfile[] {
  const profiles = sent.map((profile, index) => writeProfile(policy, profile, index, switches, refuse));
  profiles.forEach((profile, index) => {
    if (profiles.findIndex((other) => sameId(other.id, profile.id)) !== index) {
      refuse(`passkeyProfiles has the id ${profile.id} twice`);
    }
  });
  const before = policy.passkeyProfiles.find((profile) => sameId(profile.id, policy.defaultPasskeyProfile ?? ""));
  if (before !== undefined) {
    const after = profiles.find((profile) => sameId(profile.id, before.id));
    if (after === undefined) {
      return refuse(`the default passkey profile ${before.id} cannot be deleted`);
    }
    if (after.name !== before.name) {
      refuse("the default passkey profile cannot be renamed");
    }
  }
  return profiles;
}

function writeProfile(
  policy: Fido2Policy,
  sent: SentProfile,
  index: number,
  switches: Switches,
  refuse: Refuse,
): PasskeyProfile {
  const at = `passkeyProfiles[${index}]`;
  if (sent.id === undefined && switches.profileIdMissing === "refused") {
    refuse(`${at} has no id`);
  }
  const id = sent.id ?? randomUUID();
  const stored = policy.passkeyProfiles.find((profile) => sameId(profile.id, id));
  const missing = REQUIRED.filter((name) => sent[name] === undefined);
  if (missing.length > 0 && (switches.partialProfile === "refused" || stored === undefined)) {
    refuse(`${at} lacks ${missing.join(", ")}`);
  }
  const base = switches.partialProfile === "merge" ? stored : undefined;
  return {
    id,
    name: member(sent.name, base?.name),
    passkeyTypes: orderedTypes(member(sent.passkeyTypes, base?.passkeyTypes), switches.passkeyTypesOrder),
    // Nullable=false in the schema, so an omission that replaces can only fall back to the first member of the enum.
    attestationEnforcement: sent.attestationEnforcement ?? base?.attestationEnforcement ?? "disabled",
    keyRestrictions:
      sent.keyRestrictions === undefined
        ? (base?.keyRestrictions ?? null)
        : writeRestrictions(
            stored?.keyRestrictions ?? null,
            sent.keyRestrictions,
            `${at}.keyRestrictions`,
            switches,
            refuse,
          ),
    ...unreadMembers(sent, ["id", ...REQUIRED]),
  };
}

function member<T>(sent: T | null | undefined, stored: T | null | undefined): T | null {
  return sent === undefined ? (stored ?? null) : sent;
}

function orderedTypes(types: string | null, order: Switches["passkeyTypesOrder"]): string | null {
  if (types === null || order === "verbatim") {
    return types;
  }
  const rank = ["deviceBound", "synced"];
  const position = (flag: string) => (rank.includes(flag) ? rank.indexOf(flag) : rank.length);
  const flags = [...new Set(types.split(",").map((flag) => flag.trim()))];
  return flags.sort((a, b) => position(a) - position(b)).join(",");
}
