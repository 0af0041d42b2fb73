/**
 * Who can sign in with what, straight from Microsoft's pages and by brute force, so that it can disagree with the
 * planner. It reads the policy as Graph returns it and shares no code with the package.
 */
import type { Fido2Policy, KeyRestrictions } from "../../provider/dist/policy/index.js";

/** `maybe` where something could not be read, or has a value that is newer than these pages. */
export type Verdict = "yes" | "no" | "maybe";

export interface Key {
  readonly user: string;
  readonly groups: readonly string[];
  readonly aaguid?: string | undefined;
  readonly passkeyType?: string | undefined;
}

const all = (...verdicts: Verdict[]): Verdict =>
  verdicts.includes("no") ? "no" : verdicts.includes("maybe") ? "maybe" : "yes";
const some = (...verdicts: Verdict[]): Verdict =>
  verdicts.includes("yes") ? "yes" : verdicts.includes("maybe") ? "maybe" : "no";
const opposite: Record<Verdict, Verdict> = { yes: "no", no: "yes", maybe: "maybe" };
const same = (a: string, b: string) => a === b || a.toUpperCase() === b.toUpperCase();

const isGraphId = (id: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);

function isIn(key: Key, target: { readonly id: string; readonly targetType: string }): Verdict {
  if (same(target.id, "all_users")) return "yes";
  switch (target.targetType) {
    case "group":
      return key.groups.some((group) => same(group, target.id)) ? "yes" : "no";
    case "user":
      return same(key.user, target.id) ? "yes" : isGraphId(key.user) ? "no" : "maybe";
    default:
      return "maybe";
  }
}

function passesModel(restrictions: KeyRestrictions | null | undefined, aaguid: string | undefined): Verdict {
  if (typeof restrictions?.isEnforced !== "boolean") return "maybe";
  if (!restrictions.isEnforced) return "yes";
  const list = restrictions.aaGuids;
  if (aaguid === undefined || !Array.isArray(list)) return "maybe";
  const listed: Verdict = list.some((entry) => same(entry, aaguid)) ? "yes" : "no";
  if (restrictions.enforcementType === "allow") return listed;
  return restrictions.enforcementType === "block" ? opposite[listed] : "maybe";
}

function passesType(flags: string | null | undefined, type: string | undefined): Verdict {
  if (typeof flags !== "string" || (type !== "deviceBound" && type !== "synced")) return "maybe";
  return flags.split(",").some((flag) => same(flag.trim(), type)) ? "yes" : "no";
}

/** Tenant-wide settings: without attestation synced passkeys work too; attestation is not retroactive. */
function passesLegacyType(isAttestationEnforced: boolean | null | undefined, type: string | undefined): Verdict {
  if (typeof isAttestationEnforced !== "boolean" || (type !== "deviceBound" && type !== "synced")) return "maybe";
  return isAttestationEnforced && type === "synced" ? "maybe" : "yes";
}

/** Whether a user can sign in with a key under a policy. */
export function canUse(policy: Fido2Policy, key: Key): Verdict {
  const on: Verdict = policy.state === "enabled" ? "yes" : policy.state === "disabled" ? "no" : "maybe";
  const excluded = some("no", ...(policy.excludeTargets ?? []).map((target) => isIn(key, target)));
  const profiles = policy.passkeyProfiles ?? [];
  const byTarget = (policy.includeTargets ?? []).map((target) => {
    if (profiles.length === 0) {
      const type = passesLegacyType(policy.isAttestationEnforced, key.passkeyType);
      return all(isIn(key, target), type, passesModel(policy.keyRestrictions, key.aaguid));
    }
    const inScope = profiles.filter(({ id }) =>
      (target.allowedPasskeyProfiles ?? []).some((allowed) => same(allowed, id)),
    );
    const byProfile = inScope.map((profile) =>
      all(passesType(profile.passkeyTypes, key.passkeyType), passesModel(profile.keyRestrictions, key.aaguid)),
    );
    return all(isIn(key, target), some("no", ...byProfile));
  });
  return all(on, opposite[excluded], some("no", ...byTarget));
}
