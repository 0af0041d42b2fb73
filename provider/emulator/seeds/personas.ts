import { DEFAULT_PROFILE_ID, DEFAULT_PROFILE_NAME } from "../fido2/types.js";
import type { Seed, TenantSeed } from "../seed.js";
import { passkey, unproven } from "./models.js";
import { addressesOf, peopleOf, type PersonTraits } from "./person.js";

const push = "microsoftAuthenticatorPush";

const students: Record<string, PersonTraits> = {
  "Ada Lund": { passkeys: [passkey("securityKey", 40)] },
  "Ben Okoye": { passkeys: [passkey("iPhone", 41)], methods: [push] },
  "Cleo Martin": {},
  "Dina Farouk": { passkeys: [passkey("securityKey", 42)], accountEnabled: false },
};

const nurses: Record<string, PersonTraits> = {
  "Erik Solberg": { passkeys: [passkey("fips", 20)] },
  "Farah Aziz": { passkeys: [passkey("fips", 21), passkey("android", 60)], methods: [push] },
  "Greta Olsen": { passkeys: [unproven("fips", 3)] },
  "Hugo Pires": {},
  "Noor Haddad": { passkeys: [passkey("android", 61)], methods: [push] },
};

const administrators: Record<string, PersonTraits> = {
  "Ines Duarte": { passkeys: [passkey("fips", 1), passkey("fips", 2)], isAdmin: true },
  "Jonas Weber": { passkeys: [passkey("fips", 5)], isAdmin: true, methods: [push] },
};

const everyoneElse: Record<string, PersonTraits> = {
  "Kira Nagy": { passkeys: [passkey("iPhone", 70)], methods: [push] },
  "Leo Fontana": { passkeys: [passkey("android", 71)], methods: [push] },
  "Maya Roth": { passkeys: [passkey("fips", 30)] },
};

const emergency: Record<string, PersonTraits> = {
  "Emergency One": { passkeys: [passkey("fips", 0)], isAdmin: true },
  "Emergency Two": { passkeys: [passkey("fips", 0)], isAdmin: true },
};

const everyone = { ...students, ...nurses, ...administrators, ...everyoneElse, ...emergency };

function tenant(
  id: string,
  displayName: string,
  domain: string,
  dialect: Pick<TenantSeed, "mode" | "policy">,
): TenantSeed {
  return {
    id,
    displayName,
    domain,
    licence: "p2",
    ...dialect,
    groups: [
      { displayName: "Students", description: "No phones in class" },
      { displayName: "Nurses", description: "Shared workstations, no phone at the bedside" },
      { displayName: "Administrators", description: "Secondary accounts, on privileged access workstations only" },
      { displayName: "Everyone else", description: "Whoever is in none of the other groups" },
      { displayName: "Break-glass", description: "Emergency accounts, with a key in the safe" },
    ],
    users: peopleOf(everyone, domain),
    memberships: {
      Students: addressesOf(students, domain),
      Nurses: addressesOf(nurses, domain),
      Administrators: addressesOf(administrators, domain),
      "Everyone else": addressesOf(everyoneElse, domain),
      "Break-glass": addressesOf(emergency, domain),
    },
  };
}

/**
 * Pupils, nurses, administrators, everyone else and emergency accounts in one tenant, for the example programs: first as
 * it is right after the migration to passkey profiles, then before it. One pupil and one nurse have
 * nothing but a phone.
 */
export const personas: Seed = {
  tenants: [
    tenant("5f0c7d1e-6a2b-4c83-9e4d-2b7a1c9d3e06", "Northbank Trust", "northbank.example", {
      mode: "profiles",
      policy: {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        defaultPasskeyProfile: DEFAULT_PROFILE_ID,
        passkeyProfiles: [
          {
            id: DEFAULT_PROFILE_ID,
            name: DEFAULT_PROFILE_NAME,
            passkeyTypes: "deviceBound,synced",
            attestationEnforcement: "disabled",
            keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [] },
          },
        ],
        includeTargets: [{ id: "all_users", allowedPasskeyProfiles: [DEFAULT_PROFILE_ID] }],
      },
    }),
    tenant("6a1d8e2f-7b3c-4d94-8f5e-3c8b2daf4f07", "Southbank Trust", "southbank.example", {
      mode: "legacy",
      policy: {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        isAttestationEnforced: false,
        keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [] },
        includeTargets: [{ id: "all_users" }],
      },
    }),
  ],
};
