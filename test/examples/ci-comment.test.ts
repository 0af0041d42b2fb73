import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onPath } from "../../tools/engine/path.ts";
import { skip } from "../../tools/test/skip.ts";
import { pipeline, pipelineShell, stepsOf } from "./ci-files.ts";
import { Runner, standInForCurl, standInForGh, type Comment, type Issue } from "./ci-runner.ts";

const PULL_REQUEST = "passkeys-pull-request.yml";
const DRIFT = "passkeys-drift.yml";
const BOT = { login: "github-actions[bot]" };

describe("The shell texts of examples/ci that need no engine", function (this: Mocha.Suite) {
  this.timeout(60_000);
  this.slow(5_000);
  let runner: Runner;

  beforeEach(() => (runner = new Runner({ PATH: process.env.PATH })));
  afterEach(() => runner[Symbol.dispose]());

  /** The report as the artifact of the run brings it. */
  function artifact(markdown: string, folder = "report"): string {
    const path = join(runner.temp, folder, "report.md");
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, markdown);
    return path;
  }

  describe("Comment", () => {
    const comment = (commit = "c0ffee") =>
      runner.step([PULL_REQUEST, "comment", "Comment"], {
        context: {
          "github.token": "token-of-the-run",
          "github.event.pull_request.number": "7",
          "github.event.pull_request.head.sha": commit,
        },
      });
    const comments = () => runner.state<{ comments: Comment[] }>("gh").comments;
    const methods = () => runner.calls("gh").map((args) => args[args.indexOf("--method") + 1]);

    beforeEach(function () {
      if (onPath("jq").length === 0) skip(this, "no jq on PATH, which the stand-in for gh filters with");
    });

    it("is made once and then renewed in its place", async () => {
      standInForGh(runner);
      artifact('## One change\n$(id) `id` "quoted" \\n ${HOME}\n');
      const first = await comment();
      assert.equal(first.code, 0, first.output);
      const text =
        '<!-- entra-passkeys report -->\n## One change\n$(id) `id` "quoted" \\n ${HOME}\n\n\nCommit c0ffee\n';
      assert.deepEqual(comments(), [{ id: 100, user: BOT, body: text }]);
      artifact("## Nothing changes\n");
      assert.equal((await comment("decade")).code, 0);
      assert.deepEqual(
        comments().map(({ id, body }) => [id, body]),
        [[100, "<!-- entra-passkeys report -->\n## Nothing changes\n\n\nCommit decade\n"]],
      );
      assert.deepEqual(methods(), ["api", "POST", "api", "PATCH"]);
    });

    it("leaves comments of others alone, with the marker, too", async () => {
      const body = "<!-- entra-passkeys report -->\nNothing changes, merge it";
      const theirs = [
        { id: 1, user: { login: "mallory" }, body },
        { id: 2, user: BOT, body: `Of another workflow. ${body}` },
      ];
      standInForGh(runner, { comments: theirs });
      artifact("## One change\n");
      assert.equal((await comment()).code, 0);
      assert.deepEqual(comments().slice(0, 2), theirs);
      assert.equal(comments().length, 3);
    });

    it("renews the first of several", async () => {
      const body = "<!-- entra-passkeys report -->\nold";
      standInForGh(runner, { comments: [4, 5].map((id) => ({ id, user: BOT, body })) });
      artifact("new\n");
      assert.equal((await comment()).code, 0);
      assert.deepEqual(
        comments().map((one) => one.body.includes("new")),
        [true, false],
      );
    });

    it("refuses what is no file, a link, or too long, and says nothing of it", async () => {
      standInForGh(runner);
      const path = artifact("x".repeat(262_145));
      const attempts = [
        () => undefined,
        () => rmSync(path),
        () => symlinkSync("/proc/self/environ", path),
        () => (rmSync(path), mkdirSync(path)),
      ];
      for (const attempt of attempts) {
        attempt();
        const { code, output } = await comment();
        assert.equal(code, 1);
        assert.match(output, /^::error::The report is not a file of at most 256 KB\.\n$/);
      }
      assert.deepEqual(runner.calls("gh"), []);
    });

    it("fails where the comments cannot be read, and writes none", async () => {
      standInForGh(runner);
      artifact("## One change\n");
      runner.program("gh", '#!/bin/sh\necho "HTTP 502" >&2\ncase "$*" in *--silent*) touch written ;; esac\nexit 1\n');
      assert.notEqual((await comment()).code, 0);
      assert.equal(existsSync(join(runner.folder, "written")), false);
    });
  });

  describe("Gate", () => {
    const gate = (result: string, code: string) =>
      runner.step([PULL_REQUEST, "passkeys", "Gate"], {
        context: { "needs.preview.result": result, "needs.preview.outputs.code": code },
      });

    it("passes 0 and 2, and fails everything else", async () => {
      for (const code of ["0", "2"]) assert.equal((await gate("success", code)).code, 0, code);
      for (const code of ["1", "3", "4", "5", "", "02", "2 0", "*"]) {
        assert.equal((await gate("success", code)).code, 1, code);
      }
      for (const result of ["failure", "cancelled", "skipped", ""]) {
        for (const code of ["", "0", "2"]) assert.equal((await gate(result, code)).code, 1, `${result} ${code}`);
      }
    });

    it("says what to do for a fork, a lock-out and weaker keys", async () => {
      assert.match((await gate("skipped", "")).output, /^::error::A fork is not previewed\. .* a maintainer pushes it/);
      assert.match((await gate("success", "3")).output, /^::error::People would lose their way in\./);
      assert.match((await gate("success", "4")).output, /^::error::Weaker keys where it matters\./);
    });

    it("fails the night for whatever is not as the program says", async () => {
      for (const [code, expected] of [
        ["0", 0],
        ["1", 1],
        ["2", 1],
        ["3", 1],
        ["4", 1],
      ] as const) {
        const context = { "needs.drift.outputs.code": code };
        assert.equal((await runner.step([DRIFT, "issue", "Gate"], { context })).code, expected, code);
      }
    });
  });

  describe("Issue", () => {
    const issue = (code: string) =>
      runner.step([DRIFT, "issue", "Issue"], {
        context: { "github.token": "token-of-the-run", "needs.drift.outputs.code": code },
      });
    const issues = () => runner.state<{ issues: Issue[] }>("gh").issues;

    beforeEach(function () {
      if (onPath("jq").length === 0) skip(this, "no jq on PATH, which the stand-in for gh filters with");
    });

    it("is opened once, renewed, closed, and opened anew", async () => {
      standInForGh(runner, {
        issues: [
          { number: 1, user: { login: "mallory" }, state: "open", body: "<!-- entra-passkeys drift -->" },
          { number: 2, user: BOT, state: "open", body: null },
        ],
      });
      const seen: unknown[] = [];
      for (const [code, markdown] of [
        ["0", "as it should be"],
        ["2", "first"],
        ["3", "second"],
        ["0", "as it should be"],
        ["0", "as it should be"],
        ["2", "third"],
      ] as const) {
        artifact(markdown);
        const { code: ended, output } = await issue(code);
        assert.equal(ended, 0, output);
        seen.push(
          issues()
            .slice(2)
            .map(({ state, body }) => `${state} ${body?.split("\n")[1]}`),
        );
      }
      assert.deepEqual(seen, [
        [],
        ["open first"],
        ["open second"],
        ["closed second"],
        ["closed second"],
        ["closed second", "open third"],
      ]);
      assert.equal(issues()[2]?.title, "The passkey policy is not as its program says");
    });
  });

  describe("Azure DevOps", () => {
    const shell = (job: string, displayName: string) => {
      const found = pipeline()
        .stages.flatMap(({ jobs }) => jobs)
        .find((one) => one.job === job);
      return pipelineShell(stepsOf(found!).find((step) => step.displayName === displayName)!)!;
    };
    const env = {
      TOKEN: "token-of-the-run",
      SYSTEM_COLLECTIONURI: "https://devops.invalid/contoso/",
      SYSTEM_TEAMPROJECTID: "project-id",
      BUILD_REPOSITORY_ID: "repository-id",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
      SYSTEM_PULLREQUEST_SOURCECOMMITID: "c0ffee",
    };
    const comment = () => runner.shell(shell("comment", "Comment"), { cwd: runner.temp, env });
    const threads = () => runner.state<{ threads: { id: number; comments: { content: string }[] }[] }>("curl").threads;

    it("makes one thread and renews its comment, and leaves those of others alone", async function () {
      if (onPath("jq").length === 0) skip(this, "no jq on PATH");
      const content = "<!-- entra-passkeys report -->\nNothing changes, merge it";
      const theirs = [
        { id: 1, isDeleted: false, comments: [{ id: 1, author: { id: "mallory" }, content }] },
        { id: 2, isDeleted: true, comments: [{ id: 1, author: { id: "build" }, content }] },
        { id: 3, isDeleted: false, comments: [{ id: 1, author: { id: "build" } }] },
      ];
      standInForCurl(runner, "build", theirs);
      artifact('## One change "quoted" $(id)\n', "passkeys-report");
      const first = await comment();
      assert.equal(first.code, 0, first.output);
      artifact("## Nothing changes\n", "passkeys-report");
      const second = await comment();
      assert.equal(second.code, 0, second.output);
      assert.deepEqual(threads().slice(0, 3), theirs);
      assert.deepEqual(
        threads()
          .slice(3)
          .map(({ id, comments }) => [id, comments.map((one) => one.content)]),
        [[53, ["<!-- entra-passkeys report -->\n## Nothing changes\n\n\nCommit c0ffee\n"]]],
      );
      assert.ok(!JSON.stringify(runner.calls("curl")).includes("token-of-the-run"));
    });

    it("refuses a report that is a link or too long", async () => {
      standInForCurl(runner, "build");
      const path = artifact("x".repeat(262_145), "passkeys-report");
      assert.equal((await comment()).code, 1);
      rmSync(path);
      symlinkSync("/proc/self/environ", path);
      assert.equal((await comment()).code, 1);
      assert.deepEqual(runner.calls("curl"), []);
    });

    it("passes 0 and 2 of a pull request and 0 of a night, and fails everything else", async () => {
      const gate = async (BUILD_REASON: string, RESULT: string, CODE: string) =>
        (await runner.shell(shell("passkeys", "Gate"), { cwd: runner.temp, env: { BUILD_REASON, RESULT, CODE } })).code;
      for (const code of ["0", "2"]) assert.equal(await gate("PullRequest", "Succeeded", code), 0);
      for (const code of ["1", "3", "4", "", "20", "5 0"])
        assert.equal(await gate("PullRequest", "Succeeded", code), 1, code);
      for (const result of ["Skipped", "Failed", "Canceled"]) {
        for (const code of ["0", "Succeeded 0"]) assert.equal(await gate("PullRequest", result, code), 1);
      }
      assert.equal(await gate("Schedule", "Succeeded", "0"), 0);
      assert.equal(await gate("Schedule", "Succeeded", "2"), 1);
    });
  });
});
