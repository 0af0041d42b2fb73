import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { actionlintFolder, ensureActionlint } from "../../tools/actionlint/index.ts";
import { goVersion } from "../../tools/engine/index.ts";
import { WayClosedError } from "../../tools/engine/types.ts";

describe("ensureActionlint", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let go: string;
  const builds = () => readFileSync(join(folder, "builds"), "utf8").length;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "entra-passkeys-tools-"));
    env = { PATH: process.env.PATH, ENTRA_PASSKEYS_ENGINE_CACHE: join(folder, "cache") };
    go = join(folder, "go");
    command(`printf x >>'${folder}/builds'; while [ "$1" != -o ]; do shift; done; printf actionlint >"$2"`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A stand-in for the Go command. */
  function command(text: string): void {
    writeFileSync(go, `#!/bin/sh\n${text}\n`);
    chmodSync(go, 0o755);
  }

  it("builds it once, and takes it from the cache then", async () => {
    const file = await ensureActionlint({ go, env });
    assert.equal(readFileSync(file, "utf8"), "actionlint");
    assert.equal(await ensureActionlint({ go: undefined, env }), file);
    assert.equal(builds(), 1);
    assert.deepEqual(readdirSync(join(folder, "cache")), [basename(actionlintFolder(env))]);
  });

  it("builds it once for several processes at the same time", async () => {
    const files = await Promise.all([1, 2, 3].map(() => ensureActionlint({ go, env })));
    assert.equal(new Set(files).size, 1);
    assert.equal(builds(), 1);
  });

  it("makes a damaged one anew, and removes what a killed build left", async () => {
    const file = await ensureActionlint({ go, env });
    writeFileSync(file, "something else");
    const left = join(`${actionlintFolder(env)}.new`);
    writeFileSync(left, "");
    await ensureActionlint({ go, env });
    assert.equal(readFileSync(file, "utf8"), "actionlint");
    assert.equal(existsSync(left), false);
  });

  it("says why it cannot be had, and leaves nothing half-made", async () => {
    command("echo 'proxy: no such host' >&2; exit 1");
    const failed = ensureActionlint({ go, env });
    await assert.rejects(failed, (error) => error instanceof WayClosedError && /no such host/.test(error.message));
    assert.deepEqual(readdirSync(join(folder, "cache")), []);
    const absent = ensureActionlint({ go: join(folder, "absent"), env });
    await assert.rejects(absent, (error) => error instanceof WayClosedError);
  });

  it("needs no newer Go than the engine", () => {
    const mod = readFileSync(resolve(import.meta.dirname, "../../tools/actionlint/go.mod"), "utf8");
    assert.match(mod, new RegExp(`^go ${goVersion}$`, "m"));
  });
});
