/**
 * The object without OData annotations, which describe a message and are not stored, and without members that the
 * caller names.
 */
export function unreadMembers(object: object, known: readonly string[] = []): Record<string, unknown> {
  const kept = Object.entries(object).filter(([name]) => !name.includes("@odata.") && !known.includes(name));
  return Object.fromEntries(kept);
}
