/** The third writer: someone in the admin centre, who knows nothing of the stacks. */
import type { Fido2Policy, TenantHandle } from "../../provider/dist/emulator/index.js";
import type { Random } from "./random.ts";
import { DEFAULT_PROFILE, EXCLUDED, excludedName, groupName, MODELS, SYNCED } from "./world.ts";

const OWN_PROFILES = [
  { id: "5f0c8a52-9a4e-4b0f-8f3a-1d2c3b4a5e01", name: "Admin one" },
  { id: "5f0c8a52-9a4e-4b0f-8f3a-1d2c3b4a5e02", name: "Admin two" },
];

/** Groups that the third writer has. */
const OWN_GROUPS = Array.from({ length: 6 }, (_, index) => groupName("Admin", index + 1));

type Edit = (policy: Fido2Policy, random: Random, tenant: TenantHandle) => void;

/** A list as people leave it: in any order, in any letter case, with duplicates. */
function untidy(random: Random): string[] {
  const list = random.some(MODELS, 1).map((model) => (random.chance(0.3) ? model.toUpperCase() : model));
  return random.chance(0.3) ? [...list, list[0]!] : list;
}

const setTarget: Edit = (policy, random, tenant) => {
  const { id } = tenant.groups.get(random.pick(OWN_GROUPS));
  const own = OWN_PROFILES.filter((one) => policy.passkeyProfiles.some((profile) => profile.id === one.id));
  const synced = policy.passkeyProfiles.filter(({ name }) => name === SYNCED);
  const allowedPasskeyProfiles = random.some([DEFAULT_PROFILE, ...[...own, ...synced].map((one) => one.id)], 1);
  const rest = policy.includeTargets.filter((target) => target.id !== id);
  const target = { targetType: "group", id, isRegistrationRequired: random.chance(0.2), allowedPasskeyProfiles };
  policy.includeTargets = random.chance(0.5) ? [...rest, target] : [target, ...rest];
};

const removeTarget: Edit = (policy, random, tenant) => {
  const { id } = tenant.groups.get(random.pick(OWN_GROUPS));
  policy.includeTargets = policy.includeTargets.filter((target) => target.id !== id);
};

const exclude: Edit = (policy, random, tenant) => {
  const { id } = tenant.groups.get(excludedName("Admin", random.pick(EXCLUDED)));
  const rest = policy.excludeTargets.filter((target) => target.id !== id);
  const isThere = rest.length < policy.excludeTargets.length;
  policy.excludeTargets = isThere ? rest : [...rest, { id, targetType: "group" }];
};

const setProfile: Edit = (policy, random) => {
  const profile = {
    ...random.pick(OWN_PROFILES),
    passkeyTypes: random.pick(["deviceBound", "synced", "deviceBound,synced"]),
    attestationEnforcement: "disabled",
    keyRestrictions: { isEnforced: random.chance(0.5), enforcementType: "allow", aaGuids: untidy(random) },
  };
  const at = policy.passkeyProfiles.findIndex(({ id }) => id === profile.id);
  if (at >= 0) policy.passkeyProfiles[at] = profile;
  else policy.passkeyProfiles.push(profile);
};

const removeProfile: Edit = (policy, random) => {
  const { id } = random.pick(OWN_PROFILES);
  if (policy.includeTargets.some(({ allowedPasskeyProfiles }) => allowedPasskeyProfiles.includes(id))) return;
  policy.passkeyProfiles = policy.passkeyProfiles.filter((profile) => profile.id !== id);
};

const setSynced: Edit = (policy, random) => {
  const profile = policy.passkeyProfiles.find(({ name }) => name === SYNCED);
  if (profile?.keyRestrictions != null) profile.keyRestrictions.aaGuids = untidy(random);
};

const edits = { setTarget, removeTarget, exclude, setProfile, removeProfile, setSynced };
const WEIGHTS = { setTarget: 5, removeTarget: 2, exclude: 2, setProfile: 3, removeProfile: 1, setSynced: 1 };

/** A change of parts that no stack declares. */
export function foreignEdit(random: Random, tenant: TenantHandle): (policy: Fido2Policy) => void {
  const edit = edits[random.weighted(WEIGHTS)];
  return (policy) => edit(policy, random, tenant);
}

/** A change of a part that a stack has declared, by its name; undefined where this part is left in peace. */
export function interference(
  part: string,
  random: Random,
  tenant: TenantHandle,
): ((policy: Fido2Policy) => void) | undefined {
  const [kind, name = "", member] = part.split("/");
  const profileOf = (policy: Fido2Policy) =>
    policy.passkeyProfiles.find((one) => (name === "default" ? one.id === DEFAULT_PROFILE : one.name === name));
  if (kind === "include") {
    const { id } = tenant.groups.get(name);
    if (random.chance(0.4)) {
      return (policy) => void (policy.includeTargets = policy.includeTargets.filter((one) => one.id !== id));
    }
    return (policy) => {
      const synced = policy.passkeyProfiles.find((one) => one.name === SYNCED)!.id;
      const target = policy.includeTargets.find((one) => one.id === id);
      if (target !== undefined) target.allowedPasskeyProfiles = [synced];
    };
  }
  if (kind === "exclude") {
    const { id } = tenant.groups.get(name);
    return (policy) => void (policy.excludeTargets = policy.excludeTargets.filter((one) => one.id !== id));
  }
  if (kind === "isSelfServiceRegistrationAllowed") {
    return (policy) => void (policy.isSelfServiceRegistrationAllowed = !policy.isSelfServiceRegistrationAllowed);
  }
  if (kind === "profile" && member === undefined && name !== "default") {
    return (policy) => {
      const { id } = profileOf(policy)!;
      policy.passkeyProfiles = policy.passkeyProfiles.filter((one) => one.id !== id);
      for (const target of policy.includeTargets) {
        // Nothing of the stack's: a target that is somebody else's now would keep the stack's other profile.
        if (target.allowedPasskeyProfiles.includes(id)) target.allowedPasskeyProfiles = [DEFAULT_PROFILE];
      }
    };
  }
  if (member === "aaGuids") {
    const models = random.some(MODELS, 1);
    return (policy) => void (profileOf(policy)!.keyRestrictions!.aaGuids = models);
  }
  if (member === "isEnforced") {
    return (policy) => {
      const restrictions = profileOf(policy)!.keyRestrictions!;
      restrictions.isEnforced = restrictions.isEnforced !== true;
    };
  }
  return undefined;
}
