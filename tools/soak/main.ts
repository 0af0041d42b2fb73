/** `npm run soak`: two stacks with random changes against one emulated tenant, with a third writer and faults. */
import { EngineUnavailableError, ensureEngine } from "../engine/index.ts";
import { SoakFailure } from "./account.ts";
import { readOptions, usage } from "./options.ts";
import type { Options } from "./options.ts";
import { soak } from "./soak.ts";

function optionsOf(args: string[]): Options {
  try {
    return readOptions(args, process.env);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

const { minutes, steps, seed, quiet, help } = optionsOf(process.argv.slice(2));
if (help) {
  console.log(usage);
} else {
  try {
    const engine = await ensureEngine();
    console.log(
      `Pulumi ${engine.version}, seed ${seed}, ${steps === undefined ? `${minutes} minutes` : `${steps} steps`}`,
    );
    const log = quiet ? undefined : (line: string) => console.log(line);
    const account = await soak({ engine, seed, log, ...(steps === undefined ? { minutes } : { steps }) });
    console.log(account.lines().join("\n"));
  } catch (error) {
    const known = error instanceof SoakFailure || error instanceof EngineUnavailableError;
    console.error(`\nThe soak failed. ${known ? error.message : error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
}
