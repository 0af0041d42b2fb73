/** What a benchmark found. */
export interface Report {
  /** For machines. */
  readonly figures: unknown;
  /** For people: what, and how much. */
  readonly rows: readonly (readonly [label: string, value: string])[];
  /** Goals that were missed; empty where none was. */
  readonly missed: readonly string[];
  /** Wall times for the plot. */
  readonly bars?: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  readonly ms: number;
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

export const mebibytes = (kib: number | undefined) =>
  kib === undefined ? "not known" : `${(kib / 1024).toFixed(0)} MiB`;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export function print({ rows }: Report): void {
  const width = Math.max(...rows.map(([label]) => label.length));
  for (const [label, value] of rows) console.log(`${label.padEnd(width)}  ${value}`);
}
