import assert from "node:assert/strict";
import { browserTestFiles, groups, needsEngine, needsTemporal, select, testFiles } from "../../tools/test/files.ts";
import { readOptions } from "../../tools/test/options.ts";
import { closingLines, skipped, total } from "../../tools/test/result.ts";

describe("tools/test", () => {
  describe("readOptions", () => {
    it("reads filters, files and switches", () => {
      const options = readOptions(["policy", "--grep", "a b", "--no-engine", "-t", "5"], { CI: "true" });
      assert.deepEqual(options.files, ["policy"]);
      assert.equal(options.engine, false);
      assert.equal(options.mocha.grep, "a b");
      assert.equal(options.mocha.timeout, 5);
      assert.equal(options.mocha.forbidOnly, true);
    });

    it("reads the environment", () => {
      assert.equal(readOptions([], { NO_ENGINE: "1" }).engine, false);
      assert.equal(readOptions([], { NO_ENGINE: "0" }).engine, true);
      assert.equal(readOptions([], { REQUIRE_ENGINE: "1" }).requireEngine, true);
    });

    it("refuses what it does not know", () => assert.throws(() => readOptions(["--unknown"], {}), /--unknown/));
  });

  describe("select", () => {
    const files = ["test/a/one.test.ts", "test/engine/two.test.ts"];

    it("takes paths and parts of them, all without a name, and refuses what nothing answers to", () => {
      assert.deepEqual(select(files, []), files);
      assert.deepEqual(select(files, ["a/on"]), [files[0]]);
      assert.deepEqual(select(files, ["./test/engine/two.test.ts"]), [files[1]]);
      assert.throws(() => select(files, ["three"]), /no test file matches three/);
    });

    it("keeps the engine's tests in a group of their own", () => {
      assert.deepEqual(groups(files), [
        { name: "tests", files: [files[0]] },
        { name: "engine", files: [files[1]] },
      ]);
      assert.equal(groups([files[0]!]).length, 1);
    });

    it("keeps the tests on Temporal in another group, and gives them the engine as well", () => {
      const three = "test/temporal/three.test.ts";
      assert.deepEqual(groups([...files, three]).slice(1), [
        { name: "engine", files: [files[1]] },
        { name: "temporal", files: [three] },
      ]);
      assert.deepEqual([...files, three].map(needsEngine), [false, true, true]);
      assert.deepEqual([...files, three].map(needsTemporal), [false, false, true]);
    });

    it("finds this file", () => assert.ok(testFiles().includes("test/tools/test.test.ts")));

    it("leaves what needs a browser to a run of its own", () => {
      assert.deepEqual(
        testFiles().filter((file) => file.startsWith("test/browser/")),
        [],
      );
      assert.ok(browserTestFiles().includes("test/browser/report.test.ts"));
    });
  });

  describe("skipped", () => {
    it("takes the reason from the nearest title that has one in brackets", () => {
      const reason = "no engine";
      assert.deepEqual(skipped(["Stack [no engine]", "does this"], true), { title: "Stack", reason });
      assert.deepEqual(skipped(["Stack", "does this [no engine]"], true), { title: "Stack does this", reason });
      assert.match(skipped(["Stack", "does this"], true).reason, /no reason given/);
      assert.equal(skipped(["Stack", "does this"], false).reason, "not written yet");
    });
  });

  describe("closingLines", () => {
    it("ends with one plain line, after what failed and what was skipped", () => {
      const one = { passed: 2, failed: ["a breaks"], skipped: [] };
      const two = { passed: 1, failed: [], skipped: Array(2).fill({ title: "Stack", reason: "no engine" }) };
      const lines = closingLines(total([one, two]));
      assert.equal(lines.at(-1), "3 passed, 1 failed, 2 skipped");
      assert.ok(lines.includes("  - Stack: no engine (2 tests)"));
      assert.ok(lines.includes("  - a breaks"));
      assert.deepEqual(closingLines({ passed: 5, failed: [], skipped: [] }), ["5 passed, 0 failed"]);
      const about = closingLines({ passed: 5, failed: [], skipped: [] }, ["Ran with that plugin."]);
      assert.deepEqual(about, ["Ran with that plugin.", "", "5 passed, 0 failed"]);
    });
  });
});
