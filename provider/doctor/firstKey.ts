import {
  canRegisterFirstKey,
  NOBODY,
  type FirstKeyAnswer,
  type FirstKeyDocuments,
  type KeyModel,
  type Newcomer,
} from "../policy/access/index.js";
import { ALL_USERS, type Inventory, type NormalProfile } from "../policy/index.js";
import { notesOf, type Finding } from "./findings.js";

const notes = notesOf("firstKey");

/** What decides whether somebody without a key can register a first one. */
export interface FirstKeyFacts {
  readonly documents: FirstKeyDocuments;
  readonly inventory?: Inventory | undefined;
  readonly groupName: (id: string) => string;
}

/** A security key and a phone, for profiles that name no model. */
const USUAL_MODELS = [
  "2fc0579f-8113-47ea-b116-bb5a8db9202a", // YubiKey 5 Series with NFC
  "90a3ccdf-635c-4729-a248-9b709135078f", // Microsoft Authenticator for iOS
  "fa2b99dc-9e39-4257-8f92-4a30d23c4118", // YubiKey 5 Series with NFC, older
];

/**
 * Whether somebody of each group that the policy includes can register a first key by themselves: with a Temporary
 * Access Pass and nothing else, and where that is in doubt with a method that they have.
 */
export function checkFirstKey({ documents, inventory, groupName }: FirstKeyFacts): Finding[] {
  const { policy } = documents;
  if (policy.includeTargets.length === 0) {
    return [notes.warning("includeTargets", "the policy includes nobody", "Include a group with a profile")];
  }
  return policy.includeTargets.map((target) => {
    const subject = groupName(target.id);
    const profiles = policy.profiles.filter(({ id }) => target.profiles.includes(id));
    const groups = target.id === ALL_USERS ? [] : [target.id];
    const keys = profiles.flatMap(keysFor);
    const ask = (person: Partial<Newcomer>): FirstKeyAnswer | undefined =>
      best(keys.map((key) => canRegisterFirstKey(documents, { user: NOBODY, groups, ...person }, key)));
    const bare = ask({ otherMethods: [] });
    const people = withoutKey(inventory, groups);
    if (bare === undefined) {
      const says = "no profile of the group accepts a key that could be registered";
      return notes.error(subject, says, "Give its profile passkey types and models");
    }
    const [reason] = bare.reasons;
    const told = `${reason?.document ?? "the policy"}: ${reason?.reason ?? "no reason was given"}${people}`;
    const wayOut = reason?.wayOut ?? "Look at the policies above";
    if (bare.answer === "accepted") return notes.ok(subject, `a first key can be registered; ${told}`);
    if (bare.answer === "unknown") {
      return notes.warning(subject, `whether a first key can be registered is not known; ${told}`, wayOut);
    }
    if (ask({})?.answer === "rejected") {
      return notes.error(subject, `nobody without a key can register a first one; ${told}`, wayOut);
    }
    const only = "only somebody who has another method that does may register a first key";
    // Without a pass people start with the methods that they have. A policy that stands in the way keeps them from it, too,
    // but for the few who have what it asks for by other means, such as a certificate.
    return notes.as(reason?.rule === "proof" ? "warning" : "error", subject, `${only}; ${told}`, wayOut);
  });
}

const RANK = { accepted: 0, unknown: 1, rejected: 2 } as const;

function best(answers: readonly FirstKeyAnswer[]): FirstKeyAnswer | undefined {
  return [...answers].sort((a, b) => RANK[a.answer] - RANK[b.answer])[0];
}

/** Of a long list so many models are tried: they differ in little. */
const MOST_MODELS = 10;

/** Keys that a profile accepts, as far as that can be told, of each type. */
function keysFor({ passkeyTypes, keyRestrictions }: NormalProfile): KeyModel[] {
  const { isEnforced, enforcementType, aaGuids = [] } = keyRestrictions;
  const listed = new Set(aaGuids.map((aaguid) => aaguid.toLowerCase()));
  const allowList = isEnforced === true && enforcementType === "allow";
  const models = allowList ? [...listed].slice(0, MOST_MODELS) : USUAL_MODELS.filter((model) => !listed.has(model));
  const types = passkeyTypes === undefined ? ["deviceBound"] : [...passkeyTypes];
  return types.flatMap((passkeyType) =>
    models.map((aaguid) => ({ aaguid, passkeyType, attested: passkeyType === "deviceBound" })),
  );
}

/** How many of the people have no key yet, where an inventory tells. */
function withoutKey(inventory: Inventory | undefined, groups: readonly string[]): string {
  if (inventory === undefined) return "";
  const mine = inventory.people.filter((one) => groups.length === 0 || one.groups.some((id) => groups.includes(id)));
  const none = mine.filter(({ passkeys }) => passkeys?.length === 0).length;
  return ` (${none} of ${mine.length} people of the inventory have no passkey)`;
}
