import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildEngine } from "../../tools/engine/build.ts";
import { cacheFolder, readCache } from "../../tools/engine/cache.ts";
import { compareVersions, engineKey, goModules, goVersion, moduleFiles } from "../../tools/engine/definition.ts";
import { ensureEngine, findEngine, type Ways } from "../../tools/engine/ensure.ts";
import { engineEnvironment, engineVersion, EngineUnavailableError } from "../../tools/engine/index.ts";
import { findOnPath } from "../../tools/engine/path.ts";
import { WayClosedError, type Engine } from "../../tools/engine/types.ts";

const root = resolve(import.meta.dirname, "../..");

describe("tools/engine", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "entra-passkeys-tools-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes a program that prints a line. */
  function script(path: string, says: string): void {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${says}\n`);
    chmodSync(path, 0o755);
  }

  function programsIn(bin: string, version: string): void {
    script(join(bin, "pulumi"), `echo v${version}`);
    script(join(bin, "pulumi-language-nodejs"), "");
    script(join(bin, "pulumi-resource-pulumi-nodejs"), "");
  }

  /** Ways of which none works, but for those that a test puts in. */
  function ways(change: Partial<Ways> = {}): Ways {
    const closed = async (): Promise<void> => {
      throw new WayClosedError("closed");
    };
    const nothing = { reason: "no pulumi" };
    return { path: async () => nothing, installer: closed, go: closed, folder: join(folder, "cache"), ...change };
  }

  const making = async (work: string) => programsIn(join(work, "bin"), engineVersion);
  const remains = () => readdirSync(folder).filter((name) => name !== "cache");

  describe("goModules", () => {
    it("name the versions of their go.mod files, whose checksums are committed", () => {
      for (const module of goModules) {
        const [mod, sum] = moduleFiles(module).map(({ path }) => readFileSync(path, "utf8"));
        assert.ok(mod!.includes(`${module.module} ${module.version}`), module.folder);
        assert.ok(sum!.includes(`${module.module} ${module.version} h1:`), module.folder);
        assert.ok(mod!.includes(`\ngo ${goVersion}\n`), module.folder);
      }
    });

    it("give another cache key on another platform", () => {
      assert.notEqual(engineKey("linux", "x64"), engineKey("linux", "arm64"));
    });
  });

  describe("compareVersions", () => {
    it("compares by number", () => {
      assert.equal(compareVersions("v3.216.0", "3.99.0"), 1);
      assert.equal(compareVersions("3.216.0-alpha.1", "3.216.0"), 0);
      assert.equal(compareVersions("2.0", "3.0.0"), -1);
    });
  });

  describe("findOnPath", () => {
    const path = (...names: string[]) => names.map((name) => join(folder, name)).join(delimiter);
    const reason = async (of: string) => ((await findOnPath(of)) as { reason: string }).reason;

    it("skips what is too old or speechless, and says so of each", async () => {
      programsIn(join(folder, "old"), "3.100.0");
      script(join(folder, "mute/pulumi"), "exit 1");
      const said = await reason(path("old", "mute"));
      assert.match(said, /old.pulumi is 3\.100\.0, older than 3\.216\.0/);
      assert.match(said, /mute.pulumi does not tell its version/);
    });

    it("wants the language host and the launcher", async () => {
      script(join(folder, "alone/pulumi"), "echo v3.250.0");
      assert.match(await reason(path("alone")), /no pulumi-language-nodejs and no pulumi-resource-pulumi-nodejs/);
    });

    it("takes the first that is new enough, with companions from elsewhere on PATH", async () => {
      programsIn(join(folder, "old"), "3.100.0");
      script(join(folder, "new/pulumi"), "echo v3.250.0");
      const { engine } = (await findOnPath(path("old", "new"))) as { engine: Engine };
      assert.equal(engine.version, "3.250.0");
      assert.equal(engine.source, "path");
      assert.equal(engine.path, path("new", "old"));
    });

    it("finds nothing on an empty PATH", async () => assert.equal(await reason(""), "no pulumi"));
  });

  describe("ensureEngine", () => {
    it("prefers PATH, then the cache, and makes an engine once", async () => {
      let made = 0;
      const own = ways({ go: async (work) => (made++, await making(work)) });
      assert.equal(await findEngine(own), undefined);
      assert.equal((await ensureEngine({ log: () => {} }, own)).source, "go");
      assert.equal((await ensureEngine({ log: () => {} }, own)).source, "cache");
      assert.equal((await findEngine(own))!.source, "cache");
      assert.equal(made, 1);
      const engine: Engine = { pulumi: "p", path: "", version: "3.300.0", source: "path" };
      assert.equal(await ensureEngine({}, { ...own, path: async () => ({ engine }) }), engine);
    });

    it("makes a damaged cache anew and says why", async () => {
      const own = ways({ installer: making });
      await ensureEngine({ log: () => {} }, own);
      const file = join(own.folder, "bin/pulumi-language-nodejs");
      writeFileSync(file, "changed");
      assert.deepEqual(await readCache(own.folder), {
        damaged: "pulumi-language-nodejs does not match its checksum",
      });
      assert.equal(await findEngine(own), undefined);
      const lines: string[] = [];
      assert.equal((await ensureEngine({ log: (line) => lines.push(line) }, own)).source, "installer");
      assert.match(lines.join("\n"), /damaged \(pulumi-language-nodejs does not match its checksum\)/);
      assert.ok("engine" in (await readCache(own.folder)));

      rmSync(file);
      assert.deepEqual(await readCache(own.folder), { damaged: "pulumi-language-nodejs is missing" });
      writeFileSync(join(own.folder, "manifest.json"), "{");
      assert.deepEqual(await readCache(own.folder), { damaged: "its manifest cannot be read" });
      assert.deepEqual(await readCache(join(folder, "none")), { missing: true });
    });

    it("goes on to the next way when one makes something unusable, and leaves nothing half-made", async () => {
      const wrong = async (work: string) => programsIn(join(work, "bin"), "3.1.0");
      const engine = await ensureEngine({ log: () => {} }, ways({ installer: wrong, go: making }));
      assert.equal(engine.source, "go");
      assert.deepEqual(remains(), []);
    });

    it("says what was tried and what to install when nothing works", async () => {
      const error = await ensureEngine({ log: () => {} }, ways()).catch((reason: unknown) => reason);
      assert.ok(error instanceof EngineUnavailableError);
      for (const part of [/PATH: no pulumi/, /cache: empty/, /release: closed/, /Go: closed/]) {
        assert.match(error.message, part);
      }
      assert.match(error.message, /Pulumi 3\.216\.0 or newer.*Go 1\.25\.11 or newer/s);
      assert.deepEqual(remains(), []);
    });

    it("leaves the build out on request", async () => {
      const own = ways({ go: () => assert.fail("must not build") });
      await assert.rejects(ensureEngine({ log: () => {}, build: false }, own), EngineUnavailableError);
    });

    it("passes on what is not a closed way", async () => {
      const own = ways({ installer: () => Promise.reject(new TypeError("a bug")) });
      await assert.rejects(ensureEngine({ log: () => {} }, own), TypeError);
      assert.deepEqual(remains(), []);
    });

    it("works once when two start at the same time: the second waits and says so", async () => {
      let made = 0;
      const lines: string[] = [];
      const own = ways({ go: async (work) => (made++, await sleep(700), await making(work)) });
      const start = () => ensureEngine({ log: (line) => lines.push(line) }, own);
      const engines = await Promise.all([start(), start()]);
      assert.deepEqual(engines.map(({ source }) => source).sort(), ["cache", "go"]);
      assert.equal(made, 1);
      assert.ok(lines.includes(`Another process (${process.pid}) is setting up the engine; waiting for it.`));
    });
  });

  describe("an interrupted set-up", () => {
    /** Starts a process that is in the middle of a build. */
    async function building(): Promise<ReturnType<typeof spawn>> {
      const ensure = JSON.stringify(join(root, "tools/engine/ensure.ts"));
      const text = `
        import { writeFileSync } from "node:fs";
        import { ensureEngine } from ${ensure};
        const go = async (work) => {
          writeFileSync(work + "/half", "");
          console.log("building");
          await new Promise((done) => setTimeout(done, 60000));
        };
        const closed = async () => { throw Object.assign(new Error("closed"), {}); };
        await ensureEngine({ log() {} }, {
          path: async () => ({ reason: "none" }), installer: go, go: closed, folder: ${JSON.stringify(join(folder, "cache"))},
        });`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((done) => child.stdout.once("data", done));
      return child;
    }

    const ended = (child: ReturnType<typeof spawn>) =>
      new Promise((done) => child.once("exit", (_, signal) => done(signal)));

    it("leaves nothing after a termination", async () => {
      const child = await building();
      assert.equal(remains().length, 2, "a lock and a folder");
      child.kill("SIGTERM");
      assert.equal(await ended(child), "SIGTERM");
      assert.deepEqual(remains(), []);
    });

    it("is cleaned up and done again after a kill", async () => {
      const child = await building();
      child.kill("SIGKILL");
      await ended(child);
      assert.equal(remains().length, 2);
      const engine = await ensureEngine({ log: () => {} }, ways({ go: making }));
      assert.equal(engine.source, "go");
      assert.deepEqual(remains(), []);
    });
  });

  describe("buildEngine", () => {
    const progress = { line() {}, status() {} };

    it("says which Go is needed when there is none or an old one", async () => {
      const go = join(folder, "go");
      script(go, 'case "$1" in env) echo go1.20.1;; *) echo "go: go.mod requires go >= 1.25.11" >&2; exit 1;; esac');
      await assert.rejects(buildEngine(folder, progress, { go }), (error: Error) => {
        assert.ok(error instanceof WayClosedError);
        return /go is go1\.20\.1; Go 1\.25\.11 or newer is needed/.test(error.message);
      });
      await assert.rejects(buildEngine(folder, progress, { go: join(folder, "none") }), WayClosedError);
    });

    it("keeps the caller's proxy and flags", async () => {
      const go = join(folder, "go");
      script(go, 'echo "$GOPROXY $GOSUMDB $GOFLAGS" >&2; exit 1');
      const env = { PATH: process.env.PATH, GOPROXY: "a", GOSUMDB: "b", GOFLAGS: "c" };
      await assert.rejects(buildEngine(folder, progress, { go, env }), /failed: a b c$/);
    });
  });

  describe("npm run engine", () => {
    it("ends with advice and a failure when no way works", function () {
      this.timeout(60_000);
      const { status, stderr } = spawnSync(process.execPath, [join(root, "tools/engine/main.ts")], {
        encoding: "utf8",
        env: {
          PATH: "/usr/bin:/bin",
          HOME: folder,
          GOPROXY: "off",
          GOMODCACHE: join(folder, "mod"),
          ENTRA_PASSKEYS_ENGINE_CACHE: join(folder, "engines"),
          ENTRA_PASSKEYS_ENGINE_RELEASES: "http://127.0.0.1:1",
        },
      });
      assert.equal(status, 1);
      assert.match(stderr, /No Pulumi engine can be had.*Pulumi 3\.216\.0 or newer.*Go 1\.25\.11 or newer/s);
    });
  });

  describe("cacheFolder", () => {
    it("follows its variable, then XDG_CACHE_HOME", () => {
      assert.equal(cacheFolder({ ENTRA_PASSKEYS_ENGINE_CACHE: "/a" }), join("/a", engineKey()));
      const inUserCache = join("/b/pulumi-entra-passkeys/engine", engineKey());
      assert.equal(cacheFolder({ XDG_CACHE_HOME: "/b" }), inUserCache);
    });
  });

  describe("engineEnvironment", () => {
    it("knows nothing of the caller's Pulumi", () => {
      const engine: Engine = { pulumi: "/e/pulumi", path: "/e", version: "3.259.0", source: "cache" };
      const env = engineEnvironment(engine, folder, {
        env: {
          PATH: "/bin",
          LANG: "C",
          PULUMI_ACCESS_TOKEN: "t",
          PULUMI_STACK: "s",
          PULUMI_HOME: "/h",
          FORCE_COLOR: "1",
        },
      });
      const [first, second, third] = env.PATH!.split(delimiter);
      assert.ok(existsSync(join(first!, "node")));
      assert.deepEqual([second, third], ["/e", "/bin"]);
      assert.equal(env.PULUMI_HOME, join(folder, "pulumi"));
      assert.equal(env.PULUMI_BACKEND_URL, `file://${join(folder, "state")}`);
      assert.equal(env.PULUMI_CONFIG_PASSPHRASE, "");
      assert.equal(env.LANG, "C");
      for (const name of ["PULUMI_ACCESS_TOKEN", "PULUMI_STACK", "FORCE_COLOR"]) assert.ok(!(name in env), name);
    });
  });
});
