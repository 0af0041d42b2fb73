import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Tokens } from "marked";
import { createProgram } from "../../provider/dist/cli/commands.js";
import { codeBlocks, markdownPages, root, tokensOf } from "./pages.ts";

const program = createProgram("0.0.0");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** Made by the completion library and by commander. */
const OTHERS = new Set(["complete", "help"]);
/** npm's own. */
const NPM_ITSELF = new Set(["ci", "install", "outdated", "test"]);

const found = (words: readonly string[]): Command | undefined => {
  let command: Command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word) as Command | undefined;
    if (next === undefined) break;
    command = next;
  }
  return command === program ? undefined : command;
};

/** What is wrong with the words behind `entra-passkeys`. */
function wrongCommand(words: readonly string[]): string | undefined {
  const [name = ""] = words;
  if (name === "" || !/^[a-z][a-z-]*$/.test(name) || OTHERS.has(name)) return undefined;
  const command = found(words);
  if (command === undefined) return `entra-passkeys ${name} is no command`;
  if (command.commands.length > 0 && /^[a-z]/.test(words[1] ?? ""))
    return `entra-passkeys ${words.join(" ")} is no command`;
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  const unknown = words
    .filter((word) => word.startsWith("-") && word !== "-" && word !== "--help")
    .map((word) => word.split("=")[0]!);
  const wrong = unknown.find((option) => !known.includes(option));
  return wrong === undefined ? undefined : `entra-passkeys ${command.name()} has no option ${wrong}`;
}

function wrongScript(words: readonly string[]): string | undefined {
  const [verb = "", name = ""] = words;
  if (verb === "run") return scripts[name] === undefined ? `npm run ${name} is no script` : undefined;
  return NPM_ITSELF.has(verb) || !/^[a-z]/.test(verb) ? undefined : `npm ${verb} is not known here`;
}

/** What is wrong with the commands of a line of a shell, or of words in a sentence. */
function wrongIn(line: string): string[] {
  const parts = line
    .replace(/(^|\s)#.*$/, "")
    .replace(/"[^"]*"|'[^']*'/g, "quoted")
    .split(/\||&&|;|>|\$\(|[()]/);
  return parts.flatMap((part) => {
    const words = part.trim().split(/\s+/);
    const at = (name: string) => words.findIndex((word) => word === name);
    const start = (name: string) =>
      words.slice(0, at(name)).every((word) => word === "npx" || /^[A-Z_]+=/.test(word)) ? at(name) : -1;
    const command = start("entra-passkeys");
    const npm = start("npm");
    const problems = [
      command === -1 ? undefined : wrongCommand(words.slice(command + 1)),
      npm === -1 ? undefined : wrongScript(words.slice(npm + 1)),
    ];
    return problems.filter((problem) => problem !== undefined);
  });
}

describe("command lines of the documentation", () => {
  it("name commands, options and scripts that there are", () => {
    const problems = markdownPages().flatMap((page) => {
      const blocks = codeBlocks(page).filter(({ language }) => ["sh", "bash", "shell"].includes(language));
      const lines = [
        ...blocks.flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n")),
        ...tokensOf<Tokens.Codespan>(page.tokens, "codespan").map(({ text }) => text.replace(/\s+/g, " ")),
      ];
      return lines.flatMap(wrongIn).map((problem) => `${page.path}: ${problem}`);
    });
    assert.deepEqual(problems, []);
  });

  it("are told where they do not", () => {
    assert.deepEqual(wrongIn("npm ci && npm run demo -- student"), []);
    assert.deepEqual(wrongIn('FOO=1 npx entra-passkeys inventory --out a.jsonl | tee "--b" # --c'), []);
    assert.deepEqual(wrongIn("entra-passkeys rollout up tenants.yaml --yes"), []);
    assert.deepEqual(wrongIn("entra-passkeys inventry"), ["entra-passkeys inventry is no command"]);
    assert.deepEqual(wrongIn("entra-passkeys rollout upp"), ["entra-passkeys rollout upp is no command"]);
    assert.deepEqual(wrongIn("cat a | entra-passkeys suggest --inventry b"), [
      "entra-passkeys suggest has no option --inventry",
    ]);
    assert.deepEqual(wrongIn("npm run demmo"), ["npm run demmo is no script"]);
  });
});
