import { graphErrors } from "../errors.js";
import type { Names } from "./projection.js";

/** What a filter is evaluated on. */
type Row = Record<string, unknown>;

/** A parsed `$filter`. */
export interface Filter {
  matches(row: Row): boolean;
  /** Largest number of values that one `in` or chain of `or` joins; Graph limits it. */
  clauses: number;
}

type Token = { kind: "word" | "string" | "symbol"; text: string };

/**
 * Parses the part of OData's `$filter` that Graph's directory supports without advanced queries: `eq`, `in`,
 * `startswith`, `any` with `eq`, `and`, `or` and parentheses. Text is compared without case, as the directory does.
 *
 * @throws GraphHttpError 400 for a malformed filter or a property that no object has, 501 for what the emulator lacks
 */
export function parseFilter(text: string, properties: Names, type: string): Filter {
  const tokens = tokenize(text);
  let position = 0;

  const peek = () => tokens[position];
  const take = (): Token => {
    const token = tokens[position++];
    if (token === undefined) {
      throw graphErrors.badRequest(`Invalid filter clause: unexpected end of '${text}'.`);
    }
    return token;
  };
  const isNext = (word: string) => peek()?.kind !== "string" && peek()?.text.toLowerCase() === word;
  const expect = (symbol: string) => {
    const token = take();
    if (token.kind !== "symbol" || token.text !== symbol) {
      throw graphErrors.badRequest(`Invalid filter clause: expected '${symbol}' but found '${token.text}'.`);
    }
  };
  const named = (name: string): string => {
    if (!properties.has(name)) {
      throw graphErrors.badRequest(
        `Invalid filter clause: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      );
    }
    return name;
  };
  const property = (): string => named(take().text);
  const literal = (): unknown => {
    const token = take();
    if (token.kind === "string") {
      return token.text;
    }
    const literals: Record<string, unknown> = { true: true, false: false, null: null };
    if (!Object.hasOwn(literals, token.text)) {
      throw graphErrors.badRequest(`Invalid filter clause: '${token.text}' is no value.`);
    }
    return literals[token.text];
  };

  /** `list/any(x:x eq 'value')`, from the parenthesis on. */
  const any = (name: string): Filter => {
    expect("(");
    const declared = take().text;
    const [variable, rest] = declared.split(":");
    if (variable !== (rest === "" ? take().text : rest)) {
      throw graphErrors.badRequest(`Invalid filter clause: '${declared}' does not begin a condition of 'any'.`);
    }
    const operator = take().text.toLowerCase();
    if (operator !== "eq") {
      throw graphErrors.notImplemented(`the operator '${operator}' inside 'any' in $filter`);
    }
    const value = literal();
    expect(")");
    return {
      clauses: 1,
      matches: (row) => Array.isArray(row[name]) && row[name].some((item) => equal(item, value)),
    };
  };

  const comparison = (): Filter => {
    if (isNext("startswith")) {
      take();
      expect("(");
      const name = property();
      expect(",");
      const prefix = String(literal()).toLowerCase();
      expect(")");
      return { clauses: 1, matches: (row) => lower(row[name]).startsWith(prefix) };
    }
    if (["not", "endswith", "contains"].some(isNext)) {
      throw graphErrors.notImplemented(`'${take().text}' in $filter`);
    }
    const list = peek()?.kind === "word" ? /^(.+)\/any$/i.exec(peek()?.text ?? "")?.[1] : undefined;
    if (list !== undefined) {
      take();
      return any(named(list));
    }
    const name = property();
    const operator = take();
    switch (operator.text.toLowerCase()) {
      case "eq": {
        const value = literal();
        return { clauses: 1, matches: (row) => equal(row[name], value) };
      }
      case "in": {
        expect("(");
        const values = [literal()];
        while (peek()?.text === "," && peek()?.kind === "symbol") {
          take();
          values.push(literal());
        }
        expect(")");
        return { clauses: values.length, matches: (row) => values.some((value) => equal(row[name], value)) };
      }
      default:
        throw graphErrors.notImplemented(`the operator '${operator.text}' in $filter`);
    }
  };
  const factor = (): Filter => {
    if (!isNext("(")) {
      return comparison();
    }
    take();
    const inner = either();
    expect(")");
    return inner;
  };
  const both = (): Filter => {
    let left = factor();
    while (isNext("and")) {
      take();
      const [a, b] = [left, factor()];
      left = { clauses: Math.max(a.clauses, b.clauses), matches: (row) => a.matches(row) && b.matches(row) };
    }
    return left;
  };
  const either = (): Filter => {
    let left = both();
    while (isNext("or")) {
      take();
      const [a, b] = [left, both()];
      left = { clauses: a.clauses + b.clauses, matches: (row) => a.matches(row) || b.matches(row) };
    }
    return left;
  };

  const filter = either();
  const rest = peek();
  if (rest !== undefined) {
    throw graphErrors.badRequest(`Invalid filter clause: unexpected '${rest.text}'.`);
  }
  return filter;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  // A quote inside a string is doubled.
  const pattern = /\s*(?:'((?:[^']|'')*)'|([(),])|([^\s(),']+))/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) {
      throw graphErrors.badRequest(`Invalid filter clause: there is an unterminated string literal at position ${at}.`);
    }
    const [, quoted, symbol, word] = match;
    if (quoted !== undefined) {
      tokens.push({ kind: "string", text: quoted.replaceAll("''", "'") });
    } else if (symbol !== undefined) {
      tokens.push({ kind: "symbol", text: symbol });
    } else {
      tokens.push({ kind: "word", text: word ?? "" });
    }
  }
  return tokens;
}

function equal(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" ? a.toLowerCase() === b.toLowerCase() : (a ?? null) === b;
}

function lower(value: unknown): string {
  return typeof value === "string" ? value.toLowerCase() : "";
}
