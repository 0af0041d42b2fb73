import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { marked, type Tokens } from "marked";

const root = resolve(import.meta.dirname, "../..");
const provider = join(root, "provider");

/** The alternatives of a type of texts, as its source has them. */
function alternatives(file: string, type: string): string[] {
  const source = readFileSync(join(provider, file), "utf8");
  const [, body = ""] = new RegExp(`export type ${type} =([^;]*);`).exec(source) ?? [];
  return [...body.matchAll(/\|\s*"(\w+)"/g)].map(([, code]) => code!);
}

/** The names of exported error classes; the local Graph has its own, for whoever writes a test with it. */
function errorNames(): string[] {
  const files = readdirSync(provider, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !/(^|\/)(dist|node_modules)\/|^emulator\//.test(file));
  const names = files.flatMap((file) => {
    const source = readFileSync(join(provider, file), "utf8");
    return [...source.matchAll(/export class (\w+) extends \w*Error\b/g)].map(([, name]) => name!);
  });
  return [...new Set(names)].sort();
}

/** First cells of the tables whose first head is that one. */
function named(head: string): string[] {
  const tokens = marked.lexer(readFileSync(join(root, "docs/troubleshooting.md"), "utf8"));
  return tokens
    .filter(
      (token): token is Tokens.Table => token.type === "table" && (token as Tokens.Table).header[0]?.text === head,
    )
    .flatMap((table) => table.rows.map((row) => row[0]!.text.replaceAll("`", "")));
}

const INVENTORY = "code of `InventoryError`";

describe("docs/troubleshooting.md", () => {
  const cases: [string, string, string[]][] = [
    ["every code of a problem", "code", alternatives("policy/problem.ts", "ProblemCode")],
    ["every code of an inventory's error", INVENTORY, alternatives("impact/errors.ts", "InventoryErrorCode")],
    ["every error class", "error", errorNames()],
  ];
  for (const [what, head, known] of cases) {
    it(`has ${what} once, and none that the code does not have`, () => {
      assert.ok(known.length > 5, `the source names only ${known.length}`);
      assert.deepEqual(named(head).sort(), [...known].sort());
    });
  }
});
