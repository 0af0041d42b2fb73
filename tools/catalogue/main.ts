/**
 * Writes provider/catalogue/data.json from the FIDO metadata and prints what changed:
 *
 *     npm run catalogue                        the official BLOB, downloaded
 *     npm run catalogue -- --blob <blob.jwt>   a BLOB that was downloaded before
 *     npm run catalogue -- <extract.json>      an extract that nobody signed
 *
 * A BLOB is verified first: trust.ts and blob.ts say how. An extract is `{ number, nextUpdate, entries }`; source.ts says
 * what an entry holds.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { CatalogueData } from "../../provider/dist/catalogue/form.js";
import { readBlob } from "./blob.ts";
import { download, OFFICIAL } from "./download.ts";
import { changes, refusal, toCatalogue, toText } from "./generate.ts";
import { readMetadata, type Metadata } from "./source.ts";
import { officialTrust } from "./trust.ts";

const OUTPUT = new URL("../../provider/catalogue/data.json", import.meta.url);
const USAGE = "usage: npm run catalogue [-- <extract.json> | -- --blob <blob.jwt>]";

async function blobMetadata(text: string): Promise<Metadata> {
  const { metadata, skipped, warnings } = await readBlob(text, officialTrust(new Date()));
  for (const warning of warnings) console.error(`warning: ${warning}`);
  console.error(`verified; ${skipped} entries are not of FIDO2 and were left out`);
  return metadata;
}

function progress(bytes: number): void {
  console.error(`${Math.round(bytes / 1024 / 1024)} MB`);
}

class UsageError extends Error {
  override readonly name = "UsageError";
}

function inputs(args: string[]): { extract?: string; blob?: string } {
  try {
    const { values, positionals } = parseArgs({ args, options: { blob: { type: "string" } }, allowPositionals: true });
    const [extract, ...rest] = positionals;
    if (rest.length > 0 || (extract !== undefined && values.blob !== undefined)) throw new Error("one input only");
    return { ...values, ...(extract !== undefined && { extract }) };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function read(args: string[]): Promise<Metadata> {
  const { extract, blob } = inputs(args);
  if (extract !== undefined) return readMetadata(JSON.parse(readFileSync(extract, "utf8")));
  if (blob !== undefined) return blobMetadata(readFileSync(blob, "utf8"));
  console.error(`downloading ${OFFICIAL}`);
  return blobMetadata(await download(OFFICIAL, progress));
}

function write(metadata: Metadata): number {
  const after = toCatalogue(metadata);
  const before = existsSync(OUTPUT) ? (JSON.parse(readFileSync(OUTPUT, "utf8")) as CatalogueData) : undefined;
  const why = refusal(before, after);
  if (why !== undefined) {
    console.error(`refused: ${why}`);
    return 1;
  }
  const lines = changes(before, after);
  writeFileSync(OUTPUT, toText(after));
  console.log(lines.join("\n") || "no model changed");
  console.log(`edition ${after.number}: ${after.models.length} models, ${lines.length} changes`);
  return 0;
}

try {
  process.exitCode = write(await read(process.argv.slice(2)));
} catch (error) {
  const misused = error instanceof UsageError;
  console.error(misused ? `${error.message}\n${USAGE}` : (error as Error).message);
  process.exitCode = misused ? 2 : 1;
}
