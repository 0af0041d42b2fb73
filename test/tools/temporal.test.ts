import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { goVersion } from "../../tools/engine/index.ts";
import { lineProgress } from "../../tools/engine/progress.ts";
import { WayClosedError } from "../../tools/engine/types.ts";
import { buildTemporal } from "../../tools/temporal/build.ts";
import { fileName, moduleFiles, temporalKey, temporalModule } from "../../tools/temporal/definition.ts";
import { ensureTemporal, findTemporal, type TemporalWays } from "../../tools/temporal/ensure.ts";
import { minimumVersion, temporalVersion, TemporalUnavailableError } from "../../tools/temporal/index.ts";

const quiet = { log: () => {} };

describe("tools/temporal", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "entra-passkeys-tools-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes a program of the shell. */
  function script(file: string, text: string): void {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  const says = (version: string) => `echo 'temporal version ${version} (Server 1.29.1, UI 2.42.1)'`;

  /** Ways of which none works, but for those that a test puts in. */
  function ways(change: Partial<TemporalWays> = {}): TemporalWays {
    const build = async (): Promise<void> => {
      throw new WayClosedError("no go on PATH");
    };
    return { path: "", folder: join(folder, "cache"), build, ...change };
  }

  const making = async (work: string) => script(join(work, fileName), says(temporalVersion));
  const remains = () => readdirSync(folder).filter((name) => name !== "cache");

  describe("the Go module", () => {
    it("names the version of the server and has its checksum, and needs no newer Go than the engine", () => {
      const [mod, sum] = moduleFiles.map(({ path }) => readFileSync(path, "utf8"));
      const { module } = temporalModule;
      assert.ok(mod!.includes(`${module} v${temporalVersion}`));
      assert.ok(sum!.includes(`${module} v${temporalVersion} h1:`));
      assert.match(mod!, new RegExp(`^go ${goVersion}$`, "m"));
    });

    it("gives another cache key on another platform", () => {
      assert.notEqual(temporalKey("linux", "x64"), temporalKey("linux", "arm64"));
    });
  });

  describe("ensureTemporal", () => {
    it("prefers PATH, then the cache, and builds once", async () => {
      let made = 0;
      const own = ways({ build: async (work) => (made++, await making(work)) });
      assert.equal(await findTemporal(own), undefined);
      const built = await ensureTemporal(quiet, own);
      assert.deepEqual(built, { cli: join(own.folder, fileName), version: temporalVersion, source: "built" });
      assert.deepEqual(await ensureTemporal(quiet, own), { ...built, source: "cache" });
      assert.deepEqual(await findTemporal(own), { ...built, source: "cache" });
      assert.equal(made, 1);
      assert.deepEqual(remains(), []);

      const cli = join(folder, "bin", fileName);
      script(cli, says("99.0.1"));
      const found = await ensureTemporal(quiet, { ...own, path: join(folder, "bin") });
      assert.deepEqual(found, { cli, version: "99.0.1", source: "PATH" });
    });

    it("takes the first on PATH that is new enough", async () => {
      script(join(folder, "old", fileName), says("1.1.0"));
      script(join(folder, "new", fileName), says(minimumVersion));
      const path = [join(folder, "old"), join(folder, "new")].join(delimiter);
      assert.equal((await findTemporal(ways({ path })))!.cli, join(folder, "new", fileName));
    });

    it("builds once for several callers at the same time", async () => {
      let made = 0;
      const own = ways({ build: async (work) => (made++, await making(work)) });
      const all = await Promise.all([1, 2, 3].map(() => ensureTemporal(quiet, own)));
      assert.deepEqual(all.map(({ source }) => source).sort(), ["built", "cache", "cache"]);
      assert.equal(made, 1);
    });

    it("makes a damaged one anew and says why, and removes what a killed build left", async () => {
      const own = ways({ build: making });
      const { cli } = await ensureTemporal(quiet, own);
      writeFileSync(cli, "changed");
      mkdirSync(`${own.folder}.new-1-abc`);
      assert.equal(await findTemporal(own), undefined);
      const lines: string[] = [];
      assert.equal((await ensureTemporal({ log: (line) => lines.push(line) }, own)).source, "built");
      assert.match(lines.join("\n"), /damaged: temporal\S* does not match its checksum; making it anew/);
      assert.equal((await findTemporal(own))!.source, "cache");
      assert.deepEqual(remains(), []);
    });

    it("says what was tried and what to install, and leaves nothing half-made", async () => {
      script(join(folder, "old", fileName), says("1.1.0"));
      script(join(folder, "mute", fileName), "exit 1");
      const own = ways({ path: [join(folder, "old"), join(folder, "mute")].join(delimiter) });
      await assert.rejects(ensureTemporal(quiet, own), (error) => {
        assert.ok(error instanceof TemporalUnavailableError);
        assert.match(error.message, /old.temporal\S* is 1\.1\.0, older than/);
        assert.match(error.message, /mute.temporal\S* does not tell its version/);
        assert.match(error.message, /cache: empty/);
        assert.match(error.message, /build with Go: no go on PATH/);
        assert.ok(error.message.includes(`Go ${goVersion} or newer`));
        return true;
      });
      const other = ways({ build: async (work) => script(join(work, fileName), says("1.0.0")) });
      await assert.rejects(ensureTemporal(quiet, other), /what was built says 1\.0\.0/);
      assert.deepEqual(readdirSync(folder).sort(), ["mute", "old"]);
    });
  });

  describe("buildTemporal", () => {
    const go = () => join(folder, "go");
    const progress = lineProgress(() => {});

    it("compiles the package at the committed versions, and keeps the program alone", async () => {
      script(
        go(),
        `echo "$@" >>'${folder}/calls'; grep -q ' v${temporalVersion}' go.mod || exit 3
         test "$1" = list && exit; while [ "$1" != -o ]; do shift; done; printf program >"$2"`,
      );
      const work = join(folder, "work");
      await buildTemporal(work, progress, { go: go(), env: process.env });
      assert.deepEqual(readdirSync(work), [fileName]);
      const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
      assert.match(calls.at(-1)!, /^build .*-mod=readonly .*\bVersion=1\.\d+\.\d+ .*\/cmd\/temporal$/);
    });

    it("says why Go cannot", async () => {
      script(go(), "echo 'proxy: no such host' >&2; exit 1");
      const closed = (text: RegExp) => (error: unknown) => error instanceof WayClosedError && text.test(error.message);
      const built = (name: string) => buildTemporal(join(folder, "work"), progress, { go: join(folder, name) });
      await assert.rejects(built("go"), closed(/no such host/));
      await assert.rejects(built("absent"), closed(/ENOENT/));
    });
  });
});
