/** This moment with seven digits after the second, as the services answer it that keep policies. */
export function graphTicks(time = new Date()): string {
  return time.toISOString().replace(/Z$/, "0000Z");
}

/** This moment in Graph's form without fractions of a second. */
export function graphTime(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
