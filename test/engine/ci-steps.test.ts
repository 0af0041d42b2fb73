import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { ALL_PERMISSIONS } from "../../provider/dist/emulator/index.js";
import { pipeline, pipelineShell, stepsOf } from "../examples/ci-files.ts";
import { Runner, standInForAz } from "../examples/ci-runner.ts";
import { describeWithEngine, Stack } from "./stack.ts";

const PULL_REQUEST = "passkeys-pull-request.yml";
const DRIFT = "passkeys-drift.yml";
const APPLY = "passkeys-apply.yml";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";
const SYNCED_ID = "e47a833c-5b0e-4f3d-8a54-1f0c2f7d9b36";
const ADELE = "adele.vance@contoso.example";

/** What examples/ci/README.md gives to the identity of previews. */
const READING = (() => {
  const text = readFileSync(resolve(import.meta.dirname, "../../examples/ci/README.md"), "utf8");
  const [, row] = /\| `entra-passkeys-preview` +\| (.*) \|/.exec(text)!;
  return [...row!.matchAll(/`([\w.-]+)`/g)].map(([, permission]) => permission!);
})();

const program = (models: string[], more = "") => `
new PasskeyPolicy("everyone", {
  profiles: { default: { keyRestrictions: { models: ${JSON.stringify(models)} } } },
  ${more}
});`;

describeWithEngine("The shell texts of examples/ci on the real engine", function (this: Mocha.Suite) {
  this.timeout(180_000);
  let stack: Stack;
  let runner: Runner;

  const open = async (text: string) => {
    stack = await Stack.create({ seed: "contoso-profiles" }, text);
    runner = new Runner(stack.env);
  };
  const tenant = () => stack.emulator.tenant();

  afterEach(async () => {
    runner[Symbol.dispose]();
    await stack[Symbol.asyncDispose]();
  });

  /** The values of a job's expressions, for the emulated tenant. */
  const context = (more: Record<string, string> = {}) => ({
    "vars.ARM_TENANT_ID": tenant().id,
    "vars.ARM_CLIENT_ID": tenant().client.id,
    "vars.AZURE_STORAGE_ACCOUNT": "contoso",
    "vars.PULUMI_BACKEND_URL": stack.env.PULUMI_BACKEND_URL!,
    "vars.PULUMI_STACK": "dev",
    "github.server_url": "https://github.invalid",
    "github.repository": "contoso/passkeys",
    "github.run_id": "42",
    ...more,
  });

  /** This machine's own folders; the emulated tenant has a client secret, which comes before OIDC. */
  const over = () => ({
    NODE_COMPILE_CACHE: stack.env.NODE_COMPILE_CACHE,
    ENTRA_PASSKEYS_CACHE: stack.env.ENTRA_PASSKEYS_CACHE,
  });

  const preview = (file: string) => {
    const job = file === DRIFT ? "drift" : "preview";
    return runner.step([file, job, "Preview"], { cwd: stack.project, context: context(), over: over() });
  };

  /** Does something as the identity of previews. */
  async function reading<T>(work: () => Promise<T>): Promise<T> {
    const others = ALL_PERMISSIONS.filter((permission) => !READING.includes(permission));
    others.forEach((permission) => tenant().revokePermission(permission));
    try {
      return await work();
    } finally {
      others.forEach((permission) => tenant().grantPermission(permission));
    }
  }

  /** Preview, report and gate, as the jobs hand them on. */
  async function check(file = PULL_REQUEST) {
    const state = stack.stateFiles();
    const previewed = await reading(() => preview(file));
    assert.equal(previewed.code, 0, previewed.output);
    const { status } = previewed.outputs;
    const job = file === DRIFT ? "drift" : "preview";
    const values = context({ "steps.preview.outputs.status": status! });
    const reported = await reading(() =>
      runner.step([file, job, "Report"], { cwd: stack.project, context: values, over: over() }),
    );
    assert.equal(reported.code, 0, reported.output);
    assert.equal(stack.stateFiles(), state, "a preview needs to read the state only");
    const results = { "needs.preview.result": "success", "needs.preview.outputs.code": reported.outputs.code! };
    const gate = await runner.step([PULL_REQUEST, "passkeys", "Gate"], { context: results });
    return { status, code: reported.outputs.code, summary: reported.summary, output: reported.output, gate: gate.code };
  }

  const artifact = (name: string) => readFileSync(join(stack.project, "report", name), "utf8");

  interface Reported {
    readonly verdict: { readonly code: number };
    readonly tenants: { readonly plans: { readonly acknowledgement?: string }[] }[];
  }
  const report = () => JSON.parse(artifact("report.json")) as Reported;

  /** What the report proposes to write into the program, with the day and the reason that people choose. */
  function proposal(): string {
    const text = report().tenants[0]?.plans[0]?.acknowledgement;
    assert.ok(text, artifact("report.md"));
    const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    return text.replace("YYYY-MM-DD", day).replace('"..."', '"the keys are replaced by hand"');
  }

  it("passes a pull request that changes nothing, and one that takes nothing from anybody", async () => {
    await open(program([KEY]));
    await stack.up();
    const nothing = await check();
    assert.deepEqual([nothing.status, nothing.code, nothing.gate], ["0", "0", 0], nothing.output);
    stack.program(program([KEY, OTHER]));
    const change = await check();
    assert.deepEqual([change.status, change.code, change.gate], ["0", "2", 0], change.output);
    assert.equal(change.summary, artifact("report.md"));
    assert.equal(report().verdict.code, 2);
    assert.ok(artifact("report.html").length > 0);
    assert.equal(stack.writes(), 1);
  });

  it("fails one that locks somebody out, until the program acknowledges it", async () => {
    await open(program([OTHER]));
    tenant().passkeys.add(ADELE, { aaGuid: KEY });
    const refused = await check();
    assert.notEqual(refused.status, "0");
    assert.deepEqual([refused.code, refused.gate], ["3", 1], refused.output);
    assert.ok(refused.summary.length > 0 && refused.summary.length <= 65_000);
    stack.program(program([OTHER], `${proposal()},`));
    const acknowledged = await check();
    assert.deepEqual([acknowledged.status, acknowledged.code, acknowledged.gate], ["0", "2", 0], acknowledged.output);
    assert.equal(stack.writes(), 0);
  });

  it("fails one that lets weaker keys in for administrators, until the program acknowledges it", async () => {
    await open("");
    tenant().setPolicy((policy) => {
      const [first] = policy.includeTargets;
      const { id } = tenant().groups.get("IT administrators");
      policy.includeTargets = [{ ...first!, id, allowedPasskeyProfiles: [policy.defaultPasskeyProfile!] }];
      return policy;
    });
    const administrators = (more = "") => `
new PasskeyPolicy("everyone", {
  includeTargets: [{ group: "IT administrators", profiles: ["default", "${SYNCED_ID}"] }],
  adminGroups: ["IT administrators"],
  ${more}
});`;
    stack.program(administrators());
    const refused = await check();
    assert.deepEqual([refused.code, refused.gate], ["4", 1], refused.output);
    stack.program(administrators(`${proposal()},`));
    const acknowledged = await check();
    assert.deepEqual([acknowledged.status, acknowledged.code, acknowledged.gate], ["0", "2", 0], acknowledged.output);
  });

  it("fails one whose program fails, and shows why", async () => {
    await open(program([KEY]));
    stack.program('throw new Error("the program of the pull request is broken");');
    const { status, code, gate, summary } = await check();
    assert.notEqual(status, "0");
    assert.deepEqual([code, gate], ["1", 1]);
    assert.match(summary, /the program of the pull request is broken/);
  });

  it("fails at once where there is no preview to report", async () => {
    await open(program([KEY]));
    await stack.ok("stack", "rm", "--yes", "dev");
    const { code, output, outputs } = await preview(PULL_REQUEST);
    assert.notEqual(code, 0);
    assert.match(output, /no stack named 'dev'/);
    assert.deepEqual(outputs, {});
  });

  it("takes a failure that the report does not know for an error", async () => {
    await open(program([KEY]));
    assert.equal((await preview(PULL_REQUEST)).code, 0);
    const reported = await runner.step([PULL_REQUEST, "preview", "Report"], {
      cwd: stack.project,
      context: context({ "steps.preview.outputs.status": "137" }),
      over: over(),
    });
    assert.equal(reported.outputs.code, "1", reported.output);
  });

  it("writes nothing with the identity of previews", async () => {
    await open(program([KEY]));
    assert.ok(READING.length >= 6 && READING.every((permission) => !/Write/.test(permission)), String(READING));
    const before = stack.policy();
    const output = await reading(() => stack.refused("up", "--yes", "--skip-preview"));
    assert.match(output, /403/);
    assert.equal(stack.policy(), before);
  });

  it("sees drift at night, and none where everything is as the program says", async () => {
    await open(program([KEY]));
    await stack.up();
    assert.equal((await check(DRIFT)).code, "0");
    tenant().setPolicy((policy) => {
      policy.passkeyProfiles![0]!.keyRestrictions!.aaGuids = [OTHER];
      return policy;
    });
    const { code, gate, output } = await check(DRIFT);
    assert.deepEqual([code, gate], ["2", 0], output);
  });

  it("updates, and keeps the journal from machine to machine, also after a failure", async () => {
    await open(program([KEY]));
    const blob = join(stack.folder, "blob");
    const cache = stack.env.ENTRA_PASSKEYS_CACHE!;
    standInForAz(runner, blob);
    const step = (name: string, env: NodeJS.ProcessEnv = {}) =>
      runner.step([APPLY, "apply", name], { cwd: stack.project, context: context(), over: { ...over(), ...env } });
    const ok = async (name: string) => {
      const { code, output } = await step(name);
      assert.equal(code, 0, output);
    };
    const files = () => readdirSync(join(cache, "journal"));

    await ok("Fetch the journal");
    await ok("Up");
    await ok("Keep the journal");
    assert.equal(stack.writes(), 1);
    const journal = files();
    assert.ok(journal.length > 0 && existsSync(blob));

    rmSync(cache, { recursive: true });
    await ok("Fetch the journal");
    assert.deepEqual(files(), journal);
    stack.program('throw new Error("broken");');
    assert.notEqual((await step("Up")).code, 0);
    await ok("Keep the journal");

    rmSync(cache, { recursive: true });
    for (const AZ_FAILS of ["exists", "download"]) {
      assert.notEqual((await step("Fetch the journal", { AZ_FAILS })).code, 0, AZ_FAILS);
    }
  });

  it("does the same on Azure DevOps", async () => {
    await open(program([KEY]));
    const blob = join(stack.folder, "blob");
    standInForAz(runner, blob);
    const text = (displayName: string) => {
      const steps = pipeline()
        .stages.flatMap(({ jobs }) => jobs)
        .flatMap(stepsOf);
      return pipelineShell(steps.find((step) => step.displayName === displayName)!)!;
    };
    const shell = (displayName: string, BUILD_REASON: string) =>
      runner.shell(text(displayName), {
        cwd: stack.project,
        env: {
          ...over(),
          BUILD_REASON,
          BUILD_BUILDID: "42",
          SYSTEM_COLLECTIONURI: "https://devops.invalid/contoso/",
          SYSTEM_TEAMPROJECTID: "project-id",
          PULUMI_STACK: "dev",
          AZURE_STORAGE_ACCOUNT: "contoso",
          AZURE_STORAGE_AUTH_MODE: "login",
          ENTRA_PASSKEYS_REPORT: "1",
          tenantId: tenant().id,
          servicePrincipalId: tenant().client.id,
          idToken: "not-a-token",
        },
      });
    const code = async (reason: string) => {
      const { output } = await shell("Preview and report", reason);
      return /##vso\[task\.setvariable variable=code;isOutput=true\](.*)$/m.exec(output)?.[1] ?? output;
    };
    assert.equal(await code("PullRequest"), "2");
    const up = await shell("Up", "IndividualCI");
    assert.equal(up.code, 0, up.output);
    assert.ok(existsSync(blob));
    assert.equal(await code("PullRequest"), "0");
    assert.equal(await code("Schedule"), "0");
    stack.program("throw new Error('broken');");
    assert.equal(await code("PullRequest"), "1");
    const failed = await shell("Up", "IndividualCI");
    assert.notEqual(failed.code, 0);
  });
});
