import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TenantHandle, TenantSeed } from "../../provider/dist/emulator/index.js";
import { localActivities } from "../../provider/dist/rollout/activities/index.js";
import type { LocalActivities } from "../../provider/dist/rollout/activities/index.js";
import { readPromise } from "../../provider/dist/rollout/activities/promise.js";
import type { RolloutPlan, TenantSpec, WaveSpec } from "../../provider/dist/rollout/plan.js";
import type { RolloutState } from "../../provider/dist/rollout/records.js";
import { runRollout } from "../../provider/dist/rollout/run.js";
import { descendants } from "./processes.ts";
import { describeWithEngine, engineOfTests, Stack, UNTHROTTLED } from "./stack.ts";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";
const IDS = ["7e4a1c00-0000-4000-8000-000000000001", "7e4a1c00-0000-4000-8000-000000000002"] as const;

const seedOf = (id: string, name: string): TenantSeed => ({
  id,
  displayName: name,
  mode: "profiles",
  policy: { state: "enabled", includeTargets: [{ id: "all_users" }] },
  groups: [{ displayName: "Sales" }, { displayName: "Executives" }],
});

const PROGRAM = `
const config = new pulumi.Config();
new PasskeyPolicy("passkeys", {
  isSelfServiceRegistrationAllowed: config.requireBoolean("registration"),
  includeTargets: [{ group: config.require("group") }],
});`;

/** Two tenants with one project, and activities of as many runs as are wanted. */
class Fleet implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly specs: readonly TenantSpec[];
  readonly folder: string;
  readonly stack: Stack;

  private constructor(stack: Stack) {
    this.stack = stack;
    this.folder = join(stack.folder, "rollout");
    this.specs = ["north", "south"].map((name, index) => ({
      id: IDS[index]!,
      name,
      stack: name,
      cloud: "global",
      config: { registration: "false", "project:group": index === 0 ? "Sales" : "Executives" },
      credential: { kind: "environment", prefix: name.toUpperCase() },
    }));
  }

  static async begin(program = PROGRAM): Promise<Fleet> {
    const seed = { tenants: [seedOf(IDS[0], "North"), seedOf(IDS[1], "South")] };
    return new Fleet(await Stack.create({ seed, switches: UNTHROTTLED }, program));
  }

  get plan(): RolloutPlan {
    const { project } = this.stack;
    return { file: join(project, "tenants.yaml"), project, tenants: this.specs, waves: [], failureBudget: 0 };
  }

  /** Without a tenant's own. */
  get env(): NodeJS.ProcessEnv {
    const { ARM_TENANT_ID: _tenant, ARM_CLIENT_ID: _client, ARM_CLIENT_SECRET: _secret, ...env } = this.stack.env;
    return env;
  }

  variables(id: string): Record<string, string> {
    const { client } = this.stack.emulator.tenant(id);
    return { ARM_TENANT_ID: id, ARM_CLIENT_ID: client.id, ARM_CLIENT_SECRET: client.secret };
  }

  /** The activities of another run of the same rollout. */
  run(): LocalActivities {
    const { plan, folder, env } = this;
    return localActivities({
      ...{ plan, folder, env, pulumi: engineOfTests().pulumi },
      environmentOf: ({ id }) => this.variables(id),
      log: ({ name }, line) => void this.lines.push(`${name}: ${line}`),
    });
  }

  /** A process of its own that updates the first tenant. */
  child(): ChildProcess {
    const { plan, folder } = this;
    const told = { plan, folder, pulumi: engineOfTests().pulumi, variables: this.variables(this.specs[0]!.id) };
    const script = join(import.meta.dirname, "rollout-child.ts");
    return spawn(process.execPath, [script, JSON.stringify(told)], { env: this.env, stdio: "ignore" });
  }

  tenant(index: 0 | 1): TenantHandle {
    return this.stack.emulator.tenant(IDS[index]);
  }

  patches(): number {
    return this.stack.writes();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack[Symbol.asyncDispose]();
  }
}

/** Runs a rollout with what it does to itself only. */
async function rollOut(plan: RolloutPlan, activities: LocalActivities): Promise<RolloutState> {
  return runRollout(plan, { rollout: "2026-01-01-1", plan: "0" }, [], activities, {
    record: () => Promise.resolve(),
    now: () => Date.now(),
    sleepUntil: () => Promise.resolve(false),
    approval: () => Promise.resolve("timedOut"),
    abortedBy: () => undefined,
  });
}

/** The groups that are targets, by name. */
const targets = (tenant: TenantHandle): string[] =>
  tenant.policy().includeTargets.map(({ id }) => (id === "all_users" ? id : tenant.groups.get(id).displayName));

/** A tenant up to its update, whose first PATCH is taken and not answered. */
async function aboutToWrite(fleet: Fleet) {
  const [spec] = fleet.specs as [TenantSpec];
  const run = fleet.run();
  await run.preview(spec);
  await run.save(spec);
  const held = fleet.stack.emulator.faults.add({
    match: { method: "PATCH", kind: "policy" },
    do: { kind: "hold", phase: "after" },
  });
  return { spec, run, held };
}

describeWithEngine("localActivities with an engine", function () {
  this.timeout(240_000);
  this.slow(60_000);

  it("update two tenants at once, each with its own configuration, and find that nothing is left to do", async () => {
    await using fleet = await Fleet.begin();
    const before = IDS.map((id) => JSON.stringify(fleet.stack.emulator.tenant(id).policy()));
    const selected = await fleet.stack.ok("stack", "--show-name");
    const run = fleet.run();
    const previews = await Promise.all(fleet.specs.map((spec) => run.preview(spec)));
    for (const { verdict, changes, report } of previews) {
      assert.deepEqual([verdict.level, changes, report!.unread, report!.plans.length], ["change", true, [], 1]);
    }
    assert.equal(fleet.patches(), 0);
    await Promise.all(fleet.specs.map((spec) => run.save(spec)));
    assert.deepEqual(await Promise.all(fleet.specs.map((spec) => run.apply(spec))), [
      { changed: true },
      { changed: true },
    ]);
    assert.deepEqual(targets(fleet.tenant(0)), ["all_users", "Sales"]);
    assert.deepEqual(targets(fleet.tenant(1)), ["all_users", "Executives"]);
    for (const spec of fleet.specs) {
      await run.verify(spec);
      const settings = readFileSync(join(fleet.stack.project, `Pulumi.${spec.stack}.yaml`), "utf8");
      assert.match(settings, new RegExp(`project:group: ${spec.config["project:group"]}`));
      assert.equal((await run.scan(spec)).needed, false);
      assert.deepEqual(await run.drift(spec), { changes: [], parts: [] });
    }
    assert.equal(await fleet.stack.ok("stack", "--show-name"), selected, "what is selected is left alone");

    const again = fleet.run();
    const written = () => statSync(join(fleet.stack.project, "Pulumi.north.yaml")).mtimeMs;
    const settings = written();
    assert.equal((await again.preview(fleet.specs[0]!)).verdict.level, "nothing");
    assert.equal(written(), settings, "settings that are there are not set again");
    assert.deepEqual(await again.apply(fleet.specs[0]!), { changed: false });
    assert.equal(fleet.patches(), 2);

    const restored = await Promise.all(fleet.specs.map((spec) => again.restore(spec)));
    assert.deepEqual(restored, [{ changed: true }, { changed: true }]);
    assert.deepEqual(
      IDS.map((id) => JSON.stringify(fleet.stack.emulator.tenant(id).policy())),
      before,
    );
    assert.deepEqual(await again.restore(fleet.specs[0]!), { changed: false });
    assert.equal((await again.scan(fleet.specs[0]!)).needed, true);
  });

  it("are what a rollout is made of: a second one finds nothing to do, one after drift updates that tenant", async () => {
    await using fleet = await Fleet.begin();
    const waves = fleet.specs.map(({ id, name }): WaveSpec => {
      const healthCheck = { command: [process.execPath, "-e", "console.log('well')"], timeoutMs: 10_000 };
      return { name, tenants: [id], concurrency: 1, gate: { soakMs: 0, healthCheck } };
    });
    const plan = { ...fleet.plan, waves };
    const phases = async () => {
      const { tenants, ended } = await rollOut(plan, fleet.run());
      return [ended?.how, ...[...tenants.values()].map(({ phase }) => phase)];
    };
    assert.deepEqual(await phases(), ["done", "verified", "verified"]);
    const patches = fleet.patches();
    assert.deepEqual(await phases(), ["done", "skipped", "skipped"]);
    assert.equal(fleet.patches(), patches);
    fleet.tenant(1).setPolicy((policy) => void (policy.isSelfServiceRegistrationAllowed = true));
    assert.deepEqual(await phases(), ["done", "skipped", "verified"]);
    assert.match(fleet.lines.join("\n"), /south: health check: well/);
  });

  it("set drift back, and leave alone in a rollback what someone else changed", async () => {
    await using fleet = await Fleet.begin();
    const [spec] = fleet.specs as [TenantSpec];
    const run = fleet.run();
    await run.preview(spec);
    await run.save(spec);
    await run.apply(spec);
    fleet.tenant(0).setPolicy((policy) => void (policy.isSelfServiceRegistrationAllowed = true));
    assert.match((await run.scan(spec)).reason, /isSelfServiceRegistrationAllowed is not as it was written/);
    const { verdict, report } = await run.preview(spec);
    assert.equal(verdict.level, "change");
    assert.deepEqual(
      report!.drift.map(({ part, repaired }) => [part, repaired]),
      [["self-service registration", true]],
    );
    await run.apply(spec);
    await run.verify(spec);
    const sales = fleet.tenant(0).groups.get("Sales").id;
    const [profile] = fleet.tenant(0).policy().passkeyProfiles;
    fleet.tenant(0).setPolicy((policy) => {
      policy.passkeyProfiles.push({ ...structuredClone(profile!), id: OTHER, name: "Someone's" });
      policy.includeTargets.find(({ id }) => id === sales)!.allowedPasskeyProfiles = [OTHER];
    });
    await assert.rejects(run.verify(spec), /includeTargets\[.*of PasskeyPolicy passkeys/);
    assert.deepEqual(await run.restore(spec), { changed: true });
    assert.deepEqual(targets(fleet.tenant(0)), ["all_users", "Sales"]);
    assert.equal(fleet.tenant(0).policy().isSelfServiceRegistrationAllowed, true);
    assert.match(fleet.lines.join("\n"), /left alone: includeTargets.*someone else changed it since/);
  });

  it("hold back what the guard or a rule refuses, write nothing, and say of a program that fails why", async () => {
    await using fleet = await Fleet.begin('new PasskeyPolicy("passkeys", { state: "disabled" });');
    const [spec] = fleet.specs as [TenantSpec];
    const tenant = fleet.tenant(0);
    const user = tenant.users.add({ displayName: "Ben" } as never);
    tenant.passkeys.add(user.id, { aaGuid: KEY, displayName: "key", attestationLevel: "attested" });
    const run = fleet.run();
    const { verdict, changes } = await run.preview(spec);
    assert.deepEqual([verdict.level, changes], ["lockout", true]);
    await assert.rejects(run.apply(spec), ({ name, message }: Error) => {
      assert.equal(name, "HeldBackError");
      assert.match(message, /PasskeyPolicy passkeys: .*locked out/s);
      return true;
    });
    const students = { name: "S", passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly" };
    const profiles = {
      s: { ...students, keyRestrictions: { isEnforced: true, enforcementType: "allow", models: [KEY] } },
    };
    fleet.stack.program(`new PasskeyPolicy("passkeys", ${JSON.stringify({ profiles, profileLimit: 1 })});`);
    assert.equal((await run.preview(spec)).verdict.level, "error");
    await assert.rejects(run.apply(spec), { name: "HeldBackError" });
    assert.equal(fleet.patches(), 0);

    fleet.stack.program(`
const flag = new PasskeyPolicy("flag", { isSelfServiceRegistrationAllowed: false });
new PasskeyPolicy("passkeys", ${JSON.stringify({ profiles, profileLimit: 1 })}, { dependsOn: [flag] });`);
    await assert.rejects(run.apply(spec), ({ name, message }: Error) => {
      assert.equal(name, "Error", "a part of it was written");
      assert.match(message, /passkeys.*profiles/s);
      return true;
    });
    assert.equal(fleet.patches(), 1);
    assert.equal((await run.scan(spec)).needed, true);

    fleet.stack.program('throw new Error("no luck");');
    for (const act of [run.preview, run.apply]) {
      await assert.rejects(act(spec), ({ name, message }: Error) => {
        assert.equal(name, "Error");
        assert.match(message, /no luck\n    at .*index\.js:3:7\)$/);
        assert.doesNotMatch(message, /stdout|Registering resource|index\.js exited/);
        return true;
      });
    }
    await assert.rejects(run.verify(spec), /no update has promised anything/);
  });

  it("roll back resources of parts, the profile that they made included", async () => {
    await using fleet = await Fleet.begin(`
const profile = new PasskeyProfile("students", {
  name: "Students", passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
});
const keys = new PasskeyKeyRestrictions("students", {
  profile: profile.profileId, isEnforced: true, enforcementType: "allow", models: ["${KEY}"],
});
new PasskeyGroupTarget("students", { groups: ["Sales"], profiles: [keys.profileId] });`);
    const [spec] = fleet.specs as [TenantSpec];
    const before = JSON.stringify(fleet.tenant(0).policy());
    const run = fleet.run();
    await run.preview(spec);
    await run.save(spec);
    await run.apply(spec);
    await run.verify(spec);
    assert.deepEqual(targets(fleet.tenant(0)), ["all_users", "Sales"]);
    assert.equal((await run.scan(spec)).needed, false);
    await run.restore(spec);
    assert.equal(JSON.stringify(fleet.tenant(0).policy()), before);
  });

  it("go on after a kill of the CLI in the middle of an update, whose lock they take away", async () => {
    await using fleet = await Fleet.begin();
    const { spec, run, held } = await aboutToWrite(fleet);
    const applying = run.apply(spec);
    applying.catch(() => {});
    await held.arrived;
    for (let seen = ""; seen !== fleet.stack.stateFiles(); await sleep(250)) seen = fleet.stack.stateFiles();
    const cli = descendants(process.pid).find(({ argv }) => argv[0]?.endsWith("/pulumi") && argv[1] === "up");
    process.kill(cli!.pid, "SIGKILL");
    await assert.rejects(applying, ({ name, message }: Error) => {
      assert.match(message, /^the command was killed with SIGKILL/);
      return name === "Error";
    });
    held.release();
    assert.ok(existsSync(join(fleet.folder, "updating", `${spec.id}.json`)));
    assert.equal(readPromise(join(fleet.folder, "promises"), spec), undefined);

    const next = fleet.run();
    assert.deepEqual(await next.restore(spec), { changed: true }, "of what the engine was never told, too");
    assert.deepEqual(targets(fleet.tenant(0)), ["all_users"]);
    await next.apply(spec);
    assert.match(fleet.lines.join("\n"), /has left the stack locked: unlocking it/);
    await next.verify(spec);
    assert.equal(fleet.patches(), 3);
    assert.ok(!existsSync(join(fleet.folder, "updating", `${spec.id}.json`)));
    assert.equal((await next.scan(spec)).needed, false);
    assert.deepEqual(await next.restore(spec), { changed: true });
    assert.deepEqual(targets(fleet.tenant(0)), ["all_users"]);
  });

  it("go on after a kill of the whole process, whose command has outlived it", async () => {
    await using fleet = await Fleet.begin();
    const { spec, run, held } = await aboutToWrite(fleet);
    const child = fleet.child();
    await held.arrived;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    const applying = run.apply(spec);
    setTimeout(() => held.release(), 5000);
    await applying;
    await run.verify(spec);
    assert.deepEqual(targets(fleet.tenant(0)), ["all_users", "Sales"]);
    assert.ok(fleet.patches() <= 1, "what was written is not written again");
    assert.ok(!existsSync(join(fleet.folder, "updating", `${spec.id}.json`)));
    assert.equal((await run.scan(spec)).needed, false);
    assert.deepEqual(await run.restore(spec), { changed: true });
  });

  it("leave a lock of anyone else, and say how to take it away", async () => {
    await using fleet = await Fleet.begin();
    const [spec] = fleet.specs as [TenantSpec];
    const run = fleet.run();
    await run.preview(spec);
    const held = fleet.stack.emulator.faults.add({
      match: { method: "PATCH", kind: "policy" },
      do: { kind: "hold", phase: "after" },
    });
    const other = fleet.stack;
    other.env = { ...other.env, ...fleet.variables(spec.id) };
    const theirs = other.run(["up", "--yes", "--skip-preview", "--stack", spec.stack]);
    await held.arrived;
    await assert.rejects(run.apply(spec), /is locked by .*, process \d+, since .*`pulumi cancel --stack north`/);
    held.release();
    assert.equal((await theirs).code, 0);
    assert.deepEqual(await run.apply(spec), { changed: false });
    writeFileSync(join(other.project, "more.js"), "// more\n");
    assert.match((await fleet.run().scan(spec)).reason, /the program, its packages or this package have changed/);
  });
});
