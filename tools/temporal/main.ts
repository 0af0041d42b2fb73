/** `npm run temporal`: sets up a Temporal development server and says where it is and where it came from. */
import { ensureTemporal, TemporalUnavailableError } from "./index.ts";

const origins = {
  PATH: "found on PATH",
  cache: "built with Go from the module in tools/temporal (cached)",
  built: "built with Go from the module in tools/temporal",
};

try {
  const { cli, version, source } = await ensureTemporal();
  console.log(`Temporal ${version}, ${origins[source]}\n${cli}`);
} catch (error) {
  if (!(error instanceof TemporalUnavailableError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
