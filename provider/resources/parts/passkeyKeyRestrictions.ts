import { pick, SETTINGS } from "../passkeyPolicy/inputs.js";
import type { GuardSettings, KeyRestrictionsInputs, PasskeyPolicyInputs } from "../passkeyPolicy/inputs.js";
import { OWN_PROFILE } from "../passkeyPolicy/places.js";
import { keyOf, profileIdOf } from "./passkeyProfile.js";
import type { Part } from "./part.js";

/** The key restrictions of one passkey profile. What is left out is not managed. */
export interface PasskeyKeyRestrictionsInputs
  extends GuardSettings, KeyRestrictionsInputs, Pick<PasskeyPolicyInputs, "toggle"> {
  /** Whose they are: `profileId` of a `PasskeyProfile`, `default`, or the id of an existing profile. */
  profile: string;
}

const PARTS = [
  "isEnforced",
  "enforcementType",
  "models",
  "select",
  "microsoftAuthenticator",
  "windowsHello",
] as const satisfies readonly (keyof KeyRestrictionsInputs)[];

export const passkeyKeyRestrictions: Part<PasskeyKeyRestrictionsInputs> = {
  type: "PasskeyKeyRestrictions",
  declared: ["profile", ...PARTS, "toggle", ...SETTINGS],
  toPolicy(declared) {
    const { profile } = declared;
    const key = keyOf(profile);
    const settings = pick(declared, ["toggle", ...SETTINGS]);
    const keyRestrictions = pick<KeyRestrictionsInputs>(declared, PARTS);
    return { ...settings, profiles: { [key]: { ...(key === OWN_PROFILE && { id: profile }), keyRestrictions } } };
  },
  fromPolicy: ({ profiles }, declared) => ({
    profile: declared.profile,
    ...pick(declared, ["toggle", ...SETTINGS]),
    ...profiles?.[keyOf(declared.profile)]?.keyRestrictions,
  }),
  id: (inputs) => `${profileIdOf(inputs)}/keyRestrictions`,
  identity: (inputs) => ({ profile: profileIdOf(inputs) }),
  outputs: (inputs) => ({ profileId: profileIdOf(inputs) }),
};
