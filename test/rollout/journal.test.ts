import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createRollout,
  defaultFolder,
  readRollout,
  rolloutsOf,
  writeOnce,
} from "../../provider/dist/rollout/local/folder.js";
import { Journal, JOURNAL_FILE, readJournal } from "../../provider/dist/rollout/local/journal.js";
import { lockRollout, lockTenants } from "../../provider/dist/rollout/local/locks.js";
import { ownOwner } from "../../provider/dist/apply/lock.js";
import { idOf, planOf, tenant, testFolder } from "./util.ts";

const BEGUN = { kind: "begun", rollout: "2026-11-26-1", plan: "abc", waves: [] } as const;
const AT = Date.parse("2026-11-26T09:00:00Z");

describe("Journal", () => {
  const folder = testFolder();
  const file = () => join(folder(), JOURNAL_FILE);

  function write(...events: Parameters<Journal["append"]>[0][]): void {
    const journal = Journal.open(folder());
    for (const event of events) journal.append(event, AT);
    journal.close();
  }

  it("writes a line for each record, when and what first", () => {
    write(BEGUN, { kind: "waveBegun", wave: "pilot" }, { kind: "failed", reason: "a\nb", tenant: idOf(1), attempt: 2 });
    assert.deepEqual(readFileSync(file(), "utf8").split("\n"), [
      '{"at":"2026-11-26T09:00:00.000Z","kind":"begun","rollout":"2026-11-26-1","plan":"abc","waves":[]}',
      '{"at":"2026-11-26T09:00:00.000Z","kind":"waveBegun","wave":"pilot"}',
      `{"at":"2026-11-26T09:00:00.000Z","kind":"failed","reason":"a\\nb","tenant":"${idOf(1)}","attempt":2}`,
      "",
    ]);
  });

  it("goes on after what is there", () => {
    write(BEGUN);
    write({ kind: "resumed" });
    const kinds = readJournal(folder()).records.map(({ kind }) => kind);
    assert.deepEqual(kinds, ["begun", "resumed"]);
  });

  it("cuts off a line that a crash has torn anywhere, and says so", () => {
    write(BEGUN, { kind: "resumed" });
    const whole = readFileSync(file());
    const first = whole.indexOf(0x0a) + 1;
    for (let length = first + 1; length < whole.length; length += 1) {
      writeFileSync(file(), whole.subarray(0, length));
      assert.equal(readJournal(folder()).records.length, 1, `${length} bytes`);
      const journal = Journal.open(folder());
      assert.equal(journal.torn, whole.subarray(first, length).toString());
      journal.append({ kind: "waveBegun", wave: "pilot" }, AT);
      journal.close();
      const kinds = readJournal(folder()).records.map(({ kind }) => kind);
      assert.deepEqual(kinds, ["begun", "waveBegun"]);
    }
  });

  it("takes a last line with blocks that were not written for torn", () => {
    write(BEGUN);
    appendFileSync(file(), Buffer.concat([Buffer.alloc(40), Buffer.from('d"}\n')]));
    const journal = Journal.open(folder());
    assert.equal(journal.records.length, 1);
    assert.ok(journal.torn);
    journal.close();
    assert.equal(readFileSync(file(), "utf8").trim().split("\n").length, 1);
  });

  for (const [what, line] of [
    ["is no JSON", '{"at":"2026-11-26T09:00:00.000Z","kind":"wav'],
    ["lacks its kind", '{"at":"2026-11-26T09:00:00.000Z"}'],
    ["has a time that is none", '{"at":"soon","kind":"resumed"}'],
    ["lacks a member", '{"at":"2026-11-26T09:00:00.000Z","kind":"applied","tenant":"x"}'],
    ["is of a kind of a later version", '{"at":"2026-11-26T09:00:00.000Z","kind":"teleported"}'],
    ["is a list", "[]"],
    ["is empty", ""],
  ] as const) {
    it(`refuses a line in the middle that ${what}, and names it`, () => {
      write(BEGUN);
      appendFileSync(file(), `${line}\n{"at":"2026-11-26T09:00:00.000Z","kind":"resumed"}\n`);
      const before = readFileSync(file());
      for (const open of [() => readJournal(folder()), () => Journal.open(folder())]) {
        assert.throws(open, (error: Error) => error.name === "JournalError" && error.message.includes("line 2"));
      }
      assert.deepEqual(readFileSync(file()), before);
    });
  }

  it("refuses a journal whose beginning is missing", () => {
    writeFileSync(file(), '{"at":"2026-11-26T09:00:00.000Z","kind":"resumed"}\n');
    assert.throws(() => Journal.open(folder()), { name: "JournalError" });
  });
});

describe("createRollout", () => {
  const folder = testFolder();
  const rollouts = () => defaultFolder(plan().file);
  const plan = () => planOf([{ tenants: [0, 1] }], { file: join(folder(), "tenants.yaml") });

  function begin(now = AT) {
    const made = createRollout(rollouts(), plan(), now);
    const journal = Journal.open(made.folder);
    journal.append({ ...BEGUN, rollout: made.id }, now);
    journal.close();
    return made.id;
  }

  it("numbers the rollouts of a day, and sorts the tenth after the ninth", () => {
    const made = Array.from({ length: 11 }, () => begin());
    assert.equal(made[0], "2026-11-26-1");
    assert.equal(made[10], "2026-11-26-11");
    const later = begin(AT + 86_400_000);
    assert.equal(later, "2026-11-27-1");
    assert.deepEqual(rolloutsOf(rollouts(), plan().file), [...made, later]);
  });

  it("tells the rollouts of one file from those of another beside it", () => {
    begin();
    assert.deepEqual(rolloutsOf(rollouts(), join(folder(), "other.yaml")), []);
  });

  it("keeps names beside the journal, and keeps it all out of the repository", () => {
    const id = begin();
    const { note, state } = readRollout(rollouts(), id)!;
    assert.deepEqual(note.tenants[0], { id: idOf(0), name: "Northbank", stack: "tenant-0" });
    assert.equal(state.rollout, id);
    assert.equal(readFileSync(join(folder(), ".entra-passkeys/.gitignore"), "utf8"), "*\n");
  });

  it("finds nothing where nothing is, and follows no path in an id", () => {
    assert.deepEqual(rolloutsOf(rollouts(), plan().file), []);
    assert.equal(readRollout(rollouts(), "../../etc"), undefined);
  });
});

describe("writeOnce", () => {
  const folder = testFolder();

  it("leaves what the first has written", () => {
    const file = join(folder(), "word.json");
    assert.equal(writeOnce(file, "first"), true);
    assert.equal(writeOnce(file, "second"), false);
    assert.equal(readFileSync(file, "utf8"), "first");
  });
});

describe("lockTenants", () => {
  const folder = testFolder();

  it("refuses a tenant that another rollout has, and names both", async () => {
    const lock = await lockTenants(folder(), [tenant(1), tenant(0)], "2026-11-26-1");
    await assert.rejects(lockTenants(folder(), [tenant(0), tenant(5)], "2026-11-26-2"), {
      name: "RolloutLockedError",
      message: `rollout 2026-11-26-1 (process ${process.pid}) is rolling out to Northbank`,
    });
    // None of the others is held then.
    (await lockTenants(folder(), [tenant(5)], "2026-11-26-3")).release();
    lock.release();
    (await lockTenants(folder(), [tenant(0), tenant(1)], "2026-11-26-2")).release();
  });

  it("takes over what a killed process has left", async () => {
    const lock = await lockTenants(folder(), [tenant(0)], "2026-11-26-1");
    const [name] = lockNames();
    writeFileSync(name!, JSON.stringify({ ...ownOwner(), pid: 2 ** 22 + 7 }));
    (await lockTenants(folder(), [tenant(0)], "2026-11-26-2")).release();
    lock.release();
    assert.ok(!existsSync(name!));
  });

  it("lets one process go on with a rollout", async () => {
    const own = join(folder(), "2026-11-26-1");
    mkdirSync(own);
    const lock = await lockRollout(own, "2026-11-26-1");
    await assert.rejects(lockRollout(own, "2026-11-26-1"), { name: "RolloutLockedError" });
    lock.release();
    (await lockRollout(own, "2026-11-26-1")).release();
  });

  function lockNames(): string[] {
    return readdirSync(join(folder(), "locks"))
      .filter((name) => name.endsWith(".lock"))
      .map((name) => join(folder(), "locks", name));
  }
});
