/** A table of Markdown; columns in which no row has anything are left out. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heads.map((_, column) => rows.some((row) => row[column] !== ""));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, column) => kept[column]).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map((row) => line(row.map(escapeBars)))].join("\n");
}

/** Words of a sentence: on one line, and without anything that Markdown takes for a tag. Code stays code. */
export function prose(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/[<*]/g, "\\$&")))
    .join("");
}

export const code = (text: string): string => `\`${text}\``;

/** With a capital in front and a full stop behind. */
export function sentence(text: string): string {
  const words = prose(text);
  const first = /^[a-z]/.test(words) ? words[0]!.toUpperCase() + words.slice(1) : words;
  return /[.:!?]$/.test(first) ? first : `${first}.`;
}

export const block = (language: string, lines: readonly string[]): string =>
  ["```" + language, ...lines, "```"].join("\n");

/** `IncludeTarget` -> `include-target`. */
export const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();

const escapeBars = (cell: string): string => cell.replaceAll("|", "\\|");
