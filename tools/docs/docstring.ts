/** What a docstring says of a property. */
export interface Docstring {
  readonly description: string;
  /** What holds where the property is left out; Markdown. Absent where nothing says so. */
  readonly default?: string;
}

const LITERAL = /^(true|false|\d+|"[^"]*"|\[[^\]]*\])/;

/**
 * Description and default of a docstring. The default is the tag `@default`, or else a sentence "Default `x`." of the
 * description.
 *
 * @param tag text of `@default`, if there is one
 */
export function readDocstring(text: string, tag: string | undefined): Docstring {
  const description = plain(text);
  if (tag !== undefined) {
    const words = plain(tag);
    const literal = LITERAL.exec(words)?.[0];
    if (literal === undefined) return { description, default: words };
    const rest = words.slice(literal.length).replace(/^[,;]\s*/, "");
    const said = words.startsWith(`${literal}, `);
    if (said) return { description: joined(description, capital(rest)), default: `\`${literal}\`` };
    return { description, default: rest === "" ? `\`${literal}\`` : `\`${literal}\`; ${rest}` };
  }
  const found = /(?:^|(?<=[.] ))Default:? (`[^`]*`|[^.:,`]+)(?:[:,] [^.]*)?\.(?= |$)/.exec(description);
  if (found === null) return { description };
  const [whole, value = ""] = found;
  const literal = LITERAL.exec(value)?.[0] === value;
  // What a sentence has more than the value is not lost.
  const more = whole.length > `Default: ${value}.`.length;
  const left = description.replace(whole, "").replace(/ {2,}/g, " ").trim();
  return { description: more || left === "" ? description : left, default: literal ? `\`${value}\`` : value };
}

/** Words on one line; a link of TypeScript is the name that it links to. */
function plain(text: string): string {
  return text
    .replace(/\{@link\s+([^}\s]+)[^}]*\}/g, "`$1`")
    .replace(/\s+/g, " ")
    .trim();
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const joined = (...parts: string[]): string => parts.filter((part) => part !== "").join(" ");
