import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import axe, { type AxeResults } from "axe-core";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

/** Where screenshots go; git ignores it. */
const ARTIFACTS = resolve(import.meta.dirname, "../../.artifacts/browser");

/** Starts the Chromium that tools/browser/main.ts has found. */
export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath) throw new Error("CHROMIUM_PATH is not set; run npm run test:browser.");
  return chromium.launch({ executablePath });
}

/** A page that was opened from a file, as people open a report. */
export interface Opened {
  page: Page;
  /** Addresses that the page asked for, but for its own. */
  requests: string[];
  /** What the console says, and what was thrown. */
  trouble: string[];
}

/** Opens a page, gives it to `use`, and closes it. */
export async function open(
  browser: Browser,
  html: string,
  options: BrowserContextOptions,
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "entra-passkeys-report-"));
  const file = join(folder, "report.html");
  writeFileSync(file, html);
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const [requests, trouble]: [string[], string[]] = [[], []];
    const own = pathToFileURL(file).href;
    context.on("request", (request) => request.url().split("#")[0] !== own && requests.push(request.url()));
    page.on("console", (message) => trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("dialog", (dialog) => (trouble.push(`dialog: ${dialog.message()}`), void dialog.dismiss()));
    await page.goto(own);
    await use({ page, requests, trouble });
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
}

/** What axe finds, a line for each; every rule that it has, good practice included. */
export async function violations(page: Page): Promise<string[]> {
  // As the debugger does, which the policy of the page does not forbid.
  await page.evaluate(axe.source);
  const results = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
  if (results.passes.length < 10) throw new Error(`axe looked at almost nothing: ${results.passes.length} rules`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Writes a picture of the whole page. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true });
}

/** Writes the page as it is printed. */
export async function print(page: Page, name: string): Promise<Buffer> {
  mkdirSync(ARTIFACTS, { recursive: true });
  return page.pdf({ path: join(ARTIFACTS, `${name}.pdf`), format: "A4" });
}

export const DESKTOP = { viewport: { width: 1_280, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
export const SIZES = { desktop: DESKTOP, phone: PHONE };
export const SCHEMES = ["light", "dark"] as const;

/** A test for each size and scheme: axe finds nothing, nothing is asked for, and the page is as wide as its window. */
export function looksWell(name: string, title: string, browser: () => Browser, html: () => string): void {
  for (const [size, options] of Object.entries(SIZES))
    for (const colorScheme of SCHEMES)
      it(`${title}axe finds nothing on a ${size} in ${colorScheme}, the page fits, and asks for nothing`, () =>
        open(browser(), html(), { ...options, colorScheme }, async ({ page, requests, trouble }) => {
          await screenshot(page, `${name}-${size}-${colorScheme}`);
          assert.deepEqual(requests, []);
          assert.deepEqual(trouble, []);
          // A phone makes its window wider rather than scroll.
          const width = await page.evaluate("Math.max(window.innerWidth, document.documentElement.scrollWidth)");
          assert.equal(width, options.viewport.width);
          assert.deepEqual(await violations(page), []);
          // What is folded counts, too.
          await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
          assert.deepEqual(await violations(page), []);
        }));
}
