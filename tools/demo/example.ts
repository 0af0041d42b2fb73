import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** The example that is the program of the repository's root project. */
export const ROOT_EXAMPLE = "all-personas";

/**
 * Copies the examples, which may import from each other, to a folder of one's own, and tells where the project of one of
 * them is.
 *
 * @param name folder below `examples/`
 */
export function placeExample(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "examples"))) {
    const filter = (file: string) => !file.endsWith("node_modules");
    cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true, filter });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    cpSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  }
  return name === ROOT_EXAMPLE ? folder : join(folder, "examples", name);
}
