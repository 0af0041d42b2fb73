import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../tools/browser/chromium.ts";

describe("tools/browser", () => {
  describe("findChromium", () => {
    const folder = mkdtempSync(join(tmpdir(), "entra-passkeys-browser-"));
    const program = join(folder, "chromium");
    before(() => writeFileSync(program, "#!/bin/sh\n"));
    after(() => rmSync(folder, { recursive: true }));

    it("takes what CHROMIUM_PATH names, and refuses what cannot be run", () => {
      chmodSync(program, 0o755);
      assert.equal(findChromium({ CHROMIUM_PATH: program, PATH: "" }), program);
      const missing = join(folder, "missing");
      assert.throws(() => findChromium({ CHROMIUM_PATH: missing, PATH: folder }), /CHROMIUM_PATH names no program/);
    });

    it("looks on the path", () => {
      chmodSync(program, 0o755);
      const found = findChromium({ PATH: folder });
      assert.ok(found === program || found?.startsWith("/usr/bin/"), found);
    });
  });
});
