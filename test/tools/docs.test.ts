import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { describeCommand } from "../../tools/docs/command.ts";
import { commandMarkdown } from "../../tools/docs/commandMarkdown.ts";
import { readDocstring } from "../../tools/docs/docstring.ts";
import { readHelpText } from "../../tools/docs/helpText.ts";
import { withGenerated } from "../../tools/docs/markers.ts";
import { generatePages, type Pages } from "../../tools/docs/pages.ts";
import { resourceMarkdown } from "../../tools/docs/resourceMarkdown.ts";
import { readResources, undocumentedIn } from "../../tools/docs/resources.ts";

const root = resolve(import.meta.dirname, "../..");

describe("tools/docs", () => {
  describe("the pages in docs", () => {
    let generated: Pages;

    before(async function () {
      this.timeout(60_000);
      generated = await generatePages(root);
    });

    it("are as the code is: npm run docs", () => {
      const current = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "");
      const stale = generated.pages.filter(({ path, text }) => current(path) !== text).map(({ path }) => path);
      assert.deepEqual(stale, [], "run npm run docs, and commit what it writes");
    });

    it("leave no argument, and no output, without a docstring", () => assert.deepEqual(generated.undocumented, []));

    it("are one for each resource and command", () => {
      const paths = generated.pages.map(({ path }) => path);
      for (const name of ["passkey-policy", "passkey-persona", "temporary-access-pass-policy"]) {
        assert.ok(paths.includes(`docs/resources/${name}.md`), name);
      }
      for (const name of ["aaguid", "rollout", "README"]) assert.ok(paths.includes(`docs/cli/${name}.md`), name);
      assert.equal(new Set(paths).size, paths.length);
    });
  });

  describe("readResources", () => {
    const folder = mkdtempSync(join(tmpdir(), "entra-passkeys-docs-"));
    const entry = join(folder, "index.ts");
    after(() => rmSync(folder, { recursive: true }));
    writeFileSync(
      entry,
      `const COLOURS = ["red", "blue", "amber"] as const;
type Lid = "shut" | "open" | "ajar";
type Later<T> = { [K in keyof T]: T[K] | Promise<T[K]> };
export interface GuardSettings {
  /**
   * Kept.
   *
   * @default 24
   */
  hours?: number;
}
/** Inside. */
interface PartInputs { silent?: boolean }
export interface BoxInputs extends GuardSettings {
  /** How it is closed. */
  lid?: Lid;
  /** Which ones. Default \`["red"]\`. */
  colours?: (typeof COLOURS)[number][];
  /** The name | of it, such as <box>. */
  name: string;
  /** All parts. */
  parts?: Record<string, PartInputs>;
}
export type BoxArgs = Omit<Later<BoxInputs>, "name"> & { name: string };
/** A box. */
export class Box {
  /** Its id. */
  declare readonly boxId: string;
  readonly #own = 1;
  constructor(_: BoxArgs) {
    void this.#own;
  }
}
`,
    );
    const [box] = readResources(entry);

    it("reads types, defaults and docstrings, the order of alternatives from the source", () => {
      const of = (name: string) => box!.arguments.find((argument) => argument.name === name)!;
      assert.equal(of("lid").type, '`"shut"`, `"open"`, `"ajar"`');
      assert.equal(of("colours").type, 'list of `"red"`, `"blue"`, `"amber"`');
      assert.equal(of("colours").default, '`["red"]`');
      assert.equal(of("hours").default, "`24`");
      assert.equal(of("hours").shared, true);
      assert.equal(of("parts").type, "map from a key of your own to [Part](#part)");
      assert.deepEqual([of("name").required, of("lid").required], [true, false]);
      assert.deepEqual([of("name").plain, of("lid").plain], [true, false]);
      assert.deepEqual(
        box!.outputs.map(({ name }) => name),
        ["boxId"],
      );
    });

    it("finds what has no docstring", () => assert.deepEqual(undocumentedIn(box!), ["Box, Part.silent"]));

    it("becomes tables whose cells stay theirs", () => {
      const text = resourceMarkdown(box!);
      assert.match(text, /The name \\\| of it, such as \\<box>\./);
      assert.match(text, /Every value but `name` may be an output/);
      assert.match(text, /### Settings of every resource\n\n\| argument \| type \| default \| meaning \|/);
    });
  });

  describe("readDocstring", () => {
    it("takes the default from the tag, or else from a sentence of the text", () => {
      assert.deepEqual(readDocstring("Text.", "24"), { description: "Text.", default: "`24`" });
      assert.deepEqual(readDocstring("", '"a", because of b'), { description: "Because of b", default: '`"a"`' });
      assert.deepEqual(readDocstring("Text. Default `a`. More.", undefined), {
        description: "Text. More.",
        default: "`a`",
      });
      assert.deepEqual(readDocstring("Text. Default: a new one, with an id.", undefined), {
        description: "Text. Default: a new one, with an id.",
        default: "a new one",
      });
      assert.deepEqual(readDocstring("See {@link Other}.", undefined), { description: "See `Other`." });
    });
  });

  describe("describeCommand", () => {
    const command = new Command("pack")
      .description("Packs | things")
      .argument("<thing>", "what")
      .addOption(new Option("--size <size>", "how <large>").choices(["s", "l"]).default("s"))
      .requiredOption("--to <place>", "where")
      .option("--dry", "only say it", false)
      .addHelpText(
        "after",
        "\nMind the lid.\n\nExit codes: 0 done, or not needed, 3 too large. It may be.\n\nExamples:\n  pack --dry",
      )
      .action(() => assert.fail("it is not to be run"));
    const described = describeCommand(command);

    it("reads arguments, options and what the help adds", () => {
      assert.equal(described.usage, "pack [options] <thing>");
      assert.deepEqual(described.exitCodes, [
        [0, "done, or not needed"],
        [2, "the command line makes no sense"],
        [3, "too large"],
      ]);
      assert.deepEqual(described.examples, ["pack --dry"]);
      assert.deepEqual(described.notes, [{ paragraph: "Mind the lid." }, { paragraph: "It may be." }]);
      assert.deepEqual(
        described.options.map((option) => [option.required, option.default, option.choices]),
        [
          [false, "`s`", ["s", "l"]],
          [true, undefined, []],
          [false, undefined, []],
        ],
      );
    });

    it("becomes a part of a page", () => {
      const text = commandMarkdown(described);
      assert.match(text, /\| `--size <size>` \|  \| `s` \| How \\<large>\. One of `s`, `l`\. \|/);
      assert.match(text, /### Examples\n\n```sh\npack --dry\n```/);
    });

    it("takes exit codes as a list, too", () => {
      const { exitCodes } = readHelpText("\nExit codes:\n  0  done\n  4  drift, or more\n\nExamples:\n  pack");
      assert.deepEqual(exitCodes, [
        [0, "done"],
        [4, "drift, or more"],
      ]);
    });

    it("refuses exit codes that it cannot read", () => {
      assert.throws(() => readHelpText("\nExit codes: fine or not."), /is no exit code/);
    });
  });

  describe("withGenerated", () => {
    it("replaces what is between the markers and nothing else, and adds them where there are none", () => {
      const page = withGenerated("# A\n\nProse.\n", "arguments", "one");
      assert.equal(page, "# A\n\nProse.\n\n<!-- generated: arguments -->\n\none\n\n<!-- /generated -->\n");
      assert.equal(withGenerated(`${page}\nMore.\n`, "arguments", "two"), `${page.replace("one", "two")}\nMore.\n`);
    });

    it("refuses a marker without an end", () => {
      assert.throws(() => withGenerated("<!-- generated: arguments -->\n", "arguments", "one"), /has no/);
    });
  });
});
