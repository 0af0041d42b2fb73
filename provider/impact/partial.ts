import { closeSync, constants, fchmodSync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import { InventoryError } from "./errors.js";
import { faultOf, isHeader, parseLine, type End, type Header, type PersonLine } from "./format.js";
import { linesOf } from "./lines.js";
import { Tally } from "./tally.js";

const BUFFER = 32 * 1024;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** The file that an inventory is written to until it is whole: `<file>.partial`, readable by its owner only. */
export class PartialFile {
  readonly tally = new Tally();
  readonly path: string;
  /** The header in the file. */
  header!: Header;
  /** People that an earlier run wrote. */
  readonly users = new Set<string>();
  #handle: number | undefined;
  #lines: string[] = [];
  #size = 0;

  constructor(readonly file: string) {
    this.path = `${file}.partial`;
  }

  /** What an earlier run that was cut left: its header, or undefined where there is none that can be read. */
  peek(): Header | undefined {
    try {
      for (const { text, open } of linesOf(this.path)) {
        const line = parseLine(text);
        return !open && isHeader(line) ? line : undefined;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw this.#failure(error);
    }
    return undefined;
  }

  /** Starts anew. */
  start(header: Header): void {
    this.#open(constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
    this.header = header;
    this.#append(header);
    this.flush();
  }

  /** Goes on with what is there; whatever follows the last whole line is taken off. */
  resume(header: Header): void {
    let end = 0;
    for (const { text, end: after, open } of linesOf(this.path)) {
      if (end > 0) {
        const line = parseLine(text);
        if (open || faultOf(line) !== undefined) break;
        const person = line as unknown as PersonLine;
        this.users.add(person.user);
        this.tally.add(person);
      }
      end = after;
    }
    this.#open(constants.O_WRONLY | constants.O_APPEND);
    this.header = header;
    ftruncateSync(this.#handle!, end);
  }

  write(person: PersonLine): void {
    this.tally.add(person);
    this.#append(person);
  }

  /** Writes the last line and gives the file its name. */
  finish(): void {
    const { people, passkeys, unread } = this.tally.totals;
    const end: End = { end: true, people, passkeys, unread };
    this.#append(end);
    this.flush();
    fsyncSync(this.#handle!);
    this.close();
    renameSync(this.path, this.file);
  }

  flush(): void {
    if (this.#handle === undefined || this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join(""));
    for (let written = 0; written < bytes.length;) written += writeSync(this.#handle, bytes, written);
    this.#lines = [];
    this.#size = 0;
  }

  close(): void {
    if (this.#handle === undefined) return;
    try {
      this.flush();
    } finally {
      closeSync(this.#handle);
      this.#handle = undefined;
    }
  }

  #append(line: object): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#lines.push(text);
    this.#size += text.length;
    if (this.#size >= BUFFER) this.flush();
  }

  #open(flags: number): void {
    try {
      this.#handle = openSync(this.path, flags | NO_FOLLOW, 0o600);
      // One that is there from before keeps its mode otherwise.
      fchmodSync(this.#handle, 0o600);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): InventoryError {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const reason = code === "ELOOP" ? "is a link, which is not followed" : `cannot be opened (${code})`;
    return new InventoryError("notWritable", this.path, 0, reason, "Remove it, or choose another file");
  }
}
