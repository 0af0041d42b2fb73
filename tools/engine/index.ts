export { cacheFolder, cacheRoot } from "./cache.ts";
export { engineVersion, goVersion, minimumVersion } from "./definition.ts";
export { ensureEngine, findEngine } from "./ensure.ts";
export { engineEnvironment, type EnvironmentOptions } from "./environment.ts";
export { EngineUnavailableError, type Engine, type EngineSource, type EnsureOptions } from "./types.ts";
