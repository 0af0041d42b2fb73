import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { startEmulator, type Emulator, type TenantSeed } from "../../provider/dist/emulator/index.js";
import { readPromise } from "../../provider/dist/rollout/activities/promise.js";
import { Tenants } from "../../provider/dist/rollout/activities/tenants.js";
import { Bench, tenantSpec, waveOf } from "./activities-util.ts";

const guid = (index: number): string => `7e4a1c00-0000-4000-8000-${String(index).padStart(12, "0")}`;
const seedOf = (count: number): { tenants: TenantSeed[] } => ({
  tenants: Array.from({ length: count }, (_, index) => ({
    id: guid(index),
    displayName: `Tenant ${index}`,
    mode: "profiles",
    policy: { state: "enabled" },
  })),
});
const AS_SEEDED = { isSelfServiceRegistrationAllowed: true };
const requests = ({ audit }: Emulator) => audit.entries.map(({ method, kind }) => `${method} ${kind}`);

describe("localActivities", () => {
  let emulator: Emulator;
  before(async () => void (emulator = await startEmulator({ seed: seedOf(1) })));
  after(() => emulator.close());
  const spec = tenantSpec(guid(0), { name: "school" });
  const begin = (env?: NodeJS.ProcessEnv) => new Bench(emulator, env, [spec]);
  const setRegistration = (allowed: boolean) =>
    emulator.tenant().setPolicy((policy) => {
      policy.isSelfServiceRegistrationAllowed = allowed;
    });
  afterEach(() => setRegistration(true));

  describe("scan", () => {
    it("asks nothing of a tenant that was never updated", async () => {
      using bench = begin();
      const before = requests(emulator).length;
      assert.deepEqual(await bench.activities.scan(spec), {
        needed: true,
        reason: "there has been no update of it yet",
      });
      assert.equal(requests(emulator).length, before);
    });

    it("finds that nothing has changed, by one GET", async () => {
      using bench = begin();
      bench.promise(spec, AS_SEEDED);
      const before = requests(emulator).length;
      assert.equal((await bench.activities.scan(spec)).needed, false);
      assert.deepEqual(requests(emulator).slice(before).sort(), ["GET policy", "POST token"]);
    });

    it("finds drift of a part that the update has written, and of no other", async () => {
      using bench = begin();
      bench.promise(spec, { state: "enabled" });
      setRegistration(false);
      assert.equal((await bench.activities.scan(spec)).needed, false);
      bench.promise(spec, AS_SEEDED);
      assert.deepEqual(await bench.activities.scan(spec), {
        needed: true,
        reason: "isSelfServiceRegistrationAllowed is not as it was written",
      });
    });

    it("finds another configuration of the tenant, in the tenants' file or of its stack", async () => {
      using bench = begin();
      bench.promise(spec, AS_SEEDED);
      const other = await bench.activities.scan({ ...spec, config: { group: "Sales" } });
      assert.deepEqual(other, { needed: true, reason: "its configuration has changed" });
      writeFileSync(join(bench.project, `Pulumi.${spec.stack}.yaml`), "config: {}\n");
      assert.equal((await bench.activities.scan(spec)).needed, true);
    });

    it("finds another catalogue, and a promise that is half", async () => {
      using bench = begin();
      bench.promise(spec, AS_SEEDED, { catalogue: "1 with additions of 2020-01-01" });
      assert.match((await bench.activities.scan(spec)).reason, /^the catalogue was 1 with additions of 2020-01-01/);
      writeFileSync(join(bench.promises, `${spec.id}.json`), '{"version": 1, "ten');
      assert.equal((await bench.activities.scan(spec)).reason, "there has been no update of it yet");
    });

    for (const [what, change, needed] of [
      ["a file of the program", "index.js", true],
      ["a new file", "more/groups.json", true],
      ["a lock file", "package-lock.json", true],
      ["the tenants' file", "tenants.yaml", false],
      ["the settings of another stack", "Pulumi.someone-else.yaml", false],
      ["the project's settings", "Pulumi.yaml", true],
      ["a package", "node_modules/a/index.js", false],
      ["an earlier rollout", ".entra-passkeys/rollouts/2026-01-01-1/journal.jsonl", false],
      ["a file that is ignored", "out/report.html", false],
      ["a file with an ignored ending", "a.log", false],
    ] as const) {
      it(`${needed ? "finds" : "does not mind"} another content of ${what}`, async () => {
        using bench = begin();
        writeFileSync(join(bench.project, ".gitignore"), "# made\nout/\n*.log\n");
        bench.promise(spec, AS_SEEDED);
        const file = join(bench.project, change);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, "something else\n");
        assert.equal((await bench.activities.scan(spec)).needed, needed);
      });
    }

    it("finds another content of modules elsewhere that the program imports, also by way of others", async () => {
      for (const [changed, needed] of [
        ["shared/rule.ts", true],
        ["shared/deep/keys.json", true],
        ["shared/unused.ts", false],
        ["shared/node_modules/a/index.js", false],
      ] as const) {
        using bench = begin();
        const write = (name: string, text: string) => {
          const file = join(bench.root, name);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, text);
        };
        write("shared/rule.ts", 'import keys from "./deep/keys.json" with { type: "json" };\n');
        write("shared/deep/keys.json", "[]\n");
        write("shared/unused.ts", "//\n");
        write("shared/node_modules/a/index.js", "//\n");
        const imports = ["../shared/rule.js", "../shared/node_modules/a/index.js", "../shared/missing.ts"];
        write("project/index.ts", imports.map((path) => `export * from "${path}";\n`).join(""));
        bench.promise(spec, AS_SEEDED);
        write(changed, "something else\n");
        assert.equal((await bench.activities.scan(spec)).needed, needed, changed);
      }
    });

    it("throws where the tenant cannot be read", async () => {
      using bench = begin();
      bench.promise(spec, AS_SEEDED);
      const fault = emulator.faults.add({ match: { kind: "policy" }, do: { kind: "status", status: 403 } });
      await assert.rejects(bench.activities.scan(spec), { name: "PermissionError" });
      fault.remove();
    });

    it("throws where the variables are of another tenant, before anything is asked of it", () => {
      for (const id of [guid(7), ""]) {
        const tenants = new Tenants({ env: { ARM_TENANT_ID: spec.id }, environmentOf: () => ({ ARM_TENANT_ID: id }) });
        assert.throws(() => tenants.graph(spec), /its update would go astray/);
      }
    });

    it("takes one GET and one token for each of 1,000 tenants, and neither engine nor Automation API", async function () {
      this.timeout(60_000);
      await using many = await startEmulator({ seed: seedOf(1000) });
      using bench = new Bench(many);
      for (const tenant of bench.plan.tenants) bench.promise(tenant, AS_SEEDED);
      const waiting = [...bench.plan.tenants];
      const worker = async () => {
        for (let tenant = waiting.shift(); tenant !== undefined; tenant = waiting.shift()) {
          assert.equal((await bench.activities.scan(tenant)).needed, false);
        }
      };
      // Another test of the same process may have loaded it.
      const heavy = () =>
        Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes("/pulumi/automation/"));
      const before = heavy();
      const begun = performance.now();
      await Promise.all(Array.from({ length: 16 }, worker));
      const each = (performance.now() - begun) / 1000;
      const all = requests(many);
      for (const request of ["GET policy", "POST token"]) {
        assert.equal(all.filter((one) => one === request).length, 1000, request);
      }
      assert.equal(all.length, 2000);
      assert.deepEqual(heavy(), before);
      this.test!.title += ` (${each.toFixed(1)} ms for each)`;
    });
  });

  describe("drift", () => {
    it("says in words what is not as promised, and what else has changed", async () => {
      using bench = begin();
      bench.promise(spec, AS_SEEDED, { config: "another" });
      assert.deepEqual(await bench.activities.drift(spec), { changes: ["its configuration has changed"], parts: [] });
      setRegistration(false);
      const { parts } = await bench.activities.drift(spec);
      assert.deepEqual(parts, [{ part: "self-service registration", written: ["yes"], now: ["no"] }]);
    });
  });

  describe("save", () => {
    it("saves the policy once, and never over it", async () => {
      using bench = begin();
      await bench.activities.save(spec);
      setRegistration(false);
      await bench.activities.save(spec);
      const saved = JSON.parse(readFileSync(join(bench.folder, "saved", `${spec.id}.json`), "utf8")) as object;
      assert.equal((saved as { isSelfServiceRegistrationAllowed: boolean }).isSelfServiceRegistrationAllowed, true);
    });
  });

  describe("verify", () => {
    it("waits until the tenant shows what was promised", async () => {
      using bench = begin({ ENTRA_PASSKEYS_VERIFY_SECONDS: "5" });
      bench.promise(spec, AS_SEEDED);
      setRegistration(false);
      setTimeout(() => setRegistration(true), 200);
      await bench.activities.verify(spec);
    });

    it("throws with the parts that are something else, and where nothing was promised", async () => {
      using bench = begin();
      await assert.rejects(bench.activities.verify(spec), /no update has promised anything of school/);
      bench.promise(spec, { isSelfServiceRegistrationAllowed: false });
      await assert.rejects(
        bench.activities.verify(spec),
        ({ name, message }: Error) =>
          name === "DriftError" &&
          /isSelfServiceRegistrationAllowed of PasskeyPolicy passkeys\. Find out who changed it/.test(message),
      );
      assert.ok(readPromise(bench.promises, spec));
    });
  });

  describe("healthCheck", () => {
    const check = (script: string, timeoutMs = 10_000) => ({ command: [process.execPath, "-e", script], timeoutMs });
    const wave = waveOf([spec]);

    it("gives the wave and its tenants to the command, and its output to the log", async () => {
      using bench = begin();
      const script = "const { ENTRA_PASSKEYS_WAVE: w, ENTRA_PASSKEYS_TENANTS: t } = process.env; console.log(w, t)";
      await bench.activities.healthCheck(wave, check(script), [spec, { ...spec, id: guid(1) }]);
      assert.deepEqual(bench.lines, [`school: health check: pilot ${guid(0)},${guid(1)}`]);
    });

    for (const [what, script, says] of [
      [
        "another exit code",
        'console.log("one"); console.error("two"); process.exit(3)',
        /ended with 3\n(one\ntwo|two\none)$/,
      ],
      ["a signal", 'process.kill(process.pid, "SIGKILL")', /ended with SIGKILL/],
      ["a time-out", 'console.log("on it"); setInterval(() => {}, 1000)', /did not end within 0\.5 seconds\non it$/],
    ] as const) {
      it(`throws with the last lines for ${what}`, async () => {
        using bench = begin();
        await assert.rejects(bench.activities.healthCheck(wave, check(script, 500), [spec]), says);
      });
    }

    it("throws where there is no such command, and runs no shell", async () => {
      using bench = begin();
      const missing = { command: ["no-such-command; true"], timeoutMs: 1000 };
      await assert.rejects(bench.activities.healthCheck(wave, missing, [spec]), /could not be run/);
    });
  });
});
