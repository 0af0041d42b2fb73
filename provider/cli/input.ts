import { readFileSync } from "node:fs";

/** What somebody has given: a file, or standard input. */
export interface Input {
  /** What messages call it. */
  readonly from: string;
  readonly text: string;
}

/** Reads a file; `-` is standard input. */
export function readInput(file: string): Input {
  return file === "-"
    ? { from: "standard input", text: readFileSync(0, "utf8") }
    : { from: file, text: readFileSync(file, "utf8") };
}
