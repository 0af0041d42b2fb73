import type { Passkey } from "../policy/index.js";

/** What is kept of each passkey besides what decides whether it works. */
export interface KeepDetails {
  /** Keep the passkeys' ids and times. Costs memory. @default false */
  readonly details?: boolean;
}

/**
 * Equal texts, lists and passkeys once in memory: a tenant has millions of passkeys, but few models, groups and
 * combinations of them.
 */
export class Interning {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #passkeys = new Map<string, readonly Passkey[]>();
  readonly #details: boolean;

  constructor({ details = false }: KeepDetails = {}) {
    this.#details = details;
  }

  text(value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    this.#texts.set(value, value);
    return value;
  }

  list(values: readonly string[]): readonly string[] {
    const key = values.join("\n");
    let list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, (list = Object.freeze(values.map((value) => this.text(value)))));
    return list;
  }

  passkeys(passkeys: readonly Passkey[]): readonly Passkey[] {
    if (this.#details) return passkeys.map((passkey) => this.#passkey(passkey));
    const key = passkeys.map(keyOf).join("\n");
    let list = this.#passkeys.get(key);
    if (list === undefined) {
      list = Object.freeze(passkeys.map((passkey) => this.#passkey(passkey)));
      this.#passkeys.set(key, list);
    }
    return list;
  }

  #passkey({ id, aaguid, passkeyType, attestationLevel, created, lastUsed }: Passkey): Passkey {
    return {
      ...(aaguid != null && { aaguid: this.text(aaguid.toLowerCase()) }),
      ...(passkeyType != null && { passkeyType: this.text(passkeyType) }),
      ...(attestationLevel != null && { attestationLevel: this.text(attestationLevel) }),
      ...(this.#details && id != null && { id }),
      ...(this.#details && created != null && { created }),
      ...(this.#details && lastUsed != null && { lastUsed }),
    };
  }
}

function keyOf({ aaguid, passkeyType, attestationLevel }: Passkey): string {
  return `${aaguid?.toLowerCase() ?? ""} ${passkeyType ?? ""} ${attestationLevel ?? ""}`;
}
