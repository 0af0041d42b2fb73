/** The tenant of every simulation, and the policies that it may begin with. */
import { embedEmulator } from "../../provider/dist/emulator/index.js";
import type { EmbeddedEmulator, Fido2Policy, KeyRestrictions } from "../../provider/dist/emulator/index.js";
import type { Random } from "../../tools/soak/random.ts";
import { AUTHENTICATOR, KEY, KEY_B, KEY_C } from "../resources/util.ts";
import { DEFAULT_ID } from "./document.ts";

export const MODELS = [KEY, KEY_B, KEY_C, ...AUTHENTICATOR];
export const SYNCED = { id: "e47a833c-5b0e-4f3d-8a54-1f0c2f7d9b36", name: "Synced" };

const groupId = (index: number) => `5${index}000000-0000-4000-8000-0000000000ab`;

export const STACKS = ["alpha", "beta", "gamma"] as const;
export type StackName = (typeof STACKS)[number];

/** Groups that a stack declares targets of; the last ones are nobody's. */
export const GROUPS: Readonly<Record<StackName | "nobody", readonly string[]>> = {
  alpha: [groupId(0), groupId(1)],
  beta: [groupId(2), groupId(3)],
  gamma: [groupId(4), groupId(5)],
  nobody: [groupId(6), groupId(7)],
};
const ALL_GROUPS = Object.values(GROUPS).flat();

/** Who is in which groups with which keys. */
export const PEOPLE = [
  { name: "p0", groups: [0, 2], keys: [KEY] },
  { name: "p1", groups: [1], keys: [KEY_B, AUTHENTICATOR[0]!] },
  { name: "p2", groups: [3, 4], keys: [KEY_C] },
  { name: "p3", groups: [5, 6], keys: [KEY_B] },
  { name: "p4", groups: [], keys: [KEY] },
].map((person) => ({ ...person, groups: person.groups.map(groupId) }));

/** One emulator serves all simulations of a process; each begins with a policy of its own. */
export function makeEmulator(): EmbeddedEmulator {
  return embedEmulator({
    seed: {
      tenants: [
        {
          id: "7e000000-0000-4000-8000-0000000000aa",
          displayName: "Simulated",
          mode: "legacy",
          groups: ALL_GROUPS.map((id, index) => ({ id, displayName: `Group ${index}` })),
          users: PEOPLE.map(({ name, keys }) => ({
            displayName: name,
            userPrincipalName: `${name}@simulated.example`,
            passkeys: keys.map((aaGuid) => ({ aaGuid })),
          })),
          memberships: Object.fromEntries(
            ALL_GROUPS.map((id) => [
              id,
              PEOPLE.filter(({ groups }) => groups.includes(id)).map(({ name }) => `${name}@simulated.example`),
            ]),
          ),
        },
      ],
    },
  });
}

/** Answers of open questions that decide what a write does. */
export function drawSwitches(random: Random) {
  return {
    conditionalAccessRequestsPerSecond: 1_000_000,
    reportRequestsPer10Seconds: 1_000_000,
    profileLimit: 10,
    listWhileNotEnforced: random.pick(["accepted", "accepted", "accepted", "accepted", "refused", "dropped"] as const),
    untargetAndRemoveInOnePatch: random.pick(["accepted", "refused"] as const),
    passkeyTypesOrder: random.pick(["canonical", "verbatim"] as const),
    partialKeyRestrictions: random.pick(["merge", "replace", "refused"] as const),
    partialProfile: random.pick(["refused", "merge", "replace"] as const),
    emptyAllowedProfiles: random.pick(["refused", "stored", "defaultProfile"] as const),
    unknownGroup: random.pick(["refused", "refusedWhenAdded", "accepted"] as const),
  };
}

function restrictions(random: Random): KeyRestrictions {
  const list = random.some(MODELS, 1).map((model) => (random.chance(0.2) ? model.toUpperCase() : model));
  return {
    isEnforced: random.chance(0.5),
    enforcementType: random.chance(0.7) ? "allow" : "block",
    aaGuids: random.chance(0.2) ? [...list, list[0]!] : list,
  };
}

/** A policy that somebody has made in the admin centre. */
export function drawPolicy(random: Random): Fido2Policy {
  const isLegacy = random.chance(0.25);
  const attested = random.chance(0.4);
  const hasSynced = random.chance(0.5);
  const keyRestrictions = restrictions(random);
  const profiles = isLegacy
    ? []
    : [
        {
          id: DEFAULT_ID,
          name: "Default passkey profile",
          passkeyTypes: attested ? "deviceBound" : random.pick(["deviceBound,synced", "deviceBound", "synced"]),
          attestationEnforcement: attested ? "registrationOnly" : "disabled",
          keyRestrictions,
        },
        ...(hasSynced
          ? [
              {
                ...SYNCED,
                passkeyTypes: "deviceBound,synced",
                attestationEnforcement: "disabled",
                keyRestrictions: restrictions(random),
              },
            ]
          : []),
      ];
  const allowed = () =>
    isLegacy
      ? []
      : random.some(
          profiles.map(({ id }) => id),
          1,
        );
  const target = (id: string, isRegistrationRequired = false) => ({
    targetType: "group",
    id,
    isRegistrationRequired,
    allowedPasskeyProfiles: allowed(),
  });
  const mine = ALL_GROUPS.filter(() => random.chance(0.2));
  return {
    state: random.chance(0.9) ? "enabled" : "disabled",
    isSelfServiceRegistrationAllowed: random.chance(0.5),
    isAttestationEnforced: attested,
    keyRestrictions,
    defaultPasskeyProfile: isLegacy ? null : DEFAULT_ID,
    excludeTargets: ALL_GROUPS.filter((id) => !mine.includes(id) && random.chance(0.1)).map((id) => ({
      id,
      targetType: "group",
    })),
    includeTargets: [
      ...(random.chance(0.7) ? [target("all_users")] : []),
      ...mine.map((id) => target(id, GROUPS.nobody.includes(id) && random.chance(0.5))),
    ],
    passkeyProfiles: profiles,
  };
}
