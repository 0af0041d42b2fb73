import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Journal, readJournal } from "../../provider/dist/rollout/local/journal.js";
import {
  localSurroundings,
  type LocalOptions,
  type LocalSurroundings,
} from "../../provider/dist/rollout/local/surroundings.js";
import { abortedWord, approvedWord, sayAborted, sayApproved } from "../../provider/dist/rollout/local/words.js";
import { testFolder } from "./util.ts";

const WORD = { by: "Ada", at: "2026-11-26T09:00:00.000Z" };

describe("localSurroundings", () => {
  const folder = testFolder();
  let journal: Journal;
  let signals: EventEmitter;
  let open: LocalSurroundings[] = [];

  beforeEach(() => {
    journal = Journal.open(folder());
    signals = new EventEmitter();
  });
  afterEach(() => {
    open.forEach((one) => one.close());
    open = [];
    journal.close();
  });

  function start(options: Partial<LocalOptions> = {}): LocalSurroundings {
    const made = localSurroundings({ journal, folder: folder(), signals, poll: 20, ...options });
    open.push(made);
    return made;
  }

  /** Fails where it takes longer than a second. */
  async function soon<T>(promise: Promise<T>): Promise<T> {
    const late = new AbortController();
    const limit = sleep(1_000, undefined, { signal: late.signal }).then(() => assert.fail("it took too long"));
    try {
      return await Promise.race([promise, limit]);
    } finally {
      late.abort();
      limit.catch(() => undefined);
    }
  }

  it("has a record on the disk before it says so", async () => {
    const told: string[] = [];
    const { record } = start({ onRecord: ({ kind }) => told.push(`${kind} ${readJournal(folder()).records.length}`) });
    await record({ kind: "begun", rollout: "2026-11-26-1", plan: "a", waves: [] });
    assert.deepEqual(told, ["begun 1"]);
  });

  it("sleeps until the time", async () => {
    const { sleepUntil, now } = start();
    const until = now() + 60;
    assert.equal(await sleepUntil(until), false);
    assert.ok(now() >= until);
    assert.equal(await sleepUntil(0), false);
  });

  it("wakes where the clock has gone on without it", async () => {
    let now = 0;
    const { sleepUntil } = start({ now: () => now });
    const slept = sleepUntil(86_400_000);
    now = 86_400_000;
    assert.equal(await soon(slept), false);
  });

  for (const poll of [20, 60_000]) {
    const how = poll === 20 ? "by looking" : "by watching";

    it(`wakes where somebody aborts the rollout, ${how}`, async () => {
      const { sleepUntil, abortedBy } = start({ poll });
      const slept = sleepUntil(Date.now() + 86_400_000);
      await sleep(30);
      assert.equal(abortedBy(), undefined);
      sayAborted(folder(), WORD);
      assert.equal(await soon(slept), true);
      assert.equal(abortedBy(), "Ada");
    });

    it(`hears an approval of its wave only, ${how}`, async () => {
      const { approval } = start({ poll });
      const asked = approval("2/3 *", Date.now() + 86_400_000);
      sayApproved(folder(), "2", { ...WORD, by: "Bob" });
      await sleep(30);
      sayApproved(folder(), "2/3 *", WORD);
      assert.deepEqual(await soon(asked), WORD);
    });
  }

  it("hears an approval that was there before, even after the time", async () => {
    sayApproved(folder(), "pilot", WORD);
    const answer = await start().approval("pilot", 0);
    assert.equal(typeof answer === "object" && answer.by, "Ada");
  });

  it("gives up waiting for an approval when the time has come, or the rollout is aborted", async () => {
    const { approval } = start();
    assert.equal(await approval("pilot", Date.now() + 30), "timedOut");
    const asked = approval("pilot", Date.now() + 86_400_000);
    sayAborted(folder(), WORD);
    assert.equal(await soon(asked), "aborted");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`stops with the first ${signal}, and ends with the second`, async () => {
      const heard: string[] = [];
      const { sleepUntil, stopReason, abortedBy } = start({
        onSignal: (first) => heard.push(`first ${first}`),
        onSecondSignal: (second) => heard.push(`second ${second}`),
        end: (second) => heard.push(`end ${second}`),
      });
      assert.equal(stopReason!(), undefined);
      const slept = sleepUntil(Date.now() + 86_400_000);
      signals.emit(signal, signal);
      assert.equal(await soon(slept), true);
      assert.match(stopReason!()!, new RegExp(signal));
      assert.equal(abortedBy(), undefined);
      signals.emit("SIGINT", "SIGINT");
      assert.deepEqual(heard, [`first ${signal}`, "second SIGINT", "end SIGINT"]);
    });
  }

  it("listens no more once it is closed", () => {
    start().close();
    assert.deepEqual(signals.eventNames(), []);
  });
});

describe("sayApproved and sayAborted", () => {
  const folder = testFolder();

  it("keep the first word", () => {
    assert.equal(sayApproved(folder(), "pilot", WORD), true);
    assert.equal(sayApproved(folder(), "pilot", { ...WORD, by: "Bob" }), false);
    assert.equal(approvedWord(folder(), "pilot")!.by, "Ada");
    assert.equal(sayAborted(folder(), WORD), true);
    assert.equal(sayAborted(folder(), { ...WORD, by: "Bob" }), false);
    assert.equal(abortedWord(folder())!.by, "Ada");
  });

  it("take no damaged file for an approval, and any file for an abort", () => {
    writeFileSync(join(folder(), "approved-pilot.json"), "{}");
    assert.throws(() => approvedWord(folder(), "pilot"), /Remove the file/);
    writeFileSync(join(folder(), "aborted.json"), "");
    assert.equal(abortedWord(folder())!.by, "somebody");
  });
});
