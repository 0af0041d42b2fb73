import { GUID, many, nullable, required, shown, structure, words, type Structure } from "../shape/type.ts";
import { entity } from "./targets.ts";

/**
 * What users have registered.
 *
 * Sources: types; CSDL of v1.0 for passkeyType; learn.microsoft.com/graph/api/resources/fido2authenticationmethod,
 * .../phoneauthenticationmethod (ids of phones), .../passwordauthenticationmethod, .../userregistrationdetails and the
 * pages of the other methods; samples of fido2authenticationmethod-list, authentication-list-methods.
 */

const created = { createdDateTime: nullable("Edm.DateTimeOffset", { readOnly: true }) };

/** Types: in v1.0 the base has an id only; beta adds two times. */
const methodBase = structure(
  "authenticationMethod",
  {
    createdDateTime: nullable("Edm.DateTimeOffset", { only: "beta" }),
    lastUsedDateTime: nullable("Edm.DateTimeOffset", { only: "beta" }),
  },
  { base: entity },
);

function method(name: string, properties: Structure["properties"]): Structure {
  return structure(`${name}AuthenticationMethod`, properties, { base: methodBase });
}

/** publicKeyCredential is used by the registration on behalf of users and never answered in a sample. */
export const passkey = method("fido2", {
  ...created,
  displayName: shown("Edm.String"),
  aaGuid: shown("Edm.String", { format: GUID }),
  model: shown("Edm.String"),
  attestationCertificates: required(many("Edm.String")),
  attestationLevel: shown(words("attested", "notAttested")),
  passkeyType: shown(words("deviceBound", "synced")),
});

const named = { displayName: nullable("Edm.String"), ...created };
const keyStrength = nullable(words("normal", "weak", "unknown"));
/** The page lists the ids: mobile, alternate mobile, office. */
const PHONE =
  /^(3179e48a-750b-4051-897c-87b9720928f7|b6332ec1-7057-4abe-9331-3d72feddfe41|e37fc753-ff3b-4958-9484-eaa9425c82bc)$/;
const phoneState = words(
  "notSupported",
  "notAllowedByPolicy",
  "notEnabled",
  "phoneNumberNotUnique",
  "ready",
  "notConfigured",
);

/** Every kind that the emulator answers; `@odata.type` tells which. */
export const anyMethod: Structure = structure("authenticationMethod", methodBase.properties, {
  base: entity,
  abstract: true,
  derived: () => [
    passkey,
    // The password itself is never answered.
    method("password", { ...created, password: nullable("Edm.String", { format: /^$/ }) }),
    method("phone", {
      id: required("Edm.String", { format: PHONE }),
      phoneNumber: shown("Edm.String", { format: /^\+\d+ \d+(x\d+)?$/ }),
      phoneType: shown(words("mobile", "alternateMobile", "office")),
      smsSignInState: shown(phoneState),
    }),
    method("email", { emailAddress: shown("Edm.String") }),
    method("microsoftAuthenticator", {
      ...named,
      deviceTag: nullable("Edm.String"),
      phoneAppVersion: nullable("Edm.String"),
      clientAppName: nullable(words("microsoftAuthenticator", "outlookMobile"), { only: "beta" }),
    }),
    method("softwareOath", { secretKey: nullable("Edm.String", { format: /^$/ }) }),
    method("temporaryAccessPass", {
      ...created,
      temporaryAccessPass: nullable("Edm.String", { format: /^$/ }),
      startDateTime: nullable("Edm.DateTimeOffset"),
      lifetimeInMinutes: nullable("Edm.Int32"),
      isUsableOnce: nullable("Edm.Boolean"),
      isUsable: nullable("Edm.Boolean"),
      methodUsabilityReason: nullable("Edm.String"),
    }),
    method("windowsHelloForBusiness", { ...named, keyStrength }),
    method("platformCredential", {
      ...named,
      keyStrength,
      platform: nullable(words("unknown", "windows", "macOS", "iOS", "android", "linux")),
    }),
  ],
});

const secondary = words("push", "oath", "voiceMobile", "voiceAlternateMobile", "voiceOffice", "sms", "none");

/**
 * .../resources/userregistrationdetails. `methodsRegistered` are strings (types); the words are those of the page and of
 * the metadata's usageAuthMethod.
 */
export const registrationDetails = structure(
  "userRegistrationDetails",
  {
    id: required("Edm.String", { format: GUID }),
    isAdmin: shown("Edm.Boolean"),
    isMfaCapable: required("Edm.Boolean"),
    isMfaRegistered: required("Edm.Boolean"),
    isPasswordlessCapable: required("Edm.Boolean"),
    isSsprCapable: required("Edm.Boolean"),
    isSsprEnabled: required("Edm.Boolean"),
    isSsprRegistered: required("Edm.Boolean"),
    isSystemPreferredAuthenticationMethodEnabled: shown("Edm.Boolean"),
    lastUpdatedDateTime: required("Edm.DateTimeOffset"),
    methodsRegistered: required(many("Edm.String", /^[a-z]\w+$/)),
    systemPreferredAuthenticationMethods: required(many(secondary)),
    userDisplayName: required("Edm.String"),
    userPreferredMethodForSecondaryAuthentication: shown(secondary),
    userPrincipalName: required("Edm.String"),
    userType: shown(words("member", "guest")),
    // Of the type defaultMfaMethodType; no sample has it.
    defaultMfaMethod: nullable("Edm.String", { only: "beta" }),
  },
  { base: entity },
);
