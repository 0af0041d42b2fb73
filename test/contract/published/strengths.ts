import { GUID, many, nullable, required, shown, structure, words, type Structure } from "../shape/type.ts";
import { entity } from "./targets.ts";

/**
 * Authentication strengths.
 *
 * Sources: types; learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy, .../fido2combinationconfiguration,
 * .../updateallowedcombinationsresult; samples of authenticationstrengthroot-list-policies.
 */

/** Flags: a combination joins several. `qrCodePin` is in the types of beta. */
const combination = {
  words: [
    ...["password", "voice", "hardwareOath", "softwareOath", "sms", "fido2", "windowsHelloForBusiness"],
    ...["microsoftAuthenticatorPush", "deviceBasedPush", "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse"],
    ...["email", "x509CertificateSingleFactor", "x509CertificateMultiFactor"],
    ...["federatedSingleFactor", "federatedMultiFactor", "qrCodePin"],
  ],
  flags: true,
} as const;

/** `allowedAAGUIDs` are strings, the list is Nullable=false (CSDL). */
export const fido2Combination = structure(
  "fido2CombinationConfiguration",
  {
    id: required("Edm.String", { readOnly: true, format: GUID }),
    appliesToCombinations: required(many(combination, /^fido2$/)),
    allowedAAGUIDs: required(many("Edm.String")),
  },
  { base: entity },
);

export const anyCombination: Structure = structure(
  "authenticationCombinationConfiguration",
  { appliesToCombinations: required(many(combination)) },
  { base: entity, abstract: true, derived: () => [fido2Combination] },
);

/** The sample of the list has the configurations inside without being asked. */
export const strength = structure(
  "authenticationStrengthPolicy",
  {
    id: required("Edm.String", { readOnly: true, format: GUID }),
    createdDateTime: required("Edm.DateTimeOffset", { readOnly: true }),
    modifiedDateTime: required("Edm.DateTimeOffset", { readOnly: true }),
    displayName: required("Edm.String"),
    description: shown("Edm.String"),
    policyType: required(words("builtIn", "custom"), { readOnly: true }),
    requirementsSatisfied: required({ words: ["none", "mfa"], flags: true }, { readOnly: true }),
    allowedCombinations: required(many(combination)),
    combinationConfigurations: required(many(anyCombination), { navigation: true }),
  },
  { base: entity },
);

export const updateResult = structure("updateAllowedCombinationsResult", {
  previousCombinations: required(many(combination)),
  currentCombinations: required(many(combination)),
  conditionalAccessReferences: required(many("Edm.String", GUID)),
  additionalInformation: nullable("Edm.String"),
});
