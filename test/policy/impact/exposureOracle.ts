/** Which keys somebody may use, or register without proof of the model: from the definitions, sharing no code. */
import type { Exposure, Fido2Policy } from "../../../provider/dist/policy/index.js";
import { AUTHENTICATOR, WINDOWS_HELLO } from "../util.ts";
import { MODELS } from "./cases.ts";
import { works } from "./oracle.ts";
import type { KnownKey } from "./oracle.ts";

const UNLISTED = "99999999-0000-4000-8000-000000000000";
export const KEYS: readonly KnownKey[] = [...MODELS, UNLISTED].flatMap((aaguid) =>
  (["deviceBound", "synced"] as const).map((passkeyType) => ({ aaguid, passkeyType })),
);

function signsIn(policy: Fido2Policy, groups: readonly string[], key: KnownKey, attestedTakesSynced: boolean): boolean {
  const person = { user: "p", groups, keys: [key], otherMethods: [], hasCertificate: false, isAdmin: false };
  const world = { attestedTakesSynced, conditionsMet: true, countLocalCredentials: false, methods: [], strengths: [] };
  return works(policy, person, key, world);
}

/** The policy without every profile that asks for attestation. */
function withoutAttested(policy: Fido2Policy): Fido2Policy {
  if (policy.passkeyProfiles!.length === 0)
    return policy.isAttestationEnforced ? { ...policy, includeTargets: [] } : policy;
  // Works are asked of targets and profiles by id: one that no profile has accepts nothing.
  const loose = policy.passkeyProfiles!.filter((profile) => profile.attestationEnforcement !== "registrationOnly");
  return { ...policy, passkeyProfiles: loose.length > 0 ? loose : [{ ...policy.passkeyProfiles![0]!, id: "none" }] };
}

export interface Gain {
  readonly key: KnownKey;
  /** To sign in with it, or to register it without proof of its model. */
  readonly to: "use" | "registerUnproven";
}

/** What somebody in these groups may do after a change, and could not before. */
export function gains(before: Fido2Policy, after: Fido2Policy, groups: readonly string[], world: boolean): Gain[] {
  return (["use", "registerUnproven"] as const).flatMap((to) => {
    const may = (policy: Fido2Policy, key: KnownKey) =>
      signsIn(to === "use" ? policy : withoutAttested(policy), groups, key, world);
    return KEYS.filter((key) => !may(before, key) && may(after, key)).map((key) => ({ key, to }));
  });
}

/** Whether an exposure speaks of a key. */
export function speaksOf({ kind, aaguids }: Exposure, { key, to }: Gain): boolean {
  switch (kind) {
    case "exclusionLifted":
    case "anyModel":
      return true;
    case "synced":
      return key.passkeyType === "synced";
    case "unattested":
      return to === "registerUnproven";
    case "microsoftAuthenticator":
      return AUTHENTICATOR.includes(key.aaguid);
    case "windowsHello":
      return WINDOWS_HELLO.includes(key.aaguid);
    default:
      return aaguids.includes(key.aaguid);
  }
}
