import { canonicalJson } from "./digest.js";
import type { Problem } from "./problem.js";

/**
 * Documents of Graph other than the passkey policy, as far as programs own single members of them. A member has one value
 * in one canonical form; an entry of a list is a member of its own, which is there (`true`) or not (`null`).
 */
export type MemberValue = string | number | boolean | null | readonly string[];

/** Members by name. */
export type MemberValues = ReadonlyMap<string, MemberValue>;

/** One member that a resource has written, as it is kept in state. */
export interface ManagedMember {
  /** What was there before the resource; absent where that is not known, and then it is never restored. */
  readonly prior?: MemberValue;
  readonly written: MemberValue;
}

export type ManagedMembers = Readonly<Record<string, ManagedMember>>;

export const sameValue = (a: MemberValue | undefined, b: MemberValue | undefined): boolean =>
  canonicalJson(a ?? null) === canonicalJson(b ?? null);

/** The members that have to be written to get from what is there to what is wanted. */
export function changesTo(there: MemberValues, wanted: MemberValues): MemberValues {
  return new Map([...wanted].filter(([name, value]) => !sameValue(there.get(name), value)));
}

/** What to write to give members back, what is left alone and why, and what others hold now. */
export interface GivenBack {
  readonly values: MemberValues;
  readonly notes: readonly Problem[];
  /** Members that stay because another resource declares the same value. */
  readonly held: readonly string[];
}

/**
 * Decides what becomes of members that a resource gives up: each goes back to what was there before, where it still is as
 * it was written and nobody else holds it.
 *
 * @param isHeld whether another resource declares the value that is there.
 * @param placeOf what a member is called in a program.
 */
export function giveBackMembers(
  there: MemberValues,
  managed: ManagedMembers,
  names: readonly string[],
  isHeld: (name: string) => boolean,
  placeOf: (name: string) => string,
): GivenBack {
  const values = new Map<string, MemberValue>();
  const notes: Problem[] = [];
  const held: string[] = [];
  const leave = (name: string, reason: string, wayOut: string) =>
    void notes.push({ code: "leftAlone", place: placeOf(name), reason, wayOut });
  for (const name of names) {
    const { prior, written } = managed[name]!;
    const live = there.get(name) ?? null;
    if (prior !== undefined && sameValue(live, prior)) continue;
    if (!sameValue(live, written)) {
      leave(
        name,
        "someone else changed it since it was written here",
        "Change it by hand if it is not what it should be",
      );
    } else if (isHeld(name)) {
      held.push(name);
      leave(name, "another resource declares the same", "It goes back when that one is destroyed");
    } else if (prior === undefined) {
      leave(name, "what was there before is not known", "Change it by hand if it is not what it should be");
    } else {
      values.set(name, prior);
    }
  }
  return { values, notes, held };
}

/** What to keep in state after a change: the first knowledge of what was there before wins. */
export function managedMembers(declared: MemberValues, first: MemberValues, before: ManagedMembers): ManagedMembers {
  return Object.fromEntries(
    [...declared].map(([name, written]): [string, ManagedMember] => {
      const known = before[name];
      if (known !== undefined) return [name, { ...known, written }];
      return [name, { prior: first.get(name) ?? null, written }];
    }),
  );
}
