import { modelName } from "../../catalogue/index.js";
import { acceptsModel } from "../acceptance.js";
import { knownPasskeyType } from "../normalize.js";
import type { Key, Standing } from "../signIn.js";

/** Why a key stops working, or why that is not known. Ids only; {@link reasonText} has the words. */
export type Reason =
  /** Passkeys are turned off for the tenant. */
  | { readonly rule: "state" }
  /** The person is in an excluded group. */
  | { readonly rule: "excluded"; readonly groups: readonly string[] }
  /** No target means the person any more; the groups are those that did before. */
  | { readonly rule: "notCovered"; readonly groups: readonly string[] }
  /** The profiles that the person has do not accept this type of passkey. */
  | { readonly rule: "passkeyType"; readonly passkeyType: string; readonly profiles: readonly string[] }
  /** The profiles that the person has do not accept this model. */
  | { readonly rule: "model"; readonly aaguid: string; readonly profiles: readonly string[] }
  /** Conditional Access asks for a strength that nothing which is left satisfies. */
  | { readonly rule: "strength"; readonly policy: string; readonly strength: string }
  /** Something that decides could not be read. */
  | { readonly rule: "unread"; readonly what: Unread; readonly groups?: readonly string[] };

/** What could not be read. `membership`: whether someone is in a group, or only through a nested one. */
export type Unread = "passkeys" | "model" | "passkeyType" | "membership" | "attestation" | "otherMethods" | "policy";

/** Why a key that worked does not any more, for people with these standings. */
export function whyLost(before: Standing, after: Standing, key: Key): Reason {
  if (after.state === "rejected") return { rule: "state" };
  if (after.excluded === "accepted") return { rule: "excluded", groups: after.excludedBy };
  if (after.covers.length === 0) {
    return { rule: "notCovered", groups: [...new Set(before.covers.flatMap(({ targets }) => targets))].sort() };
  }
  const profiles = after.covers.map(({ profile }) => profile);
  const ids = profiles.map(({ id }) => id);
  const type = knownPasskeyType(key.passkeyType);
  const wrongModel = profiles.some(
    (profile) =>
      acceptsModel(profile.keyRestrictions, key.aaguid) === "rejected" &&
      (type === undefined || profile.passkeyTypes?.has(type) !== false),
  );
  if (wrongModel && key.aaguid !== undefined) return { rule: "model", aaguid: key.aaguid.toLowerCase(), profiles: ids };
  return { rule: "passkeyType", passkeyType: key.passkeyType ?? "unknown", profiles: ids };
}

/** Why it is not known whether a key goes on working, for people with these standings. */
export function whyUnknown(before: Standing, after: Standing, key: Key): Reason {
  for (const standing of [after, before]) {
    if (standing.state === "unknown") return { rule: "unread", what: "policy" };
    if (standing.excluded === "unknown") return { rule: "unread", what: "membership", groups: standing.excludedBy };
    const doubtful = standing.covers.filter(({ covered }) => covered === "unknown");
    if (doubtful.length > 0) {
      const groups = [...new Set(doubtful.flatMap(({ targets }) => targets))].sort();
      return { rule: "unread", what: "membership", groups };
    }
  }
  if (knownPasskeyType(key.passkeyType) === undefined) return { rule: "unread", what: "passkeyType" };
  if (key.aaguid === undefined) return { rule: "unread", what: "model" };
  const attested = [...before.covers, ...after.covers].some(
    ({ profile }) => profile.attestationEnforcement === "registrationOnly",
  );
  const synced = knownPasskeyType(key.passkeyType) === "synced";
  return { rule: "unread", what: attested && synced ? "attestation" : "policy" };
}

const UNREAD: Readonly<Record<Unread, string>> = {
  passkeys: "their passkeys could not be read",
  model: "the model of a passkey could not be read",
  passkeyType: "the type of a passkey could not be read",
  membership: "whether they are in a group, or count through a nested one, is not known",
  attestation: "whether synced passkeys go on working once attestation is enforced is not known",
  otherMethods: "what else they can sign in with could not be read",
  policy: "a part of the policy could not be read",
};

/** A reason in words, with models by name, and groups and profiles by their ids. */
export function reasonText(reason: Reason): string {
  switch (reason.rule) {
    case "state":
      return "passkeys are turned off for the tenant";
    case "excluded":
      return `excluded through group ${reason.groups.join(", ")}`;
    case "notCovered":
      return `no target covers them any more (before: ${reason.groups.join(", ")})`;
    case "passkeyType":
      return `${reason.passkeyType} passkeys are not accepted by profile ${reason.profiles.join(", ")}`;
    case "model":
      return `${modelName(reason.aaguid)} is not accepted by profile ${reason.profiles.join(", ")}`;
    case "strength":
      return `nothing that is left satisfies the authentication strength "${reason.strength}" of the Conditional Access policy "${reason.policy}"`;
    case "unread": {
      const groups = reason.groups === undefined ? "" : ` (${reason.groups.join(", ")})`;
      return `${UNREAD[reason.what]}${groups}`;
    }
  }
}
