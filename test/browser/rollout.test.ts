import type { Browser } from "playwright-core";
import { rolloutPage } from "../../provider/dist/rollout/page/page.js";
import { plan, STOPPED } from "../rollout/page-sample.ts";
import { launch, looksWell } from "./util.ts";

describe("the page of a rollout in a browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  looksWell(
    "rollout",
    "",
    () => browser,
    () => rolloutPage(plan, STOPPED),
  );
});
