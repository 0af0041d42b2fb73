import { AUTHENTICATOR_AAGUIDS, seeds, type Seed, type TenantHandle } from "../../provider/dist/emulator/index.js";

/** "Security Key NFC by Yubico", one of the models of the student example. */
export const SECURITY_KEY = "e77e3c64-05e3-428b-8824-0cbeb04b829d";

const DEFAULT = "00000000-0000-0000-0000-000000000001";

/**
 * The school district after it opted in to passkey profiles and before anything was managed as code: everyone is
 * covered by the default profile, group by group, so that pupils can be moved to a narrower one.
 */
export function schoolSeed(): Seed {
  const { tenants } = structuredClone(seeds["school-district"]) as Seed;
  const [tenant] = tenants;
  if (tenant === undefined) throw new Error("the seed school-district has no tenant");
  tenant.mode = "profiles";
  tenant.policy = {
    state: "enabled",
    isSelfServiceRegistrationAllowed: true,
    defaultPasskeyProfile: DEFAULT,
    passkeyProfiles: [
      {
        id: DEFAULT,
        name: "Default passkey profile",
        passkeyTypes: "deviceBound,synced",
        attestationEnforcement: "disabled",
        keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [] },
      },
    ],
    includeTargets: ["Staff", "Break-glass", "Students"].map((id) => ({ id, allowedPasskeyProfiles: [DEFAULT] })),
  };
  return { tenants: [tenant] };
}

/**
 * Who has which passkeys: one pupil signs in with a phone and has nothing else, a second one has a security key, too, and
 * an emergency account has one in the safe.
 *
 * @returns the id of the pupil with nothing but a phone
 */
export function handOutKeys({ users, passkeys }: TenantHandle): string {
  const [first, second] = users.list();
  const emergency = users.list().find(({ displayName }) => displayName === "Emergency One");
  if (first === undefined || second === undefined || emergency === undefined) throw new Error("the seed has no people");
  for (const { id } of [first, second]) passkeys.add(id, { aaGuid: AUTHENTICATOR_AAGUIDS.ios, displayName: "Phone" });
  for (const { id } of [second, emergency]) passkeys.add(id, { aaGuid: SECURITY_KEY, attestationLevel: "attested" });
  return first.id;
}
