import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ensureActionlint } from "../../tools/actionlint/index.ts";
import { engineVersion } from "../../tools/engine/index.ts";
import { skip } from "../../tools/test/skip.ts";
import {
  pipeline,
  pipelineShell,
  pipelineText,
  stepsOf,
  workflow,
  workflowFiles,
  workflowPath,
  workflowText,
  type Job,
} from "./ci-files.ts";

const PULL_REQUEST = "passkeys-pull-request.yml";
const APPLY = "passkeys-apply.yml";
const DRIFT = "passkeys-drift.yml";

/** The one right that each job has beside reading what it runs. */
const PERMISSIONS: Record<string, Record<string, Record<string, string>>> = {
  [PULL_REQUEST]: {
    preview: { contents: "read", "id-token": "write" },
    comment: { "pull-requests": "write" },
    passkeys: {},
  },
  [APPLY]: { apply: { contents: "read", "id-token": "write" } },
  [DRIFT]: { drift: { contents: "read", "id-token": "write" }, issue: { issues: "write" } },
};

const jobs = () =>
  workflowFiles.flatMap((file) => Object.entries(workflow(file).jobs).map(([name, job]) => ({ file, name, job })));
const steps = () => jobs().flatMap(({ file, name, job }) => job.steps.map((step) => ({ file, name, job, step })));

/** Whether a job runs what somebody proposes: it checks code out, or installs packages. */
const runsCode = (job: Job) =>
  job.steps.some(
    ({ uses, run }) => uses?.startsWith("actions/checkout@") || /\bnpm\b|\bnpx\b|\bpulumi\b/.test(run ?? ""),
  );

describe("examples/ci/github", () => {
  it("has three workflows", () => {
    assert.deepEqual(workflowFiles, [APPLY, DRIFT, PULL_REQUEST]);
  });

  it("passes actionlint", async function () {
    this.timeout(300_000);
    const file = await ensureActionlint().catch((error: Error) => skip(this, error.message));
    // Without shellcheck and pyflakes, which one machine has and another one has not.
    const args = ["-no-color", "-shellcheck=", "-pyflakes=", ...workflowFiles.map(workflowPath)];
    const { status, stdout, stderr } = spawnSync(file, args, { encoding: "utf8" });
    assert.equal(`${stdout}${stderr}`, "");
    assert.equal(status, 0);
  });

  it("gives each job the rights that it needs, and no workflow any", () => {
    for (const file of workflowFiles) {
      const { permissions, jobs } = workflow(file);
      assert.deepEqual(permissions, {}, file);
      const given = Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]));
      assert.deepEqual(given, PERMISSIONS[file], file);
    }
  });

  it("runs no code where it may write, and asks for no identity where it may comment", () => {
    for (const { file, name, job } of jobs()) {
      const rights = Object.entries(job.permissions ?? {});
      const writes = rights.some(([right, level]) => level === "write" && right !== "id-token");
      if (!writes) continue;
      assert.equal(runsCode(job), false, `${file} ${name}`);
      assert.equal(job.environment, undefined, `${file} ${name}`);
      assert.equal(job.permissions?.["id-token"], undefined, `${file} ${name}`);
    }
  });

  it("never runs on pull_request_target or workflow_run", () => {
    for (const file of workflowFiles) {
      const events = Object.keys(workflow(file).on);
      assert.ok(!events.includes("pull_request_target") && !events.includes("workflow_run"), file);
    }
    assert.deepEqual(Object.keys(workflow(PULL_REQUEST).on), ["pull_request"]);
    assert.deepEqual(workflow(APPLY).on, { push: { branches: ["main"] } });
  });

  it("has no secret, and no expression in the text of a shell", () => {
    for (const file of workflowFiles) assert.doesNotMatch(workflowText(file), /\bsecrets\./, file);
    for (const { file, name, step } of steps()) {
      assert.doesNotMatch(step.run ?? "", /\$\{\{/, `${file} ${name} ${step.name}`);
    }
  });

  it("previews nothing of a fork, and always has the required check", () => {
    const { preview, comment, passkeys } = workflow(PULL_REQUEST).jobs;
    assert.equal(preview?.if, "github.event.pull_request.head.repo.full_name == github.repository");
    assert.equal(passkeys?.if, "always()");
    assert.equal(passkeys?.needs, "preview");
    assert.equal(comment?.needs, "preview");
  });

  it("keeps what reads and what writes in environments of their own", () => {
    const identities = jobs().filter(({ job }) => job.permissions?.["id-token"] === "write");
    assert.deepEqual(
      identities.map(({ file, job }) => [file, job.environment]),
      [
        [APPLY, "passkeys-apply"],
        [DRIFT, "passkeys-preview"],
        [PULL_REQUEST, "passkeys-preview"],
      ],
    );
    for (const { file, job } of identities) {
      const up = job.steps.some(({ run }) => run?.includes("pulumi up"));
      assert.equal(up, job.environment === "passkeys-apply", file);
    }
  });

  it("has refused plans told where they are reported, and nowhere else", () => {
    for (const { file, name, job } of jobs()) {
      const reports = job.steps.some((step) => step.name === "Report");
      assert.equal(job.env?.["ENTRA_PASSKEYS_REPORT"], reports ? "1" : undefined, `${file} ${name}`);
    }
  });

  it("pins every action by its commit, the same one everywhere, with the version beside it", () => {
    const pins = new Map<string, string>();
    for (const file of workflowFiles) {
      for (const [line] of workflowText(file).matchAll(/.*\buses:.*/g)) {
        const [, action, pin] = /uses: ([\w-]+\/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(line) ?? [];
        assert.ok(action && pin, `${file}: ${line}`);
        assert.equal(pins.get(action) ?? pin, pin, `${file}: ${line}`);
        pins.set(action, pin);
      }
    }
    assert.equal(pins.size, 6);
  });

  it("leaves no token of the repository behind for what it runs", () => {
    for (const { file, step } of steps()) {
      if (step.uses?.startsWith("actions/checkout@")) assert.equal(step.with?.["persist-credentials"], false, file);
    }
    for (const { file, name, step } of steps()) {
      const token = Object.values(step.env ?? {}).some((value) => value.includes("github.token"));
      if (token) assert.match(step.run ?? "", /\bgh api\b/, `${file} ${name}`);
    }
  });

  it("stops at the first failure, in a pipe, too", () => {
    for (const file of workflowFiles) assert.deepEqual(workflow(file).defaults, { run: { shell: "bash" } }, file);
  });

  it("ends by itself, and updates one stack once at a time", () => {
    for (const { file, name, job } of jobs()) assert.ok((job["timeout-minutes"] ?? 360) <= 60, `${file} ${name}`);
    assert.deepEqual(workflow(APPLY).concurrency, {
      group: "passkeys-apply-${{ vars.PULUMI_STACK }}",
      "cancel-in-progress": false,
    });
  });

  it("tells the report alike in pull requests and at night", () => {
    const [here, there] = [PULL_REQUEST, DRIFT].map((file) =>
      Object.values(workflow(file).jobs).flatMap((job) => job.steps),
    );
    const text = (steps: typeof here, name: string) => steps?.find((step) => step.name === name)?.run;
    assert.ok(text(here, "Report"));
    assert.equal(text(here, "Report"), text(there, "Report"));
    assert.equal(text(here, "Preview"), text(there, "Preview")?.replace("preview --refresh", "preview"));
  });

  it("installs the Pulumi that this repository is tested with", () => {
    for (const { file, step } of steps()) {
      if (step.uses?.startsWith("pulumi/actions@")) assert.equal(step.with?.["pulumi-version"], engineVersion, file);
    }
    assert.match(pipelineText(), new RegExp(`name: PULUMI_VERSION\\n +value: ${engineVersion}\\n`));
  });
});

describe("examples/ci/azure-devops", () => {
  const all = () => pipeline().stages.flatMap(({ jobs }) => jobs);
  const shells = () => all().flatMap((job) => stepsOf(job).flatMap((step) => pipelineShell(step) ?? []));

  it("has no anchors, which Azure Pipelines does not read, and installs alike in both jobs", () => {
    assert.doesNotMatch(pipelineText(), /: [&*]\w+\s/);
    const installs = all().flatMap((job) => stepsOf(job).filter(({ displayName }) => displayName === "Install"));
    assert.equal(installs.length, 2);
    assert.equal(installs[0]?.script, installs[1]?.script);
  });

  it("has no macro in the text of a shell, and stops at the first failure", () => {
    assert.equal(shells().length, 6);
    for (const shell of shells()) {
      assert.doesNotMatch(shell, /\$\((Build|System|Agent|Pipeline|variables)\b/i);
      assert.doesNotMatch(shell, /\$\{\{|\$\[/);
      assert.match(shell, /^set -euo pipefail\n/);
    }
  });

  it("has refused plans told where they are reported, and nowhere else", () => {
    assert.equal(pipelineText().match(/ENTRA_PASSKEYS_REPORT/g)?.length, 1);
    const [job] = all().filter(({ variables }) => variables?.["ENTRA_PASSKEYS_REPORT"] === "1");
    assert.equal(job?.job, "preview");
  });

  it("gives the token to the comment alone, which checks nothing out", () => {
    for (const job of all()) {
      const steps = stepsOf(job);
      const token = steps.some(({ env }) => Object.values(env ?? {}).includes("$(System.AccessToken)"));
      assert.equal(token, job.job === "comment");
      const checkout = steps.find((step) => step.checkout !== undefined);
      if (checkout?.checkout === "none") continue;
      assert.equal(token, false);
      assert.equal(checkout?.persistCredentials, false);
    }
  });

  it("previews nothing of a fork, always has the gate, and writes only what is on the main branch", () => {
    const [preview, apply] = pipeline().stages;
    const job = (name: string) => preview?.jobs.find((one) => one.job === name);
    assert.match(job("preview")?.condition ?? "", /ne\(variables\['System\.PullRequest\.IsFork'\], 'True'\)/);
    assert.equal(job("passkeys")?.condition, "always()");
    assert.match(apply?.condition ?? "", /eq\(variables\['Build\.SourceBranch'\], 'refs\/heads\/main'\)/);
    assert.equal(apply?.jobs[0]?.environment, "entra-passkeys-apply");
    for (const { stage, jobs } of pipeline().stages) {
      for (const step of jobs.flatMap(stepsOf).filter(({ task }) => task === "AzureCLI@2")) {
        assert.equal(step.inputs?.["azureSubscription"], `entra-passkeys-${stage}`);
      }
    }
  });
});

describe("examples/ci/README.md", () => {
  const text = readFileSync(resolve(import.meta.dirname, "../../examples/ci/README.md"), "utf8").replaceAll(
    /\s+/g,
    " ",
  );

  it("names every environment, variable and required check", () => {
    for (const file of workflowFiles) {
      assert.ok(text.includes(`github/${file}`), file);
      for (const [, name] of workflowText(file).matchAll(/\bvars\.(\w+)/g))
        assert.ok(text.includes(`\`${name}\``), name);
    }
    for (const { job } of jobs()) if (job.environment) assert.ok(text.includes(`environment:${job.environment}`));
    assert.ok(text.includes("required check `passkeys`"));
  });

  it("lists every action with its pin's version", () => {
    for (const file of workflowFiles) {
      for (const [, action, version] of workflowText(file).matchAll(/uses: (\S+)@\w+ # (\S+)/g)) {
        assert.ok(text.includes(`${action} ${version}`), `${action} ${version}`);
      }
    }
  });
});
