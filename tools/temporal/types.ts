/** Where a Temporal CLI came from. */
export type TemporalSource = "PATH" | "cache" | "built";

/** A Temporal CLI, which is a development server as well. */
export interface Temporal {
  /** Its file. */
  cli: string;
  /** For example `1.5.1`. */
  version: string;
  source: TemporalSource;
}

/** No way to a Temporal server worked; the message says what was tried and what to install. */
export class TemporalUnavailableError extends Error {
  override readonly name = "TemporalUnavailableError";
}

/** A development server did not serve; the message ends with the last lines that it wrote. */
export class TemporalStartError extends Error {
  override readonly name = "TemporalStartError";
}
