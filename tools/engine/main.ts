/** `npm run engine`: sets up a Pulumi engine and says where it is and where it came from. */
import { cacheOrigin } from "./ensure.ts";
import { EngineUnavailableError, ensureEngine } from "./index.ts";

const origins: Record<string, string> = {
  path: "found on PATH",
  installer: "from Pulumi's official release, checksum verified",
  go: "built with Go from the modules in tools/engine",
};

try {
  const engine = await ensureEngine();
  const origin = origins[engine.source === "cache" ? (cacheOrigin(engine) ?? "") : engine.source] ?? "";
  const cached = engine.source === "cache" ? " (cached)" : "";
  console.log(`Pulumi ${engine.version}, ${origin}${cached}\n${engine.pulumi}`);
} catch (error) {
  if (!(error instanceof EngineUnavailableError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
