import type { MatrixCell, MatrixVerdict } from "../policy/access/index.js";
import { printable } from "../policy/index.js";
import { table } from "./columns.js";

const WORDS = { accepted: "yes", rejected: "no", unknown: "unknown" } as const;

/**
 * A matrix of people and keys as a table for people: who may register and sign in with which key, and what decides it. A
 * name of people stands at their first key. Lines end in `\n`, the last one without.
 *
 * @example
 * console.log(matrixTable(keyMatrix(normalizePolicy(policy), rows, keys)));
 */
export function matrixTable(cells: readonly MatrixCell[]): string {
  const rows = cells.map(({ row, key, register, signIn }, index) => [
    cells[index - 1]?.row === row ? "" : printable(row.name),
    printable(key.name),
    WORDS[register.answer],
    WORDS[signIn.answer],
    printable(why(register, signIn)),
  ]);
  return table([["Who", "Key", "Register", "Sign in", "Why"], ...rows]).join("\n");
}

/** Once where both are the same. */
function why(register: MatrixVerdict, signIn: MatrixVerdict): string {
  const same = register.reason === signIn.reason;
  const reasons = same ? [register.reason] : [`register: ${register.reason}`, `sign in: ${signIn.reason}`];
  return [...reasons, ...(signIn.later ?? [])].join("; ");
}
