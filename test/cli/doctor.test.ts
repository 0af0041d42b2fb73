import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkForm, found } from "../doctor/util.ts";
import { ADAM, bad, EMERGENCY, EVA, NAMES, PUPILS, Stage, STRICT, TENANT } from "./doctor-util.ts";

const validate = new Ajv2020({ allErrors: true }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/schema/doctor-1.json"), "utf8")) as object,
);
const GROUP = ["--break-glass", "Break-glass"];
type Result = Awaited<ReturnType<Stage["json"]>>;

/** A stage that is put away; whatever runs on it asks by GET alone, and prints neither name nor secret. */
function onStage(
  test: (stage: Stage, examine: Stage["json"]) => Promise<void>,
  seed?: Parameters<typeof Stage.open>[0],
) {
  return async () => {
    await using stage = await Stage.open(seed);
    const examine = async (...args: Parameters<Stage["json"]>): Promise<Result> => {
      const result = await stage.json(...args);
      assert.ok(validate(result.report), `${JSON.stringify(validate.errors)} ${result.out}${result.err}`);
      checkForm(result.report.findings);
      assert.equal(result.report.exitCode, result.code);
      assert.doesNotMatch(`${result.out}${result.err}`, NAMES);
      assert.ok(!`${result.out}${result.err}`.includes(stage.tenant.client.secret));
      return result;
    };
    await test(stage, examine);
    const others = stage.emulator.audit.entries.filter(({ method, kind }) => method !== "GET" && kind !== "token");
    assert.deepEqual(others, [], "GETs and the token alone");
  };
}

describe("entra-passkeys doctor", function () {
  this.timeout(30_000);

  it(
    "finds nothing wrong in a tenant where all is as it should be",
    onStage(async (stage, examine) => {
      const { code, report, err } = await examine([...GROUP, "--strict"]);
      assert.deepEqual(bad(report.findings), []);
      assert.equal(code, 0);
      assert.deepEqual([report.tenant, report.for], [TENANT, ["read", "write", "inventory"]]);
      assert.equal(report.requests, stage.emulator.audit.entries.filter(({ kind }) => kind !== "token").length);
      assert.match(err, /^Looking at settings and versions \.\.\.\nSigning in \.\.\.\n/);
      const { out } = await stage.run(GROUP);
      assert.match(
        out,
        /^tenant 5b0a3f0e-.*, the global cloud; wanted: read, write, inventory\n\nSettings\n {2}ok {7}/,
      );
      assert.match(out, /\n\n0 errors, 0 warnings, \d+ to know, \d+ ok; \d+ requests, nothing was written\.\n$/);
      assert.doesNotMatch(out, /\u001b/, "no colours where there is no terminal");
      assert.doesNotMatch(out, NAMES);
    }),
  );

  it(
    "makes of a missing permission what it means for what is wanted",
    onStage(async (stage, examine) => {
      stage.tenant.revokePermission("UserAuthMethod-Passkey.Read.All");
      const subject = "reading who has which passkeys";
      const inventory = await examine(["--for", "inventory", ...GROUP]);
      assert.equal(inventory.code, 1);
      const { next } = found(inventory.report.findings, subject, /missing: .*403/, "error");
      assert.match(next ?? "", /UserAuthMethod-Passkey\.Read\.All and admin consent/);
      const write = await examine(["--for", "read", "write", ...GROUP]);
      assert.equal(write.code, 0);
      found(write.report.findings, subject, /missing/, "warning");
      found(write.report.findings, EVA, /not known/, "warning");
      assert.equal((await examine(["--for", "read", "--strict", ...GROUP])).code, 4);
    }),
  );

  it(
    "tells a licence that is missing from permissions",
    onStage(async (stage, examine) => {
      stage.tenant.licence = "free";
      const { code, report } = await examine(GROUP);
      assert.equal(code, 0);
      found(report.findings, "Entra ID P1", /it is missing/, "warning");
      for (const subject of ["reading the registration report", "reading Conditional Access"]) {
        found(report.findings, subject, /lacks the licence/, "info");
      }
      stage.tenant.setPolicy({ includeTargets: [{ id: "all_users", targetType: "group" }] } as never);
      const everyone = await examine(["--for", "inventory", ...GROUP]);
      assert.equal(everyone.code, 1);
      found(everyone.report.findings, "Entra ID P1", /it is missing/, "error");
    }),
  );

  it(
    "knows a tenant without profiles",
    onStage(async (_stage, examine) => {
      const { report } = await examine();
      found(report.findings, "mode", /has not opted in/, "info");
      found(report.findings, "breakGlass", /no emergency accounts are declared/, "warning");
    }, "contoso-legacy"),
  );

  it(
    "finds an emergency account that is stranded, and calls nobody by name",
    onStage(async (stage, examine) => {
      const { tenant } = stage;
      const name = tenant.users.get(ADAM).userPrincipalName!;
      for (const { id } of tenant.passkeys.list(EVA)) tenant.passkeys.remove(EVA, id);
      const { code, report } = await examine(["--break-glass", EVA, "--break-glass", name]);
      assert.equal(code, 1);
      found(report.findings, EVA, /^it has no passkey$/, "error");
      found(report.findings, ADAM, /can sign in/, "ok");
      tenant.setPolicy({ excludeTargets: [{ id: EMERGENCY, targetType: "group" }] } as never);
      found((await examine(["--break-glass", name])).report.findings, ADAM, /in an excluded group/, "error");
      const nobody = await examine(["--break-glass", `x${name}`, "--break-glass", "No such group"]);
      found(nobody.report.findings, "--break-glass number 1", /does not exist/, "error");
      found(nobody.report.findings, "--break-glass number 2", /neither the name of a group/, "error");
    }),
  );

  it(
    "does not take groups that could not be read for none",
    onStage(async (stage, examine) => {
      const refuse = { kind: "missingPermission" } as const;
      stage.emulator.faults.add({ match: { path: `${EVA}/transitiveMemberOf` }, do: refuse, times: "always" });
      const { code, report } = await examine(GROUP);
      assert.equal(code, 0);
      found(report.findings, EVA, /not known: reading the groups of an account was answered with 403/, "warning");
      found(report.findings, ADAM, /can sign in/, "ok");
    }),
  );

  it(
    "finds that a key is needed to register the first key",
    onStage(async (stage, examine) => {
      stage.tenant.conditionalAccessPolicies.add({
        displayName: "Keys only",
        state: "enabled",
        conditions: { users: { includeGroups: [PUPILS] } },
        authenticationStrength: "Phishing resistant MFA",
      });
      const { code, report } = await examine(GROUP);
      assert.equal(code, 1);
      const { next } = found(
        report.findings,
        'group "Pupils"',
        /^only somebody who has another method .*Keys only.*a key would be needed/,
        "error",
      );
      assert.match(next ?? "", /urn:user:registersecurityinfo/);
      found(report.findings, 'group "Break-glass"', /can be registered/, "ok");
    }),
  );

  it(
    "finds what the people of an exclusive profile can use besides keys",
    onStage(async (stage, examine) => {
      const outputs = {
        owner: "school/prod/policy",
        tenantId: TENANT,
        managed: {},
        profiles: { students: { exclusive: true } },
        breakGlass: { group: "Break-glass" },
        resolved: { profileIds: { students: STRICT }, groups: { "Break-glass": EMERGENCY }, catalogue: 1, aaGuids: {} },
      };
      const type = "pulumi-nodejs:dynamic/entra:PasskeyPolicy";
      const state = stage.file("state.json", { deployment: { resources: [{ urn: "u", type, outputs }] } });
      stage.tenant.setMethod("Sms", { state: "enabled", includeTargets: [{ id: "all_users" }] });
      const subject = 'profile "Students"';
      const open = await examine(["--stack-file", state]);
      assert.equal(open.code, 0);
      found(open.report.findings, subject, /^SMS: group "Pupils" can use it to sign in without a key$/, "warning");
      found(open.report.findings, EVA, /can sign in/, "ok");
      stage.tenant.conditionalAccessPolicies.add({
        displayName: "Keys only",
        state: "enabled",
        conditions: { users: { includeGroups: [PUPILS] } },
        authenticationStrength: "Phishing resistant MFA",
      });
      const shut = await examine(["--stack-file", state]);
      found(shut.report.findings, subject, /^SMS: .*does not take it$/, "ok");
      // The same by the program's folder, with its configuration.
      const config = stage.file("config.json", { "azuread:tenantId": { value: TENANT, secret: false } });
      stage.script("pulumi", `case "$1" in stack) cat ${state};; config) cat ${config};; *) echo v3.259.0;; esac`);
      mkdirSync(join(stage.folder, "node_modules/@pulumi/pulumi"), { recursive: true });
      stage.file("node_modules/@pulumi/pulumi/package.json", { version: "3.270.0" });
      const program = await examine(["--program", "."], { ARM_TENANT_ID: undefined });
      found(program.report.findings, "@pulumi/pulumi", /^3\.270\.0$/, "ok");
      found(program.report.findings, "azuread:tenantId", /from the stack configuration/, "ok");
      found(program.report.findings, subject, /^SMS: /, "ok");
      const foreign = stage.file("foreign.json", readFileSync(state, "utf8").replaceAll(TENANT, STRICT));
      found((await examine(["--stack-file", foreign])).report.findings, "program", /belong to the tenant/, "error");
    }),
  );

  it(
    "counts people of an inventory",
    onStage(async (stage, examine) => {
      const lines = [
        { format: "entra-passkeys-inventory", version: 2, tenant: TENANT, created: new Date().toISOString() },
        { user: "p-1", groups: [PUPILS], passkeys: [] },
      ];
      const whole = [
        {
          ...lines[0],
          scope: "everyone",
          groups: [PUPILS],
          source: { report: true, accounts: true },
          salt: "b97874df",
        },
        lines[1],
        { end: true, people: 1, passkeys: 0, unread: 0 },
      ];
      const file = stage.file("people.jsonl", whole.map((line) => `${JSON.stringify(line)}\n`).join(""));
      const { report } = await examine([...GROUP, "--inventory", file]);
      found(report.findings, "--inventory", /^1 people, 0 hours old$/, "ok");
      found(report.findings, 'group "Pupils"', /\(1 of 1 people of the inventory have no passkey\)/, "ok");
      const { code, report: wrong } = await examine([...GROUP, "--inventory", "nowhere.jsonl"]);
      assert.equal(code, 1);
      found(wrong.findings, "--inventory", /cannot be read/, "error");
    }),
  );

  it(
    "finds a clock that is an hour off",
    onStage(async (_stage, examine) => {
      const shift = "const now = Date.now; Date.now = () => now() + 62 * 60_000;";
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(shift)}`;
      const { code, report } = await examine(GROUP, { NODE_OPTIONS });
      assert.equal(code, 1);
      found(report.findings, "clock", /62 minutes ahead of the service/, "error");
    }),
  );

  it(
    "says what to set where nothing is set, and looks at this machine all the same",
    onStage(async (stage, examine) => {
      const nothing = { ARM_TENANT_ID: undefined, ARM_CLIENT_ID: undefined, ARM_CLIENT_SECRET: undefined };
      const { code, report } = await examine([], { ...nothing, ENTRA_PASSKEYS_ENDPOINT: undefined });
      assert.equal(code, 1);
      assert.deepEqual([report.tenant, report.requests], [undefined, 0]);
      assert.deepEqual(bad(report.findings), ["error azuread:tenantId: is missing"]);
      found(report.findings, "pulumi", /3\.259\.0/, "ok");
      found(report.findings, "permissions", /not looked at/, "info");
      assert.deepEqual(stage.emulator.audit.entries, []);
    }),
  );

  it(
    "says that the tenant is not there",
    onStage(async (_stage, examine) => {
      const { code, report } = await examine([], { ARM_TENANT_ID: STRICT });
      assert.equal(code, 1);
      const { next } = found(report.findings, "token", /AADSTS90002/, "error");
      assert.match(next ?? "", /ARM_TENANT_ID/);
      found(report.findings, "permissions", /without a token/, "info");
    }),
  );

  it(
    "says that there is no engine, where one is needed",
    onStage(async (stage, examine) => {
      const PATH = join(stage.folder, "nowhere");
      const { code, report } = await examine(GROUP, { PATH });
      assert.equal(code, 1);
      const { next } = found(report.findings, "pulumi", /none on PATH/, "error");
      assert.match(next ?? "", /Install the Pulumi CLI/);
      assert.equal((await examine(["--for", "inventory", ...GROUP], { PATH })).code, 0);
      const { report: asked } = await examine(["--program", "."], { PATH });
      found(asked.findings, "--program", /no pulumi on PATH/, "error");
    }),
  );

  it(
    "says that the local Graph is not running",
    onStage(async (stage, examine) => {
      await stage.emulator.close();
      const { code, report } = await examine();
      assert.equal(code, 1);
      const { says, next } = found(report.findings, "token", /did not answer/, "error");
      assert.ok(says && next);
    }),
  );

  it(
    "does not know what is not answered in time, and tells the rest",
    onStage(async (stage, examine) => {
      const held = stage.emulator.faults.add({ match: { kind: "report" }, do: { kind: "hold" }, times: "always" });
      const { report } = await examine([...GROUP, "--timeout", "0.5"]);
      held.release();
      found(report.findings, "reading the registration report", /^not known/, "warning");
      found(report.findings, "Entra ID P1", /not known/, "info");
      found(report.findings, "mode", /passkey profiles/, "ok");
    }),
  );

  it(
    "asks nobody with --offline",
    onStage(async (stage, examine) => {
      const { code, report } = await examine(["--offline"]);
      assert.equal(code, 0);
      assert.deepEqual([report.requests, bad(report.findings)], [0, []]);
      found(report.findings, "firstKey", /--offline leaves it out/, "info");
      assert.deepEqual(stage.emulator.audit.entries, []);
    }),
  );

  it(
    "ends with 2 for a command line that makes no sense",
    onStage(async (stage) => {
      for (const args of [
        ["--for", "nonsense"],
        ["--stack", "prod"],
        ["--timeout", "0"],
        ["--max-age", "x"],
        ["--what"],
      ]) {
        const { code, out, err } = await stage.run(args);
        assert.deepEqual([code, out], [2, ""], err);
      }
      const { code, out } = await stage.run(["--help"]);
      assert.equal(code, 0);
      assert.match(out, /Exit codes: 0 .*Examples:/s);
      const wrong = await stage.run(["--stack-file", stage.file("x.json", "{}")]);
      assert.match(wrong.out, /--stack-file: .*it is no preview/);
    }),
  );

  it(
    "asks for the passkeys of emergency accounts and of nobody else",
    onStage(async (stage, examine) => {
      await examine(GROUP);
      const asked = stage.emulator.audit.entries.flatMap(({ path }) => /users\/([^/?]+)/.exec(path)?.[1] ?? []);
      assert.deepEqual(new Set(asked), new Set([EVA, ADAM]));
    }),
  );

  it(
    "asks for the passkeys of one person where there are no emergency accounts, to see whether it may",
    onStage(async (stage, examine) => {
      const { report } = await examine();
      found(report.findings, "reading who has which passkeys", /Graph answers it/, "ok");
      const asked = stage.emulator.audit.entries.filter(({ kind }) => kind === "registrations");
      assert.equal(asked.length, 1);
    }),
  );
});
