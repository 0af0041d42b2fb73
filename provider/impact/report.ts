import { LicenceError, PermissionError, type RegistrationRow } from "../graph/index.js";
import { ReportNeededError } from "./errors.js";
import type { InventoryGraph } from "./port.js";
import type { InventoryProgress } from "./progress.js";

/**
 * Reads the whole registration report.
 *
 * @throws ReportNeededError where it cannot be read.
 */
export async function wholeReport(
  graph: InventoryGraph,
  { signal }: { readonly signal?: AbortSignal },
  onPage: (rows: readonly RegistrationRow[]) => void,
): Promise<void> {
  try {
    await graph.readRegistrationReport(onPage, { ...(signal && { signal }) });
  } catch (error) {
    if (error instanceof LicenceError) throw new ReportNeededError("licence", error);
    if (error instanceof PermissionError) throw new ReportNeededError("permission", error);
    throw error;
  }
}

/**
 * What the report says of some users. Its pages are read until that has cost as many requests as asking for the users
 * one by one will, so that a few people of a large tenant never cost more than twice the cheaper way.
 *
 * @returns true, or why it cannot be read
 */
export async function reportOf(
  graph: InventoryGraph,
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: InventoryProgress) => void },
  users: Iterable<string>,
): Promise<{ report: true | string; rows: ReadonlyMap<string, RegistrationRow> }> {
  const missing = new Set(users);
  const total = missing.size;
  const rows = new Map<string, RegistrationRow>();
  const add = (row: RegistrationRow) => void (missing.delete(row.id) && rows.set(row.id, row));
  const options = { ...(signal && { signal }) };
  let pages = 0;
  try {
    if (total === 0) return { report: true, rows };
    await graph.readRegistrationReport((page) => {
      page.forEach(add);
      onProgress?.({ phase: "report", done: rows.size, total });
      if ((pages += 1) < missing.size) return true;
      pages = Number.POSITIVE_INFINITY;
      return false;
    }, options);
    if (pages === Number.POSITIVE_INFINITY) await graph.readRegistrations([...missing], add, options);
    return { report: true, rows };
  } catch (error) {
    if (error instanceof LicenceError || error instanceof PermissionError)
      return { report: whyUnreadable(error), rows };
    throw error;
  }
}

/** Which licence or permission is missing, in a few words. */
export function whyUnreadable(error: LicenceError | PermissionError): string {
  return error instanceof LicenceError ? `no licence: ${error.licence}` : `no permission: ${error.permissions[0]}`;
}
