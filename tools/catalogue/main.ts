/**
 * Writes provider/catalogue/data.json from a local extract of the FIDO metadata and prints what changed:
 *
 *     npm run catalogue -- <extract.json>
 *
 * The extract is `{ number, nextUpdate, entries }`; source.ts says what an entry holds.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { CatalogueData } from "../../provider/dist/catalogue/form.js";
import { changes, toCatalogue, toText } from "./generate.ts";
import { readMetadata } from "./source.ts";

const OUTPUT = new URL("../../provider/catalogue/data.json", import.meta.url);

const [input, ...rest] = process.argv.slice(2);
if (input === undefined || rest.length > 0) {
  console.error("usage: npm run catalogue -- <extract.json>");
  process.exit(2);
}

const after = toCatalogue(readMetadata(JSON.parse(readFileSync(input, "utf8"))));
const before = existsSync(OUTPUT) ? (JSON.parse(readFileSync(OUTPUT, "utf8")) as CatalogueData) : undefined;

// Names in programs resolve by this file, so that an older or truncated extract must not replace it unnoticed.
if (before && after.number < before.number) {
  console.error(`refused: edition ${after.number} is older than edition ${before.number} that is there`);
  process.exit(1);
}
if (before && after.models.length < before.models.length * 0.9) {
  console.error(
    `refused: ${after.models.length} models, but ${before.models.length} are there; is the extract complete?`,
  );
  process.exit(1);
}

const lines = changes(before, after);
writeFileSync(OUTPUT, toText(after));
console.log(lines.join("\n") || "no model changed");
console.log(`edition ${after.number}: ${after.models.length} models, ${lines.length} changes`);
