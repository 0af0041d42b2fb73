import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { defaultFolder } from "../../provider/dist/rollout/local/folder.js";
import { asked, Stage } from "./rollout-stage.ts";

const CLI = resolve(import.meta.dirname, "../../provider/dist/cli/main.js");

describe("entra-passkeys rollout", () => {
  let stage: Stage;
  beforeEach(() => void (stage = new Stage()));
  afterEach(() => rmSync(stage.folder, { recursive: true, force: true }));

  describe("as a command", () => {
    interface Ended {
      readonly code: number;
      readonly out: string;
      readonly err: string;
    }

    const run = (...args: string[]): Promise<Ended> =>
      new Promise((done) => {
        const env = { ...process.env, ENTRA_PASSKEYS_CACHE: join(stage.folder, "cache"), NO_COLOR: "1" };
        execFile(process.execPath, [CLI, "rollout", ...args], { cwd: stage.folder, env }, (error, out, err) =>
          done({ code: error === null ? 0 : Number(error.code), out, err }),
        );
      });

    for (const name of ["preview", "up", "status", "approve", "resume", "abort", "rollback", "drift"]) {
      it(`has a help text with examples for ${name}`, async () => {
        const { code, out } = await run(name, "--help");
        assert.equal(code, 0);
        assert.match(out, new RegExp(`Examples:\n  entra-passkeys rollout ${name}`));
      });
    }

    it("tells the exit codes, and its commands", async () => {
      const { out } = await run("--help");
      assert.match(out, /Exit codes: 0 done, 1 error.* 2 the command line .* 3 stopped .* 4 drift/s);
    });

    for (const args of [
      ["nope"],
      ["up", "--nope"],
      ["up", "--concurrency", "0"],
      ["approve"],
      ["resume", "a.yaml", "b.yaml"],
      ["status", "--rollout"],
    ]) {
      it(`ends with 2 for ${args.join(" ")}`, async () => {
        const { code, out, err } = await run(...args);
        assert.equal(code, 2);
        assert.equal(out, "");
        assert.match(err, /^error: /);
      });
    }

    it("tells of a rollout in a folder, and hears approve and abort", async () => {
      stage.begin([asked]);
      const id = stage.left([
        { kind: "waveBegun", wave: "pilot" },
        { kind: "approvalAsked", wave: "pilot", until: "2026-11-26T10:00:00.000Z" },
      ]);
      const own = join(defaultFolder(stage.file), id);
      assert.match((await run("status")).out, new RegExp(`^Rollout ${id} of tenants.yaml`));
      const approved = await run("approve", "pilot", "--by", "Ada");
      assert.deepEqual([approved.code, approved.err], [0, ""]);
      assert.equal((JSON.parse(readFileSync(join(own, "approved-pilot.json"), "utf8")) as { by: string }).by, "Ada");
      const aborted = await run("abort", "--json", "--folder", defaultFolder(stage.file));
      assert.equal((JSON.parse(aborted.out) as { rollout: string }).rollout, id);
      assert.equal(stage.kinds().at(-1), "aborted");
      assert.ok(existsSync(join(own, "aborted.json")));
    });

    it("completes its commands and their options", async () => {
      const complete = (...words: string[]) =>
        new Promise<string>((done, fail) => {
          const child = spawn(process.execPath, [CLI, "complete", "--", "rollout", ...words]);
          let out = "";
          child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
          child.on("error", fail).on("close", () => done(out));
        });
      assert.match(await complete(""), /^rollback\tgive tenants back/m);
      assert.match(await complete("resume", "--r"), /^--retry\t/m);
    });
  });
});
