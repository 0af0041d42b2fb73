/**
 * `npm run docs`: writes what is generated of the pages in docs/resources and docs/cli, and says which pages changed.
 * Prose outside the markers stays as it is.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { generatePages } from "./pages.ts";

const root = resolve(import.meta.dirname, "../..");

const { pages, undocumented } = await generatePages(root);
for (const { path, text } of pages) {
  const file = join(root, path);
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (before === text) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`${before === undefined ? "new" : "changed"}: ${path}`);
}
for (const place of undocumented) console.error(`without a docstring: ${place}`);
if (undocumented.length > 0) process.exitCode = 1;
