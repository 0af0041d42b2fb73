import { DEFAULT_PROFILE } from "../../policy/model.js";
import { pick, SETTINGS } from "../passkeyPolicy/inputs.js";
import type { CheckedInputs, GuardSettings, ProfileInputs } from "../passkeyPolicy/inputs.js";
import { OWN_PROFILE } from "../passkeyPolicy/places.js";
import type { Part } from "./part.js";

/** One passkey profile without its key restrictions. A new one needs name, passkey types and attestation. */
export interface PasskeyProfileInputs
  extends
    GuardSettings,
    Pick<ProfileInputs, "name" | "adopt" | "passkeyTypes" | "attestationEnforcement" | "exclusive"> {
  /**
   * `default` (the tenant's default profile; in a tenant that has not opted in to profiles the tenant-wide settings), or
   * the id of an existing profile. Default: a new profile, whose id follows from tenant, stack and resource.
   */
  profile?: string;
  /** How many profiles the tenant may have, the default one included. Default 3, Microsoft's limit. */
  profileLimit?: number;
}

/** The key under which a profile stands where it is written as a `PasskeyPolicy`. */
export const keyOf = (profile: string | undefined): string =>
  profile === DEFAULT_PROFILE ? DEFAULT_PROFILE : OWN_PROFILE;

/** The id of the one profile that a resource is about. */
export const profileIdOf = ({ resolved }: CheckedInputs): string => Object.values(resolved.profileIds)[0] ?? "";

const PARTS = ["name", "passkeyTypes", "attestationEnforcement"] as const;

export const passkeyProfile: Part<PasskeyProfileInputs> = {
  type: "PasskeyProfile",
  declared: ["profile", ...PARTS, "adopt", "exclusive", "profileLimit", ...SETTINGS],
  toPolicy({ profile, name, adopt, passkeyTypes, attestationEnforcement, exclusive, ...settings }) {
    const key = keyOf(profile);
    const id = key === OWN_PROFILE ? profile : undefined;
    const all = { id, name, adopt, passkeyTypes, attestationEnforcement, exclusive };
    return { ...settings, profiles: { [key]: pick(all, Object.keys(all) as (keyof typeof all)[]) } };
  },
  fromPolicy: ({ profiles }, declared) => ({ ...declared, ...pick(profiles?.[keyOf(declared.profile)] ?? {}, PARTS) }),
  id: profileIdOf,
  identity: (inputs) => ({ profile: profileIdOf(inputs) }),
  outputs: (inputs) => ({ profileId: profileIdOf(inputs) }),
  goneWith: (inputs) => (profileIdOf(inputs) === DEFAULT_PROFILE ? undefined : `profile/${profileIdOf(inputs)}`),
};
