import { DEFAULT_PROFILE_ID, DEFAULT_PROFILE_NAME } from "../fido2/types.js";
import type { TenantSeed } from "../seed.js";
import { MODELS, passkey, unproven } from "./models.js";
import { addressesOf, peopleOf, type PersonTraits } from "./person.js";

const domain = "riverside.example";
const ADMINISTRATORS = "b1a5c0de-0000-4000-8000-0000000000a1";
const OFFICE = "b1a5c0de-0000-4000-8000-0000000000a2";

const push = "microsoftAuthenticatorPush";
const phone = "mobilePhone";

/** Shared workstations: keys, and the app for those who carry a phone. */
const nurses: Record<string, PersonTraits> = {
  "Agnes Moreau": { passkeys: [passkey("securityKey", 10)] },
  "Bela Ionescu": { passkeys: [passkey("securityKey", 10)], methods: [push] },
  "Carla Mendes": { passkeys: [passkey("securityKey", 11), passkey("iPhone", 40)], methods: [push] },
  "Dana Kovacs": { passkeys: [passkey("android", 41)], methods: [push, phone] },
  "Edo Haruna": { passkeys: [passkey("ePass", 2)], methods: [phone] },
  "Fatma Celik": { passkeys: [unproven("ePass", 1)] },
  "Gita Rao": { passkeys: [unproven("securityKey", 3)], methods: ["softwareOneTimePasscode"] },
  "Hanne Vos": { methods: [push] },
  "Iris Lund": { methods: ["temporaryAccessPass"] },
  "Joao Reis": {},
  "Karin Holm": { passkeys: [passkey("securityKey", 12)], accountEnabled: false },
};

const physicians: Record<string, PersonTraits> = {
  "Lena Fischer": { passkeys: [passkey("yubiKey5", 5), passkey("iPhone", 60)], methods: [push] },
  "Marek Zeman": { passkeys: [passkey("yubiKey57", 70)] },
  "Nadia Benali": { passkeys: [passkey("bio", 20)], methods: [push, "windowsHelloForBusiness"] },
  "Oscar Nilsen": { passkeys: [passkey("card", 21)], methods: ["certificateBasedAuthentication"] },
  "Petra Simic": { passkeys: [passkey("windowsHello", 130)], methods: ["windowsHelloForBusiness", phone] },
  "Quentin Roy": { passkeys: [passkey("iCloud", 90)], methods: [phone] },
  "Rana Saleh": { passkeys: [passkey("revoked", 4)], methods: [push] },
};

const administrators: Record<string, PersonTraits> = {
  "Silas Boone": { passkeys: [passkey("yubiKey5", 6), passkey("yubiKey57", 71)], isAdmin: true },
  "Tove Dahl": { passkeys: [passkey("yubiKey5", 6)], isAdmin: true, methods: [push] },
  "Uri Katz": { passkeys: [passkey("securityKey", 8)], isAdmin: true, methods: [push] },
};

/** Administrators through a nested group only. */
const helpdesk: Record<string, PersonTraits> = {
  "Vera Lopez": { passkeys: [passkey("yubiKey5", 9)], methods: [push] },
  "Wim Peeters": { passkeys: [passkey("android", 50)], methods: [push] },
};

const office: Record<string, PersonTraits> = {
  "Xenia Popa": { passkeys: [passkey("google", 91)], methods: [phone] },
  "Yara Nasser": { passkeys: [passkey("iCloud", 92), passkey("securityKey", 93)], methods: [push, phone] },
  "Zeno Marin": { methods: [phone, "email"] },
};

const students: Record<string, PersonTraits> = {
  "Adam Kruger": { passkeys: [passkey("securityKey", 100)] },
  "Bianca Serra": { passkeys: [passkey("google", 101)], methods: [phone] },
  "Cyril Fabre": { methods: ["qrCode"] },
};

const emergency: Record<string, PersonTraits> = {
  "Emergency One": { passkeys: [passkey("yubiKey5", 0)], isAdmin: true },
  "Emergency Two": { passkeys: [passkey("yubiKey57", 0)], isAdmin: true },
};

/** In no group that the policy targets. */
const others: Record<string, PersonTraits> = {
  "Ward Station": { passkeys: [unproven("securityKey", 2)] },
  "Visiting Auditor": { userType: "Guest", methods: [push] },
  "Former Director": { passkeys: [passkey("yubiKey5", 7)], accountEnabled: false, isAdmin: true },
};

const everyone = { ...nurses, ...physicians, ...administrators, ...helpdesk, ...office, ...students };
const aaGuids = (...names: (keyof typeof MODELS)[]) => names.map((name) => MODELS[name].aaGuid);
const allow = (...names: (keyof typeof MODELS)[]) => ({
  isEnforced: true,
  enforcementType: "allow",
  aaGuids: aaGuids(...names),
});

/** A hospital: three profiles, attested keys for those who treat patients, any passkey in the office. */
export const hospital: TenantSeed = {
  id: "7c2e9a40-1d3b-4b6f-9a57-0e8d5c4b3a04",
  displayName: "Riverside Hospital",
  domain,
  mode: "profiles",
  licence: "p2",
  policy: {
    state: "enabled",
    isSelfServiceRegistrationAllowed: true,
    defaultPasskeyProfile: DEFAULT_PROFILE_ID,
    includeTargets: [
      { id: "Nurses", allowedPasskeyProfiles: [DEFAULT_PROFILE_ID] },
      { id: "Physicians", allowedPasskeyProfiles: [DEFAULT_PROFILE_ID] },
      { id: "IT administrators", allowedPasskeyProfiles: [ADMINISTRATORS] },
      { id: "Break-glass", allowedPasskeyProfiles: [ADMINISTRATORS] },
      { id: "Office", allowedPasskeyProfiles: [OFFICE] },
      { id: "Students", allowedPasskeyProfiles: [DEFAULT_PROFILE_ID, OFFICE] },
    ],
    excludeTargets: [{ id: "Shared stations" }],
    passkeyProfiles: [
      {
        id: DEFAULT_PROFILE_ID,
        name: DEFAULT_PROFILE_NAME,
        passkeyTypes: "deviceBound",
        attestationEnforcement: "registrationOnly",
        keyRestrictions: allow("yubiKey5", "yubiKey57", "securityKey", "ePass", "bio", "card", "iPhone", "android"),
      },
      {
        id: ADMINISTRATORS,
        name: "Administrators",
        passkeyTypes: "deviceBound",
        attestationEnforcement: "registrationOnly",
        keyRestrictions: allow("yubiKey5", "yubiKey57", "securityKey"),
      },
      {
        id: OFFICE,
        name: "Office",
        passkeyTypes: "deviceBound,synced",
        attestationEnforcement: "disabled",
        keyRestrictions: { isEnforced: false, enforcementType: "allow", aaGuids: [] },
      },
    ],
  },
  methods: {
    MicrosoftAuthenticator: { state: "enabled", excludeTargets: [{ id: "IT administrators" }] },
    Sms: { state: "enabled", includeTargets: [{ id: "Office", isUsableForSignIn: false }] },
    TemporaryAccessPass: { state: "enabled" },
    X509Certificate: { state: "enabled", includeTargets: [{ id: "Physicians" }] },
  },
  authenticationStrengths: [
    {
      displayName: "Administrators' keys",
      allowedCombinations: ["fido2"],
      allowedAaguids: aaGuids("yubiKey5", "yubiKey57"),
    },
  ],
  conditionalAccess: [
    {
      displayName: "Administrators sign in with a key of theirs",
      conditions: { users: { includeGroups: ["IT administrators"], excludeGroups: ["Break-glass"] } },
      authenticationStrength: "Administrators' keys",
    },
    {
      displayName: "Physicians sign in without phishing",
      conditions: { users: { includeGroups: ["Physicians"], excludeGroups: ["Break-glass"] } },
      authenticationStrength: "00000000-0000-0000-0000-000000000004",
    },
    {
      displayName: "Everyone proves who they are",
      conditions: { users: { includeUsers: ["All"], excludeGroups: ["Break-glass", "Shared stations"] } },
      grantControls: { builtInControls: ["mfa"] },
    },
    {
      displayName: "Nurses sign in without phishing, being tried out",
      state: "enabledForReportingButNotEnforced",
      conditions: { users: { includeGroups: ["Nurses"] } },
      authenticationStrength: "Phishing resistant MFA",
    },
  ],
  groups: [
    { displayName: "Nurses" },
    { displayName: "Physicians" },
    { displayName: "Clinical staff", description: "Nurses and physicians, by nesting; the policy does not target it" },
    { displayName: "IT administrators", description: "Administrators, and the helpdesk by nesting" },
    { displayName: "Helpdesk" },
    { displayName: "Office" },
    { displayName: "Students" },
    { displayName: "Shared stations", description: "Accounts of machines, excluded from passkeys" },
    { displayName: "Break-glass", description: "Emergency accounts, with a key in the safe" },
  ],
  users: peopleOf({ ...everyone, ...emergency, ...others }, domain),
  memberships: {
    Nurses: addressesOf(nurses, domain),
    Physicians: addressesOf(physicians, domain),
    "Clinical staff": ["Nurses", "Physicians"],
    "IT administrators": [...addressesOf(administrators, domain), "Helpdesk"],
    Helpdesk: addressesOf(helpdesk, domain),
    Office: addressesOf(office, domain),
    Students: addressesOf(students, domain),
    "Shared stations": addressesOf({ "Ward Station": {} }, domain),
    "Break-glass": addressesOf(emergency, domain),
  },
};
