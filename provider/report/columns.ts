/** Rows of equally many cells as lines with the cells below each other; nothing after the last one. */
export function table(rows: readonly (readonly string[])[], indent = ""): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${indent}${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd());
}
