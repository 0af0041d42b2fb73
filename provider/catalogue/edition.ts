import { load } from "./load.js";

/** Which catalogue this is. */
export interface CatalogueEdition {
  /** Number of the FIDO metadata edition in it. */
  readonly number: number;
  /** The day (`YYYY-MM-DD`) by which the FIDO Alliance was to publish a newer edition. */
  readonly nextUpdate: string;
  /** The day (`YYYY-MM-DD`) on which models that the metadata does not have were gathered. */
  readonly additions: string;
}

/** The edition of the catalogue. */
export function catalogueEdition(): CatalogueEdition {
  const { number, nextUpdate, additions } = load();
  return { number, nextUpdate, additions };
}
