/** A value as a program writes it: JavaScript as it is, or a value of which parts may be such. */
export type Literal = Code | string | number | boolean | readonly Literal[] | { readonly [key: string]: Literal };

/** JavaScript that stands for itself, with a comment behind it where it stands in a list. */
export class Code {
  constructor(
    readonly text: string,
    readonly comment?: string,
  ) {}
}

/** Columns after which a list or an object is written over several lines. */
const WIDTH = 100;

/** Lines of a value; the first has no indentation. */
export function literal(value: Literal, room = WIDTH): string[] {
  if (value instanceof Code) return [value.text];
  if (typeof value !== "object") return [quoted(value)];
  const whole = flat(value);
  return whole !== undefined && whole.length <= room ? [whole] : expanded(value, room);
}

/** Lines of a list or an object, one for each member at least. */
export function expanded(value: readonly Literal[] | { readonly [key: string]: Literal }, room = WIDTH): string[] {
  const inner = room - 2;
  if (isList(value)) {
    return ["[", ...value.flatMap((one) => indented(literal(one, inner), comment(one))), "]"];
  }
  const lines = Object.entries(value).flatMap(([key, member]) => {
    const start = `${propertyName(key)}: `;
    const [first = "", ...rest] = literal(member, inner - start.length - 1);
    return indented([start + first, ...rest], comment(member));
  });
  return ["{", ...lines, "}"];
}

/** A value in one line; nothing where it has comments, or more than one object, which read better in lines. */
function flat(value: Literal): string | undefined {
  if (value instanceof Code) return value.comment === undefined ? value.text : undefined;
  if (typeof value !== "object") return quoted(value);
  const parts = isList(value) ? [...value] : Object.values(value);
  const objects = parts.filter((one) => typeof one === "object" && !(one instanceof Code) && !isList(one));
  if (objects.length > 0) return undefined;
  const texts = parts.map(flat);
  if (texts.includes(undefined)) return undefined;
  if (isList(value)) return `[${texts.join(", ")}]`;
  const keys = Object.keys(value);
  return keys.length === 0 ? "{}" : `{ ${keys.map((key, at) => `${propertyName(key)}: ${texts[at]}`).join(", ")} }`;
}

/** Comment lines of a text, words kept whole. */
export function commentLines(text: string, room = WIDTH): string[] {
  const lines = [""];
  for (const word of oneLine(text).split(" ")) {
    const last = lines.length - 1;
    const longer = lines[last] === "" ? word : `${lines[last]} ${word}`;
    if (longer.length <= room || lines[last] === "") lines[last] = longer;
    else lines.push(word);
  }
  return lines.map((line) => `// ${line}`.trimEnd());
}

const isList = (value: Literal): value is readonly Literal[] => Array.isArray(value);

const comment = (value: Literal): string =>
  value instanceof Code && value.comment !== undefined ? ` // ${oneLine(value.comment)}` : "";

function indented(lines: readonly string[], behind: string): string[] {
  return lines.map((line, at) => `  ${line}${at === lines.length - 1 ? `,${behind}` : ""}`);
}

/** Other people's text in a comment: nothing of it may end the comment, or change how the lines after it are read. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** Text as JavaScript; what could not be seen, or would reverse what is, in escapes. */
export function quoted(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const escape = (sign: string) => `\\u{${sign.codePointAt(0)!.toString(16)}}`;
  return JSON.stringify(value).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escape);
}

const PLAIN = /^[A-Za-z_$][\w$]*$/;

/** A key of an object. `__proto__` would set the prototype, in quotes, too. */
export function propertyName(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return PLAIN.test(key) ? key : quoted(key);
}

/** How a program takes a member. */
export function memberOf(object: string, key: string): string {
  return PLAIN.test(key) ? `${object}.${key}` : `${object}[${quoted(key)}]`;
}
