import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pluginFolder } from "./types.ts";

/** What the launcher says of itself, so that nobody takes it for the real plugin. */
const MARK = "stand-in of the tests for the azuread plugin";

const entry = resolve(import.meta.dirname, "../../test/azuread/main.ts");

/** Whether the plugin in a folder is the stand-in. */
export function isStandIn(folder: string): boolean {
  return launchers(folder).some(({ file }) => read(file)?.includes(MARK) === true);
}

/** Puts the stand-in where the engine looks for the plugin; it runs on the Node.js that runs this. */
export function placeStandIn(plugins: string): void {
  const folder = join(plugins, pluginFolder);
  if (launchers(folder).every(({ file, text }) => read(file) === text)) return;
  if (!isStandIn(folder)) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of launchers(folder)) {
    // Another process may be starting it at this moment.
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, text);
    chmodSync(fresh, 0o755);
    renameSync(fresh, file);
  }
}

function launchers(folder: string): { file: string; text: string }[] {
  const file = join(folder, "pulumi-resource-azuread");
  if (process.platform === "win32") {
    return [{ file: `${file}.cmd`, text: `@rem ${MARK}\r\n@"${process.execPath}" "${entry}" %*\r\n` }];
  }
  const quoted = [process.execPath, entry].map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(" ");
  return [{ file, text: `#!/bin/sh\n# ${MARK}\nexec ${quoted} "$@"\n` }];
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
