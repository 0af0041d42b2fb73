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
