import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import ts from "typescript";
import { codeBlocks, markdownPages, root } from "./pages.ts";

/**
 * Blocks without an import are compiled as though the whole package was imported. A block that stands for itself no
 * more than a part of a program is marked: ```ts fragment
 */
const PRELUDE = [
  'import * as azuread from "@pulumi/azuread";',
  'import * as pulumi from "@pulumi/pulumi";',
  "import {",
  "  PasskeyAuthenticationStrength, PasskeyGroupTarget, PasskeyKeyRestrictions, PasskeyPersona, PasskeyPolicy,",
  "  PasskeyProfile, select, TemporaryAccessPassPolicy, workstationFilter,",
  '} from "pulumi-entra-passkeys";',
  "",
].join("\n");

interface Program {
  readonly name: string;
  readonly text: string;
}

function programs(): Program[] {
  return markdownPages().flatMap((page) =>
    codeBlocks(page)
      .filter(({ language, words }) => language === "ts" && !words.includes("fragment"))
      .map(({ text }, index) => ({
        name: `${page.path.replaceAll("/", "__").replace(/\.md$/, "")}-${index + 1}.ts`,
        text: /^import /m.test(text) ? text : `${PRELUDE}${text}\nexport {};\n`,
      })),
  );
}

/** What the compiler says, with the options of the workspace; the programs are where the examples are. */
function errorsIn(all: readonly Program[]): string[] {
  const folder = join(root, "examples");
  const texts = new Map(all.map(({ name, text }) => [join(folder, name), text]));
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [...texts.keys()] }, ts.sys, root);
  // The prelude has more than a block needs, and a block may declare a name only to show it.
  const compiled = { ...options, noUnusedLocals: false, noEmit: true, types: ["node", "mocha"] };
  const host = ts.createCompilerHost(compiled);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = texts.get(file);
    if (text === undefined) return getSourceFile(file, version, ...rest);
    const source = ts.createSourceFile(file, text, version);
    source.impliedNodeFormat = ts.ModuleKind.ESNext;
    return source;
  };
  const program = ts.createProgram([...texts.keys()], compiled, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || dirname(file.fileName) === folder)
    .map(({ file, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, " ");
      return `${file === undefined ? "" : file.fileName.slice(folder.length + 1)}: ${message}`;
    });
}

describe("programs of the documentation", function () {
  this.timeout(120_000);

  it("are programs that the compiler takes", () => {
    const all = programs();
    assert.ok(all.length > 15, `only ${all.length} were found`);
    assert.deepEqual(errorsIn(all), []);
  });

  it("are told where they are not", () => {
    const text = `${PRELUDE}new PasskeyPolicy("a", { state: "on" });\nexport {};\n`;
    assert.match(errorsIn([{ name: "wrong.ts", text }]).join("\n"), /"on"/);
  });
});
