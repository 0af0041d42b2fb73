import { isGuid } from "../policy/index.js";
import type { Inventory, Passkey, Person } from "../policy/index.js";
import { InventoryError } from "./errors.js";
import { parseLine } from "./format.js";
import type { Interning } from "./intern.js";

/**
 * Files of version 1: one passkey a line, `{ "id", "user", "groups", "aaguid"?, "passkeyType"?, "attestationLevel"? }`.
 * Whoever has none is not in it, and neither are other methods.
 */
export class FirstVersion {
  readonly #people = new Map<string, { groups: readonly string[]; passkeys: readonly Passkey[] }>();

  constructor(
    private readonly path: string,
    private readonly interning: Interning,
  ) {}

  read(lines: Iterable<{ readonly text: string }>): Inventory {
    let number = 1;
    for (const { text } of lines) {
      number += 1;
      if (text !== "") this.#add(text, number);
    }
    const people = [...this.#people].map(([user, { groups, passkeys }]): Person => ({ user, groups, passkeys }));
    return { people, scope: "everyone" };
  }

  #add(text: string, number: number): void {
    const fail = (reason: string) => new InventoryError("line", this.path, number, reason, "Make the inventory again");
    const entry = parseLine(text);
    const groups = entry?.["groups"];
    if (typeof entry?.["id"] !== "string" || typeof entry["user"] !== "string" || !Array.isArray(groups)) {
      throw fail("is not a passkey with id, user and groups");
    }
    const { id, user, aaguid, passkeyType, attestationLevel } = entry;
    if (aaguid !== undefined && aaguid !== null && !isGuid(aaguid)) {
      throw fail(`has the AAGUID ${JSON.stringify(aaguid)}, which is none`);
    }
    const passkey: Passkey = {
      id,
      ...(typeof aaguid === "string" && { aaguid }),
      ...(typeof passkeyType === "string" && { passkeyType }),
      ...(typeof attestationLevel === "string" && { attestationLevel }),
    };
    const own = groups.map((group) => String(group).toLowerCase());
    const known = this.#people.get(user);
    const merged = known ? [...new Set([...known.groups, ...own])] : own;
    this.#people.set(user, {
      groups: this.interning.list(merged),
      passkeys: this.interning.passkeys([...(known?.passkeys ?? []), passkey]),
    });
  }
}
