import { modelName, resolveModel } from "../../catalogue/index.js";
import { ALL_USERS, isGuid, printable, problemText } from "../../policy/index.js";
import type { Problem } from "../../policy/index.js";
import type { PasskeyPolicyInputs } from "../../resources/passkeyPolicy/inputs.js";
import type { LeftOut } from "../declare.js";
import { Code, commentLines, expanded, literal, memberOf, type Literal } from "./literal.js";

/** A resource of a program. */
export interface ProgramResource {
  /** Class of this package. */
  readonly type: "PasskeyPolicy" | "PasskeyAuthenticationStrength" | "TemporaryAccessPassPolicy";
  /** Logical name. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface ProgramText {
  readonly tenantId: string;
  /** When the tenant was read, ISO 8601. */
  readonly time: string;
  readonly resources: readonly ProgramResource[];
  /** Display names of groups by object id in lower case, as far as they are known. */
  readonly groupNames: ReadonlyMap<string, string>;
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly Problem[];
}

const GROUPS = "groups";

/** The program that declares these resources, as TypeScript. */
export function programText(program: ProgramText): string {
  const { resources, tenantId, time } = program;
  const groups = new GroupNames(program.groupNames);
  const declared = resources.map((resource) => resourceLines(resource, groups));
  const classes = [...new Set(resources.map(({ type }) => type))].sort();
  const lines = [
    `import { ${classes.join(", ")} } from "pulumi-entra-passkeys";`,
    "",
    ...commentLines(
      `The tenant ${tenantId} as it was at ${time}. The first \`pulumi up\` takes it over and changes nothing; from then on ` +
        "this program decides.",
    ),
    ...noteLines(
      "Left as it is, and not managed here",
      program.leftOut.map(({ place, reason }) => `${place}: ${reason}`),
    ),
    ...noteLines("Worth mending, and taken over as it is", program.warnings.map(problemText)),
    "",
    ...groups.lines(),
    ...declared.flatMap((own, at) => (at === 0 ? own : ["", ...own])),
  ];
  return `${lines.join("\n")}\n`;
}

function noteLines(title: string, notes: readonly string[]): string[] {
  if (notes.length === 0) return [];
  return ["//", `// ${title}:`, ...notes.flatMap((note) => commentLines(`- ${printable(note)}`))];
}

/** Groups by names that are unique in the program, with their ids. */
class GroupNames {
  readonly #keys = new Map<string, string>();

  constructor(private readonly names: ReadonlyMap<string, string>) {}

  /** How the program calls a group, which it then knows. */
  reference(id: string): Literal {
    if (id === ALL_USERS || !isGuid(id)) return id;
    const key = this.#keys.get(id) ?? this.#newKey(id);
    this.#keys.set(id, key);
    return new Code(memberOf(GROUPS, key));
  }

  #newKey(id: string): string {
    const name = this.names.get(id.toLowerCase());
    const taken = [...this.#keys.values()];
    const wanted = name === undefined || name.trim() === "" || name === "__proto__" ? id : name;
    return taken.includes(wanted) ? `${wanted} (${id})` : wanted;
  }

  lines(): string[] {
    if (this.#keys.size === 0) return [];
    const ids = Object.fromEntries([...this.#keys].map(([id, key]) => [key, id]));
    const [first = "", ...rest] = expanded(ids);
    return [
      "// Object ids of groups by name, so that renaming one in the tenant changes nothing here.",
      `const ${GROUPS} = ${first}`,
      ...withSemicolon(rest),
      "",
    ];
  }
}

const withSemicolon = (lines: readonly string[]): string[] =>
  lines.map((line, at) => (at === lines.length - 1 ? `${line};` : line));

function resourceLines({ type, name, inputs }: ProgramResource, groups: GroupNames): string[] {
  const args = toLiteral(type, inputs, groups) as Readonly<Record<string, Literal>>;
  const [, ...members] = expanded(args);
  const guard = type === "PasskeyPolicy" ? breakGlassLines(inputs as PasskeyPolicyInputs) : [];
  return [
    `new ${type}(`,
    `  ${literal(name).join("")},`,
    "  {",
    ...members.slice(0, -1).map((line) => `  ${line}`),
    ...guard.map((line) => `    ${line}`),
    "  },",
    "  // No `pulumi destroy` by mistake: take it away first.",
    "  { protect: true },",
    ");",
  ];
}

const breakGlassLines = ({ breakGlass }: PasskeyPolicyInputs): string[] =>
  breakGlass === undefined
    ? [
        "// Name the emergency accounts, so that no plan can ever take their last passkey:",
        '// breakGlass: { group: "..." },',
      ]
    : [];

type Members = Readonly<Record<string, unknown>>;

const GROUP_LISTS: ReadonlySet<string> = new Set(["includeTargets", "excludeTargets"]);

/** Inputs with names for groups, and with what a model stands for behind it. */
function toLiteral(key: string, value: unknown, groups: GroupNames): Literal {
  if (Array.isArray(value)) {
    if (key === "models") return value.map((model) => modelLiteral(String(model)));
    if (GROUP_LISTS.has(key)) {
      return value.map((one: unknown) =>
        typeof one === "string" ? groups.reference(one) : toLiteral("", one, groups),
      );
    }
    return value as Literal[];
  }
  if (typeof value !== "object" || value === null) return value as string | number | boolean;
  const entries = Object.entries(value as Members).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.map(([name, member]) => [
      name,
      name === "group" ? groups.reference(String(member)) : toLiteral(name, member, groups),
    ]),
  );
}

/** The AAGUIDs of a name, or the name of an AAGUID, behind it. */
function modelLiteral(model: string): Code {
  const [text = ""] = literal(model);
  return new Code(text, isGuid(model) ? modelName(model) : resolveModel(model).aaguids?.join(", "));
}
