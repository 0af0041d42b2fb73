/** Somebody in the admin centre, who knows nothing of the stacks. */
import type { Fido2Policy } from "../../provider/dist/emulator/index.js";
import type { Random } from "../../tools/soak/random.ts";
import { DEFAULT_ID } from "./document.ts";
import { GROUPS, MODELS, STACKS, SYNCED } from "./tenant.ts";

type Edit = (policy: Fido2Policy, random: Random) => void;

const untidy = (random: Random) => random.some(MODELS, 1).map((one) => (random.chance(0.3) ? one.toUpperCase() : one));

const allowedOf = (policy: Fido2Policy, random: Random) => {
  if (policy.defaultPasskeyProfile === null) return [];
  const synced = policy.passkeyProfiles.filter(({ id }) => id === SYNCED.id).map(({ id }) => id);
  return random.some([DEFAULT_ID, ...synced], 1);
};

const setTarget = (policy: Fido2Policy, random: Random, id: string) => {
  const rest = policy.includeTargets.filter((target) => target.id !== id);
  const target = {
    targetType: "group",
    id,
    isRegistrationRequired: GROUPS.nobody.includes(id) && random.chance(0.3),
    allowedPasskeyProfiles: allowedOf(policy, random),
  };
  policy.includeTargets = random.chance(0.5) ? [...rest, target] : [target, ...rest];
};

const restrictionsOf = (policy: Fido2Policy, id: string) =>
  id === DEFAULT_ID && policy.defaultPasskeyProfile === null
    ? policy.keyRestrictions
    : policy.passkeyProfiles.find((profile) => profile.id === id)?.keyRestrictions;

const FOREIGN: readonly Edit[] = [
  (policy, random) => setTarget(policy, random, random.pick([...GROUPS.nobody, "all_users"])),
  (policy, random) => {
    const gone = random.pick(GROUPS.nobody);
    policy.includeTargets = policy.includeTargets.filter(({ id }) => id !== gone);
  },
  (policy, random) => {
    const id = random.pick(GROUPS.nobody);
    const rest = policy.excludeTargets.filter((target) => target.id !== id);
    const isThere = rest.length < policy.excludeTargets.length;
    policy.excludeTargets = isThere ? rest : [...rest, { id, targetType: "group" }];
  },
  (policy, random) => {
    const restrictions = restrictionsOf(policy, SYNCED.id);
    if (restrictions != null) restrictions.aaGuids = untidy(random);
  },
  (policy, random) => void (policy.includeTargets = random.shuffled(policy.includeTargets)),
];

const OWNED: readonly Edit[] = [
  (policy, random) => setTarget(policy, random, random.pick(GROUPS[random.pick(STACKS)])),
  (policy, random) => {
    const gone = random.pick(GROUPS[random.pick(STACKS)]);
    policy.includeTargets = policy.includeTargets.filter(({ id }) => id !== gone);
  },
  (policy) => void (policy.isSelfServiceRegistrationAllowed = !policy.isSelfServiceRegistrationAllowed),
  (policy, random) => {
    const restrictions = restrictionsOf(policy, DEFAULT_ID);
    if (restrictions != null) restrictions.aaGuids = untidy(random);
  },
  (policy, random) => {
    const own = policy.passkeyProfiles.filter(({ id }) => id !== DEFAULT_ID && id !== SYNCED.id);
    if (own.length === 0) return;
    const { keyRestrictions } = random.pick(own);
    if (keyRestrictions != null) keyRestrictions.isEnforced = keyRestrictions.isEnforced !== true;
  },
  (policy, random) => {
    const own = policy.passkeyProfiles.filter(({ id }) => id !== DEFAULT_ID && id !== SYNCED.id);
    if (own.length === 0) return;
    const { id } = random.pick(own);
    policy.passkeyProfiles = policy.passkeyProfiles.filter((profile) => profile.id !== id);
    for (const target of policy.includeTargets) {
      const rest = target.allowedPasskeyProfiles.filter((one) => one !== id);
      target.allowedPasskeyProfiles = rest.length > 0 ? rest : [DEFAULT_ID];
    }
  },
];

/** A change of parts that no stack declares, or now and then of one that a stack may declare. */
export function drawEdit(random: Random): (policy: Fido2Policy) => void {
  const edit = random.pick(random.chance(0.6) ? FOREIGN : OWNED);
  return (policy) => edit(policy, random);
}
