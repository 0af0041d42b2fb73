/** This moment in Graph's form without fractions of a second. */
export function graphTime(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
