import { load } from "./load.js";

/** The day (`YYYY-MM-DD`) by which the FIDO Alliance was to publish an edition newer than the one in the catalogue. */
export function catalogueDate(): string {
  return load().nextUpdate;
}

/** The number of the FIDO metadata edition in the catalogue. */
export function catalogueNumber(): number {
  return load().number;
}
