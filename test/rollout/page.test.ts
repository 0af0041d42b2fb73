import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parse, type DefaultTreeAdapterTypes } from "parse5";
import { rolloutPage } from "../../provider/dist/rollout/page/page.js";
import { BEGUN, plan, recordsOf, STOPPED } from "./page-sample.ts";
import { idOf } from "./util.ts";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

function elements(html: string, name: string): Element[] {
  const walk = (node: Node): Element[] => [
    ...("tagName" in node && node.tagName === name ? [node] : []),
    ...("childNodes" in node ? node.childNodes.flatMap(walk) : []),
  ];
  return walk(parse(html));
}

function text(node: Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(text).join("") : "";
}

const attribute = (element: Element, name: string) => element.attrs.find((one) => one.name === name)?.value;

/** Rows of the table in the section with this heading, as texts. */
function rows(html: string, id: string): string[][] {
  const section = elements(html, "section").find((one) =>
    elementsIn(one, "h2").some((h) => attribute(h, "id") === id),
  )!;
  return elementsIn(section, "tr").map((row) =>
    row.childNodes.filter((cell) => "tagName" in cell).map((cell) => text(cell).replace(/\s+/g, " ").trim()),
  );
}

function elementsIn(element: Element, name: string): Element[] {
  const walk = (node: Node): Element[] => [
    ...("tagName" in node && node.tagName === name ? [node] : []),
    ...("childNodes" in node ? node.childNodes.flatMap(walk) : []),
  ];
  return walk(element);
}

describe("rolloutPage", () => {
  it("tells waves, tenants with reasons, and the timeline", () => {
    const page = rolloutPage(plan, STOPPED);
    assert.deepEqual(rows(page, "waves").slice(1), [
      [
        "pilot",
        "3",
        "2",
        "1",
        "0",
        "open health check passed soaks until 2026-11-26 10:00:00 approval asked until 2026-11-26 11:00:00",
      ],
      ["broad", "1", "0", "0", "1", "not begun"],
    ]);
    const tenants = rows(page, "w1").slice(1);
    const more = (number: number) => `Stack and id tenant-${number}${idOf(number)}`;
    assert.deepEqual(tenants, [
      [`Northbank${more(0)}`, "skipped", "It has what it should have.", "2026-11-26 09:02:00 0 s"],
      [
        `Southbank${more(1)}`,
        "verified 2 attempts",
        "The policy changes, and nobody loses a key.",
        "2026-11-26 09:03:00 7 min 0 s",
      ],
      [`Eastbank${more(2)}`, "held back", "It would lock 3 people out.", "2026-11-26 09:04:00 1 min 0 s"],
    ]);
    assert.equal(rows(page, "timeline").length, STOPPED.length + 1);
    assert.match(page, /nobody approved pilot in time/);
  });

  it("is the same for the same records, and knows no other time than theirs", () => {
    assert.equal(rolloutPage(plan, STOPPED), rolloutPage(plan, structuredClone(STOPPED)));
  });

  it("loads nothing, runs nothing, and allows its own style only", () => {
    const page = rolloutPage(plan, STOPPED);
    const policy = elements(page, "meta").find((one) => attribute(one, "http-equiv") === "Content-Security-Policy")!;
    const [style, ...others] = elements(page, "style");
    assert.equal(others.length, 0);
    const digest = createHash("sha256").update(text(style!)).digest("base64");
    assert.equal(
      attribute(policy, "content"),
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`,
    );
    for (const name of ["script", "link", "img", "iframe", "form"]) assert.equal(elements(page, name).length, 0, name);
    assert.ok(!/ style="| on\w+="/.test(page));
    const ids = elements(page, "h2").map((one) => `#${attribute(one, "id")}`);
    const links = elements(page, "nav").flatMap((nav) => elementsIn(nav, "a").map((one) => attribute(one, "href")!));
    for (const link of links) assert.ok(ids.includes(link), link);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("escapes every text", () => {
    const hostile = `"><script>alert(1)</script>\u202e`;
    const records = recordsOf([
      { kind: "begun", rollout: hostile, plan: hostile, waves: [{ name: hostile, tenants: [idOf(0), hostile] }] },
      { kind: "waveBegun", wave: hostile },
      { kind: "skipped", tenant: hostile, reason: hostile },
      { kind: "previewed", tenant: idOf(0), verdict: hostile, sentence: hostile },
      { kind: "applying", tenant: idOf(0), attempt: 1 },
      { kind: "failed", tenant: idOf(0), reason: hostile, attempt: 1 },
      { kind: "approved", wave: hostile, by: hostile },
      { kind: "notRestored", tenant: idOf(0), reason: hostile },
      { kind: "aborted", by: hostile },
    ]);
    const names = { tenants: [{ id: idOf(0), name: hostile, stack: hostile }] };
    const page = rolloutPage(names, records);
    assert.equal(elements(page, "script").length, 0);
    assert.ok(!page.includes("\u202e"));
    assert.ok(page.includes("\\u202e"));
  });

  for (const [what, events, level, words] of [
    ["nothing yet", [], "change", "Not finished"],
    ["its beginning", [BEGUN], "change", "Not finished"],
    ["a good end", [BEGUN, { kind: "done" }], "nothing", "Done"],
    [
      "an end that is not good everywhere",
      [BEGUN, { kind: "failed", tenant: idOf(0), reason: "503", attempt: 1 }, { kind: "done" }],
      "exposure",
      "Done, not everywhere",
    ],
    ["an abort", [BEGUN, { kind: "aborted", by: "Ada" }], "error", "Aborted"],
    ["a stop", [BEGUN, { kind: "stopped", reason: "it was told to" }], "exposure", "Stopped"],
  ] as const) {
    it(`says at its head how it stands after ${what}`, () => {
      const page = rolloutPage(plan, recordsOf(events));
      const head = elements(page, "div").find((one) => attribute(one, "class")?.startsWith("verdict"))!;
      assert.equal(attribute(head, "class"), `verdict level-${level}`);
      assert.equal(text(elementsIn(head, "span")[0]!), words);
    });
  }
});
