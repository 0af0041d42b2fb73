/** A rule over a device, as far as filters for privileged access workstations need the language. */
export type DeviceRule =
  | { readonly kind: "and" | "or"; readonly rules: readonly DeviceRule[] }
  | { readonly kind: "not"; readonly rule: DeviceRule }
  | DeviceComparison;

export interface DeviceComparison {
  readonly kind: "comparison";
  /** In lower case, without `device.`. */
  readonly property: string;
  readonly operator: DeviceOperator;
  /** `-ne` and the operators that begin with "not". */
  readonly negative: boolean;
  /** Several for `-in` and `-notIn`. */
  readonly values: readonly string[];
}

export type DeviceOperator = "eq" | "startswith" | "endswith" | "contains" | "in";

/** The longest rule that the service takes, in characters. */
const LONGEST_RULE = 3072;

const OPERATORS: ReadonlyMap<string, readonly [DeviceOperator, negative: boolean]> = new Map([
  ["-eq", ["eq", false]],
  ["-ne", ["eq", true]],
  ["-startswith", ["startswith", false]],
  ["-notstartswith", ["startswith", true]],
  ["-endswith", ["endswith", false]],
  ["-notendswith", ["endswith", true]],
  ["-contains", ["contains", false]],
  ["-notcontains", ["contains", true]],
  ["-in", ["in", false]],
  ["-notin", ["in", true]],
]);

/** Texts with an escape in them are not read: how the service reads them is not said for filters. */
const TOKEN = /\s*(?:([()[\],])|"([^"`\\]*)"|'([^'`\\]*)'|(-?[a-z][a-z0-9]*(?:\.[a-z0-9]+)?)(?![a-z0-9."'[]))/iy;

interface Token {
  readonly kind: "mark" | "text" | "word";
  readonly text: string;
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  for (let at = 0; at < trimmed.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(trimmed);
    if (found === null) return undefined;
    const [, mark, double, single, word] = found;
    if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else if (word !== undefined) tokens.push({ kind: "word", text: word.toLowerCase() });
    else tokens.push({ kind: "text", text: double ?? single! });
  }
  return tokens;
}

/** Thrown and caught in this file only. */
class Unreadable extends Error {}

/**
 * Reads a rule such as `device.extensionAttribute1 -eq "PAW" -and -not (device.isCompliant -ne "True")`. `not` binds
 * before `and`, `and` before `or`. Undefined for whatever it does not know.
 *
 * @see https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices
 */
export function parseDeviceRule(text: string): DeviceRule | undefined {
  const tokens = text.length > LONGEST_RULE ? undefined : tokensOf(text);
  if (tokens === undefined) return undefined;
  try {
    return new Parser(tokens).whole();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): DeviceRule {
    const rule = this.#or();
    if (this.#at !== this.tokens.length) throw new Unreadable();
    return rule;
  }

  #or(): DeviceRule {
    return this.#series("or", () => this.#series("and", () => this.#not()));
  }

  #series(kind: "and" | "or", next: () => DeviceRule): DeviceRule {
    const rules = [next()];
    while (this.#takes("word", kind) || this.#takes("word", `-${kind}`)) rules.push(next());
    return rules.length === 1 ? rules[0]! : { kind, rules };
  }

  #not(): DeviceRule {
    if (this.#takes("word", "not") || this.#takes("word", "-not")) return { kind: "not", rule: this.#not() };
    if (!this.#takes("mark", "(")) return this.#comparison();
    const rule = this.#or();
    this.#expect(")");
    return rule;
  }

  #comparison(): DeviceComparison {
    const [scope, property, ...rest] = this.#next("word").split(".");
    const operator = OPERATORS.get(this.#next("word"));
    if (scope !== "device" || property === undefined || rest.length > 0 || operator === undefined) {
      throw new Unreadable();
    }
    const values = operator[0] === "in" ? this.#list() : [this.#value()];
    return { kind: "comparison", property, operator: operator[0], negative: operator[1], values };
  }

  #list(): string[] {
    this.#expect("[");
    const values = [this.#value()];
    while (this.#takes("mark", ",")) values.push(this.#value());
    this.#expect("]");
    return values;
  }

  /** A text, or one of the bare words `true` and `false`. */
  #value(): string {
    const token = this.tokens[this.#at++];
    if (token?.kind === "text") return token.text;
    if (token?.kind === "word" && (token.text === "true" || token.text === "false")) return token.text;
    throw new Unreadable();
  }

  #takes(kind: Token["kind"], text: string): boolean {
    const token = this.tokens[this.#at];
    if (token?.kind !== kind || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#takes("mark", mark)) throw new Unreadable();
  }

  #next(kind: Token["kind"]): string {
    const token = this.tokens[this.#at++];
    if (token?.kind !== kind) throw new Unreadable();
    return token.text;
  }
}

/** The comparisons in a rule, in the order in which they are written. */
export function comparisonsOf(rule: DeviceRule): DeviceComparison[] {
  if (rule.kind === "comparison") return [rule];
  return rule.kind === "not" ? comparisonsOf(rule.rule) : rule.rules.flatMap(comparisonsOf);
}
