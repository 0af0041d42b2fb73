import type * as Temporal from "./index.js";

/** What `npm install` needs besides this package. */
const PACKAGES = ["worker", "client", "workflow", "activity", "common"].map((name) => `@temporalio/${name}`);

/** Packages of Temporal are missing: they come only to those who want them. */
export class TemporalMissingError extends Error {
  override readonly name = "TemporalMissingError";
}

/**
 * Loads what talks to Temporal; the only way to it from elsewhere.
 *
 * @param find finds a package or throws, as `require.resolve`
 * @throws TemporalMissingError with the command that mends it.
 */
export function loadTemporal(find: (name: string) => unknown = (name) => require.resolve(name)): typeof Temporal {
  const missing = PACKAGES.filter((name) => {
    try {
      find(name);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length > 0) {
    const verb = missing.length === 1 ? "is" : "are";
    throw new TemporalMissingError(
      `${missing.join(", ")} ${verb} not installed, which rollouts on Temporal need. Run: npm install ` +
        PACKAGES.map((name) => `${name}@^1.24.0`).join(" "),
    );
  }
  return require("./index.js") as typeof Temporal;
}
