import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { acquireLock, ownOwner } from "../../tools/engine/lock.ts";

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
