import { markup, number } from "./markup.js";
import type { Markup, Part } from "./markup.js";

/** So many lines of a cell are in view; of more, the rest is folded. */
const SHOWN = 24;

/** So many that are the same before and after are in view beside what differs. */
const SAME_SHOWN = 6;

export interface TableOptions {
  readonly caption: Part;
  readonly head: readonly Part[];
  /** Whole rows. */
  readonly rows: readonly Markup[];
  /** For the script and for links. */
  readonly id?: string;
  /** What the region around it is called where the caption is too long for that. */
  readonly label: string;
  readonly kind?: string;
}

/** A table in a region of its own that scrolls where the page is narrow, also by the keyboard. */
export function table({ caption, head, rows, id, label, kind = "plain" }: TableOptions): Markup {
  const cells = head.map((cell) => markup`<th scope="col">${cell}</th>`);
  return markup`<div class="scroll" role="group" tabindex="0" aria-label="Table: ${label}">
<table class="${kind}"${id === undefined ? undefined : markup` id="${id}"`}>
<caption>${caption}</caption>
<thead><tr>${cells}</tr></thead>
<tbody>
${rows.map((row) => markup`${row}\n`)}</tbody>
</table>
</div>
`;
}

/** A row whose first cell names it. */
export function row(name: Part, cells: readonly Part[], kind?: string): Markup {
  return markup`<tr${kind === undefined ? undefined : markup` class="${kind}"`}><th scope="row">${name}</th>${cells.map(cell)}</tr>`;
}

const cell = (content: Part) => markup`<td>${content}</td>`;

/** A word in a frame: its shape and colour only repeat what it says. */
export function tag(words: Part, kind: string): Markup {
  return markup`<span class="tag ${kind}">${words}</span>`;
}

export const muted = (words: Part) => markup`<span class="muted">${words}</span>`;

/** A list with a text for each entry; one entry is a paragraph. */
export function list(entries: readonly Part[]): Markup {
  if (entries.length === 1) return markup`<p>${entries[0]}</p>\n`;
  return markup`<ul>${entries.map((entry) => markup`<li>${entry}</li>\n`)}</ul>\n`;
}

/** Names that may be written from right to left do not turn round what is around them. */
export const named = (name: string) => markup`<bdi>${name === "" ? muted("(no name)") : name}</bdi>`;

/** Something folded, which is there without scripts and on paper. */
export function folded(summary: Part, content: Part): Markup {
  return markup`<details><summary>${summary}</summary>\n${content}</details>\n`;
}

/** How two lists of lines differ, in words. */
export function difference(before: readonly string[], after: readonly string[]): string {
  const [added, removed] = [missing(after, before).length, missing(before, after).length];
  if (added === 0 && removed === 0) return same(before, after) ? "same" : "changed";
  if (before.length === 0) return "added";
  if (after.length === 0) return "removed";
  if (before.length === 1 && after.length === 1) return "changed";
  const words = [added > 0 ? `${added} added` : "", removed > 0 ? `${removed} removed` : ""];
  return words.filter((word) => word !== "").join(", ");
}

const same = (one: readonly string[], two: readonly string[]) =>
  one.length === two.length && one.every((line, index) => line === two[index]);

function missing(lines: readonly string[], among: readonly string[]): string[] {
  const known = new Set(among);
  return lines.filter((line) => !known.has(line));
}

/** A row that compares; what differs is said beside its name, so that it is in view where the screen is narrow. */
export function compared(name: Part, before: readonly string[], after: readonly string[]): Markup {
  const words = difference(before, after);
  return changedRow(name, words, [lines(before, after, "removed"), lines(after, before, "added")]);
}

/** A row with a word for its change, `same` where there is none. */
export function changedRow(name: Part, words: string, cells: readonly Part[]): Markup {
  const changed = words !== "same";
  return row([name, " ", tag(words, changed ? "new" : "same")], cells, changed ? "changed" : undefined);
}

/** One side of a comparison: what the other side lacks comes first and says so; what is the same is folded beside it. */
function lines(side: readonly string[], other: readonly string[], word: "added" | "removed"): Part {
  if (side.length === 0) return muted("not there");
  if (side.length === 1 && other.length <= 1) return text(side[0]!);
  const differs = new Set(missing(side, other));
  const only = side.filter((line) => differs.has(line)).map((line) => differing(line, word, other.length > 0));
  const both = side.filter((line) => !differs.has(line)).map((line) => markup`<li>${text(line)}</li>\n`);
  if (only.length === 0 && missing(other, side).length === 0) return excerpt(both, SHOWN, "more");
  if (both.length <= SAME_SHOWN) return [excerpt(only, SHOWN, `more ${word}`), excerpt(both, SAME_SHOWN, "more")];
  const same = only.length > 0 ? "more, the same before and after" : "the same before and after";
  return [excerpt(only, SHOWN, `more ${word}`), excerpt(both, 0, same)];
}

/** Where the other side has nothing, the whole row says that this came or went. */
function differing(line: string, word: "added" | "removed", marked: boolean): Markup {
  if (!marked) return markup`<li>${text(line)}</li>\n`;
  const element = word === "added" ? markup`<ins>${text(line)}</ins>` : markup`<del>${text(line)}</del>`;
  return markup`<li>${tag(word, word)} ${element}</li>\n`;
}

/** So many entries in view, and the rest folded. */
function excerpt(entries: readonly Markup[], most: number, rest: string): Part {
  const [open, closed] = [entries.slice(0, most), entries.slice(most)];
  return [
    open.length > 0 ? markup`<ul class="lines">${open}</ul>` : undefined,
    closed.length > 0
      ? folded(`${number(closed.length)} ${rest}`, markup`<ul class="lines">${closed}</ul>`)
      : undefined,
  ];
}

const text = (line: string): Part => (line === "" ? muted("(empty)") : line);
