import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { htmlReport } from "../../provider/dist/report/preview/html.js";
import type { PreviewReport } from "../../provider/dist/report/preview/model.js";
import { affected, quiet, quietTenant, sample, tenant } from "../report/preview-sample.ts";
import { DESKTOP, launch, looksWell, open, PHONE, print, screenshot, violations } from "./util.ts";

const REPORTS: Record<string, PreviewReport> = {
  full: sample,
  quiet,
  tenants: {
    ...sample,
    failures: [],
    verdict: { level: "exposure", code: 4, sentence: "Weaker keys become acceptable to 1 exclusive group." },
    tenants: [
      { ...tenant, verdict: { level: "exposure", code: 4, sentence: "Weaker keys become acceptable." } },
      { ...quietTenant, verdict: { level: "change", code: 2, sentence: "One group gains a profile." } },
    ],
  },
};

const rows = (page: Page) => page.locator("tr[data-outcome]:visible");

/** Presses Tab until something has the focus; it throws where that is never. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key never reaches ${selector}`);
}

describe("the HTML report in a browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  for (const [name, report] of Object.entries(REPORTS))
    looksWell(
      name,
      `${name}: `,
      () => browser,
      () => htmlReport(report),
    );

  it("is looked at by an axe that finds something where there is something", () => {
    const bad = htmlReport(quiet).replace("</main>", '<img src="data:,x"><h6>Too deep</h6></main>');
    return open(browser, bad, DESKTOP, async ({ page }) => {
      const found = await violations(page);
      for (const rule of ["image-alt", "heading-order"])
        assert.ok(
          found.some((line) => line.startsWith(rule)),
          rule,
        );
    });
  });

  it("looks different in light and dark", () =>
    open(browser, htmlReport(sample), DESKTOP, async ({ page }) => {
      const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
      await page.emulateMedia({ colorScheme: "light" });
      const light = await background();
      await page.emulateMedia({ colorScheme: "dark" });
      assert.notEqual(await background(), light);
    }));

  it("fits a window of 320 pixels, which is a desktop at four times its size", () =>
    open(browser, htmlReport(sample), { viewport: { width: 320, height: 640 } }, async ({ page }) => {
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);
    }));

  it("shows where the focus is on everything that can have it", () =>
    open(browser, htmlReport(sample), DESKTOP, async ({ page }) => {
      const focused = `(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return { tag: document.activeElement.tagName, outline: outlineStyle + " " + outlineWidth }; })()`;
      const seen = new Set<string>();
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        const { tag, outline } = (await page.evaluate(focused)) as { tag: string; outline: string };
        if (tag === "BODY") break;
        assert.equal(outline, "solid 3px", tag);
        seen.add(tag);
      }
      assert.deepEqual([...seen].sort(), ["A", "DIV", "INPUT", "PRE", "SELECT", "SUMMARY"]);
    }));

  it("can be skipped to its content by the first key", () =>
    open(browser, htmlReport(sample), DESKTOP, async ({ page }) => {
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip to the report");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate("document.activeElement.id"), "report");
    }));

  it("is filtered by keyboard alone, by outcome and text", () =>
    open(browser, htmlReport(sample), DESKTOP, async ({ page }) => {
      const said = page.getByRole("status");
      assert.equal(await rows(page).count(), 55);
      await page.locator("#t1-affected").click();
      await tabTo(page, ".filter select");
      await page.keyboard.press("ArrowDown");
      assert.equal(await rows(page).count(), 3);
      assert.equal(await said.textContent(), "3 of 55 shown");
      await page.keyboard.press("ArrowDown");
      assert.equal(await rows(page).count(), 9);
      await page.keyboard.press("Tab");
      await page.keyboard.type("CONTRACTORS");
      assert.equal(await rows(page).count(), 1);
      assert.equal(await said.textContent(), "1 of 55 shown");
      await screenshot(page, "filtered-desktop-light");
      await page.keyboard.type(" nobody");
      assert.equal(await said.textContent(), "0 of 55 shown");
      await page.keyboard.press("Escape");
      assert.equal(await rows(page).count(), 9);
      assert.deepEqual(await violations(page), []);
    }));

  it("filters 2,000 people of each tenant by themselves", () => {
    const tenants = [
      { ...quietTenant, affected: affected(0, 1_400, 0, 0) },
      { ...quietTenant, affected: affected(0, 0, 700, 0) },
    ];
    return open(browser, htmlReport({ ...quiet, tenants }), DESKTOP, async ({ page, trouble }) => {
      assert.equal(await rows(page).count(), 2_000);
      await page.getByLabel("Text").first().fill("nobody is called so");
      assert.equal(await rows(page).count(), 600);
      assert.equal(await page.getByRole("status").first().textContent(), "0 of 1,400 shown");
      assert.equal(await page.getByRole("status").nth(1).textContent(), "600 of 600 shown");
      assert.deepEqual(trouble, []);
    });
  });

  it("is complete without scripts, and shows no control that does nothing", () =>
    open(browser, htmlReport(sample), { ...PHONE, javaScriptEnabled: false }, async ({ page, requests }) => {
      assert.equal(await rows(page).count(), 55);
      assert.equal(await page.locator(".filter").isVisible(), false);
      const fold = page.locator("details").first();
      await fold.locator("summary").focus();
      await page.keyboard.press("Enter");
      assert.notEqual(await fold.getAttribute("open"), null);
      assert.deepEqual(requests, []);
      await screenshot(page, "without-scripts-phone-light");
    }));

  it("scrolls a wide table by itself, by keyboard", () =>
    open(browser, htmlReport(sample), PHONE, async ({ page }) => {
      const region = page.locator(".scroll", { has: page.locator("table.matrix") });
      await region.focus();
      const left = () => region.evaluate((element) => (element as unknown as { scrollLeft: number }).scrollLeft);
      assert.equal(await left(), 0);
      await page.keyboard.press("ArrowRight");
      await page.waitForTimeout(300);
      assert.ok((await left()) > 0);
    }));

  it("is printed with everything that is folded, and without controls", () =>
    open(browser, htmlReport(sample), { ...DESKTOP, colorScheme: "dark" }, async ({ page }) => {
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator("nav").isVisible(), false);
      assert.equal(await page.locator(".filter").isVisible(), false);
      assert.equal(await page.locator("details table").first().isVisible(), true);
      assert.equal(await page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
      assert.ok((await print(page, "full")).length > 10_000);
    }));

  describe("where somebody gets markup into it nevertheless", () => {
    let asked: string[] = [];
    const server = createServer((request, response) => (asked.push(request.url!), response.end()));
    before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
    beforeEach(() => void (asked = []));
    after(() => void server.close());

    const spoilt = () => {
      const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const markup = `<script>document.title = "hit"</script><img src="${at}/image" onerror="document.title = 'hit'">
<iframe src="${at}/frame"></iframe><link rel="stylesheet" href="${at}/style"><script src="${at}/script"></script>
<style>body { background: url(${at}/background) }</style><form action="${at}/form"></form>`;
      return htmlReport(sample).replace("</main>", () => `${markup}</main>`);
    };

    const submit = "document.querySelector('form').submit()";

    it("nothing of it runs, and nothing is asked for", () =>
      open(browser, spoilt(), DESKTOP, async ({ page, trouble }) => {
        await page.waitForTimeout(300);
        assert.equal(await page.title(), "Lock-out: passkey policy report");
        await page.evaluate(submit);
        await page.waitForTimeout(300);
        assert.deepEqual(asked, []);
        assert.ok(trouble.length >= 7, trouble.join("\n"));
        for (const line of trouble) assert.match(line, /Content Security Policy/);
      }));

    it("only the policy of the page stands in its way", () =>
      open(browser, spoilt().replace("Content-Security-Policy", "x"), DESKTOP, async ({ page }) => {
        await page.waitForTimeout(300);
        assert.equal(await page.title(), "hit");
        await page.evaluate(submit);
        await page.waitForTimeout(300);
        for (const path of ["/image", "/frame", "/style", "/script", "/background", "/form?"])
          assert.ok(asked.includes(path), `${path} of ${asked.join(" ")}`);
      }));
  });

  it("shows hostile texts as texts, within their places", () => {
    const hostile = `"><img src=https://example.com/x onerror=alert(1)><script>alert(1)</script>\u202e${"long".repeat(60)}`;
    const texts = (value: unknown, key = ""): unknown => {
      if (Array.isArray(value)) return value.map((entry) => texts(entry));
      if (typeof value === "object" && value !== null)
        return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, texts(entry, name)]));
      const chosen = "profile group reason text resource stack sentence name person digest code id tenant kind".split(
        " ",
      );
      return typeof value === "string" && chosen.includes(key) ? hostile : value;
    };
    const few = { ...sample, tenants: [{ ...tenant, affected: tenant.affected.slice(0, 6) }] };
    return open(browser, htmlReport(texts(few) as PreviewReport), PHONE, async ({ page, requests, trouble }) => {
      await page.waitForTimeout(200);
      assert.deepEqual(requests, []);
      assert.deepEqual(trouble, []);
      assert.equal(await page.locator("img").count(), 0);
      assert.match((await page.locator("h4").first().textContent())!, /<script>alert\(1\)<\/script>\\u202e/);
      const wide = `[...document.querySelectorAll("body *")].filter((one) => !one.closest(".scroll, pre") &&
        one.getBoundingClientRect().right > ${PHONE.viewport.width}).map((one) => one.outerHTML.slice(0, 99))`;
      assert.deepEqual(await page.evaluate(wide), []);
      assert.deepEqual(await violations(page), []);
      await screenshot(page, "hostile-phone-light");
    });
  });
});
