import type { GroupInput } from "../directory/types.js";
import type { PersonInput } from "../people/split.js";
import type { PasskeyInput } from "../people/types.js";
import { dayOf2026, passkey, unproven, type ModelName } from "./models.js";

/** How many people to make, and of which tenant. */
export interface GeneratedPeopleOptions {
  /** How many users. */
  count: number;
  /** The same number makes the same people. Default 1. */
  seed?: number;
  /** Display names of the groups; everyone is in one or two. Default `Group 01` to `Group 10`. */
  groups?: readonly string[];
  /** Domain of the user principal names, which are `user000001@...`. Default `people.example`. */
  domain?: string;
}

/** Members of a tenant's seed. */
export interface GeneratedPeople {
  groups: GroupInput[];
  users: PersonInput[];
  /** User principal names by group; the last group is nested in the first one. */
  memberships: Record<string, string[]>;
}

const HARDWARE: readonly ModelName[] = ["yubiKey5", "yubiKey57", "securityKey", "bio", "ePass", "card"];
const METHODS: readonly (readonly [string, number])[] = [
  ["microsoftAuthenticatorPush", 0.5],
  ["mobilePhone", 0.4],
  ["softwareOneTimePasscode", 0.15],
  ["windowsHelloForBusiness", 0.2],
  ["temporaryAccessPass", 0.02],
];

/**
 * People for tests and benchmarks: about a quarter without a passkey, half of the passkeys hardware keys, some synced,
 * some never attested, some in Authenticator or Windows Hello; a few accounts disabled, a few guests, a few
 * administrators.
 *
 * @example
 * const tenant = { id, displayName: "Large", mode: "legacy", ...generatePeople({ count: 5_000 }) };
 * await startEmulator({ seed: { tenants: [tenant] } });
 */
export function generatePeople(options: GeneratedPeopleOptions): GeneratedPeople {
  const { count, seed = 1, domain = "people.example" } = options;
  const names =
    options.groups ?? Array.from({ length: 10 }, (_, index) => `Group ${String(index + 1).padStart(2, "0")}`);
  const random = generator(seed);
  const memberships: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
  const join = (name: string | undefined, address: string) => {
    const members = name === undefined ? undefined : memberships[name];
    if (members !== undefined && members.at(-1) !== address) {
      members.push(address);
    }
  };
  const users = Array.from({ length: count }, (_, index): PersonInput => {
    const number = String(index + 1).padStart(6, "0");
    const userPrincipalName = `user${number}@${domain}`;
    join(pick(names, random), userPrincipalName);
    if (random() < 0.1) {
      join(pick(names, random), userPrincipalName);
    }
    const guest = random() < 0.02;
    return {
      displayName: `Person ${number}`,
      userPrincipalName,
      userType: guest ? "Guest" : "Member",
      accountEnabled: random() >= 0.03,
      isAdmin: random() < 0.01,
      // Guests cannot register passkeys in the tenant (Entra docs).
      passkeys: guest ? [] : passkeys(random),
      methods: METHODS.filter(([, share]) => random() < share).map(([word]) => word),
    };
  });
  const [first, last] = [names[0], names.at(-1)];
  if (first !== undefined && last !== undefined && names.length > 1) {
    memberships[first]?.push(last);
  }
  return { groups: names.map((displayName) => ({ displayName })), users, memberships };
}

function passkeys(random: () => number): PasskeyInput[] {
  const share = random();
  const count = share < 0.25 ? 0 : share < 0.85 ? 1 : 2;
  return Array.from({ length: count }, () => {
    const day = Math.floor(random() * 300);
    const used = random() < 0.8 ? { lastUsedDateTime: dayOf2026(day + 1) } : {};
    const kind = random();
    if (kind < 0.5) {
      const model = pick(HARDWARE, random) ?? "yubiKey5";
      return { ...(random() < 0.8 ? passkey(model, day) : unproven(model, day)), ...used };
    }
    const model = kind < 0.75 ? (random() < 0.5 ? "iPhone" : "android") : kind < 0.8 ? "windowsHello" : "iCloud";
    return passkey(model, day, used);
  });
}

function pick<T>(values: readonly T[], random: () => number): T | undefined {
  return values[Math.floor(random() * values.length)];
}

/** Numbers from 0 to below 1, the same for the same seed: a linear congruential generator is good enough for data. */
function generator(seed: number): () => number {
  let state = BigInt(seed) & MASK;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & MASK;
    return Number(state >> 11n) / 2 ** 53;
  };
}

const MASK = (1n << 64n) - 1n;
