import { fido2Configuration } from "../published/fido2.ts";
import { temporaryAccessPass } from "../published/methods.ts";
import { AAGUID, groupId, typed, type Write } from "./write.ts";

const METHODS = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations";

const target = (id: string) => ({ id, targetType: "group" });
const restrictions = { isEnforced: true, enforcementType: "allow", aaGuids: [AAGUID] };

const fido2 = {
  shape: fido2Configuration,
  method: "PATCH",
  status: 204,
  path: () => `${METHODS}/fido2`,
  base: typed("fido2AuthenticationMethodConfiguration"),
} as const;

/** Configurations of authentication methods. */
export const methodWrites: readonly Write[] = [
  {
    name: "the passkey policy without profiles",
    seed: "contoso-legacy",
    ...fido2,
    sample: (world) => ({
      state: "enabled",
      isSelfServiceRegistrationAllowed: true,
      isAttestationEnforced: false,
      keyRestrictions: restrictions,
      includeTargets: [{ ...target("all_users"), isRegistrationRequired: false, allowedPasskeyProfiles: [] }],
      excludeTargets: [target(groupId(world))],
    }),
    unsent: { passkeyProfiles: "what they do before the opt-in is a switch" },
    nulls: ["state", "isSelfServiceRegistrationAllowed", "isAttestationEnforced", "keyRestrictions"],
  },
  {
    name: "the passkey policy with profiles",
    seed: "contoso-profiles",
    ...fido2,
    sample: ({ tenant }) => {
      const { defaultPasskeyProfile: id } = tenant.policy();
      const all = { ...target("all_users"), isRegistrationRequired: false };
      return {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        passkeyProfiles: tenant.policy().passkeyProfiles,
        includeTargets: [{ ...all, allowedPasskeyProfiles: [id] }],
        excludeTargets: [target(tenant.groups.get("Sales").id)],
      };
    },
    unsent: {
      isAttestationEnforced: "beside profiles an open question, a switch",
      keyRestrictions: "beside profiles an open question, a switch",
    },
    nulls: ["state", "isSelfServiceRegistrationAllowed"],
  },
  {
    name: "Temporary Access Pass",
    seed: "contoso-legacy",
    shape: temporaryAccessPass,
    method: "PATCH",
    status: 204,
    path: () => `${METHODS}/TemporaryAccessPass`,
    base: typed("temporaryAccessPassAuthenticationMethodConfiguration"),
    sample: (world) => ({
      state: "enabled",
      ...{ defaultLifetimeInMinutes: 60, defaultLength: 12, isUsableOnce: true },
      ...{ minimumLifetimeInMinutes: 60, maximumLifetimeInMinutes: 480 },
      includeTargets: [{ ...target(groupId(world)), isRegistrationRequired: false }],
      excludeTargets: [target(groupId(world))],
    }),
  },
];
