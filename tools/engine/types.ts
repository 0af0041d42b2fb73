/** Where an engine came from. */
export type EngineSource = "path" | "cache" | "installer" | "go";

/** A Pulumi CLI with its Node.js language host and its launcher of dynamic providers. */
export interface Engine {
  /** The CLI's file. */
  pulumi: string;
  /** What to put before PATH so that the three programs are found. */
  path: string;
  /** For example `3.259.0`. */
  version: string;
  source: EngineSource;
}

/** Options of `ensureEngine`. */
export interface EnsureOptions {
  /** Gets every line of progress. Without it they go to standard error. */
  log?: (line: string) => void;
  /** `false` leaves out the build with Go, which takes minutes. @default true */
  build?: boolean;
}

/** No way to an engine worked; the message says what was tried and what to install. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";
}

/** One way to an engine cannot be taken on this machine; the next one is tried. */
export class WayClosedError extends Error {
  override readonly name = "WayClosedError";
}
