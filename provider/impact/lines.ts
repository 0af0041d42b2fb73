import { closeSync, openSync, readSync } from "node:fs";

const CHUNK = 256 * 1024;
/** Most lines are shorter. */
const LINE = 1024;
const NEWLINE = 10;

/** One line of a file. */
export interface Line {
  /** Without white space at its ends. */
  readonly text: string;
  /** Position right after the line, in bytes. */
  readonly end: number;
  /** Whether the file ends before the line does. */
  readonly open: boolean;
}

/** The lines of a file one by one, without ever holding all of it. Throws what opening and reading throw. */
export function* linesOf(path: string): Generator<Line> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let rest = Buffer.alloc(0);
    let position = 0;
    for (;;) {
      const size = readSync(file, chunk, 0, CHUNK, null);
      if (size === 0) break;
      const bytes = rest.length === 0 ? chunk.subarray(0, size) : Buffer.concat([rest, chunk.subarray(0, size)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        position += end + 1 - start;
        yield { text: bytes.toString("utf8", start, end).trim(), end: position, open: false };
        start = end + 1;
      }
      rest = Buffer.from(bytes.subarray(start));
    }
    if (rest.length > 0) yield { text: rest.toString("utf8").trim(), end: position + rest.length, open: true };
  } finally {
    closeSync(file);
  }
}

/** The line that begins at a position of a file, without its end. */
export function lineAt(file: number, position: number): string {
  const parts: Buffer[] = [];
  for (let at = position; ;) {
    const chunk = Buffer.allocUnsafe(LINE);
    const size = readSync(file, chunk, 0, LINE, at);
    const end = chunk.subarray(0, size).indexOf(NEWLINE);
    parts.push(chunk.subarray(0, end < 0 ? size : end));
    if (end >= 0 || size === 0) return Buffer.concat(parts).toString("utf8");
    at += size;
  }
}
