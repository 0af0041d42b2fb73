import { LicenceError, PermissionError, type RegistrationRow } from "../graph/index.js";
import { ReportNeededError } from "./errors.js";
import type { InventoryGraph } from "./port.js";

/** Whether a word of `methodsRegistered` is a kind of passkey, a newer one included. */
export function isPasskeyWord(word: string): boolean {
  return /^(passkey|fido2)/i.test(word);
}

/**
 * Reads the registration report row by row, until `onRow` answers `false`.
 *
 * @returns true, or why it cannot be read
 * @throws ReportNeededError where it cannot be read and is needed.
 */
export async function reportRows(
  graph: InventoryGraph,
  { signal }: { readonly signal?: AbortSignal },
  needed: boolean,
  onRow: (row: RegistrationRow) => void | boolean,
): Promise<true | string> {
  try {
    await graph.readRegistrationReport(
      (rows) => {
        for (const row of rows) if (onRow(row) === false) return false;
        return true;
      },
      { ...(signal && { signal }) },
    );
    return true;
  } catch (error) {
    if (!(error instanceof LicenceError || error instanceof PermissionError)) throw error;
    if (needed) throw new ReportNeededError(error instanceof LicenceError ? "licence" : "permission", error);
    return whyUnreadable(error);
  }
}

/** Which licence or permission is missing, in a few words. */
export function whyUnreadable(error: LicenceError | PermissionError): string {
  return error instanceof LicenceError ? `no licence: ${error.licence}` : `no permission: ${error.permissions[0]}`;
}
