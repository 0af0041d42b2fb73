/**
 * The form of `data.json`, which `tools/catalogue` writes and `load.ts` reads. One model is one line of the file, so
 * that a new edition of the metadata is a readable diff.
 */
export interface CatalogueData {
  /** Where the facts come from. */
  readonly source: string;
  /** Number of the metadata edition. */
  readonly number: number;
  /** The day (`YYYY-MM-DD`) by which the next edition is due. */
  readonly nextUpdate: string;
  /** The day (`YYYY-MM-DD`) on which the facts were gathered of models that the metadata does not have. */
  readonly additions: string;
  /** The meaning of each place in a row. */
  readonly columns: readonly string[];
  /** Sorted by name without regard to case, then by AAGUID. */
  readonly models: readonly CatalogueRow[];
}

/**
 * AAGUID, name, vendor (empty = not known), kind, transports (separated by spaces), key protection (separated by
 * spaces), flags (see {@link FLAGS}), status reports (`STATUS date`, separated by commas).
 */
export type CatalogueRow = readonly [
  aaguid: string,
  name: string,
  vendor: string,
  kind: string,
  transports: string,
  keyProtection: string,
  flags: string,
  status: string,
];

/** The letters of the flags column. */
export const FLAGS = {
  biometric: "b",
  residentKey: "r",
  hmacSecret: "h",
  fips: "f",
  entraEligible: "e",
  sample: "s",
} as const;
