/** Markup that is safe to put into a page; only `markup` makes it, so that no text of a report is ever taken for it. */
export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Takes what stands in the source of this package as it is, and escapes everything else. */
  static of(strings: TemplateStringsArray, parts: readonly Part[]): Markup {
    return new Markup(strings.map((string, index) => string + write(parts[index])).join(""));
  }
}

/** What a template takes: a text is escaped, a list is written one after the other, nothing is nothing. */
export type Part = string | number | Markup | undefined | readonly Part[];

/**
 * A template of markup whose texts are escaped; they may stand between tags and in attributes with double quotes.
 *
 * @example
 * markup`<p title="${hostile}">${hostile}</p>`;
 */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return Markup.of(strings, parts);
}

function write(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  return Array.isArray(part) ? part.map(write).join("") : escape(visible(String(part)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/**
 * Control characters, halves of pairs, code points that are no characters, and format characters that reorder, hide or break a line; joiners, which some
 * scripts need, are not among them.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\p{NChar}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** A text of one line in which nothing is hidden: `\u202e` stands for what would turn the rest round. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** Thousands apart, the same on every machine. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 step`, `2 steps`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}
