import type { Person, TenantMethods } from "./inventory.js";
import { userKind } from "./users.js";

/** Where people have more lists than these, everyone has their own, and remembering them costs more than it saves. */
const MOST_LISTS = 100_000;

/** Tells who is alike in all that decides, so that one answer does for all of them. Equal lists have to be one object. */
export class Alike {
  readonly #named: ReadonlySet<string>;
  readonly #lists = new Map<unknown, number>([[undefined, 0]]);

  constructor({ methods = [], strengths = [] }: TenantMethods) {
    this.#named = new Set([
      ...methods.flatMap(({ includeTargets, excludeTargets }) =>
        [...includeTargets, ...excludeTargets].map(({ id }) => id.toLowerCase()),
      ),
      ...strengths.flatMap(({ includeUsers, excludeUsers }) => [...includeUsers, ...excludeUsers]),
    ]);
  }

  /** The same text for people who are alike; `undefined` for whoever a rule names, and where nobody is like another. */
  textOf(person: Person): string | undefined {
    const { user, userType, isAdmin, groups, nested, otherMethods, passkeys } = person;
    if (this.#lists.size > MOST_LISTS || this.#named.has(user.toLowerCase())) return undefined;
    const [a, b, c, d] = [
      this.#number(groups),
      this.#number(nested),
      this.#number(otherMethods),
      this.#number(passkeys),
    ];
    // Rules that name users tell ids from pseudonyms, and guests from members.
    return `${a},${b},${c},${d},${isAdmin},${userType},${userKind(user)}`;
  }

  #number(list: readonly unknown[] | undefined): number {
    let number = this.#lists.get(list);
    if (number === undefined) this.#lists.set(list, (number = this.#lists.size));
    return number;
  }
}
