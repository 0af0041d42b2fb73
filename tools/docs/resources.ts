import { resolve } from "node:path";
import ts from "typescript";
import { readDocstring, type Docstring } from "./docstring.ts";
import { kebab } from "./markdown.ts";
import { TypeWriter } from "./types.ts";

/** An argument or an output. */
export interface Property extends Docstring {
  readonly name: string;
  /** For people, as Markdown. */
  readonly type: string;
  readonly required: boolean;
  /** One of the settings that every resource takes. */
  readonly shared: boolean;
  /** Has to be there when the program runs: it cannot be an output of another resource. */
  readonly plain: boolean;
}

/** An object type within the arguments. */
export interface Section {
  readonly title: string;
  readonly description: string;
  readonly properties: readonly Property[];
}

export interface Resource {
  readonly name: string;
  /** File name of its page. */
  readonly page: string;
  readonly description: string;
  readonly arguments: readonly Property[];
  readonly sections: readonly Section[];
  readonly outputs: readonly Property[];
}

/** The interface whose members are the settings of every resource. */
const SHARED = "GuardSettings";

/**
 * The resource classes that a module exports: every class `X` with a type `XArgs`, with what JSDoc and types say of its
 * arguments and outputs. Docstrings are taken from `XInputs`, where that is exported, too.
 */
export function readResources(entry: string): Resource[] {
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.Node20,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    noEmit: true,
    types: [],
  };
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFiles().find(({ fileName }) => resolve(fileName) === resolve(entry));
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} is no module that the compiler can read`);
  const exported = new Map(
    checker.getExportsOfModule(module).map((symbol) => [symbol.name, original(symbol, checker)]),
  );
  const names = [...exported.keys()].filter((name) => exported.has(`${name}Args`));
  const pages = new Map(names.map((name) => [name, `${kebab(name)}.md`]));
  return names.map((name) => {
    const writer = new TypeWriter(checker, pages);
    const args = checker.getDeclaredTypeOfSymbol(exported.get(`${name}Args`)!);
    const plain = exported.get(`${name}Inputs`);
    const inputs = plain === undefined ? plainInputs(args, checker) : checker.getDeclaredTypeOfSymbol(plain);
    const own = checker.getPropertiesOfType(args).map((member) => ({
      ...propertyOf(inputs?.getProperty(member.name) ?? member, writer),
      plain: !mayComeLater(checker.getTypeOfSymbol(member)),
    }));
    own.sort((a, b) => Number(b.required) - Number(a.required));
    const sections: Section[] = [];
    for (let index = 0; index < writer.nested.length; index++) {
      const { title, type } = writer.nested[index]!;
      const properties = checker.getPropertiesOfType(type).map((member) => propertyOf(member, writer));
      sections.push({ title, description: describe(type.symbol, checker).description, properties });
    }
    const description = describe(exported.get(name)!, checker).description;
    return {
      name,
      page: pages.get(name)!,
      description,
      arguments: own,
      sections,
      outputs: outputsOf(exported.get(name)!, writer),
    };
  });
}

/** What has no docstring of a resource, by its place. */
export function undocumentedIn({ name, arguments: own, sections, outputs }: Resource): string[] {
  const silent = (place: string, properties: readonly Property[]) =>
    properties.filter(({ description }) => description === "").map((property) => `${place}.${property.name}`);
  return [
    ...silent(name, own),
    ...sections.flatMap(({ title, properties }) => silent(`${name}, ${title}`, properties)),
    ...silent(name, outputs),
  ];
}

/** The type that `Arguments<T>` was made of, where the module exports no name for it. */
const plainInputs = (args: ts.Type, checker: ts.TypeChecker): ts.Type | undefined => {
  const [type] = args.aliasTypeArguments ?? [];
  return type === undefined ? undefined : checker.getApparentType(type);
};

function propertyOf(member: ts.Symbol, writer: TypeWriter): Property {
  const declaration = member.declarations?.find(
    (one) => ts.isPropertySignature(one) || ts.isPropertyDeclaration(one),
  ) as ts.PropertySignature | ts.PropertyDeclaration | undefined;
  const node = declaration?.type;
  if (declaration === undefined || node === undefined) throw new Error(`${member.name} has no type that can be read`);
  const parent = declaration.parent;
  return {
    name: member.name,
    type: writer.write(writer.checker.getTypeFromTypeNode(node), node),
    required: (member.flags & ts.SymbolFlags.Optional) === 0,
    shared: ts.isInterfaceDeclaration(parent) && parent.name.text === SHARED,
    plain: false,
    ...describe(member, writer.checker),
  };
}

/** Whether a value of the type may be a promise or an output. */
const mayComeLater = (type: ts.Type): boolean =>
  type.isUnion() && type.types.some(({ symbol }) => symbol?.name === "Promise");

/** The public fields of a class that are outputs, or other resources within. */
function outputsOf(resource: ts.Symbol, writer: TypeWriter): Property[] {
  const { checker } = writer;
  const declaration = resource.declarations?.find(ts.isClassDeclaration);
  const fields = declaration?.members.filter(ts.isPropertyDeclaration) ?? [];
  const isPublic = (field: ts.PropertyDeclaration) =>
    (ts.getCombinedModifierFlags(field) &
      (ts.ModifierFlags.NonPublicAccessibilityModifier | ts.ModifierFlags.Static)) ===
    0;
  return fields
    .filter((field) => isPublic(field) && field.type !== undefined && ts.isIdentifier(field.name))
    .map((field) => {
      const node = field.type!;
      // Output<T> is for people a T that comes later.
      const inner = ts.isTypeReferenceNode(node) ? node.typeArguments?.[0] : undefined;
      const type = writer.write(checker.getTypeFromTypeNode(inner ?? node), inner ?? node);
      const symbol = checker.getSymbolAtLocation(field.name)!;
      return { name: symbol.name, type, required: true, shared: false, plain: false, ...describe(symbol, checker) };
    });
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker): Docstring {
  const tags = symbol.getJsDocTags(checker);
  const tag = tags.find(({ name }) => name === "default")?.text;
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const docstring = readDocstring(text, tag === undefined ? undefined : ts.displayPartsToString(tag));
  const example = tags.find(({ name }) => name === "example")?.text;
  if (example === undefined || (symbol.flags & ts.SymbolFlags.Property) === 0) return docstring;
  const shown = ts.displayPartsToString(example).replace(/\s+/g, " ").trim();
  return { ...docstring, description: `${docstring.description} Example: \`${shown}\`.` };
}

const original = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
