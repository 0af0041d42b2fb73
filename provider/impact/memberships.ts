/** The groups that someone is in, and those of them through nested groups only. Both sorted. */
export interface Membership {
  readonly groups: readonly string[];
  readonly nested: readonly string[];
}

const NONE: Membership = { groups: [], nested: [] };

/** Who is in which of the groups that were read. People in the same groups share one entry. */
export class Memberships {
  readonly #of = new Map<string, Membership>();

  /** Adds one group. Groups are to be added in the order of their ids. */
  add(group: string, members: Iterable<{ readonly id: string; readonly nested: boolean }>): void {
    const next = { direct: new Map<Membership, Membership>(), nested: new Map<Membership, Membership>() };
    for (const { id, nested } of members) {
      const current = this.of(id);
      const steps = nested ? next.nested : next.direct;
      let step = steps.get(current);
      if (step === undefined) {
        step = { groups: [...current.groups, group], nested: nested ? [...current.nested, group] : current.nested };
        steps.set(current, step);
      }
      this.#of.set(id, step);
    }
  }

  of(id: string): Membership {
    return this.#of.get(id) ?? NONE;
  }

  /** Everyone who is in one of these groups, or in any that was read. */
  *members(groups?: ReadonlySet<string>): Generator<string> {
    for (const [id, membership] of this.#of) {
      if (groups === undefined || membership.groups.some((group) => groups.has(group))) yield id;
    }
  }
}
