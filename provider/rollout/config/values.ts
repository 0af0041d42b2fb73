import { availableParallelism } from "node:os";

/** More would not be a wait but a mistake. */
export const LONGEST_MS = 90 * 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `30m`, `2h` or `1d` in milliseconds; undefined for what is none. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return Number(count) * UNITS[unit]!;
}

/** The number of tenants that a budget means: a number, or a share of all, rounded down. */
export function budgetOf(budget: number | string, tenants: number): number {
  if (typeof budget === "number") return budget;
  return Math.floor((Number.parseInt(budget, 10) * tenants) / 100);
}

/** How many tenants at a time where the file does not say: each runs a Pulumi engine. */
export function defaultConcurrency(): number {
  return Math.min(4, availableParallelism());
}

/** For names that are the same, ignoring case and how letters are composed. */
export function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
