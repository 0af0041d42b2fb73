import { many, nullable, required, shown, structure, words, type Structure } from "../shape/type.ts";
import { fido2Configuration, fido2Retired } from "./fido2.ts";
import {
  authenticationMethodTarget,
  configurationBase,
  entity,
  excludeTarget,
  featureConfiguration,
  featureState,
  plainTargets,
  targetType,
} from "./targets.ts";

/**
 * The authentication methods policy with all its configurations.
 *
 * Sources: types; learn.microsoft.com/graph/api/resources/authenticationmethodspolicy,
 * .../authenticationmethodsregistrationcampaign and the pages of the configurations; the ids: a live capture of July 2026
 * and the documentation of each method.
 */

function configuration(type: string, id: string, properties: Structure["properties"]): Structure {
  const own = { id: required("Edm.String", { readOnly: true, format: new RegExp(`^${id}$`) }), ...properties };
  return structure(`${type}AuthenticationMethodConfiguration`, own, { base: configurationBase });
}

/** .../resources/microsoftauthenticatorauthenticationmethodtarget: authenticationMode is Nullable=false. */
const authenticatorTarget = structure(
  "microsoftAuthenticatorAuthenticationMethodTarget",
  { authenticationMode: required(words("deviceBasedPush", "push", "any")) },
  { base: authenticationMethodTarget },
);

/** .../resources/microsoftauthenticatorfeaturesettings. Types: two more in beta. */
const authenticatorFeatures = structure("microsoftAuthenticatorFeatureSettings", {
  displayAppInformationRequiredState: nullable(featureConfiguration),
  displayLocationInformationRequiredState: nullable(featureConfiguration),
  companionAppAllowedState: nullable(featureConfiguration, { only: "beta" }),
  numberMatchingRequiredState: nullable(featureConfiguration, { only: "beta" }),
});

/** .../resources/smsauthenticationmethodtarget. */
const smsTarget = structure(
  "smsAuthenticationMethodTarget",
  { isUsableForSignIn: required("Edm.Boolean") },
  { base: authenticationMethodTarget },
);

/** Types: in beta the type has no members of its own. */
const voiceTarget = structure("voiceAuthenticationMethodTarget", {}, { base: authenticationMethodTarget });

const affinity = words("low", "high");
const certificateMode = words("x509CertificateSingleFactor", "x509CertificateMultiFactor");

/** Types: x509CertificateRule. */
const certificateRule = structure("x509CertificateRule", {
  identifier: nullable("Edm.String"),
  issuerSubjectIdentifier: nullable("Edm.String"),
  policyOidIdentifier: nullable("Edm.String"),
  x509CertificateAuthenticationMode: nullable(certificateMode),
  x509CertificateRequiredAffinityLevel: nullable(affinity),
  x509CertificateRuleType: nullable(words("issuerSubject", "policyOID", "issuerSubjectAndPolicyOID")),
});

/** Types: crlValidationConfiguration is not nullable in v1.0; the types of beta are older and lack it. */
const certificates = {
  authenticationModeConfiguration: nullable(
    structure("x509CertificateAuthenticationModeConfiguration", {
      x509CertificateAuthenticationDefaultMode: nullable(certificateMode),
      x509CertificateDefaultRequiredAffinityLevel: nullable(affinity),
      rules: required(many(certificateRule)),
    }),
  ),
  certificateUserBindings: required(
    many(
      structure("x509CertificateUserBinding", {
        x509CertificateField: nullable("Edm.String"),
        userProperty: nullable("Edm.String"),
        priority: required("Edm.Int32"),
        trustAffinityLevel: nullable(affinity),
      }),
    ),
    { answered: "maybe" },
  ),
  crlValidationConfiguration: required(
    structure("x509CertificateCRLValidationConfiguration", {
      state: required(words("disabled", "enabled")),
      exemptedCertificateAuthoritiesSubjectKeyIdentifiers: required(many("Edm.String")),
    }),
  ),
  issuerHintsConfiguration: nullable("unchecked", { only: "beta" }),
  certificateAuthorityScopes: nullable("unchecked", { only: "beta" }),
};

/**
 * .../resources/temporaryaccesspassauthenticationmethodconfiguration: types say nullable, the sample of the page for GET
 * has them all.
 */
export const temporaryAccessPass = configuration("temporaryAccessPass", "TemporaryAccessPass", {
  defaultLifetimeInMinutes: shown("Edm.Int32"),
  defaultLength: shown("Edm.Int32"),
  minimumLifetimeInMinutes: shown("Edm.Int32"),
  maximumLifetimeInMinutes: shown("Edm.Int32"),
  isUsableOnce: shown("Edm.Boolean"),
  ...plainTargets,
});

const others: readonly Structure[] = [
  configuration("microsoftAuthenticator", "MicrosoftAuthenticator", {
    isSoftwareOathEnabled: nullable("Edm.Boolean"),
    featureSettings: nullable(authenticatorFeatures),
    includeTargets: required(many(authenticatorTarget), { navigation: true }),
  }),
  configuration("sms", "Sms", { includeTargets: required(many(smsTarget), { navigation: true }) }),
  temporaryAccessPass,
  configuration("softwareOath", "SoftwareOath", plainTargets),
  configuration("voice", "Voice", {
    isOfficePhoneAllowed: nullable("Edm.Boolean"),
    includeTargets: required(many(voiceTarget), { navigation: true }),
  }),
  configuration("email", "Email", { allowExternalIdToUseEmailOtp: nullable(featureState), ...plainTargets }),
  // Types have it in beta only, the documentation names the id without a version: see UNKNOWN.
  configuration("hardwareOath", "HardwareOath", plainTargets),
  configuration("x509Certificate", "X509Certificate", { ...certificates, ...plainTargets }),
  // .../resources/qrcodepinauthenticationmethodconfiguration, in v1.0 since January 2026.
  configuration("qrCodePin", "QRCodePin", {
    pinLength: nullable("Edm.Int32"),
    standardQRCodeLifetimeInDays: nullable("Edm.Int32"),
    ...plainTargets,
  }),
];

/** What stands in a list, or is answered by itself: the `@odata.type` tells which it is. */
export function methodConfiguration(fido2: Structure): Structure {
  const { name, properties, base } = configurationBase;
  return structure(name, properties, { base, abstract: true, derived: () => [fido2, ...others] });
}

/** In the campaign the id of a method is in camel case: microsoftAuthenticator, since 2026 also fido2. */
const campaign = structure("authenticationMethodsRegistrationCampaign", {
  snoozeDurationInDays: required("Edm.Int32"),
  // Neither in the CSDL of v1.0 nor in a live capture of it.
  enforceRegistrationAfterAllowedSnoozes: nullable("Edm.Boolean", { only: "beta" }),
  state: required(featureState),
  excludeTargets: required(many(excludeTarget)),
  includeTargets: required(
    many(
      structure("authenticationMethodsRegistrationCampaignIncludeTarget", {
        id: required("Edm.String"),
        targetType: required(targetType),
        targetedAuthenticationMethod: shown("Edm.String", { format: /^[a-z]\w+$/ }),
      }),
    ),
  ),
});

/** Everything but the configurations is read-only here: the emulator has no PATCH of the parent. */
function policy(fido2: Structure): Structure {
  return structure(
    "authenticationMethodsPolicy",
    {
      displayName: shown("Edm.String", { readOnly: true }),
      description: shown("Edm.String", { readOnly: true }),
      // A live capture has seven digits after the second.
      lastModifiedDateTime: shown("Edm.DateTimeOffset", { readOnly: true, format: /\.\d{7}Z$/ }),
      policyVersion: shown("Edm.String", { readOnly: true }),
      policyMigrationState: shown(words("preMigration", "migrationInProgress", "migrationComplete")),
      reconfirmationInDays: nullable("Edm.Int32"),
      registrationEnforcement: shown(
        structure("registrationEnforcement", { authenticationMethodsRegistrationCampaign: shown(campaign) }),
      ),
      microsoftAuthenticatorPlatformSettings: nullable("unchecked", { only: "beta" }),
      reportSuspiciousActivitySettings: nullable("unchecked", { only: "beta" }),
      systemCredentialPreferences: nullable("unchecked", { only: "beta" }),
      authenticationMethodConfigurations: required(many(methodConfiguration(fido2)), { navigation: true }),
    },
    { base: entity },
  );
}

export const methodsPolicy = policy(fido2Configuration);
export const methodsPolicyRetired = policy(fido2Retired);
export const anyMethodConfiguration = methodConfiguration(fido2Configuration);
export const anyMethodRetired = methodConfiguration(fido2Retired);
