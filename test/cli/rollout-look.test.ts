import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { drift } from "../../provider/dist/cli/rollout/drift.js";
import { preview } from "../../provider/dist/cli/rollout/preview.js";
import { idOf } from "../rollout/util.ts";
import { ALL, Stage } from "./rollout-stage.ts";

describe("entra-passkeys rollout", () => {
  let stage: Stage;
  beforeEach(() => void (stage = new Stage()));
  afterEach(() => rmSync(stage.folder, { recursive: true, force: true }));

  describe("preview", () => {
    it("tells of each tenant, writes a page, and no rollout", async () => {
      stage.begin([{ tenants: [0, 1] }, { tenants: [2, 3] }], ["changes", "unneeded", "refusedByPreview", "unchanged"]);
      const html = join(stage.folder, "preview.html");
      assert.equal(await preview(stage.surface(), stage.file, { ...ALL, html }), 1);
      const printed = stage.printed();
      assert.match(printed, /^Northbank +wave 1 +changes +The policy changes, and nobody loses a key\.$/m);
      assert.match(printed, /^Southbank +wave 1 +nothing to do +It has what it should have\.$/m);
      assert.match(printed, /^Eastbank +wave 2 +would be held back +It would lock 3 people out\.$/m);
      assert.match(printed, /^Westbank +wave 2 +nothing to do/m);
      assert.match(readFileSync(html, "utf8"), /^<!DOCTYPE html>/);
      assert.deepEqual(stage.rollouts, []);
      assert.ok(Object.values(stage.world).every(({ saved, applyCalls }) => !saved && applyCalls === 0));
    });

    it("keeps to the waves and tenants that are named", async () => {
      stage.begin([{ tenants: [0, 1] }, { tenants: [2] }], ["changes", "changes", "refusedByPreview"]);
      const flags = { wave: ["wave 1"], tenant: ["tenant-1", "Northbank"], json: true };
      assert.equal(await preview(stage.surface(), stage.file, flags), 0);
      assert.deepEqual(
        stage.json().map(({ name, outcome }) => [name, outcome]),
        [
          ["Northbank", "changes"],
          ["Southbank", "changes"],
        ],
      );
      await assert.rejects(
        preview(stage.surface(), stage.file, { wave: ["wave 2"], tenant: ["Northbank"] }),
        /None of/,
      );
    });

    it("goes on after a failure, and ends with 1", async () => {
      stage.begin([{ tenants: [0, 1] }]);
      stage.activities = { preview: () => Promise.reject(new Error("401 Unauthorized")) };
      assert.equal(await preview(stage.surface(), stage.file, { ...ALL, json: true }), 1);
      assert.deepEqual(
        stage.json().map(({ outcome, sentence }) => [outcome, sentence]),
        [
          ["failed", "401 Unauthorized"],
          ["failed", "401 Unauthorized"],
        ],
      );
    });
  });

  describe("drift", () => {
    for (const [what, error, code, answer] of [
      ["0 where there is none", undefined, 0, "no"],
      [
        "4 where somebody has changed a tenant",
        [{ part: "profile Students, models", written: ["A"], now: [] }],
        4,
        "yes",
      ],
      ["1 where a tenant could not be read", new Error("401 Unauthorized"), 1, "unknown"],
    ] as const) {
      it(`ends with ${what}`, async () => {
        stage.begin([{ tenants: [0, 1] }]);
        stage.activities = {
          drift: async ({ id }) => {
            if (id !== idOf(1) || error === undefined) return { changes: [], parts: [] };
            if (error instanceof Error) throw error;
            const own = { stack: "tenant-1", resource: "PasskeyPolicy passkeys", repaired: false };
            return { changes: [], parts: error.map((part) => ({ ...own, ...part })) };
          },
        };
        assert.equal(await drift(stage.surface(), stage.file, { ...ALL, json: true }), code);
        assert.deepEqual(
          stage.json().map((line) => [line["name"], line["drift"]]),
          [
            ["Northbank", "no"],
            ["Southbank", answer],
          ],
        );
        await drift(stage.surface(), stage.file, ALL);
        const printed = stage.printed();
        assert.match(printed, new RegExp(`^Southbank +wave 1 +${answer}`, "m"));
        if (answer === "yes") assert.match(printed, /profile Students, models: none instead of A$/m);
      });
    }
  });
});
