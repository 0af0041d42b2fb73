import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UnwritableError } from "../../provider/dist/apply/index.js";
import { skip } from "../../tools/test/skip.ts";
import { Disk, NO_DISK } from "./disk.ts";
import { acquireLock, ownOwner, TenantLock } from "../../provider/dist/apply/lock.js";

describe("acquireLock", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "entra-passkeys-tools-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("waits for a living owner", async () => {
    const file = join(folder, "lock");
    const first = await acquireLock(file);
    let waited = 0;
    const second = acquireLock(file, { poll: 10, onWait: () => waited++ });
    await sleep(60);
    assert.ok(waited > 0);
    first.release();
    (await second).release();
    assert.ok(!existsSync(file));
  });

  for (const [what, change] of [
    ["ended", { pid: 2 ** 22 + 7 }],
    ["started at another time: the process id was given again", { start: "1" }],
  ] as const) {
    it(`takes over from an owner that has ${what}`, async () => {
      const file = join(folder, "lock");
      writeFileSync(file, JSON.stringify({ ...ownOwner(), ...change }));
      const locks = [acquireLock(file, { poll: 10 }), acquireLock(file, { poll: 10 })];
      (await Promise.race(locks)).release();
      for (const lock of await Promise.all(locks)) if (existsSync(file)) lock.release();
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it("respects an owner on another machine", async () => {
    const file = join(folder, "lock");
    writeFileSync(file, JSON.stringify({ ...ownOwner(), host: "elsewhere", start: "1" }));
    const waiting = new Promise(
      (done) => void acquireLock(file, { poll: 10, onWait: done }).then((lock) => lock.release()),
    );
    assert.equal(((await waiting) as { host: string }).host, "elsewhere");
    rmSync(file);
    await sleep(60);
  });
});

describe("TenantLock", () => {
  const folder = mkdtempSync(join(tmpdir(), "entra-passkeys-lock-"));
  const TENANT = "3d6e2b7c-0f48-4a7b-b1d5-9c8e4f6a2b02";
  const nobody = () => assert.fail("nobody has it");
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("gives one turn after the other, says who has it, and tells the next that there may be something to read", async () => {
    const lock = new TenantLock(folder, TENANT);
    const first = await lock.take(() => assert.fail("nobody has it"));
    assert.equal(first.mayHaveWritten(Date.now() - 1), false);
    const told: number[] = [];
    const waiting = new Promise<void>((done) => {
      void new TenantLock(folder, TENANT.toUpperCase())
        .take(({ pid }) => {
          told.push(pid);
          first.end(true);
        })
        .then((second) => {
          assert.equal(second.mayHaveWritten(Date.now() + 1), true, "it had to wait");
          second.end(false);
          done();
        });
    });
    await waiting;
    assert.deepEqual(told, [process.pid]);
    const third = await lock.take(() => assert.fail("nobody has it"));
    assert.equal(third.mayHaveWritten(Date.now() - 60_000), true, "somebody wrote since");
    assert.equal(third.mayHaveWritten(Date.now() + 1), false);
    third.end(false);
    const other = await new TenantLock(folder, TENANT.replace("3", "4")).take(() => assert.fail("another tenant"));
    other.end(false);
  });

  it("cannot be taken where nothing can be written, and names the file, the reason and the way out", async () => {
    const closed = join(folder, "closed");
    writeFileSync(closed, "a file where the folder should be");
    await assert.rejects(new TenantLock(closed, TENANT).take(nobody), (error: Error) => {
      assert.ok(error instanceof UnwritableError, String(error));
      assert.ok(error.message.includes(join(closed, "locks")), error.message);
      assert.match(error.message, /a part of its path is no folder.*ENTRA_PASSKEYS_CACHE/);
      return true;
    });
  });

  it("is given back where the disk is full at its end, and tells the next that there may be something to read", async function () {
    using disk = Disk.mount() ?? skip(this, NO_DISK);
    const turn = await new TenantLock(disk.folder, TENANT).take(nobody);
    assert.equal(turn.mayHaveWritten(Date.now() - 1000), false);
    disk.fill();
    turn.end(true);
    disk.fill();
    await assert.rejects(new TenantLock(disk.folder, TENANT).take(nobody), UnwritableError);
    disk.free();
    const next = await new TenantLock(disk.folder, TENANT).take(() => assert.fail("it was not given back"));
    assert.equal(next.mayHaveWritten(Date.now() - 1000), true);
    next.end(false);
  });
});
