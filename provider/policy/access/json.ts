/** Small readers of Graph's JSON, for this folder and for the readers of `graph/`. */

/** A JSON object. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
export const asBoolean = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
export const asNumber = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** A list of texts; not set is empty; anything else is unknown. */
export function asTexts(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}

/** The same in lower case. */
export const asWords = (value: unknown) => asTexts(value)?.map((item) => item.toLowerCase());

/** Whether a list means everything. */
export function isAll(value: unknown): boolean {
  return Array.isArray(value) && value.length === 1 && String(value[0]).toLowerCase() === "all";
}

/** Not set, or set to nothing. Annotations do not count. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.entries(value).every(([name, member]) => name.includes("@") || isEmpty(member));
}

/** Whether a condition narrows down when a policy asks. "All" of something with nothing left out does not. */
export function restricts(value: unknown): boolean {
  if (isEmpty(value)) return false;
  if (!isObject(value)) return true;
  const members = Object.entries(value).filter(([name, member]) => !name.includes("@") && !isEmpty(member));
  return members.some(([name, member]) => !(name.startsWith("include") && isAll(member)));
}
