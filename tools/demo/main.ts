/** `npm run demo [-- <persona>]`: the examples from preview to destroy, on a real engine and an emulated tenant. */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { EngineUnavailableError } from "../engine/index.ts";
import { play } from "./play.ts";
import { playTenants } from "./rollout.ts";
import { SCENES } from "./scenes.ts";

const USAGE = [
  "npm run demo              all personas in one tenant: the root project",
  ...Object.entries(SCENES)
    .filter(([name]) => name !== "all")
    .map(([name, { title }]) => `npm run demo -- ${name.padEnd(12)}${title}`),
  `npm run demo -- ${"tenants".padEnd(12)}one program rolled out over twelve tenants`,
].join("\n");

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" } },
  });
  const [name = "all", ...more] = positionals;
  const scene = Object.hasOwn(SCENES, name) ? SCENES[name] : undefined;
  if (values.help === true) {
    console.log(USAGE);
  } else if (name === "tenants" && more.length === 0) {
    await playTenants();
  } else if (scene === undefined || more.length > 0) {
    console.error(`There is no demo "${positionals.join(" ")}".\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    await play(scene);
  }
} catch (error) {
  const known = error instanceof EngineUnavailableError || error instanceof assert.AssertionError;
  const usage = (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true;
  const text = known || usage ? (error as Error).message : error instanceof Error ? error.stack : String(error);
  console.error(usage ? `${text}\n\n${USAGE}` : `\nThe demo failed: ${text}`);
  process.exitCode = usage ? 2 : 1;
}
