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
export function readHelpText(text: string): HelpText {
  const exitCodes: [number, string][] = [];
  const examples: string[] = [];
  const notes: Note[] = [];
  for (const part of text.split(/\n\s*\n|\n(?=Examples:|Exit codes:)/)) {
    const lines = part.split("\n").filter((line) => line.trim() !== "");
    const flush = (found: string[]) => {
      if (found.length > 0) notes.push({ paragraph: found.join(" ") });
    };
    if (lines[0]?.startsWith("Examples:")) {
      const shown = lines.slice(1).filter((line) => line.startsWith("  "));
      examples.push(...shown.map((line) => line.slice(2)));
      flush(lines.slice(1).filter((line) => !line.startsWith("  ")));
    } else if (lines[0]?.startsWith("Exit codes:")) {
      const { codes, rest } = readExitCodes(lines.map((line) => line.trim()).join(" "));
      exitCodes.push(...codes);
      flush(rest === "" ? [] : [rest]);
    } else {
      let words: string[] = [];
      for (let index = 0; index < lines.length; index++) {
        if (!lines[index]!.startsWith("  ")) {
          words.push(lines[index]!);
          continue;
        }
        flush(words);
        words = [];
        const from = index;
        while (lines[index + 1]?.startsWith("  ")) index++;
        notes.push({ lines: lines.slice(from, index + 1).map((line) => line.slice(2)) });
      }
      flush(words);
    }
  }
  return { exitCodes, examples, notes };
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
