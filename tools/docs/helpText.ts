/** What a command's help has beside arguments and options. */
export interface HelpText {
  /** Exit codes with their meanings, as the text has them. */
  readonly exitCodes: readonly (readonly [number, string])[];
  readonly examples: readonly string[];
  /** The rest: paragraphs, and lines that stand as they are. */
  readonly notes: readonly Note[];
}

export type Note = { readonly paragraph: string } | { readonly lines: readonly string[] };

/**
 * Takes the text behind a command's help apart: "Exit codes: 0 done, 1 error." and "Examples:" with indented lines; all
 * else is notes.
 */
export function readHelpText(help: string): HelpText {
  const exitCodes: [number, string][] = [];
  const examples: string[] = [];
  const notes: Note[] = [];
  for (const part of help.split(/\n\s*\n|\n(?=Examples:|Exit codes:)/)) {
    const lines = part.split("\n").filter((line) => line.trim() !== "");
    const [head = "", ...others] = lines;
    if (head.startsWith("Examples:")) {
      examples.push(...others.filter(isIndented).map((line) => line.slice(2)));
      notes.push(...readNotes(others.filter((line) => !isIndented(line))));
    } else if (head.startsWith("Exit codes:")) {
      // In a sentence, or as a list with a code on each line.
      const words = others.map((line) => line.trim());
      const { codes, rest } = readExitCodes(head === "Exit codes:" ? `${head} ${words.join(", ")}` : lines.join(" "));
      exitCodes.push(...codes);
      notes.push(...readNotes(rest === "" ? [] : [rest]));
    } else {
      notes.push(...readNotes(lines));
    }
  }
  return { exitCodes, examples, notes };
}

const isIndented = (line: string): boolean => line.startsWith("  ");

/** Lines that are a paragraph, and between them indented ones that stand as they are. */
function readNotes(lines: readonly string[]): Note[] {
  const notes: Note[] = [];
  for (let from = 0; from < lines.length;) {
    const indented = isIndented(lines[from]!);
    let to = from + 1;
    while (to < lines.length && isIndented(lines[to]!) === indented) to++;
    const run = lines.slice(from, to);
    notes.push(indented ? { lines: run.map((line) => line.slice(2)) } : { paragraph: run.join(" ") });
    from = to;
  }
  return notes;
}

/** `Exit codes: 0 found, 1 nothing found. More.` */
function readExitCodes(text: string): { codes: [number, string][]; rest: string } {
  const [, list = "", rest = ""] = /^Exit codes:\s*(.*?)(?:\.\s+(?=[A-Z])(.*)|\.?)$/.exec(text) ?? [];
  const codes = list.split(/[,;]\s+(?=\d+ )/).map((part): [number, string] => {
    const [, number, meaning] = /^(\d+)\s+(.*)$/.exec(part) ?? [];
    if (number === undefined || meaning === undefined) {
      throw new Error(`"${part}" is no exit code with its meaning. Write "Exit codes: 0 done, 1 error."`);
    }
    return [Number(number), meaning];
  });
  return { codes, rest };
}
