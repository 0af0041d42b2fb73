import { GUID, many, required, shown, structure, words, type Structure } from "../shape/type.ts";
import { authenticationMethodTarget, configurationBase } from "./targets.ts";

/**
 * The Passkey (FIDO2) policy, in both versions since 2026-03-24.
 *
 * Sources: CSDL v1.0 of 2026-08-20; learn.microsoft.com/graph/api/resources/fido2authenticationmethodconfiguration,
 * .../passkeyprofile, .../fido2keyrestrictions, .../passkeyauthenticationmethodtarget; the order of the members, what is
 * answered while it is null, and the oddities of values: a live capture of a tenant in profile mode, July 2026.
 */

/** All nullable but the list, whose items are strings and not GUIDs (CSDL): the service itself has to look at them. */
export const fido2KeyRestrictions = structure("fido2KeyRestrictions", {
  isEnforced: shown("Edm.Boolean"),
  enforcementType: shown(words("allow", "block")),
  aaGuids: required(many("Edm.String")),
});

/** The page marks every member as required. `passkeyTypes` is one text of flags, without a space in the sample. */
export const passkeyProfile = structure("passkeyProfile", {
  id: required("Edm.String", { format: GUID }),
  name: shown("Edm.String"),
  passkeyTypes: shown({ words: ["deviceBound", "synced"], flags: true }, { format: /^\w+(,\w+)*$/ }),
  attestationEnforcement: required(words("disabled", "registrationOnly")),
  keyRestrictions: shown(fido2KeyRestrictions),
});

/** `allowedPasskeyProfiles` are Edm.Guid (CSDL), `[]` before the opt-in (sample). */
export const passkeyTarget = structure(
  "passkeyAuthenticationMethodTarget",
  { allowedPasskeyProfiles: required(many("Edm.Guid")) },
  { base: authenticationMethodTarget },
);

const common = {
  id: required("Edm.String", { readOnly: true, format: /^Fido2$/ }),
  isSelfServiceRegistrationAllowed: shown("Edm.Boolean"),
  // Null before the opt-in; taken to be read-only.
  defaultPasskeyProfile: shown("Edm.String", { readOnly: true, format: GUID }),
  includeTargets: required(many(passkeyTarget), { navigation: true }),
  passkeyProfiles: required(many(passkeyProfile), { navigation: true }),
};

/** Until mid-October 2027 (CSDL: RemovalDate 2027-10-15). */
export const fido2Configuration: Structure = structure(
  "fido2AuthenticationMethodConfiguration",
  { ...common, isAttestationEnforced: shown("Edm.Boolean"), keyRestrictions: shown(fido2KeyRestrictions) },
  { base: configurationBase },
);

/** After that date the two deprecated properties stop returning data (CSDL, message centre MC1188230). */
export const fido2Retired: Structure = structure("fido2AuthenticationMethodConfiguration", common, {
  base: configurationBase,
});
