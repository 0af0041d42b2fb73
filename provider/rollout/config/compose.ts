import { Composer, LineCounter, Parser, type CST, type Document } from "yaml";
import { oneLine, type Path } from "./problem.js";

/** The form needs 6. */
export const DEEPEST = 30;

/** Notes a problem at an offset of the text. */
export type Note = (offset: number, path: Path, reason: string) => void;

/** The parser tells of lines, too, but not of all in a text that is no YAML. */
export function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
  return lines;
}

/** One document of YAML 1.2 with the core schema; undefined where something was noted. */
export function compose(text: string, note: Note): Document.Parsed | undefined {
  const tokens = [...new Parser().parse(text)];
  // The composer calls itself for what is in a collection, so it is asked only where that ends soon.
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    note(deep, [], `is nested more than ${DEEPEST} deep. Compare it with docs/rollout.md`);
    return undefined;
  }
  const options = {
    version: "1.2",
    schema: "core",
    uniqueKeys: false,
    prettyErrors: false,
  } as const;
  let first: Document.Parsed | undefined;
  for (const document of new Composer(options).compose(tokens, true, text.length)) {
    if (first !== undefined) {
      note(document.range[0], [], "is a second document. Leave one, without a line `---` between");
      return undefined;
    }
    first = document as Document.Parsed;
  }
  const wrong = [...first!.errors, ...first!.warnings];
  for (const { pos, message } of wrong) note(pos[0], [], `is no YAML: ${oneLine(message)}`);
  const { version, explicit } = first!.directives.yaml;
  if (explicit === true && version !== "1.2") note(0, [], `is YAML ${version}. Leave out the line %YAML`);
  return wrong.length > 0 ? undefined : first;
}

function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: [token: CST.Token | null | undefined, depth: number][] = tokens.map((token) => [token, 0]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next;
    if (token == null) continue;
    if (depth > DEEPEST) return token.offset;
    if (token.type === "document") open.push([token.value, depth]);
    if ("items" in token) for (const { key, value } of token.items) open.push([key, depth + 1], [value, depth + 1]);
  }
  return undefined;
}
