import type { RolloutRecord } from "../records.js";
import type { BegunStep, RecordsPage } from "./protocol.js";

/** So many records, or characters of them, go into one answer. */
const PAGE_RECORDS = 1_000;
const PAGE_TEXT = 500_000;

/** Records from one on, as many as fit into an answer, and the steps that were begun until then. */
export function page(all: readonly RolloutRecord[], from: number, steps: readonly BegunStep[] = []): RecordsPage {
  const records: RolloutRecord[] = [];
  let text = 0;
  for (let index = from; index < all.length && records.length < PAGE_RECORDS && text < PAGE_TEXT; index += 1) {
    records.push(all[index]!);
    text += JSON.stringify(all[index]).length;
  }
  const next = from + records.length;
  return { records, steps: steps.filter(({ after }) => after <= next), total: all.length };
}
