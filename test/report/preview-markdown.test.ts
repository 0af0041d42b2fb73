import assert from "node:assert/strict";
import fc from "fast-check";
import { marked, type Token } from "marked";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { markdownReport, type PreviewReport } from "../../provider/dist/report/preview/index.js";

const golden = join(import.meta.dirname, "../engine/report");
const reports = readdirSync(golden)
  .filter((file) => file.endsWith(".json"))
  .map((file) => [file, JSON.parse(readFileSync(join(golden, file), "utf8")) as PreviewReport] as const);

/** Texts that would like to be something else. */
const hostile = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.stringMatching(/^[\]\[()<>!`*_~#|@:/\\&;=+\-.\s\n$^{}0-9a-z]{0,40}$/),
  fc.constantFrom(
    "<script>alert(1)</script>",
    "[a](https://evil.example)",
    "@all",
    "#1",
    "https://evil.example",
    "www.evil.example",
    "![x](y)",
    "| a | b |",
    "``` \n```",
    "<!-- -->",
    "&#64;all",
    "GH-1",
    "\u202ereversed",
  ),
);

const TEXTS = new Set(["sentence", "reason", "text", "profile", "group", "name", "resource", "stack", "risk", "part"]);

/** The same report with other texts in every place for people. */
function withTexts(report: PreviewReport, next: () => string): PreviewReport {
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member, name)]));
    }
    const isText = typeof value === "string" && (TEXTS.has(key) || LISTS.has(key));
    return isText ? next() : value;
  };
  return walk(report, "") as PreviewReport;
}
const LISTS = new Set(["before", "after", "words", "unread", "lines", "refusals", "notes", "written", "now", "stacks"]);

/** What a Markdown reader makes of a text: kinds of its tokens. */
function kinds(markdown: string): Set<string> {
  const found = new Set<string>();
  marked.walkTokens(marked.lexer(markdown), (token: Token) => void found.add(token.type));
  return found;
}

/** Everything that is neither code nor markup. */
function plainText(markdown: string): string {
  const found: string[] = [];
  marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (token.type === "text" && !("tokens" in token && token.tokens)) found.push(token.raw);
  });
  return found.join("\n");
}

describe("A report as Markdown", () => {
  it("makes nothing of the texts in it: no HTML, no link, no picture", () => {
    const [, report] = reports.find(([file]) => file === "two-stacks.json")!;
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), (texts) => {
        let index = 0;
        const markdown = markdownReport(
          withTexts(report, () => texts[index++ % texts.length]!),
          { limit: 1e9 },
        );
        const found = kinds(markdown);
        for (const kind of ["link", "image", "del"]) assert.ok(!found.has(kind), `${kind} in ${JSON.stringify(texts)}`);
        // Lines within a cell are our own.
        const html: string[] = [];
        marked.walkTokens(marked.lexer(markdown), (token: Token) => {
          if (token.type === "html") html.push(token.raw.trim());
        });
        assert.deepEqual(
          html.filter((tag) => tag !== "<br>"),
          [],
          JSON.stringify(texts),
        );
        const shown = plainText(markdown);
        assert.doesNotMatch(shown, /@[a-z0-9]/i, "no mention");
        assert.doesNotMatch(shown, /https?:\/\//i, "no link that a host makes by itself");
      }),
      { numRuns: 300 },
    );
  });

  it("has the same sections whatever the texts are", () => {
    const [, report] = reports.find(([file]) => file === "two-stacks.json")!;
    const headings = (markdown: string) => markdown.split("\n").filter((line) => /^#{2,3} /.test(line));
    const plain = headings(markdownReport(report));
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 5, maxLength: 5 }), (texts) => {
        let index = 0;
        const markdown = markdownReport(
          withTexts(report, () => texts[index++ % texts.length]!),
          { limit: 1e9 },
        );
        assert.deepEqual(headings(markdown), plain);
      }),
    );
  });

  it("is cut to a limit, section by section, and says where the rest is", () => {
    for (const [file, report] of reports) {
      const whole = markdownReport(report);
      for (const limit of [1000, 1500, 3000]) {
        const cut = markdownReport(report, { limit, artifact: "https://ci.example/run/1" });
        assert.ok(cut.length <= limit, `${file}: ${cut.length}`);
        if (whole.length <= limit) assert.equal(cut, whole);
        else assert.match(cut, /does not fit into a comment. The whole report is at <https:\/\/ci\.example\/run\/1>/);
        assert.ok(cut.startsWith("## Passkey policy: "));
      }
    }
  });

  it("keeps a verdict of any length within the limit", () => {
    const [, report] = reports[0]!;
    const long = { ...report, verdict: { ...report.verdict, sentence: "x".repeat(100_000) } };
    assert.ok(markdownReport(long).length <= 65_536);
  });
});
