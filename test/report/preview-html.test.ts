import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { parse, parseFragment, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { markup, number, visible } from "../../provider/dist/report/preview/html/markup.js";
import { difference } from "../../provider/dist/report/preview/html/parts.js";
import { htmlReport, PEOPLE_IN_PAGE } from "../../provider/dist/report/preview/html.js";
import type { PreviewReport, VerdictLevel } from "../../provider/dist/report/preview/model.js";
import { affected, quiet, quietTenant, sample, tenant } from "./preview-sample.ts";

const RUNS = { numRuns: Math.max(1_000, Number(process.env.FAST_CHECK_RUNS ?? 0)) };

interface Page {
  /** All elements, in the order of the page. */
  elements: Tree.Element[];
  /** The text of the body, without the script. */
  text: string;
  errors: string[];
}

function read(html: string): Page {
  const errors: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => errors.push(code) });
  const page: Page = { elements: [], text: "", errors };
  const visit = (node: Tree.Node): void => {
    if ("tagName" in node) page.elements.push(node);
    if (node.nodeName === "#text") page.text += (node as Tree.TextNode).value;
    if (node.nodeName === "script" || node.nodeName === "style") return;
    if ("childNodes" in node) node.childNodes.forEach(visit);
  };
  visit(document);
  return page;
}

const attribute = ({ attrs }: Tree.Element, name: string) => attrs.find((attr) => attr.name === name)?.value;

const byName = ({ elements }: Page, name: string) => elements.filter(({ tagName }) => tagName === name);

const inner = (element: Tree.Element): string =>
  element.childNodes
    .map((node) => (node.nodeName === "#text" ? (node as Tree.TextNode).value : inner(node as Tree.Element)))
    .join("");

const headings = (page: Page) =>
  page.elements.filter(({ tagName }) => /^h[1-6]$/.test(tagName)).map((element) => inner(element));

/** What ids, classes and attributes the program itself writes; nothing else may be in a page. */
const ELEMENTS = new Set(
  "html head meta title style body a header h1 h2 h3 h4 div span p nav ul ol li main section article dl dt dd table caption thead tbody tr th td code pre bdi ins del strong details summary fieldset legend label select option input output meter footer script".split(
    " ",
  ),
);

const ATTRIBUTES = new Set(
  "lang charset http-equiv content name class href id tabindex aria-labelledby aria-label aria-hidden aria-live role scope hidden data-filter data-outcome value type autocomplete spellcheck min max high".split(
    " ",
  ),
);

/** Each text of a report replaced, where it is not one of a few fixed words. */
function withTexts(report: PreviewReport, next: (text: string) => string): PreviewReport {
  const fixed = new Set(["kind", "level", "change", "operation", "outcome", "guarded", "before", "after", "source"]);
  const replace = (value: unknown, key: string, path: string[]): unknown => {
    if (Array.isArray(value)) return value.map((entry) => replace(entry, "", [...path, key]));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, entry]) => [name, replace(entry, name, [...path, key])]),
      );
    if (typeof value !== "string") return value;
    const isStep = path.includes("steps");
    const isSourceOfPeople = path.at(-1) === "people" && key === "source";
    const isOther = path.includes("others");
    if (fixed.has(key) && !isSourceOfPeople && !(isStep && key === "kind") && !(isOther && key === "operation"))
      return value;
    return next(value);
  };
  return replace(report, "", []) as PreviewReport;
}

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</td></table></main><iframe srcdoc="x">`,
  `</title></style></script><svg/onload=alert(1)>`,
  `<!-- -->]]>&lt;b&gt;&amp;&#0;`,
  `\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u061c`,
  `one\ntwo\r\nthree\ttabs\u0000\u001b[2J`,
  `half \ud800 pair, \ufeff, tag \u{e0041}`,
  `javascript:alert(1)`,
  `\${7*7} {{7*7}} %3Cscript%3E`,
  `__proto__`,
];

const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(..."<>&\"'/=!-` \n\t\u0000\u2028\u202e\ud800axscript"), maxLength: 60 }),
);

describe("htmlReport", () => {
  it("gives the same bytes for the same report", () => {
    assert.equal(htmlReport(sample), htmlReport(structuredClone(sample)));
    assert.equal(htmlReport(sample), htmlReport(JSON.parse(JSON.stringify(sample)) as PreviewReport));
  });

  it("is a page without any error of the parser, in one language, with a title", () => {
    for (const report of [sample, quiet]) {
      const page = read(htmlReport(report));
      assert.deepEqual(page.errors, []);
      assert.equal(attribute(byName(page, "html")[0]!, "lang"), "en");
    }
    assert.equal(inner(byName(read(htmlReport(sample)), "title")[0]!), "Lock-out: passkey policy report");
  });

  it("is far below the size that a browser minds", () => {
    const many = { ...sample, tenants: [{ ...tenant, affected: affected(3_000, 3_000, 3_000, 1_000) }] };
    assert.ok(htmlReport(many).length < 1_500_000, String(htmlReport(many).length));
  });

  describe("what may run and load", () => {
    const page = read(htmlReport(sample));
    const hash = (element: Tree.Element) => {
      const content = element.childNodes.map((node) => (node as Tree.TextNode).value).join("");
      return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
    };

    it("is one style and one script, whose hashes the policy of the page has", () => {
      const [policy] = byName(page, "meta").filter(
        (meta) => attribute(meta, "http-equiv") === "Content-Security-Policy",
      );
      const [styles, scripts] = [byName(page, "style"), byName(page, "script")];
      assert.equal(styles.length, 1);
      assert.equal(scripts.length, 1);
      assert.equal(
        attribute(policy!, "content"),
        `default-src 'none'; style-src ${hash(styles[0]!)}; script-src ${hash(scripts[0]!)}; base-uri 'none'; form-action 'none'`,
      );
    });

    it("is the same whatever the report says", () => {
      const constant = (html: string) => [html.split("<style>")[1]!.split("</style>")[0], html.split("<script>")[1]];
      assert.deepEqual(constant(htmlReport(sample)), constant(htmlReport(quiet)));
    });

    it("is no address of anything else", () => {
      assert.doesNotMatch(htmlReport(sample), /https?:|url\(|@import|\ssrc=|srcset|\sstyle=|\son[a-z]+=/);
      for (const link of byName(page, "a")) assert.match(attribute(link, "href")!, /^#[a-z0-9-]+$/);
    });
  });

  describe("structure", () => {
    const page = read(htmlReport({ ...sample, tenants: [tenant, quietTenant] }));

    it("has each id once, and everything that is referred to", () => {
      const ids = page.elements.flatMap((element) => attribute(element, "id") ?? []);
      assert.equal(new Set(ids).size, ids.length);
      const references = page.elements.flatMap((element) => [
        ...(attribute(element, "href")?.slice(1).split(" ") ?? []),
        ...(attribute(element, "aria-labelledby")?.split(" ") ?? []),
        ...(attribute(element, "data-filter")?.split(" ") ?? []),
      ]);
      assert.deepEqual(
        references.filter((id) => !ids.includes(id)),
        [],
      );
    });

    it("has headings that leave no level out, and one main, one header, one navigation", () => {
      const levels = page.elements.flatMap(({ tagName }) => /^h([1-6])$/.exec(tagName)?.[1] ?? []).map(Number);
      assert.equal(levels.filter((level) => level === 1).length, 1);
      levels.forEach((level, index) => assert.ok(level <= (levels[index - 1] ?? 0) + 1, `heading ${index}`));
      for (const name of ["main", "header", "nav", "footer"]) assert.equal(byName(page, name).length, 1, name);
    });

    it("has tables with captions and scopes, in regions that the keyboard reaches", () => {
      const tables = byName(page, "table");
      assert.equal(byName(page, "caption").length, tables.length);
      for (const heading of byName(page, "th")) assert.match(attribute(heading, "scope") ?? "", /^(row|col)$/);
      for (const one of tables) {
        const region = one.parentNode as Tree.Element;
        assert.equal(attribute(region, "tabindex"), "0");
        assert.ok(attribute(region, "aria-label"));
      }
    });

    it("tells everything in the order of the report", () => {
      assert.deepEqual(headings(read(htmlReport(sample))), [
        "What this change does to the passkey policy",
        "Contents",
        "Previews that failed",
        `Tenant ${tenant.tenant}`,
        "What changes",
        "Profile Nurses Changed",
        "Profile Kiosks New",
        "Profile Default passkey profile Unchanged",
        "Groups",
        "Who loses what",
        "What becomes acceptable",
        "What pulumi up runs",
        "PasskeyPolicy passkeys update Refused",
        "PasskeyGroupTarget contractors delete",
        "Size and profiles",
        "Drift",
        "Warnings",
        "EIDSCA checks",
        "What could not be read",
        "Other changes",
        "Who may use which key",
        "Affected people",
      ]);
    });
  });

  describe("verdict", () => {
    const levels: [VerdictLevel, 0 | 1 | 2 | 3 | 4, string][] = [
      ["nothing", 0, "No change"],
      ["change", 2, "Change"],
      ["lockout", 3, "Lock-out"],
      ["exposure", 4, "Weaker keys"],
      ["error", 1, "Error"],
    ];
    for (const [level, code, words] of levels) {
      it(`says ${level} in words, with its sentence and code`, () => {
        const page = read(htmlReport({ ...quiet, verdict: { level, code, sentence: "One sentence." } }));
        const header = inner(byName(page, "header")[0]!).replace(/\s+/g, " ");
        assert.ok(header.includes(`${words} One sentence. Exit code ${code}`), header);
        assert.equal(inner(byName(page, "title")[0]!), `${words}: passkey policy report`);
      });
    }
  });

  describe("tenant at a glance", () => {
    it("says what changes, what is refused and that something could not be read", () => {
      const said = read(htmlReport(sample)).text.replace(/\s+/g, " ");
      assert.match(said, /Changes ?1 setting, 2 profiles, 3 groups/);
      assert.match(said, /Plans ?2 plans, 1 refused/);
      assert.match(said, /read from the tenant; 1 part of what matters could not be read/);
      assert.match(read(htmlReport(quiet)).text.replace(/\s+/g, " "), /Changes ?none Plans ?none/);
    });

    it("has no verdict of its own where that of the report is the same", () => {
      const verdicts = (report: PreviewReport) =>
        read(htmlReport(report)).elements.filter((element) => attribute(element, "class") === "level").length;
      assert.equal(verdicts(quiet), 1);
      assert.equal(verdicts(sample), 2);
    });
  });

  describe("long lists", () => {
    const lines = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `line ${from + index};`);
    const folds = (before: string[], after: string[]) => {
      const general = [{ name: "Models", before, after }];
      const page = read(htmlReport({ ...quiet, tenants: [{ ...quietTenant, general }] }));
      for (const line of [...before, ...after]) assert.ok(page.text.includes(line), line);
      return byName(page, "summary").map(inner);
    };

    it("are folded where they are the same, and where what differs is too much to look at", () => {
      assert.deepEqual(folds(lines(40), lines(41)), [
        "40 the same before and after",
        "40 more, the same before and after",
      ]);
      assert.deepEqual(folds(lines(20), lines(20, 20)), []);
      assert.deepEqual(folds(lines(40), lines(40, 40)), ["16 more removed", "16 more added"]);
      assert.deepEqual(folds([], lines(40)), ["16 more added"]);
      assert.deepEqual(folds(lines(6), lines(7)), []);
      assert.deepEqual(folds(lines(40), lines(40)), ["16 more", "16 more"]);
    });
  });

  describe("what is left out", () => {
    it("is what nothing is known of, but not what is worth knowing", () => {
      const page = read(htmlReport(quiet));
      assert.deepEqual(headings(page).slice(3), [
        "What changes",
        "Who loses what",
        "What becomes acceptable",
        "What pulumi up runs",
        "Size and profiles",
        "What could not be read",
      ]);
      assert.match(page.text, /No setting and no profile of this tenant changes/);
      assert.match(page.text, /Nobody was read/);
      assert.match(page.text, /No key is known to become acceptable/);
      assert.match(page.text, /pulumi up writes nothing to this policy/);
      assert.match(page.text, /Nothing: all that was asked for could be read/);
      assert.match(page.text, /tenant-wide settings \(not opted in to passkey profiles\)/);
      assert.match(page.text, /read from a saved file/);
    });

    it("leaves a page where no tenant could be previewed", () => {
      const page = read(htmlReport({ ...sample, tenants: [] }));
      assert.match(page.text, /No tenant is changed/);
      assert.match(page.text, /group Pupils does not exist/);
    });

    it("is the acknowledgement of a plan that needs none, and the refusals of one that is not refused", () => {
      const plan = { ...tenant.plans[1]!, steps: [] };
      const page = read(htmlReport({ ...quiet, tenants: [{ ...quietTenant, plans: [plan] }] }));
      assert.doesNotMatch(page.text, /Refused|add this to the program/);
      assert.match(page.text, /Acknowledged until 2026-12-02: the contract ends that day/);
      assert.match(page.text, /It has no step/);
    });
  });

  describe("content", () => {
    const page = read(htmlReport(sample));
    const said = page.text.replace(/\s+/g, " ");

    it("says in words what differs between before and after", () => {
      assert.match(said, /Attestation changednot asked forasked for at registration/);
      assert.match(said, /removed YubiKey 5 Series with NFC/);
      assert.match(said, /added YubiKey 5 FIPS Series with NFC/);
      assert.match(said, /30 more, the same before and after/);
      assert.match(said, /2 added, 1 removed/);
      assert.match(said, /excluded: no passkey at all/);
    });

    it("has the counts, the guards, the note on the checks and the share of the limit", () => {
      assert.match(said, /Stranded 9 no phishing-resistant method is left/);
      assert.match(said, /Keep all 1,149 nothing is lost/);
      assert.match(said, /Has to be acknowledged: the profile is exclusive/);
      assert.match(said, /These checks read the default profile only/);
      assert.match(said, /14,21018,92220,480 92 %/);
      assert.match(said, /28 models are left out/);
      assert.match(said, /sets it back/);
    });

    it("keeps the lines of an acknowledgement, also where it begins with an empty one", () => {
      const snippets = (acknowledgement: string) => {
        const plan = { ...tenant.plans[0]!, acknowledgement };
        return byName(read(htmlReport({ ...quiet, tenants: [{ ...quietTenant, plans: [plan] }] })), "pre").map(inner);
      };
      assert.deepEqual(snippets("\na: {\n\tb: 1,\r\n}"), ["\na: {\n\tb: 1,\n}"]);
      assert.deepEqual(snippets("a\rb\u2028c"), ["a\\u000db\\u2028c"]);
    });

    it("says both answers of a cell that changes, and that it does", () => {
      const matrix = byName(page, "table").find((one) => attribute(one, "class") === "matrix")!;
      assert.match(inner(matrix).replace(/\s+/g, " "), /Register: yes →then no Sign in: yes →then unknown changed/);
    });
  });

  describe("affected people", () => {
    const rows = (page: Page) => page.elements.filter((element) => attribute(element, "data-outcome") !== undefined);

    it("are all there with the controls hidden, which only the script shows", () => {
      const page = read(htmlReport(sample));
      assert.equal(rows(page).length, 55);
      assert.notEqual(attribute(byName(page, "fieldset")[0]!, "hidden"), undefined);
      assert.match(page.text, /Lose a key \(41\)/);
      assert.doesNotMatch(page.text, /not in it/);
    });

    it("are at most 2,000 in the page, and it says how many more there are", () => {
      const [first, second] = [affected(1_500, 0, 0, 0), affected(0, 700, 1, 0)];
      const tenants = [
        { ...quietTenant, affected: first },
        { ...quietTenant, affected: second },
      ];
      const page = read(htmlReport({ ...quiet, tenants }));
      assert.equal(rows(page).length, PEOPLE_IN_PAGE);
      assert.match(page.text, /has the first 500 people, worst first; 201 more are not in it/);
    });

    it("that the report itself leaves out are counted, too", () => {
      const counts = { lockedOut: 0, stranded: 20_000, unknown: 0, reduced: 1, keeps: 5 };
      const one = { ...quietTenant, people: { ...tenant.people!, counts }, affected: affected(0, 10_000, 0, 0) };
      const page = read(htmlReport({ ...quiet, tenants: [one] }));
      assert.match(page.text, /first 2,000 people, worst first; 18,001 more are not in it/);
    });
  });

  describe("texts that somebody hostile chose", () => {
    const shape = (html: string) =>
      read(html).elements.map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(" ")}`);

    it("never change the elements of a page, and all of them can be read", function () {
      this.timeout(120_000);
      // A page for each text would be slow, so that each page has many of them.
      const small: PreviewReport = { ...sample, tenants: [{ ...tenant, affected: tenant.affected.slice(0, 3) }] };
      let fields = 0;
      withTexts(small, (one) => (fields++, one));
      const property = fc.property(fc.array(text, { minLength: 8, maxLength: 8 }), (texts) => {
        let index = 0;
        const pieces: string[] = [];
        const report = withTexts(small, (original) => {
          const hostile = `${index++}${texts[index % texts.length]!}`;
          // A snippet keeps its lines and tabs.
          pieces.push(...(original.startsWith("acknowledge:") ? hostile.split(/\r\n|\n|\t/) : [hostile]));
          return hostile;
        });
        const html = htmlReport(report);
        const page = read(html);
        assert.deepEqual(page.errors, []);
        for (const { tagName, attrs } of page.elements) {
          assert.ok(ELEMENTS.has(tagName), tagName);
          for (const { name } of attrs) assert.ok(ATTRIBUTES.has(name), `${tagName} ${name}`);
        }
        assert.equal(index, fields);
        for (const piece of pieces) assert.ok(page.text.includes(visible(piece)), visible(piece));
        assert.doesNotMatch(html, /[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/u);
      });
      fc.assert(property, RUNS);
    });

    it("each stand in the page as they are, with nothing hidden", () => {
      for (const hostile of HOSTILE) {
        const report = withTexts(sample, (one) => (one.includes("acknowledge:") ? one : `${hostile}|${one}`));
        const html = htmlReport(report);
        const page = read(html);
        const expected: string[] = [];
        withTexts(report, (one) => (expected.push(one), one));
        for (const one of expected.filter((entry) => !entry.includes("acknowledge:") && !entry.endsWith(sample.kind)))
          assert.ok(page.text.includes(visible(one)), visible(one));
        assert.deepEqual(shape(html).sort(), shape(htmlReport(withTexts(sample, (one) => `x|${one}`))).sort(), hostile);
      }
    });
  });
});

describe("markup", () => {
  const both = (value: string) =>
    parseFragment(markup`<p title="${value}">${value}</p>`.text).childNodes[0] as Tree.Element;

  it("gives back any text, in an element and in an attribute", () => {
    fc.assert(
      fc.property(text, (value) => {
        const element = both(value);
        assert.equal(element.childNodes.length, value === "" ? 0 : 1);
        assert.equal(inner(element), visible(value));
        assert.deepEqual(element.attrs, [{ name: "title", value: visible(value) }]);
      }),
      RUNS,
    );
  });

  it("takes nothing for markup that it has not made", () => {
    const forged = { text: "<b>" } as unknown as string;
    assert.doesNotMatch(markup`${forged}`.text, /</);
    assert.equal(markup`${["<", markup`<b>`, undefined, 3]}`.text, "&lt;<b>3");
  });
});

describe("visible", () => {
  it("spells out what hides or reorders, and leaves every script as it is", () => {
    assert.equal(visible("a\u202eb\n\u{e0041}\ud800"), "a\\u202eb\\u000a\\u{e0041}\\ud800");
    const names = "Pflegekräfte 看護師 ممرضات אחיות नर्सें \u{1f469}\u200d\u2695";
    assert.equal(visible(names), names);
  });
});

describe("number", () => {
  it("has thousands apart", () => {
    assert.deepEqual([0, 999, 1_000, 20_480, 1_234_567].map(number), ["0", "999", "1,000", "20,480", "1,234,567"]);
  });
});

describe("difference", () => {
  it("is one word where one word says it", () => {
    assert.equal(difference(["a"], ["a"]), "same");
    assert.equal(difference(["a"], ["b"]), "changed");
    assert.equal(difference([], ["b"]), "added");
    assert.equal(difference(["a"], []), "removed");
    assert.equal(difference(["a", "b"], ["b", "a"]), "changed");
    assert.equal(difference(["a", "b"], ["b", "c", "d"]), "2 added, 1 removed");
  });
});
