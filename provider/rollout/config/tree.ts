import { isAlias, isMap, isScalar, type Document, type Pair, type ParsedNode, type Scalar } from "yaml";
import { compose, DEEPEST, linesOf, type Note } from "./compose.js";
import { looksLikeSecret, NO_SECRETS, placeOf, shown, type Path, type PlanProblem, type Report } from "./problem.js";

/** A value of the file, with where it is. What an alias stands for is there once, however often it is used. */
export interface Located {
  readonly offset: number;
  /** Strings, numbers and so on; plain objects and lists, which share what aliases share. */
  readonly plain: unknown;
  /** As it is written, for numbers. */
  readonly source?: string;
  readonly items?: readonly Located[];
  readonly entries?: ReadonlyMap<string, { readonly offset: number; readonly value: Located }>;
  /** With everything in it, aliases counted each time. */
  readonly size: number;
  readonly depth: number;
}

/** The file as YAML, and what is wrong with it as such. */
export interface Tree {
  /** Absent where the text is no YAML, or too much of it. */
  readonly root?: Located;
  readonly problems: PlanProblem[];
  /** Notes a problem of the value at a path, or of what is left of the path. */
  readonly report: Report;
  /** For a message that names another place, too: `tenants[3].id (line 12)`. */
  readonly mention: (path: Path) => string;
}

/** A bound for aliases of aliases: ten thousand tenants with forty values each. */
const MOST_VALUES = 400_000;
const CORE = "tag:yaml.org,2002:";

/** Reads YAML 1.2 with the core schema and no tags of anybody's own. */
export function readTree(text: string): Tree {
  const lines = linesOf(text);
  const problems: PlanProblem[] = [];
  const note = (offset: number, path: Path, reason: string) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    problems.push({ line, column: col, place: placeOf(path), reason });
  };
  const document = compose(text, note);
  let root: Located | undefined;
  if (document !== undefined) {
    root = new Builder(note, (offset) => lines.linePos(offset).line).root(document);
    if (root.size > MOST_VALUES || root.depth > DEEPEST) {
      note(root.offset, [], "is too large with its aliases written out. Use fewer aliases inside of aliases");
      root = undefined;
    }
  }
  const report: Report = (path, reason, at = "value") => note(offsetOf(root!, path, at), path, reason);
  const mention = (path: Path) => `${placeOf(path)} (line ${lines.linePos(offsetOf(root!, path, "value")).line})`;
  return { ...(root && { root }), problems, report, mention };
}

/** Where the value at a path begins, or what is there of the path. */
function offsetOf(root: Located, path: Path, at: "key" | "value"): number {
  let { offset } = root;
  let here: Located | undefined = root;
  for (const [index, part] of path.entries()) {
    if (typeof part === "number") here = here.items?.[part];
    else {
      const entry = here.entries?.get(part);
      if (entry !== undefined && at === "key" && index === path.length - 1) return entry.offset;
      here = entry?.value;
    }
    if (here === undefined) return offset;
    offset = here.offset;
  }
  return offset;
}

class Builder {
  readonly #anchors = new Map<string, Located>();

  constructor(
    readonly note: Note,
    readonly lineOf: (offset: number) => number,
  ) {}

  root({ contents, range }: Document.Parsed): Located {
    return this.#build(contents, [], range[0]);
  }

  #build(node: ParsedNode | null, path: Path, offset: number): Located {
    if (node === null) return this.#scalar(null, path, offset);
    // What is not there is where its key is.
    const start = isScalar(node) && node.source === "" && node.value === null ? offset : node.range[0];
    if (isAlias(node)) {
      const known = this.#anchors.get(node.source);
      if (known !== undefined) return known;
      this.note(start, path, `refers to an anchor ${shown(node.source)} that is not there before it. Add the anchor`);
      return { offset: start, plain: null, size: 1, depth: 1 };
    }
    if (node.tag !== undefined && !node.tag.startsWith(CORE)) {
      this.note(start, path, `has a tag ${shown(node.tag)}, and there are none here. Leave it out`);
    }
    const built = isScalar(node)
      ? this.#scalar(node, path, start)
      : isMap(node)
        ? this.#mapping(node.items as Pair<ParsedNode, ParsedNode | null>[], path, start)
        : this.#list(node.items as (ParsedNode | Pair<ParsedNode, ParsedNode | null>)[], path, start);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, built);
    return built;
  }

  #scalar(node: Scalar | null, path: Path, offset: number): Located {
    const plain = node === null ? null : node.value;
    if (plain === null) this.note(offset, path, "has no value. Give it one, or leave it out");
    if (typeof plain === "string" && looksLikeSecret(plain)) {
      this.note(offset, path, `looks like a secret. ${NO_SECRETS}`);
    }
    return { offset, plain, ...(node?.source !== undefined && { source: node.source }), size: 1, depth: 1 };
  }

  #list(nodes: readonly (ParsedNode | Pair<ParsedNode, ParsedNode | null>)[], path: Path, offset: number): Located {
    const items = nodes.map((node, index) => this.#build(node as ParsedNode, [...path, index], offset));
    return { offset, items, plain: items.map(({ plain }) => plain), ...measure(items) };
  }

  #mapping(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], path: Path, offset: number): Located {
    const entries = new Map<string, { offset: number; value: Located }>();
    for (const { key: node, value } of pairs) {
      const start = node.range[0];
      const key = isScalar(node) ? (typeof node.value === "string" ? node.value : (node.source ?? "")) : "";
      // Names that every object has would be found where nobody wrote them.
      if (key === "" || key in Object.prototype) {
        this.note(start, path, `has a key ${shown(key)}, which cannot be one. Use a plain text`);
        continue;
      }
      const before = entries.get(key);
      if (before !== undefined) {
        const line = this.lineOf(before.offset);
        this.note(start, [...path, key], `is given a second time, after line ${line}. Leave one of the two`);
        continue;
      }
      entries.set(key, { offset: start, value: this.#build(value, [...path, key], start) });
    }
    const plain = Object.fromEntries([...entries].map(([key, { value }]) => [key, value.plain]));
    return { offset, entries, plain, ...measure([...entries.values()].map(({ value }) => value)) };
  }
}

function measure(parts: readonly Located[]): { size: number; depth: number } {
  let size = 1;
  let depth = 0;
  for (const part of parts) {
    size += part.size;
    depth = Math.max(depth, part.depth);
  }
  return { size, depth: depth + 1 };
}
