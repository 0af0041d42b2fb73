import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { rolloutPage } from "../../provider/dist/rollout/page/page.js";
import { plan, STOPPED } from "../rollout/page-sample.ts";
import { launch, open, screenshot, violations } from "./util.ts";

const SIZES = {
  desktop: { viewport: { width: 1_280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
};

describe("the page of a rollout in a browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  for (const [size, options] of Object.entries(SIZES))
    for (const colorScheme of ["light", "dark"] as const)
      it(`axe finds nothing on a ${size} in ${colorScheme}, the page fits, and asks for nothing`, () =>
        open(browser, rolloutPage(plan, STOPPED), { ...options, colorScheme }, async ({ page, requests, trouble }) => {
          await screenshot(page, `rollout-${size}-${colorScheme}`);
          assert.deepEqual(requests, []);
          assert.deepEqual(trouble, []);
          const width = await page.evaluate("Math.max(window.innerWidth, document.documentElement.scrollWidth)");
          assert.equal(width, options.viewport.width);
          assert.deepEqual(await violations(page), []);
          await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
          assert.deepEqual(await violations(page), []);
        }));
});
