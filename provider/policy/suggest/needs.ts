import { both } from "../acceptance.js";
import type { Passkey, Person } from "../impact/inventory.js";
import { isLocal } from "../impact/loss.js";
import type { NormalProfile, NormalRestrictions } from "../normalize.js";
import type { Cover, SignIn, Standing } from "../signIn.js";

/** A model, listed by a profile. */
export interface Listing {
  readonly profile: string;
  /** Lower case. */
  readonly aaguid: string;
}

/** What somebody who loses keys needs to keep one: of each of these one listing. Empty where no list can help. */
export type Need = readonly (readonly Listing[])[];

const EVERY_MODEL: NormalRestrictions = { isEnforced: false, enforcementType: undefined, aaGuids: [] };

/** Tells what lists would have to name so that people keep a key by a change. People who are alike are asked once. */
export class Needs {
  readonly #open = new Map<NormalProfile, NormalProfile>();
  readonly #known = new Map<Standing, Map<Standing, Map<readonly Passkey[], Need | undefined>>>();

  constructor(
    readonly before: SignIn,
    readonly after: SignIn,
    private readonly countLocalCredentials: boolean,
  ) {}

  /** `undefined` where a portable key that works, or may, stays one, and where there was none to begin with. */
  of(person: Person): Need | undefined {
    if (person.passkeys === undefined) return [];
    const [old, now] = [this.before.standing(person), this.after.standing(person)];
    let byAfter = this.#known.get(old);
    if (byAfter === undefined) this.#known.set(old, (byAfter = new Map()));
    let byKeys = byAfter.get(now);
    if (byKeys === undefined) byAfter.set(now, (byKeys = new Map()));
    if (!byKeys.has(person.passkeys)) byKeys.set(person.passkeys, this.#need(old, now, person.passkeys));
    return byKeys.get(person.passkeys);
  }

  #need(old: Standing, now: Standing, keys: readonly Passkey[]): Need | undefined {
    const working = keys.filter((key) => this.before.accepts(old, key) !== "rejected");
    const stays = (key: Passkey) => {
      const verdict = this.after.accepts(now, key);
      return verdict === "accepted" || (verdict === "unknown" && this.before.accepts(old, key) === "unknown");
    };
    const portable = working.filter((key) => this.#isPortable(key));
    if (portable.some((key) => stays(key) && this.before.accepts(old, key) === "accepted")) return undefined;
    const sure = portable.filter((key) => this.before.accepts(old, key) === "accepted");
    const wanted = sure.length > 0 ? sure : portable.filter((key) => !stays(key));
    const need: (readonly Listing[])[] = [];
    const oneOf = wanted.flatMap((key) => this.#listings(now, key));
    if (wanted.length > 0) need.push(oneOf);
    // Without a portable key each of the others is missed, however many there are.
    const local = sure.length > 0 ? [] : working.filter((key) => !this.#isPortable(key) && !stays(key));
    need.push(...local.map((key) => this.#listings(now, key)));
    if (need.length === 0) return undefined;
    return need.every((listings) => listings.length > 0) ? need : [];
  }

  /** Keys of which the model could not be read count as portable: they may be. */
  #isPortable(key: Passkey): boolean {
    return this.countLocalCredentials || isLocal(key) !== "accepted";
  }

  /** The lists that would let a key through after the change. */
  #listings(now: Standing, key: Passkey): Listing[] {
    if (key.aaguid === undefined) return [];
    const aaguid = key.aaguid.toLowerCase();
    return now.covers
      .filter((cover) => this.#lets(now, cover, key))
      .map(({ profile }) => ({ profile: profile.id, aaguid }));
  }

  #lets(now: Standing, { profile, covered }: Cover, key: Passkey): boolean {
    if (now.state === "rejected" || now.excluded === "accepted") return false;
    let open = this.#open.get(profile);
    if (open === undefined) this.#open.set(profile, (open = { ...profile, keyRestrictions: EVERY_MODEL }));
    return both(covered, this.after.acceptedBy(open, key)) !== "rejected";
  }
}
