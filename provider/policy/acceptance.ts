import { lists } from "./facets.js";
import { ALL_USERS } from "./model.js";
import { knownPasskeyType } from "./normalize.js";
import type { NormalPolicy, NormalProfile, NormalRestrictions } from "./normalize.js";

/** One passkey of one user. */
export interface Registration {
  /** Any id that is unique within the inventory. */
  readonly id: string;
  /** Object id or pseudonym of the user. */
  readonly user: string;
  /** Object ids of the groups that the user is in, nested membership included. */
  readonly groups: readonly string[];
  /** Those of `groups` that the user is in through nested groups only. */
  readonly nested?: readonly string[];
  /** The authenticator model; absent where it could not be read. */
  readonly aaguid?: string;
  /** Absent or of a newer kind where it could not be read. */
  readonly passkeyType?: string;
}

/** Yes, no, or what could not be read. Unknown is never taken for yes or for no. */
export type Acceptance = "accepted" | "rejected" | "unknown";

export const yes = (condition: boolean): Acceptance => (condition ? "accepted" : "rejected");

export const not = (a: Acceptance): Acceptance => (a === "unknown" ? a : yes(a === "rejected"));

export function both(a: Acceptance, b: Acceptance): Acceptance {
  if (a === "rejected" || b === "rejected") return "rejected";
  return a === "unknown" || b === "unknown" ? "unknown" : "accepted";
}

export function any(values: readonly Acceptance[]): Acceptance {
  if (values.includes("accepted")) return "accepted";
  return values.includes("unknown") ? "unknown" : "rejected";
}

/** Whether key restrictions let a model through. Not enforced means that every model passes. */
export function acceptsModel(restrictions: NormalRestrictions, aaguid: string | undefined): Acceptance {
  if (restrictions.isEnforced === undefined) return "unknown";
  if (!restrictions.isEnforced) return "accepted";
  if (aaguid === undefined || restrictions.aaGuids === undefined) return "unknown";
  const listed = lists(restrictions.aaGuids, aaguid);
  if (restrictions.enforcementType === "allow") return yes(listed);
  if (restrictions.enforcementType === "block") return yes(!listed);
  return "unknown";
}

/** A newer kind of passkey stays unknown: two unread kinds are not the same kind. */
function acceptsType(types: ReadonlySet<string> | undefined, type: string | undefined): Acceptance {
  const known = knownPasskeyType(type);
  return types === undefined || known === undefined ? "unknown" : yes(types.has(known));
}

/** Whether a profile lets a key sign in: its type and its model. Attestation acts at registration only. */
export function acceptsKey(
  profile: NormalProfile,
  key: { readonly aaguid?: string | undefined; readonly passkeyType?: string | undefined },
): Acceptance {
  return both(acceptsType(profile.passkeyTypes, key.passkeyType), acceptsModel(profile.keyRestrictions, key.aaguid));
}

/** The ids of the profiles that apply to a member of `groups`: those of every include target that the user is in. */
export function profilesOf(policy: NormalPolicy, groups: readonly string[]): Set<string> {
  const member = new Set(groups.map((group) => group.toLowerCase()));
  return new Set(
    policy.includeTargets
      .filter((target) => target.id === ALL_USERS || member.has(target.id))
      .flatMap((target) => target.profiles),
  );
}

/**
 * Whether a profile accepts a key, at registration or at sign-in, that `reference` does not: another type, another
 * model, or a key whose model was never proven by attestation. What could not be read counts as more.
 */
export function acceptsMore(profile: NormalProfile, reference: NormalProfile): boolean {
  const types = profile.passkeyTypes;
  if (types === undefined || reference.passkeyTypes === undefined) return true;
  if ([...types].some((type) => knownPasskeyType(type) === undefined || !reference.passkeyTypes!.has(type)))
    return true;
  if (types.size === 0) return false;
  const bothAttest =
    reference.attestationEnforcement === "registrationOnly" && profile.attestationEnforcement === "registrationOnly";
  if (reference.attestationEnforcement !== "disabled" && !bothAttest) return true;
  return restrictsLess(profile.keyRestrictions, reference.keyRestrictions);
}

function restrictsLess(a: NormalRestrictions, reference: NormalRestrictions): boolean {
  if (reference.isEnforced === false) return false;
  if (reference.enforcementType === "block" && reference.aaGuids?.length === 0) return false;
  if (
    a.isEnforced !== true ||
    reference.isEnforced !== true ||
    a.aaGuids === undefined ||
    reference.aaGuids === undefined
  ) {
    return true;
  }
  const kinds = `${a.enforcementType}/${reference.enforcementType}`;
  if (kinds === "allow/allow") return a.aaGuids.some((aaguid) => !lists(reference.aaGuids, aaguid));
  if (kinds === "allow/block") return a.aaGuids.some((aaguid) => lists(reference.aaGuids, aaguid));
  if (kinds === "block/block") return reference.aaGuids.some((aaguid) => !lists(a.aaGuids, aaguid));
  return true; // a block list accepts models that no allow list names
}
