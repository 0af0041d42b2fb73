import { any } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { SignIn } from "../signIn.js";
import type { Inventory, Person } from "./inventory.js";
import { SignInComparison } from "./kinds.js";

/** The accounts that must always be able to sign in, whatever happens to everyone else's. */
export interface BreakGlass {
  /** Accounts as the inventory calls them. */
  readonly users: readonly string[];
  /** Object ids of groups of such accounts, in lower case. */
  readonly groups: readonly string[];
  /**
   * Whether the inventory would call these accounts so. Where it has pseudonyms of its own, whoever is not found may
   * still be in it. Default true.
   */
  readonly recognisable?: boolean | undefined;
}

/** One break-glass account, whether or not the change concerns it. */
export interface BreakGlassAccount {
  readonly user: string;
  /** Set where this stands for all members of a declared group that was not read; `user` is the group then. */
  readonly unreadGroup?: true;
  /** Whether one of its passkeys works: before and after. `unknown` where that could not be read. */
  readonly before: Acceptance;
  readonly after: Acceptance;
  /** Whether the account is in an excluded group after the change. */
  readonly excluded: Acceptance;
  /** Whether any profile is meant for it after the change, so that it could register a key. */
  readonly covered: Acceptance;
  /** How many passkeys it has; absent where they could not be read. */
  readonly passkeys?: number;
  readonly enabled?: boolean;
  /** Whether the change can take a key from it at all. */
  readonly affected: boolean;
}

/**
 * Every declared break-glass account, those that the inventory does not have included, with what works for it.
 *
 * @param takesKeys whether the change can take a key from anyone at all: it decides for whoever was not read.
 */
export function checkBreakGlass(
  before: SignIn,
  after: SignIn,
  inventory: Inventory,
  { users, groups, recognisable = true }: BreakGlass,
  takesKeys: boolean,
): BreakGlassAccount[] {
  const wanted = new Set(users.map((user) => user.toLowerCase()));
  const comparison = new SignInComparison(before, after);
  const accounts: BreakGlassAccount[] = [];
  const seen = new Set<string>();
  for (const person of inventory.people) {
    const user = person.user.toLowerCase();
    if (!wanted.has(user) && !groups.some((group) => person.groups.includes(group))) continue;
    seen.add(user);
    accounts.push(account(comparison, person));
  }
  // Whoever is not in an inventory of everyone has no passkey; of other groups nothing is known.
  const { scope, groupsRead } = inventory;
  const complete = recognisable && scope === "everyone";
  const unread = { before: "unknown", after: "unknown", excluded: "unknown", covered: "unknown" } as const;
  for (const user of wanted) {
    if (seen.has(user)) continue;
    if (complete)
      accounts.push({ ...unread, user, before: "rejected", after: "rejected", affected: false, passkeys: 0 });
    else accounts.push({ ...unread, user, affected: takesKeys });
  }
  for (const group of groups) {
    if ((scope === "everyone" || scope.has(group)) && groupsRead?.has(group) !== false) continue;
    accounts.push({ ...unread, user: group, unreadGroup: true, affected: takesKeys });
  }
  return accounts.sort((a, b) => (a.user < b.user ? -1 : 1));
}

function account(comparison: SignInComparison, person: Person): BreakGlassAccount {
  const { before, after } = comparison;
  const standing = after.standing(person);
  const works = (signIn: SignIn): Acceptance => {
    if (person.passkeys === undefined) return "unknown";
    const own = signIn.standing(person);
    return any(person.passkeys.map((key) => signIn.accepts(own, key)));
  };
  return {
    user: person.user,
    before: works(before),
    after: works(after),
    excluded: standing.excluded,
    covered: standing.state === "rejected" ? "rejected" : any(standing.covers.map(({ covered }) => covered)),
    affected: !comparison.losesNothing(before.standing(person), standing),
    ...(person.passkeys !== undefined && { passkeys: person.passkeys.length }),
    ...(person.enabled !== undefined && { enabled: person.enabled }),
  };
}
