import { derivedGuid } from "../guid.js";
import type { Passkey, Registrations } from "./types.js";

/** Id of every user's password (Graph docs). */
const PASSWORD_ID = "28c10230-6103-485e-b985-444c60001490";

/**
 * The objects of `GET /users/{id}/authentication/methods` for the words of `methodsRegistered`. Phone numbers and
 * addresses are made up. Words without a type of their own under `authentication`, such as certificates, have none.
 *
 * @see https://learn.microsoft.com/graph/api/authentication-list-methods
 */
export function methodObjects(
  userId: string,
  { methods, changed, passkeys }: Registrations,
  version: string,
): object[] {
  const inBeta = version === "beta" ? { createdDateTime: changed } : {};
  const context: Context = { userId, changed, inBeta };
  const others = methods.flatMap((word) => OBJECTS[word]?.(context) ?? []);
  // Two words for one app: push, and sign-in without a password.
  const seen = new Set<string>();
  const once = others.filter(({ id }) => !seen.has(id) && seen.add(id));
  return [
    { "@odata.type": type("password"), id: PASSWORD_ID, password: null, createdDateTime: changed },
    ...passkeys.map((passkey) => ({ "@odata.type": type("fido2"), ...passkeyObject(passkey, version) })),
    ...once,
  ];
}

/** A passkey as Graph answers it; `lastUsedDateTime` is in `beta` only. */
export function passkeyObject(passkey: Passkey, version: string): object {
  const { id, displayName, createdDateTime, lastUsedDateTime, aaGuid, model, ...rest } = passkey;
  const { attestationCertificates, attestationLevel, passkeyType } = rest;
  return {
    id,
    displayName,
    createdDateTime,
    ...(version === "beta" ? { lastUsedDateTime } : {}),
    aaGuid,
    model,
    attestationCertificates: [...attestationCertificates],
    attestationLevel,
    passkeyType,
  };
}

interface Context {
  userId: string;
  changed: string;
  /** For kinds that have a time of registration in beta only. */
  inBeta: { createdDateTime?: string };
}

type MethodObject = { "@odata.type": string; id: string } & Record<string, unknown>;

function phone(id: string, phoneType: string): (context: Context) => MethodObject {
  return ({ inBeta }) => ({
    "@odata.type": type("phone"),
    id,
    phoneNumber: "+1 5550100",
    phoneType,
    smsSignInState: "notConfigured",
    ...inBeta,
  });
}

function authenticator({ userId, changed }: Context): MethodObject {
  return {
    "@odata.type": type("microsoftAuthenticator"),
    id: derivedGuid(userId, "microsoftAuthenticator"),
    displayName: "Phone",
    deviceTag: "SoftwareTokenActivated",
    phoneAppVersion: "6.2606.0",
    createdDateTime: changed,
  };
}

// The ids of phones and of the address are the same for every user (Graph docs).
const OBJECTS: Readonly<Record<string, (context: Context) => MethodObject>> = {
  mobilePhone: phone("3179e48a-750b-4051-897c-87b9720928f7", "mobile"),
  alternateMobilePhone: phone("b6332ec1-7057-4abe-9331-3d72feddfe41", "alternateMobile"),
  officePhone: phone("e37fc753-ff3b-4958-9484-eaa9425c82bc", "office"),
  email: ({ inBeta }) => ({
    "@odata.type": type("email"),
    id: "3ddfcfc8-9383-446f-83cc-3ab9be4be18f",
    emailAddress: "someone@mail.example",
    ...inBeta,
  }),
  microsoftAuthenticatorPush: authenticator,
  microsoftAuthenticatorPasswordless: authenticator,
  softwareOneTimePasscode: ({ userId, inBeta }) => ({
    "@odata.type": type("softwareOath"),
    id: derivedGuid(userId, "softwareOath"),
    secretKey: null,
    ...inBeta,
  }),
  temporaryAccessPass: ({ userId, changed }) => ({
    "@odata.type": type("temporaryAccessPass"),
    id: derivedGuid(userId, "temporaryAccessPass"),
    temporaryAccessPass: null,
    createdDateTime: changed,
    startDateTime: changed,
    lifetimeInMinutes: 60,
    isUsableOnce: false,
    isUsable: true,
    methodUsabilityReason: "EnabledByPolicy",
  }),
  windowsHelloForBusiness: ({ userId, changed }) => ({
    "@odata.type": type("windowsHelloForBusiness"),
    id: derivedGuid(userId, "windowsHelloForBusiness"),
    displayName: "PC",
    createdDateTime: changed,
    keyStrength: "normal",
  }),
  macOsSecureEnclaveKey: ({ userId, changed }) => ({
    "@odata.type": type("platformCredential"),
    id: derivedGuid(userId, "platformCredential"),
    displayName: "Mac",
    createdDateTime: changed,
    keyStrength: "normal",
    platform: "macOS",
  }),
};

function type(name: string): string {
  return `#microsoft.graph.${name}AuthenticationMethod`;
}
