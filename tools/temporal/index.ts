export { minimumVersion, temporalVersion } from "./definition.ts";
export { ensureTemporal, findTemporal, temporalFolder } from "./ensure.ts";
export { startTemporal, type TemporalOptions, type TemporalServer } from "./server.ts";
export { TemporalStartError, TemporalUnavailableError, type Temporal, type TemporalSource } from "./types.ts";
