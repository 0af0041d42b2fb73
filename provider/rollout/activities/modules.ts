import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, join, relative, resolve, sep } from "node:path";

const SOURCE = /\.[cm]?[jt]sx?$/;
/** Relative specifiers of `import`, `export ... from`, `import()` and `require()`. */
const SPECIFIER = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;
const ENDINGS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json", ".tsx", ".jsx"];

/**
 * The modules outside of a folder that its own ones import by relative paths, directly or not, sorted; packages are none
 * of them. Read off the text: a path that is put together at run time is not seen.
 *
 * @param files absolute paths of the folder's own files.
 */
export function modulesOutside(folder: string, files: readonly string[]): string[] {
  const outside = new Set<string>();
  const waiting = files.filter((file) => SOURCE.test(file));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const [, specifier] of readFileSync(file, "utf8").matchAll(SPECIFIER)) {
      const found = moduleAt(resolve(dirname(file), specifier!));
      if (found === undefined || outside.has(found) || !isOutside(folder, found)) continue;
      outside.add(found);
      if (SOURCE.test(found)) waiting.push(found);
    }
  }
  return [...outside].sort();
}

function isOutside(folder: string, file: string): boolean {
  const parts = relative(folder, file).split(sep);
  return parts[0] === ".." && !parts.includes("node_modules");
}

/** The file that a path means: itself, with an ending, the source of a `.js`, or the index of a folder. */
function moduleAt(path: string): string | undefined {
  const bare = path.slice(0, path.length - extname(path).length);
  const candidates = [
    path,
    ...ENDINGS.map((ending) => path + ending),
    ...(/\.[cm]?js$/.test(path) ? [path.replace(/js$/, "ts"), `${bare}.tsx`] : []),
    ...ENDINGS.map((ending) => join(path, `index${ending}`)),
  ];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}
