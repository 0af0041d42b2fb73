import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The Temporal CLI, with its development server, that is built where the machine has none that is new enough. */
export const temporalVersion = "1.5.1";

/** The oldest CLI that is used from PATH; the server of an older one is not what the tests have seen. */
export const minimumVersion = "1.5.1";

/** The Go module that the CLI is in, and the package of its program. */
export const temporalModule = {
  module: "github.com/temporalio/cli",
  package: "github.com/temporalio/cli/cmd/temporal",
};

/** The variable of its code that holds the version which `temporal --version` prints. */
export const versionVariable = "github.com/temporalio/cli/temporalcli.Version";

/** Raise it when the way of building changes, so that older caches are not taken for new ones. */
const recipe = 1;

/** The program's file on this platform. */
export const fileName = process.platform === "win32" ? "temporal.exe" : "temporal";

/** The files of the Go module beside this file, with the versions and checksums of all that is compiled. */
export const moduleFiles = ["go.mod", "go.sum"].map((name) => ({ name, path: join(import.meta.dirname, name) }));

/** Names this server on this platform: another version, go.sum or platform gives another key. */
export function temporalKey(platform: string = process.platform, arch: string = process.arch): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ recipe, temporalVersion, temporalModule, platform, arch }));
  for (const { path } of moduleFiles) hash.update(readFileSync(path));
  return `temporal-${temporalVersion}-${platform}-${arch}-${hash.digest("hex").slice(0, 12)}`;
}
