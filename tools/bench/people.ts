/** A tenant of a million registrations over ten groups and three profiles, the same in every run. */
import type {
  Fido2Policy,
  Inventory,
  MethodPolicy,
  Passkey,
  Person,
  StrengthRequirement,
} from "../../provider/dist/policy/index.js";

export const REGISTRATIONS = 1_000_000;

const id = (kind: number, index: number) =>
  `${kind.toString(16).padStart(8, "0")}-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
const GROUPS = Array.from({ length: 10 }, (_, index) => id(1, index));
const MODELS = Array.from({ length: 24 }, (_, index) => id(2, index));
const PROFILES = ["00000000-0000-0000-0000-000000000001", id(3, 1), id(3, 2)];
const METHODS = [
  [],
  ["microsoftAuthenticatorPush"],
  ["mobilePhone", "softwareOneTimePasscode"],
  ["temporaryAccessPass"],
];

/** Numbers that look random and are the same each time (a linear congruential generator). */
function numbers(): (below: number) => number {
  let state = 20_261_125;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * As the reader of inventory files gives them: equal lists are one object. With `own` everybody has lists of their own,
 * which nothing can be remembered for.
 */
export function people(own: boolean): Inventory {
  const pick = numbers();
  const shared = new Map<string, readonly unknown[]>();
  const list = <T>(key: string, make: () => T[]): readonly T[] => {
    const known = own ? undefined : (shared.get(key) as readonly T[] | undefined);
    const made = known ?? make();
    if (!own) shared.set(key, made);
    return made;
  };
  const everyone: Person[] = [];
  for (let registrations = 0; registrations < REGISTRATIONS;) {
    const [first, second] = [pick(10), pick(30)];
    const groups = second < 10 && second !== first ? [first, second] : [first];
    const keys = [pick(MODELS.length), ...(pick(8) === 0 ? [pick(MODELS.length)] : [])];
    const synced = pick(5) === 0 ? "synced" : "deviceBound";
    const methods = pick(METHODS.length);
    everyone.push({
      user: id(4, registrations),
      userType: pick(50) === 0 ? "guest" : "member",
      enabled: pick(40) !== 0,
      isAdmin: pick(200) === 0,
      groups: list(`groups ${groups.join()}`, () => groups.map((index) => GROUPS[index]!)),
      otherMethods: list(`methods ${methods}`, () => [...METHODS[methods]!]),
      passkeys: list(`keys ${synced} ${keys.join()}`, () =>
        keys.map((index): Passkey => ({ aaguid: MODELS[index]!, passkeyType: synced, attestationLevel: "attested" })),
      ),
    });
    registrations += keys.length;
  }
  return { people: everyone, scope: "everyone", groupsRead: new Set(GROUPS) };
}

/** Three profiles with lists; every group has one of them, the first group is alone with its own. */
function policy(lists: readonly (readonly string[])[]): Fido2Policy {
  return {
    state: "enabled",
    defaultPasskeyProfile: PROFILES[0]!,
    passkeyProfiles: PROFILES.map((profile, index) => ({
      id: profile,
      name: `Profile ${index}`,
      passkeyTypes: "deviceBound,synced",
      attestationEnforcement: index === 1 ? "registrationOnly" : "disabled",
      keyRestrictions: { isEnforced: true, enforcementType: "allow", aaGuids: [...lists[index]!] },
    })),
    includeTargets: GROUPS.map((group, index) => ({
      id: group,
      targetType: "group",
      allowedPasskeyProfiles: [PROFILES[index === 0 ? 1 : index % 2 === 0 ? 0 : 2]!],
    })),
    excludeTargets: [],
  };
}

export const before = policy([MODELS, MODELS, MODELS.slice(2)]);
/** The first group's profile no longer takes twelve of its models. */
export const narrowed = policy([MODELS, MODELS.slice(12), MODELS.slice(2)]);
/** No profile takes any of the models that anybody has. */
export const closed = policy([[id(2, 99)], [id(2, 99)], [id(2, 99)]]);

const target = (group: string) => ({ id: group, targetType: "group" });

export const methods: MethodPolicy[] = [
  "MicrosoftAuthenticator",
  "Sms",
  "Voice",
  "SoftwareOath",
  "X509Certificate",
].map((method, index) => ({
  id: method,
  state: index === 4 ? "disabled" : "enabled",
  includeTargets: index === 1 ? GROUPS.slice(0, 5).map(target) : [target("all_users")],
  excludeTargets: index === 0 ? [target(GROUPS[3]!)] : [],
}));

const strength = (parts: Partial<StrengthRequirement>): StrengthRequirement => ({
  policy: "Strong keys",
  strength: "Phishing-resistant MFA",
  allowedCombinations: ["fido2", "windowsHelloForBusiness", "x509CertificateMultiFactor"],
  includeUsers: [],
  excludeUsers: [id(4, 7)],
  includeGroups: [],
  excludeGroups: [],
  includesRoles: false,
  excludesRoles: false,
  conditional: false,
  ...parts,
});

export const strengths: StrengthRequirement[] = [
  strength({ includeGroups: GROUPS.slice(0, 2), allowedAaguids: MODELS.slice(3) }),
  strength({ policy: "Abroad", includeUsers: ["all"], conditional: true }),
  strength({ policy: "Administrators", includesRoles: true }),
];
