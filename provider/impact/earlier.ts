import { closeSync, lstatSync, openSync, type Stats } from "node:fs";
import { InventoryError } from "./errors.js";
import { faultOf, isEnd, isHeader, parseLine, type Header, type PersonLine, type Stamp } from "./format.js";
import { checkHeader } from "./inventoryFile.js";
import { lineAt, linesOf } from "./lines.js";

/**
 * How long passkeys are kept without being read again, in hours: it is not documented that a second passkey of the same
 * kind moves the report's record, so that it may be missing for so long.
 */
export const KEEP_HOURS = 7 * 24;

type Kept = Pick<PersonLine, "passkeys" | "readAt">;

/**
 * Makes sure that a file may be overwritten: it does not exist, or is an inventory of this tenant, and not a link.
 *
 * @returns its header, where it is one of this version
 */
export function checkTarget(file: string, tenantId: string): Header | undefined {
  const refuse = (reason: string) =>
    new InventoryError("notWritable", file, 0, reason, "Choose another file with --out, or remove it");
  let stats: Stats;
  try {
    stats = lstatSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw refuse(`cannot be looked at (${(error as NodeJS.ErrnoException).code})`);
  }
  if (!stats.isFile()) throw refuse("would replace something that is no regular file");
  const [first] = linesOf(file);
  const line = parseLine(first?.text ?? "");
  try {
    checkHeader(file, line, { tenantId });
  } catch (error) {
    if (error instanceof InventoryError && error.code === "format") throw refuse("would replace a file that is none");
    throw error;
  }
  return isHeader(line) ? line : undefined;
}

/**
 * What an earlier inventory knows, for a run that reads only what has changed since. Remembers where in the file
 * someone is, and reads that line again where it is asked for: a million people would not fit in memory.
 */
export class EarlierInventory {
  readonly #positions = new Map<string, number>();
  readonly #file: number;

  private constructor(
    path: string,
    private readonly header: Header,
  ) {
    this.#file = openSync(path, "r");
  }

  /** @returns undefined where the file is incomplete or damaged: then all is read. */
  static open(path: string): EarlierInventory | undefined {
    let earlier: EarlierInventory | undefined;
    let start = 0;
    for (const { text, end } of linesOf(path)) {
      const line = parseLine(text);
      if (earlier === undefined) {
        if (!isHeader(line)) return undefined;
        earlier = new EarlierInventory(path, line);
      } else if (isEnd(line)) {
        return earlier;
      } else if (faultOf(line) !== undefined) {
        break;
      } else {
        const { user, passkeys, report } = line as unknown as PersonLine;
        if (passkeys && isStamp(report)) earlier.#positions.set(user, start);
      }
      start = end;
    }
    earlier?.close();
    return undefined;
  }

  /** Someone's passkeys, where the report says the same as when they were read, which is not long ago. */
  find(user: string, { updated, words }: Stamp, now: number): Kept | undefined {
    const position = this.#positions.get(user);
    if (position === undefined) return undefined;
    const known = parseLine(lineAt(this.#file, position)) as unknown as PersonLine;
    if (known.report?.updated !== updated || known.report.words.join("\n") !== words.join("\n")) return undefined;
    const { passkeys, readAt = this.header.created } = known;
    const hours = (now - Date.parse(readAt)) / 3_600_000;
    return passkeys && hours >= 0 && hours <= KEEP_HOURS ? { passkeys, readAt } : undefined;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function isStamp(value: unknown): value is Stamp {
  const stamp = value as Partial<Stamp> | undefined;
  return typeof stamp?.updated === "string" && Array.isArray(stamp.words);
}
