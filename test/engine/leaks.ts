/** Looks for what must be written nowhere, in every form in which a program may come to write it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Something that must not be found. */
export interface Hidden {
  /** For messages, which are no place for it either. */
  readonly what: string;
  readonly value: string;
}

/** A text, and where it is from. */
export interface Written {
  readonly place: string;
  readonly text: string;
}

/** One line for each thing that was found somewhere: what, in which form, where, and with how many characters before it. */
export function leaks(written: readonly Written[], hidden: readonly Hidden[]): string[] {
  const wanted = hidden.map(({ what, value }) => ({ what, forms: formsOf(value) }));
  return written.flatMap(({ place, text }) => {
    const folded = text.toLowerCase();
    return wanted.flatMap(({ what, forms }) =>
      Object.entries(forms).flatMap(([form, { value, exact }]) => {
        const at = exact ? text.indexOf(value) : folded.indexOf(value.toLowerCase());
        return at < 0 ? [] : [`${what}, ${form}, in ${place} at ${at}`];
      }),
    );
  });
}

interface Form {
  readonly value: string;
  /** Upper and lower case are not the same. */
  readonly exact?: boolean;
}

/** Short pieces of base64 are found in anything. */
const SHORTEST = 8;

function formsOf(value: string): Record<string, Form> {
  const query = new URLSearchParams({ "": value }).toString().slice(1);
  const forms: Record<string, Form> = {
    "as it is": { value },
    "in a URL": { value: encodeURIComponent(value) },
    "in a form": { value: query },
    "in JSON": { value: JSON.stringify(value).slice(1, -1) },
    "in hex": { value: Buffer.from(value).toString("hex") },
  };
  // Within base64 of a longer text it looks different by where it begins; its own first and last characters are mixed.
  for (const shift of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    const first = shift === 0 ? 0 : shift + 1;
    const last = Math.floor((bytes.length * 8) / 6);
    for (const encoding of ["base64", "base64url"] as const) {
      const core = bytes.toString(encoding).slice(first, last);
      if (core.length >= SHORTEST) forms[`in ${encoding}, shifted by ${shift}`] = { value: core, exact: true };
    }
  }
  return forms;
}

/** Every file of a folder but installed packages. @param since leaves out what was written last before that, in milliseconds */
export function filesOf(folder: string, since = 0): Written[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => statSync(file).mtimeMs >= since)
    .map((place) => ({ place, text: readFileSync(place, "utf8") }));
}
