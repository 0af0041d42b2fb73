import ts from "typescript";

/** An object type that arguments have within, with a section of its own. */
export interface Nested {
  readonly title: string;
  readonly type: ts.Type;
}

/** Writes types for people: "list of text" instead of `string[]`; object types become links to their sections. */
export class TypeWriter {
  /** Object types that were met, in this order. */
  readonly nested: Nested[] = [];

  readonly checker: ts.TypeChecker;
  readonly #pages: ReadonlyMap<string, string>;

  /** @param pages pages of classes by their names */
  constructor(checker: ts.TypeChecker, pages: ReadonlyMap<string, string>) {
    this.checker = checker;
    this.#pages = pages;
  }

  /** @param node where the type is written, which decides the order of alternatives */
  write(type: ts.Type, node: ts.Node): string {
    const parts = type.isUnion() ? type.types : [type];
    const there = parts.filter(({ flags }) => (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) === 0);
    const isBoolean = ({ flags }: ts.Type) => (flags & ts.TypeFlags.BooleanLike) !== 0;
    const literals = there.filter((one) => one.isStringLiteral());
    const others = there.filter((one) => !isBoolean(one) && !one.isStringLiteral());
    const values = this.#inOrder(literals, node).map((value) => `\`"${value}"\``);
    return [
      ...(there.some(isBoolean) ? ["boolean"] : []),
      ...(values.length > 0 ? [values.join(", ")] : []),
      ...others.map((one) => this.#one(one, node)),
    ].join(", or ");
  }

  #one(type: ts.Type, node: ts.Node): string {
    if ((type.flags & ts.TypeFlags.String) !== 0) return "text";
    if ((type.flags & ts.TypeFlags.Number) !== 0) return "number";
    const { checker } = this;
    if (checker.isArrayType(type))
      return `list of ${this.write(checker.getTypeArguments(type as ts.TypeReference)[0]!, node)}`;
    const values = type.getStringIndexType();
    if (values !== undefined) return `map from a key of your own to ${this.write(values, node)}`;
    const name = type.aliasSymbol?.name ?? type.symbol?.name;
    if (name === undefined || name === "__type") return `\`${checker.typeToString(type)}\``;
    const page = this.#pages.get(name);
    if (page !== undefined) return `[\`${name}\`](${page})`;
    const title = titleOf(name);
    if (!this.nested.some((one) => one.title === title)) this.nested.push({ title, type });
    return `[${title}](#${title.toLowerCase().replaceAll(" ", "-")})`;
  }

  /** Values in the order of the source: the compiler's own follows from whatever else is compiled. */
  #inOrder(literals: readonly ts.StringLiteralType[], node: ts.Node): string[] {
    if (literals.length < 2) return literals.map(({ value }) => value);
    const source = this.#sourceOf(node, new Set());
    const position = (value: string) => source.indexOf(`"${value}"`);
    return literals.map(({ value }) => value).sort((a, b) => position(a) - position(b));
  }

  /** The text of a type with that of everything it names. */
  #sourceOf(node: ts.Node, seen: Set<ts.Node>): string {
    if (seen.has(node)) return "";
    seen.add(node);
    const named: string[] = [];
    const visit = (child: ts.Node): void => {
      if (ts.isIdentifier(child)) {
        const symbol = this.checker.getSymbolAtLocation(child);
        const target =
          symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
            ? this.checker.getAliasedSymbol(symbol)
            : symbol;
        const own = target?.declarations?.filter(
          (one) => ts.isTypeAliasDeclaration(one) || ts.isVariableDeclaration(one),
        );
        named.push(...(own ?? []).map((one) => this.#sourceOf(one, seen)));
      }
      ts.forEachChild(child, visit);
    };
    visit(node);
    return [node.getText(), ...named].join("\n");
  }
}

/** `KeyRestrictionsInputs` -> `Key restrictions`. */
export function titleOf(name: string): string {
  const words = name.replace(/Inputs$/, "").split(/(?<=[a-z0-9])(?=[A-Z])/);
  return words.map((word, index) => (index === 0 ? word : word.toLowerCase())).join(" ");
}
