import { ALL_USERS, DEFAULT_PROFILE, normalizePolicy, printable, type Fido2Policy } from "../../policy/index.js";
import { profileWords } from "../words.js";
import type { TenantFacts } from "./facts.js";

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** What the report calls groups and profiles. */
export class Naming {
  readonly #profiles = new Map<string, string>();
  readonly #groups = new Map<string, string>();

  constructor(facts: Pick<TenantFacts, "before" | "after" | "groupName">) {
    const [before, after] = [normalizePolicy(facts.before), normalizePolicy(facts.after)];
    for (const { id } of [...after.profiles, ...before.profiles]) {
      this.#profiles.set(id, printable(profileWords(id, after, before)));
    }
    const groups = groupsOf(facts.before, facts.after);
    const names = groups.map((id) => printable(facts.groupName(id) ?? id));
    for (const [index, id] of groups.entries()) {
      const name = names[index]!;
      // Two groups of one name are told apart.
      const alone = names.filter((other) => other === name).length === 1;
      this.#groups.set(id, alone ? name : `${name} (${id.slice(0, 8)})`);
    }
  }

  group(id: string): string {
    return id === ALL_USERS ? "all users" : (this.#groups.get(id.toLowerCase()) ?? id);
  }

  profile(id: string): string {
    return this.#profiles.get(id.toLowerCase()) ?? id;
  }

  /** A text with the ids of groups and profiles in it replaced by their names, in quotation marks. */
  text(text: string): string {
    const known = text.replace(/\bprofile default\b/g, `profile ${JSON.stringify(this.profile(DEFAULT_PROFILE))}`);
    const named = known.replace(GUID, (id) => {
      const name = this.#groups.get(id.toLowerCase()) ?? this.#profiles.get(id.toLowerCase());
      return name === undefined || name === id ? id : JSON.stringify(name);
    });
    // Where a message has both, a name and its id.
    const once = [...this.#groups.values(), ...this.#profiles.values()].reduce((now, name) => {
      const quoted = JSON.stringify(name);
      return now.replaceAll(`${quoted} (${quoted})`, quoted).replaceAll(`${name} (${quoted})`, quoted);
    }, named);
    return printable(once);
  }
}

/** Object ids of all groups that two policies name. */
export function groupsOf(...policies: readonly Fido2Policy[]): string[] {
  const ids = policies.flatMap((policy) => {
    const { includeTargets, excludeTargets } = normalizePolicy(policy);
    return [...includeTargets, ...excludeTargets].map(({ id }) => id.toLowerCase());
  });
  return [...new Set(ids)].filter((id) => id !== ALL_USERS).sort();
}
