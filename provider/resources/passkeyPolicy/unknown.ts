import { UNKNOWN } from "../../policy/desired.js";
import type { Unknown } from "../../policy/desired.js";

/** How the engine writes a value that is not known before the update to check and diff. */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The planner's word for a value that is not known yet. */
export function known<T>(value: T): T | Unknown {
  return (value as unknown) === UNKNOWN_VALUE ? UNKNOWN : value;
}

/** Whether a value, or anything in it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN_VALUE) return true;
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(hasUnknown);
}

/** The known value, or nothing. */
export function ifKnown<T>(value: T | undefined): T | undefined {
  return (value as unknown) === UNKNOWN_VALUE ? undefined : value;
}
