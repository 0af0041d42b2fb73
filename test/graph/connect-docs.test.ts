import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CLOUDS, findCloud, ID_TOKENS, SETTINGS, WAYS } from "../../provider/dist/graph/index.js";

const text = readFileSync(resolve(import.meta.dirname, "../../docs/connect.md"), "utf8");
const azuread = resolve(import.meta.dirname, "../../node_modules/@pulumi/azuread/config/vars.d.ts");

const cells = (line: string) =>
  line
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());

/** The rows of the table whose head begins with a word. */
function table(head: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|") && cells(line)[0] === head);
  assert.ok(start >= 0, `there is no table of ${head}`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map(cells);
}

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
const order = (rows: readonly { by: readonly string[] }[], title: (row: never) => string) =>
  rows.map((row, index) => [`${index + 1}`, title(row as never), code(row.by)]);
/** Several tables begin with that. */
const ordered = () => {
  const all = text.split("\n").filter((line) => /^\| \d/.test(line));
  return all.map(cells);
};

describe("docs/connect.md", () => {
  it("has every setting of the code, with its variables and its meaning", () => {
    const expected = Object.entries(SETTINGS).map(([name, { variables, meaning }]) => [
      `\`${name}\``,
      code(variables),
      meaning,
    ]);
    assert.deepEqual(table("stack configuration"), expected);
  });

  it("has the ways to sign in and the sources of ID tokens in the order of the code", () => {
    const ways = order(WAYS, ({ way }: (typeof WAYS)[number]) => way);
    const tokens = order(ID_TOKENS, ({ from }: (typeof ID_TOKENS)[number]) => from);
    assert.deepEqual(ordered(), [...ways, ...tokens]);
  });

  it("has the clouds of the code", () => {
    const rows = table("cloud");
    const found = rows.map(([names, graph, login]) => {
      const clouds = names!.split(", ").map((name) => findCloud(name.replaceAll("`", "")));
      assert.equal(new Set(clouds).size, 1);
      assert.deepEqual(
        [graph, login],
        [clouds[0]!.graph, clouds[0]!.login].map((url) => `\`${new URL(url).host}\``),
      );
      return clouds[0]!.name;
    });
    assert.deepEqual(found, Object.keys(CLOUDS));
  });
});

describe("SETTINGS", () => {
  it("knows every setting of the azuread provider and no other of its", () => {
    const theirs = [...readFileSync(azuread, "utf8").matchAll(/export declare const (\w+):/g)].map(([, name]) => name);
    const ours = Object.keys(SETTINGS).filter((name) => name.startsWith("azuread:"));
    assert.deepEqual(ours.sort(), theirs.map((name) => `azuread:${name}`).sort());
  });
});
