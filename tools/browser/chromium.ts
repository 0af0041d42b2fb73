import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What distributions call it, the first one first. */
const NAMES = ["chromium", "google-chrome", "chromium-browser"];

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The Chromium that is installed: `CHROMIUM_PATH`, or the first of its names on the path; `undefined` where there is none.
 * Throws where `CHROMIUM_PATH` names nothing that runs, which nobody wants to be skipped.
 */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const named = env.CHROMIUM_PATH;
  if (named) {
    if (!runs(named)) throw new Error(`CHROMIUM_PATH names no program that can be run: ${named}`);
    return named;
  }
  const folders = ["/usr/bin", ...(env.PATH ?? "").split(delimiter).filter((folder) => folder !== "")];
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(runs);
}
