/**
 * What stands around the Passkey (FIDO2) policy in the authentication methods policy: enough for clients that read the
 * whole of it, in the shape of a live capture of July 2026. Of it, only Temporary Access Pass can be written by HTTP.
 *
 * @see https://learn.microsoft.com/graph/api/authenticationmethodspolicy-get
 */
export const PARENT = {
  displayName: "Authentication Methods Policy",
  description:
    "The tenant-wide policy that controls which authentication methods are allowed in the tenant, authentication method registration requirements, and self-service password reset settings",
  policyVersion: "1.5",
  registrationEnforcement: {
    authenticationMethodsRegistrationCampaign: {
      snoozeDurationInDays: 1,
      state: "default",
      excludeTargets: [],
      includeTargets: [
        { id: "all_users", targetType: "group", targetedAuthenticationMethod: "microsoftAuthenticator" },
      ],
    },
  },
} as const;

/** A configuration of another method, with the members that identify it. */
export interface MethodSample {
  "@odata.type": string;
  id: string;
  state: string;
  [more: string]: unknown;
}

const ALL_USERS = { targetType: "group", id: "all_users", isRegistrationRequired: false };

function configuration(type: string, id: string, state: string, more: object = {}): MethodSample {
  return {
    "@odata.type": `#microsoft.graph.${type}AuthenticationMethodConfiguration`,
    id,
    state,
    excludeTargets: [],
    ...more,
  };
}

/** Id of the method that is written by HTTP besides FIDO2. */
export const TEMPORARY_ACCESS_PASS = "TemporaryAccessPass";

/** The other authentication methods, after FIDO2 in the list. */
export const OTHER_METHODS: readonly MethodSample[] = [
  configuration("microsoftAuthenticator", "MicrosoftAuthenticator", "enabled", {
    isSoftwareOathEnabled: false,
    includeTargets: [{ ...ALL_USERS, authenticationMode: "any" }],
  }),
  configuration("sms", "Sms", "disabled", { includeTargets: [{ ...ALL_USERS, isUsableForSignIn: false }] }),
  configuration("temporaryAccessPass", TEMPORARY_ACCESS_PASS, "disabled", {
    defaultLifetimeInMinutes: 60,
    defaultLength: 8,
    minimumLifetimeInMinutes: 60,
    maximumLifetimeInMinutes: 480,
    isUsableOnce: false,
    includeTargets: [ALL_USERS],
  }),
  configuration("softwareOath", "SoftwareOath", "disabled", { includeTargets: [ALL_USERS] }),
  configuration("voice", "Voice", "disabled", { includeTargets: [ALL_USERS] }),
  configuration("email", "Email", "disabled", { includeTargets: [ALL_USERS] }),
  configuration("hardwareOath", "HardwareOath", "disabled", { includeTargets: [ALL_USERS] }),
  configuration("x509Certificate", "X509Certificate", "disabled", {
    crlValidationConfiguration: { state: "disabled", exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] },
    includeTargets: [ALL_USERS],
  }),
  configuration("qrCodePin", "QRCodePin", "disabled", {
    standardQRCodeLifetimeInDays: 365,
    pinLength: 8,
    includeTargets: [ALL_USERS],
  }),
];
