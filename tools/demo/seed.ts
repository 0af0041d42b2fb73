import { seeds, type Seed } from "../../provider/dist/emulator/index.js";

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
