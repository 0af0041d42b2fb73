/** The clock of the emulated service. */
export interface ServiceClock {
  /** Milliseconds since 1970: what limits, registrations and stale reads go by. */
  now(): number;
  /** How far the times in headers are ahead of it, in milliseconds: as where the clock of the client's machine is off. */
  offsetMs: number;
}

/** What the service says the time is, in milliseconds since 1970. */
export const shownTime = (clock: ServiceClock): number => clock.now() + clock.offsetMs;

/** This moment with seven digits after the second, as the services answer it that keep policies. */
export function graphTicks(time = new Date()): string {
  return time.toISOString().replace(/Z$/, "0000Z");
}

/** This moment in Graph's form without fractions of a second. */
export function graphTime(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
