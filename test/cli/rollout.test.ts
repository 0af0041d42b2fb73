import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { abort, approve } from "../../provider/dist/cli/rollout/say.js";
import { up } from "../../provider/dist/cli/rollout/up.js";
import { defaultFolder } from "../../provider/dist/rollout/local/folder.js";
import { readJournal } from "../../provider/dist/rollout/local/journal.js";
import { lockTenants } from "../../provider/dist/rollout/local/locks.js";
import { idOf, tenant } from "../rollout/util.ts";
import { asked, Stage, YES } from "./rollout-stage.ts";

describe("entra-passkeys rollout", () => {
  let stage: Stage;
  beforeEach(() => void (stage = new Stage()));
  afterEach(() => rmSync(stage.folder, { recursive: true, force: true }));

  describe("up", () => {
    it("rolls out wave after wave, and says what happened", async () => {
      stage.begin(
        [
          { name: "pilot", tenants: [0, 1] },
          { name: "broad", tenants: [2] },
        ],
        ["changes", "unneeded"],
      );
      assert.equal(await stage.up(), 0);
      const printed = stage.printed();
      assert.match(printed, /^pilot +2 tenants +1 at a time +none$/m);
      assert.match(printed, /^Northbank: verified \(0\.\d s\)$/m);
      assert.match(printed, /^Southbank: skipped: It has what it should have\.$/m);
      assert.match(printed, /^Wave +Verified +Skipped +Held back +Failed +Waiting$/m);
      assert.match(printed, /^pilot +1 +1 +0 +0 +0$/m);
      assert.match(printed, /is done\.\n$/);
      assert.ok(!printed.includes("\u001b"));
      assert.equal(stage.err, "");
      assert.deepEqual(readdirSync(join(stage.folder, "cache/locks")), []);
    });

    it("ends with 1 where a tenant failed or was held back within the budget, and names it", async () => {
      stage.begin([{ tenants: [0, 1, 2] }], ["refusedByPreview", "changes", "failsAlways"], 2);
      assert.equal(await stage.up(), 1);
      const printed = stage.printed();
      assert.match(printed, /^Northbank: held back: It would lock 3 people out\.$/m);
      assert.match(printed, /^Eastbank: failed after 2 attempts: 503 ServiceUnavailable$/m);
      assert.match(printed, /resume --retry/);
    });

    it("ends with 3 where the budget is spent, and is gone on with", async () => {
      stage.begin([{ tenants: [0] }, { tenants: [1] }], ["failsAlways"]);
      assert.equal(await stage.up(), 3);
      assert.match(stage.printed(), /has stopped: 1 tenant has failed .* rollout resume$/m);
      stage.world[idOf(0)]!.behaviour = "changes";
      assert.equal(await stage.resume(), 0);
      assert.equal(stage.kinds().filter((kind) => kind === "begun").length, 1);
      assert.equal(stage.kinds().at(-1), "done");
    });

    it("asks first, and begins nothing without a yes", async () => {
      stage.begin([{ tenants: [0, 1] }]).answer = false;
      assert.equal(await stage.up({ yes: false }), 1);
      assert.deepEqual(stage.asked, ["Roll out to 2 tenants in 1 wave?"]);
      assert.deepEqual(stage.rollouts, []);
      stage.answer = true;
      assert.equal(await stage.up({ yes: false }), 0);
    });

    it("wants --yes where nobody can be asked", async () => {
      stage.begin([{ tenants: [0] }]);
      await assert.rejects(stage.up({ yes: false }), { name: "NobodyToAskError" });
      stage.answer = true;
      await assert.rejects(stage.up({ yes: false, json: true }), { name: "NobodyToAskError" });
      assert.deepEqual(stage.rollouts, []);
    });

    it("refuses a second rollout of the file while one is not finished, and names the ways out", async () => {
      stage.begin([{ tenants: [0] }]);
      const id = stage.left([{ kind: "waveBegun", wave: "wave 1" }]);
      await assert.rejects(stage.up(), (error: Error) =>
        [id, "rollout resume", "rollout abort"].every((part) => error.message.includes(part)),
      );
      assert.equal(await abort(stage.surface(), stage.file, {}), 0);
      assert.equal(await stage.up(), 0);
      assert.equal(stage.rollouts.length, 2);
    });

    it("refuses tenants that another rollout has, at once and by name", async () => {
      stage.begin([{ tenants: [0] }]);
      const lock = await lockTenants(join(stage.folder, "cache"), [tenant(0)], "2026-11-26-9");
      await assert.rejects(stage.up(), {
        name: "RolloutLockedError",
        message: `rollout 2026-11-26-9 (process ${process.pid}) is rolling out to Northbank`,
      });
      assert.deepEqual(stage.rollouts, []);
      lock.release();
      assert.equal(await stage.up(), 0);
    });

    it("prints the records and progress as JSON, and nothing else", async () => {
      stage.begin([{ tenants: [0, 1] }], ["changes", "refusedByPreview"], 1);
      assert.equal(await stage.up({ json: true }), 1);
      const lines = stage.json();
      const { folder } = { folder: join(defaultFolder(stage.file), stage.rollouts[0]!) };
      const records = lines.filter(({ kind }) => kind !== "progress" && kind !== "summary");
      assert.deepEqual(records, readJournal(folder).records);
      const steps = lines.filter(({ kind, tenant }) => kind === "progress" && tenant === idOf(0));
      assert.deepEqual(
        steps.map(({ step }) => step),
        ["scan", "preview", "save", "apply", "verify"],
      );
      const { exitCode, tenants } = lines.at(-1)!;
      assert.equal(exitCode, 1);
      assert.deepEqual(tenants, { verified: 1, skipped: 0, heldBack: 1, failed: 0, restored: 0, waiting: 0 });
      assert.ok(lines.every((line) => Object.keys(line)[0] === "at" && Object.keys(line)[1] === "kind"));
    });

    it("writes a page of the rollout, also where it was stopped, and a report of each wave", async () => {
      stage.begin([{ tenants: [0] }, { tenants: [1] }], ["failsAlways"]);
      const html = join(stage.folder, "rollout.html");
      assert.equal(await stage.up({ html }), 3);
      assert.match(readFileSync(html, "utf8"), /503 ServiceUnavailable/);
      const own = join(defaultFolder(stage.file), stage.rollouts[0]!, "reports");
      assert.deepEqual(readdirSync(own), ["wave%201.html"]);
    });

    it("puts times before its lines where that is asked, and colours on terminals only", async () => {
      stage.begin([{ tenants: [0] }]);
      assert.equal(await stage.up({ verbose: true }), 0);
      assert.match(stage.printed(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z Northbank: updating$/m);
      const out = { isTTY: true, write: (text: string) => (stage.out += text) };
      stage.begin([{ tenants: [1] }]);
      assert.equal(await up(stage.surface({ out }), stage.file, { ...YES, verbose: true }), 0);
      assert.ok(stage.printed().includes("\u001b[32mSouthbank: verified"));
      stage.begin([{ tenants: [2] }]);
      const env = { NO_COLOR: "1" };
      assert.equal(await up(stage.surface({ out, env }), stage.file, { ...YES, verbose: true }), 0);
      assert.ok(!stage.printed().includes("\u001b"));
    });

    it("updates as many at once as --concurrency says", async () => {
      let running = 0;
      let most = 0;
      stage.options = {
        before: async () => {
          most = Math.max(most, (running += 1));
          await sleep(5);
        },
        after: () => (running -= 1),
      };
      stage.begin([{ tenants: [0, 1, 2, 3] }]);
      assert.equal(await stage.up({ concurrency: 3 }), 0);
      assert.equal(most, 3);
    });

    it("finishes what runs after a signal, and stops so that it can be gone on with", async () => {
      stage.begin([{ tenants: [0] }, { tenants: [1] }]);
      stage.options = { before: (step) => void (step === "apply" && stage.signals.emit("SIGTERM", "SIGTERM")) };
      assert.equal(await stage.up(), 3);
      assert.match(stage.err, /what runs is finished first/);
      assert.equal(stage.world[idOf(0)]!.updated, true);
      assert.equal(stage.world[idOf(1)]!.updated, false);
      assert.deepEqual(stage.kinds().slice(-2), ["verified", "stopped"]);
      stage.options = {};
      assert.equal(await stage.resume(), 0);
      assert.equal(stage.world[idOf(0)]!.applyCalls, 1);
    });

    it("does not take texts of others for control characters", async () => {
      stage.begin([{ name: "pi\u001b[2Jlot", tenants: [0] }]);
      stage.activities = { scan: () => Promise.reject(new Error("bad\u001b[31m\nluck")) };
      assert.equal(await stage.up(), 3);
      assert.ok(!stage.out.includes("\u001b"));
      assert.match(stage.out, /failed: bad\\u001b\[31m luck/);
    });
  });

  describe("on a terminal", () => {
    it("shows waves and tenants as a list that changes, and what stays in the end", async () => {
      stage.begin([{ name: "pilot", tenants: [0, 1, 2] }], ["changes", "unneeded", "failsAlways"]);
      stage.options = { before: () => sleep(30) };
      const stream = Object.assign(new EventEmitter(), { isTTY: true, columns: 90, rows: 40 });
      const out = Object.assign(stream, { write: (text: string) => ((stage.out += text), true) });
      assert.equal(await up(stage.surface({ out }), stage.file, YES), 3);
      const plain = stage.printed().replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, "");
      const last = plain.slice(plain.lastIndexOf("pilot (3 of 3 tenants)"));
      assert.match(plain, /Northbank: updating/);
      assert.match(last, /Northbank: verified \(\d\.\d s\)/);
      assert.match(last, /Southbank: skipped: It has/);
      assert.match(last, /Eastbank: failed after 2 attempts: 503/);
      assert.match(last, /has stopped/);
    });

    it("keeps to the lines that it has", async () => {
      const many = Array.from({ length: 60 }, (_, index) => index);
      stage.begin([{ name: "broad", tenants: many, concurrency: 20 }]);
      const out = Object.assign(new EventEmitter(), {
        isTTY: true,
        columns: 90,
        rows: 24,
        write: (text: string) => ((stage.out += text), true),
      });
      assert.equal(await up(stage.surface({ out }), stage.file, YES), 0);
      assert.match(stage.printed(), /broad \(60 of 60 tenants\)/);
    });
  });

  describe("resume", () => {
    it("goes on with what a killed process has left, and says what it cut off", async () => {
      stage.begin([{ tenants: [0, 1] }]);
      const id = stage.left([
        { kind: "waveBegun", wave: "wave 1" },
        { kind: "previewed", tenant: idOf(0), verdict: "change", sentence: "It changes." },
        { kind: "applying", tenant: idOf(0), attempt: 1 },
        { kind: "applied", tenant: idOf(0), changed: true },
      ]);
      const journal = join(defaultFolder(stage.file), id, "journal.jsonl");
      writeFileSync(journal, `${readFileSync(journal, "utf8")}{"at":"2026-`);
      assert.equal(await stage.resume(), 0);
      assert.match(stage.err, /was cut off/);
      assert.equal(stage.world[idOf(0)]!.applyCalls, 0);
      assert.equal(stage.world[idOf(1)]!.applyCalls, 1);
    });

    it("refuses another plan, and says what to do", async () => {
      stage.begin([{ tenants: [0] }]);
      stage.left([]);
      stage.digest = "other";
      await assert.rejects(stage.resume(), /tenants\.yaml has changed .* rollout abort.* rollout up/s);
      assert.deepEqual(stage.kinds(), ["begun"]);
    });

    it("refuses where there is none, and where it was aborted", async () => {
      stage.begin([{ tenants: [0] }]);
      await assert.rejects(stage.resume(), /No rollout of tenants\.yaml has begun/);
      stage.left([{ kind: "aborted", by: "Ada" }]);
      await assert.rejects(stage.resume(), /aborted by Ada, for good/);
      await assert.rejects(stage.resume({ rollout: "2020-01-01-1" }), /There is no rollout 2020-01-01-1/);
    });

    it("refuses where another process goes on with it", async () => {
      stage.begin([asked, { tenants: [1] }]);
      const running = stage.up();
      await stage.until("approvalAsked");
      await assert.rejects(stage.resume(), { name: "RolloutLockedError" });
      approve(stage.surface(), "pilot", stage.file, {});
      assert.equal(await running, 0);
    });

    it("tries again what failed in a rollout that is done, with --retry only", async () => {
      stage.begin([{ tenants: [0, 1] }], ["failsAlways"], 1);
      assert.equal(await stage.up(), 1);
      assert.equal(await stage.resume(), 1);
      assert.match(stage.err, /--retry/);
      stage.world[idOf(0)]!.behaviour = "changes";
      assert.equal(await stage.resume({ retry: true }), 0);
      assert.equal(stage.world[idOf(1)]!.applyCalls, 1);
      assert.equal(await stage.resume({ retry: true }), 0);
    });
  });
});
