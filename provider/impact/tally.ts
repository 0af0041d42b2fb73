import type { Person } from "../policy/index.js";

/** What an inventory has, in figures. */
export interface Totals {
  readonly people: number;
  readonly passkeys: number;
  /** People whose passkeys could not be read. */
  readonly unread: number;
  readonly withPasskey: number;
  readonly guests: number;
  readonly disabled: number;
  /** Passkeys by AAGUID in lower case; `unknown` where it could not be read. */
  readonly models: Readonly<Record<string, number>>;
}

/** Counts people as they come. */
export class Tally {
  readonly #totals = { people: 0, passkeys: 0, unread: 0, withPasskey: 0, guests: 0, disabled: 0 };
  readonly #models = new Map<string, number>();

  add({ passkeys, userType, enabled }: Person): void {
    const totals = this.#totals;
    totals.people += 1;
    totals.passkeys += passkeys?.length ?? 0;
    if (passkeys === undefined) totals.unread += 1;
    else if (passkeys.length > 0) totals.withPasskey += 1;
    if (userType?.toLowerCase() === "guest") totals.guests += 1;
    if (enabled === false) totals.disabled += 1;
    for (const { aaguid } of passkeys ?? []) {
      const model = aaguid?.toLowerCase() ?? "unknown";
      this.#models.set(model, (this.#models.get(model) ?? 0) + 1);
    }
  }

  /** Models with most passkeys first. */
  get totals(): Totals {
    const models = [...this.#models].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
    return { ...this.#totals, models: Object.fromEntries(models) };
  }
}
