import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cacheFolder,
  engineAt,
  engineOfThisProcess,
  EngineGoneError,
  Journal,
  UnwritableError,
} from "../../provider/dist/apply/index.js";
import { digestOf } from "../../provider/dist/policy/index.js";

const TENANT = "3d6e2b7c-0f48-4a7b-b1d5-9c8e4f6a2b02";
const entry = {
  version: 1 as const,
  tenantId: TENANT,
  owner: "school/dev/students",
  time: "2026-08-01T12:00:00.000Z",
  managed: { state: { prior: "enabled", written: "disabled" } },
};

describe("the journal", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "journal-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("names the file, the reason and the way out where the disk is full, and leaves the earlier entry whole", () => {
    const journal = new Journal(folder);
    journal.write(entry);
    const [name] = readdirSync(join(folder, "journal"));
    const draft = join(folder, "journal", `${name}.${process.pid}`);
    symlinkSync("/dev/full", draft);
    assert.throws(
      () => journal.write({ ...entry, owner: entry.owner, time: "2026-08-02T12:00:00.000Z" }),
      (error: Error) => {
        assert.ok(error instanceof UnwritableError, String(error));
        assert.equal(error.code, "ENOSPC");
        assert.ok(error.message.includes(join(folder, "journal", name!)), error.message);
        assert.match(error.message, /no space is left.*nothing more is sent to the tenant.*ENTRA_PASSKEYS_CACHE/);
        return true;
      },
    );
    assert.ok(!existsSync(draft), "the draft takes room");
    assert.deepEqual(journal.read(TENANT, entry.owner), { entry });
  });

  it("says so where its folder cannot be made", () => {
    writeFileSync(join(folder, "journal"), "a file where the folder should be");
    assert.throws(() => new Journal(folder).write(entry), UnwritableError);
  });

  it("keeps an entry for each tenant and owner, for this user only, until it is cleared", () => {
    const journal = new Journal(folder);
    assert.equal(journal.read(TENANT, entry.owner), undefined);
    journal.write(entry);
    journal.write({ ...entry, owner: "school/prod/students" });
    assert.deepEqual(new Journal(folder).read(TENANT.toUpperCase(), entry.owner), { entry });
    const files = readdirSync(join(folder, "journal"));
    assert.equal(files.length, 2);
    for (const file of files) assert.equal(statSync(join(folder, "journal", file)).mode & 0o077, 0);
    journal.clear(TENANT, entry.owner);
    journal.clear(TENANT, entry.owner);
    assert.equal(journal.read(TENANT, entry.owner), undefined);
    assert.equal(readdirSync(join(folder, "journal")).length, 1);
  });

  it("knows the run that began with a state, as long as no other run was written down", () => {
    const journal = new Journal(folder);
    const state = { state: { written: "enabled", prior: "disabled" } };
    const stopped = () => journal.stopped(TENANT, entry.owner, state);
    assert.equal(stopped(), undefined);
    journal.write(entry);
    assert.equal(stopped(), undefined);
    const began = { ...entry, from: digestOf({ state: { prior: "disabled", written: "enabled" } }) };
    journal.write(began);
    assert.deepEqual(stopped(), began);
    assert.equal(journal.stopped(TENANT, entry.owner, entry.managed), undefined);
    assert.equal(journal.stopped(TENANT, "school/prod/students", state), undefined);
  });

  for (const [title, text] of [
    ["cut off", '{"version":1,'],
    ["empty", ""],
    ["null", "null"],
    ["without its parts", JSON.stringify({ ...entry, managed: null })],
    ["with parts that are none", JSON.stringify({ ...entry, managed: { state: null } })],
    ["with a part that this version does not know", JSON.stringify({ ...entry, managed: { nonsense: {} } })],
    ["someone else's", JSON.stringify({ ...entry, owner: "other/dev/students" })],
    ["of a later version", JSON.stringify({ ...entry, version: 2 })],
  ] as const) {
    it(`says that an entry is damaged which is ${title}`, () => {
      const journal = new Journal(folder);
      journal.write(entry);
      const file = join(folder, "journal", readdirSync(join(folder, "journal"))[0]!);
      writeFileSync(file, text);
      assert.deepEqual(journal.read(TENANT, entry.owner), { damaged: file });
    });
  }

  it("says that an entry is damaged which cannot be opened", () => {
    const journal = new Journal(folder);
    journal.write(entry);
    const file = join(folder, "journal", readdirSync(join(folder, "journal"))[0]!);
    rmSync(file);
    mkdirSync(file);
    assert.deepEqual(journal.read(TENANT, entry.owner), { damaged: file });
  });

  it("is in the user's cache folder unless told otherwise", () => {
    assert.equal(cacheFolder({ ENTRA_PASSKEYS_CACHE: "/a", XDG_CACHE_HOME: "/b" }), "/a");
    assert.equal(cacheFolder({ ENTRA_PASSKEYS_CACHE: "", XDG_CACHE_HOME: "/b" }), join("/b", "pulumi-entra-passkeys"));
    assert.match(cacheFolder({}), /\.cache.pulumi-entra-passkeys$/);
  });
});

describe("the check of the engine", () => {
  it("passes while it listens, and fails once it is gone", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const check = engineAt(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    await check();
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(check(), EngineGoneError);
  });

  it("always passes where the process is no plugin", async () => {
    await engineAt(undefined)();
    await engineOfThisProcess(["node", "/a/program.js", "127.0.0.1:1"])();
    await assert.rejects(engineOfThisProcess(["node", "/a/dynamic-provider", "127.0.0.1:1"])(), EngineGoneError);
  });
});
