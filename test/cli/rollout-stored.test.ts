import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { abort, approve } from "../../provider/dist/cli/rollout/say.js";
import { defaultFolder } from "../../provider/dist/rollout/local/folder.js";
import { readJournal } from "../../provider/dist/rollout/local/journal.js";
import { idOf } from "../rollout/util.ts";
import { asked, Stage } from "./rollout-stage.ts";

describe("entra-passkeys rollout", () => {
  let stage: Stage;
  beforeEach(() => void (stage = new Stage()));
  afterEach(() => rmSync(stage.folder, { recursive: true, force: true }));

  describe("approve", () => {
    it("lets a waiting rollout go on, and says who", async () => {
      stage.begin([asked, { tenants: [1] }]);
      const running = stage.up();
      await stage.until("approvalAsked");
      assert.equal(approve(stage.surface(), "pilot", stage.file, { by: "Change 4711" }), 0);
      assert.equal(await running, 0);
      assert.match(stage.printed(), /^pilot: approved by Change 4711$/m);
    });

    it("takes the user of the machine, and the first word only", async () => {
      stage.begin([asked]).left([
        { kind: "waveBegun", wave: "pilot" },
        { kind: "approvalAsked", wave: "pilot", until: "2026-11-26T10:00:00.000Z" },
        { kind: "stopped", reason: "nobody approved pilot in time" },
      ]);
      assert.equal(approve(stage.surface(), "pilot", stage.file, {}), 0);
      assert.match(stage.printed(), /approved by operator\. It counts once somebody runs .*resume/);
      assert.equal(approve(stage.surface(), "pilot", stage.file, { by: "Ada" }), 0);
      assert.match(stage.printed(), /approved by operator already/);
      assert.equal(await stage.resume(), 0);
      assert.match(stage.printed(), /^pilot: approved by operator$/m);
    });

    it("refuses a wave that does not ask, that is none, and a rollout that was aborted", () => {
      stage.begin([asked]).left([{ kind: "waveBegun", wave: "pilot" }]);
      assert.throws(() => approve(stage.surface(), "pilot", stage.file, {}), /does not wait for an approval yet/);
      assert.throws(() => approve(stage.surface(), "Pilot", stage.file, {}), /no wave "Pilot".* It has pilot/);
      stage.left([{ kind: "aborted", by: "Ada" }]);
      assert.throws(() => approve(stage.surface(), "pilot", stage.file, {}), /aborted by Ada/);
    });

    it("ends with 3 where nobody answers in time", async () => {
      stage.begin([{ name: "pilot", tenants: [0], gate: { approval: { timeoutMs: 20 } } }]);
      assert.equal(await stage.up(), 3);
      assert.match(stage.printed(), /nobody approved pilot in time/);
    });
  });

  describe("abort", () => {
    it("ends a running rollout for good, and what it has changed stays", async () => {
      stage.begin([asked, { tenants: [1] }]);
      const running = stage.up();
      await stage.until("approvalAsked");
      assert.equal(await abort(stage.surface(), stage.file, { by: "Ada" }), 0);
      assert.equal(await running, 1);
      assert.equal(stage.kinds().at(-1), "aborted");
      assert.match(stage.printed(), new RegExp(`Process ${process.pid} aborts`));
      assert.equal(stage.world[idOf(0)]!.updated, true);
      assert.equal(stage.world[idOf(1)]!.updated, false);
    });

    it("writes it down itself where no process runs it, once", async () => {
      stage.begin([{ tenants: [0] }]).left([]);
      assert.equal(await abort(stage.surface(), stage.file, {}), 0);
      assert.equal(await abort(stage.surface(), stage.file, { by: "Ada" }), 0);
      assert.deepEqual(stage.kinds(), ["begun", "aborted"]);
      assert.match(stage.printed(), /aborted by operator already/);
    });

    it("refuses a rollout that is done", async () => {
      stage.begin([{ tenants: [0] }]);
      assert.equal(await stage.up(), 0);
      await assert.rejects(abort(stage.surface(), stage.file, {}), /rollback/);
    });
  });

  describe("rollback", () => {
    it("gives back what was saved, the last wave first, and goes on after a failure", async () => {
      stage.begin(
        [
          { name: "pilot", tenants: [0, 1] },
          { name: "broad", tenants: [2, 3] },
        ],
        ["changes", "unneeded"],
      );
      assert.equal(await stage.up(), 0);
      stage.printed();
      stage.world[idOf(3)]!.behaviour = "drifts";
      assert.equal(await stage.rollback(), 1);
      const restored = readJournal(join(defaultFolder(stage.file), stage.rollouts[0]!)).records.filter(({ kind }) =>
        ["restored", "notRestored"].includes(kind),
      );
      assert.deepEqual(
        restored.map((record) => [record.kind, "tenant" in record && record.tenant]),
        [
          ["notRestored", idOf(3)],
          ["restored", idOf(2)],
          ["restored", idOf(0)],
        ],
      );
      assert.match(stage.printed(), /2 tenants restored, 1 not restored\.\n$/);
      // Once more for the one that failed only.
      stage.world[idOf(3)]!.behaviour = "changes";
      assert.equal(await stage.rollback(), 0);
      assert.deepEqual(stage.kinds().slice(-2), ["restoring", "restored"]);
      assert.equal(await stage.rollback(), 0);
      assert.match(stage.err, /nothing to give back/);
      assert.ok(Object.values(stage.world).every(({ updated }) => !updated));
    });

    it("ends a rollout that is not finished, so that nobody goes on with it", async () => {
      stage.begin([{ tenants: [0] }, { tenants: [1] }], ["changes", "failsAlways"]);
      assert.equal(await stage.up(), 3);
      assert.equal(await stage.rollback({ by: "Ada" }), 0);
      assert.equal(stage.world[idOf(0)]!.updated, false);
      await assert.rejects(stage.resume(), /aborted by Ada/);
    });

    it("gives back to some only, and the rollout can be gone on with without them", async () => {
      stage.begin([{ tenants: [0, 1] }, { tenants: [2] }], ["changes", "changes", "failsAlways"]);
      assert.equal(await stage.up(), 3);
      assert.equal(await stage.rollback({ tenant: ["southbank"] }), 0);
      stage.world[idOf(2)]!.behaviour = "changes";
      assert.equal(await stage.resume(), 0);
      assert.deepEqual(
        Object.values(stage.world).map(({ updated }) => updated),
        [true, false, true],
      );
      await assert.rejects(stage.rollback({ wave: ["nope"] }), /no such wave\. There are wave 1, wave 2/);
      await assert.rejects(stage.rollback({ tenant: ["nope"] }), /no such tenant/);
    });

    it("asks first, and needs no plan that is the same", async () => {
      stage.begin([{ tenants: [0] }]);
      assert.equal(await stage.up(), 0);
      stage.digest = "other";
      stage.answer = false;
      assert.equal(await stage.rollback({ yes: false }), 1);
      assert.match(stage.asked[0]!, /Give 1 tenant of rollout .* back what they had\?/);
      assert.equal(stage.world[idOf(0)]!.updated, true);
      stage.plan = { ...stage.plan, tenants: [], waves: [] };
      assert.equal(await stage.rollback(), 1);
      assert.match(stage.printed(), /does not name the tenant any more/);
    });

    it("stops after a signal, and goes on the next time", async () => {
      stage.begin([{ tenants: [0, 1] }]);
      assert.equal(await stage.up(), 0);
      stage.options = { after: (step) => void (step === "restore" && stage.signals.emit("SIGINT", "SIGINT")) };
      assert.equal(await stage.rollback(), 3);
      stage.options = {};
      assert.equal(await stage.rollback(), 0);
      assert.equal(stage.kinds().filter((kind) => kind === "restored").length, 2);
    });
  });

  describe("status", () => {
    it("tells waves, tenants and what the rollout waits for, while another process runs it", async () => {
      stage.begin([asked, { name: "broad", tenants: [1] }]);
      const running = stage.up();
      await stage.until("approvalAsked");
      stage.printed();
      assert.equal(stage.status(), 0);
      const printed = stage.printed();
      assert.match(printed, /waits until .* for an approval of pilot: entra-passkeys rollout approve pilot$/m);
      assert.match(printed, /^pilot +1 +0 +0 +0 +0 +approval asked until/m);
      assert.match(printed, /^broad +0 +0 +0 +0 +1 +not begun$/m);
      assert.match(printed, /^Northbank +pilot +verified +1$/m);
      stage.status({ json: true, tenant: ["southbank"] });
      const [only] = stage.json();
      assert.equal(only!["process"], process.pid);
      assert.deepEqual(
        (only!["tenants"] as { name: string }[]).map(({ name }) => name),
        ["Southbank"],
      );
      approve(stage.surface(), "pilot", stage.file, {});
      assert.equal(await running, 0);
      stage.printed();
      const html = join(stage.folder, "status.html");
      stage.status({ html });
      assert.match(stage.printed(), /^It is done\.$/m);
      assert.match(readFileSync(html, "utf8"), /Northbank/);
    });

    for (const [what, events, words] of [
      ["was killed", [], /ended without a word/],
      ["was stopped", [{ kind: "stopped", reason: "the budget is spent" }], /has stopped: the budget is spent/],
      ["was aborted", [{ kind: "aborted", by: "Ada" }], /It was aborted by Ada/],
    ] as const) {
      it(`tells of a rollout that ${what}`, () => {
        stage.begin([{ tenants: [0] }]).left(events);
        assert.equal(stage.status(), 0);
        assert.match(stage.printed(), words);
      });
    }

    it("refuses a damaged journal, and names the line", () => {
      const id = stage.begin([{ tenants: [0] }]).left([{ kind: "resumed" }]);
      const journal = join(defaultFolder(stage.file), id, "journal.jsonl");
      writeFileSync(journal, readFileSync(journal, "utf8").replace("resumed", "resu"));
      assert.throws(() => stage.status(), /journal\.jsonl, line 2/);
    });
  });
});
