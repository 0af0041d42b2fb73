import type { TenantSeed } from "../seed.js";
import { MODELS, passkey, unproven } from "./models.js";
import { addressesOf, peopleOf, type PersonTraits } from "./person.js";

const domain = "lakeside.example";

const students: Record<string, PersonTraits> = {
  "Abel Ferreira": { passkeys: [unproven("securityKey", 15)] },
  "Britt Jansen": { passkeys: [unproven("securityKey", 15)] },
  "Chidi Eze": { passkeys: [passkey("securityKey", 16)], methods: ["email"] },
  "Dora Balint": { passkeys: [passkey("google", 30)] },
  "Emil Strand": { passkeys: [passkey("iCloud", 31)], methods: ["mobilePhone"] },
  "Flora Conti": { passkeys: [passkey("iCloud", 32), unproven("securityKey", 33)] },
  "Gus Wheeler": { methods: ["qrCode"] },
  "Hina Sato": {},
  "Ivo Maric": { passkeys: [unproven("securityKey", 17)], accountEnabled: false },
};

const teachers: Record<string, PersonTraits> = {
  "Jana Novotna": { passkeys: [unproven("yubiKey5", 20)], methods: ["microsoftAuthenticatorPush"] },
  "Kofi Mensah": { passkeys: [passkey("iPhone", 44)], methods: ["microsoftAuthenticatorPush"] },
  "Lucia Ortega": { passkeys: [passkey("android", 45), passkey("google", 46)] },
  "Milo Andersen": { methods: ["microsoftAuthenticatorPasswordless"] },
  "Nora Quinn": { methods: ["mobilePhone", "softwareOneTimePasscode"] },
};

const administrators: Record<string, PersonTraits> = {
  "Otto Brandt": { passkeys: [passkey("yubiKey5", 1), passkey("bio", 2)], isAdmin: true },
  "Paula Costa": { passkeys: [passkey("windowsHello", 131)], methods: ["windowsHelloForBusiness"], isAdmin: true },
};

const emergency: Record<string, PersonTraits> = {
  "Emergency A": { passkeys: [passkey("yubiKey5", 0)], isAdmin: true },
  "Emergency B": { isAdmin: true },
};

/** In no group. */
const others: Record<string, PersonTraits> = {
  "Parent Council": { userType: "Guest" },
  "Library Desk": { passkeys: [unproven("ePass", 18)] },
};

/** A school that has not opted in to profiles: no attestation, one blocked model, everyone covered. */
export const school: TenantSeed = {
  id: "9e1d4b72-8c35-4a0e-b6f9-3d7a2c5e1f05",
  displayName: "Lakeside School",
  domain,
  mode: "legacy",
  licence: "p1",
  policy: {
    state: "enabled",
    isSelfServiceRegistrationAllowed: true,
    isAttestationEnforced: false,
    keyRestrictions: { isEnforced: true, enforcementType: "block", aaGuids: [MODELS.revoked.aaGuid] },
    includeTargets: [{ id: "all_users" }],
  },
  methods: {
    Sms: { state: "enabled", includeTargets: [{ id: "Staff", isUsableForSignIn: false }] },
    QRCodePin: { state: "enabled", includeTargets: [{ id: "Students" }] },
  },
  conditionalAccess: [
    {
      displayName: "Administrators sign in without phishing",
      conditions: { users: { includeGroups: ["IT administrators"], excludeGroups: ["Break-glass"] } },
      authenticationStrength: "Phishing resistant MFA",
    },
  ],
  groups: [
    { displayName: "Students", description: "No phones in class" },
    { displayName: "Teachers" },
    { displayName: "Staff", description: "Teachers by nesting, and administrators" },
    { displayName: "IT administrators" },
    { displayName: "Break-glass", description: "Emergency accounts" },
  ],
  users: peopleOf({ ...students, ...teachers, ...administrators, ...emergency, ...others }, domain),
  memberships: {
    Students: addressesOf(students, domain),
    Teachers: addressesOf(teachers, domain),
    Staff: [...addressesOf(administrators, domain), "Teachers"],
    "IT administrators": addressesOf(administrators, domain),
    "Break-glass": addressesOf(emergency, domain),
  },
};
