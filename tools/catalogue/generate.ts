import type { CatalogueData, CatalogueRow } from "../../provider/dist/catalogue/form.js";
import { ADDITIONS, ADDITIONS_DATE } from "./additions.ts";
import { toRow } from "./rules.ts";
import type { Metadata } from "./source.ts";

const COLUMNS = ["aaguid", "name", "vendor", "kind", "transports", "keyProtection", "flags", "status"];

/** The catalogue of an edition of the metadata. The same metadata gives the same catalogue. */
export function toCatalogue(metadata: Metadata): CatalogueData {
  const models = metadata.entries.map(toRow);
  const known = new Set(models.map(([aaguid]) => aaguid));
  models.push(...ADDITIONS.filter(([aaguid]) => !known.has(aaguid)));
  models.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const { number, nextUpdate } = metadata;
  const source = "FIDO Alliance Metadata Service (MDS3)";
  return { source, number, nextUpdate, additions: ADDITIONS_DATE, columns: COLUMNS, models };
}

/** By name without regard to case, then by AAGUID, in code units: the reader relies on this order. */
function sortKey([aaguid, name]: CatalogueRow): string {
  return `${name.toLowerCase()}\0${aaguid}`;
}

/** The catalogue as the text of `data.json`: one line for each model. */
export function toText(data: CatalogueData): string {
  const { models, ...head } = data;
  const top = JSON.stringify(head).slice(0, -1);
  return `${top},\n"models":[\n${models.map((row) => JSON.stringify(row)).join(",\n")}\n]}\n`;
}

/**
 * Why a catalogue must not take the place of the one that is there, or undefined. Names in programs resolve by it, so
 * that an older or truncated input must not replace it unnoticed.
 */
export function refusal(before: CatalogueData | undefined, after: CatalogueData): string | undefined {
  if (before === undefined) return undefined;
  if (after.number < before.number) {
    return `edition ${after.number} is older than edition ${before.number}, which is there`;
  }
  const [fewer, more] = [after.models.length, before.models.length];
  if (fewer < more * 0.9) return `${fewer} models, but ${more} are there; is the input complete?`;
  return undefined;
}

/** One line for each model that is new, gone or changed, with the columns that changed. */
export function changes(before: CatalogueData | undefined, after: CatalogueData): string[] {
  const old = new Map(before?.models.map((row) => [row[0], row]));
  const lines = after.models.flatMap((row) => {
    const previous = old.get(row[0]);
    old.delete(row[0]);
    if (!previous) return [`+ ${row[0]} ${row[1]}`];
    const changed = COLUMNS.flatMap((column, i) =>
      row[i] === previous[i] ? [] : [describe(column, previous[i], row[i])],
    );
    return changed.length === 0 ? [] : [`~ ${row[0]} ${row[1]}: ${changed.join("; ")}`];
  });
  const gone = [...old.values()].map((row: CatalogueRow) => `- ${row[0]} ${row[1]}`);
  return [...lines, ...gone];
}

function describe(column: string, before = "", after = ""): string {
  return `${column} ${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
}
