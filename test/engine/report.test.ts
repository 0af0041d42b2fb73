import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PreviewReport } from "../../provider/dist/report/preview/index.js";
import { register } from "../../tools/demo/scenes.ts";
import { seeds, type Seed, type TenantHandle } from "../../provider/dist/emulator/index.js";
import { assertGolden, CLI, execute, previewOf, reportOf, SALT, type Reported } from "./reports.ts";
import { describeWithEngine, Stack, UNTHROTTLED } from "./stack.ts";

const KEY = "Security Key NFC by Yubico";
const FIPS = "YubiKey 5 FIPS Series with NFC";
const OTHER = "YubiKey 5 Series with NFC";
/** So many models that a list of them is larger than a policy may be. */
const NOBODYS = Array.from({ length: 600 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
const ONE_DAY = { until: "2099-12-31", reason: "the pilot's keys are replaced by hand" };

/** A program, of which each pull request changes something. */
interface Program {
  profiles?: Record<string, object>;
  [argument: string]: unknown;
}

const list = (models: string[], more: object = {}) => ({
  isEnforced: true,
  enforcementType: "allow",
  models,
  ...more,
});
const students = {
  name: "Students",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  keyRestrictions: list([KEY, OTHER]),
};
const admins = {
  name: "Administrators",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  exclusive: true,
  keyRestrictions: list([FIPS]),
};
const base: Program = {
  profiles: { students, admins },
  includeTargets: [
    { group: "Students", profiles: ["students"] },
    { group: "Administrators", profiles: ["admins"] },
    { group: "Break-glass", profiles: ["admins"] },
    { group: "Nurses" },
    { group: "Everyone else" },
  ],
  removedIncludeTargets: ["all_users"],
  breakGlass: { group: "Break-glass" },
  adminGroups: ["Administrators"],
  profileLimit: 5,
};
const policy = (args: Program = base): string => `new PasskeyPolicy("passkeys", ${JSON.stringify(args)});`;
const withStudents = (change: object): Program => ({
  ...base,
  profiles: { students: { ...students, ...change }, admins },
});

const without = (group: string): Program => ({
  ...base,
  includeTargets: (base.includeTargets as { group: string }[]).filter((target) => target.group !== group),
});

interface Case {
  readonly name: string;
  readonly code: number;
  readonly program: string | ((stack: Stack) => Promise<string>);
  readonly args?: readonly string[];
  /** What somebody else does to the tenant before the preview; undone afterwards. */
  readonly meanwhile?: (tenant: TenantHandle) => void;
}

const cases: readonly Case[] = [
  { name: "no-change", code: 0, program: policy() },
  {
    name: "model-added",
    code: 2,
    program: policy(withStudents({ keyRestrictions: list([KEY, OTHER, FIPS]) })),
  },
  { name: "model-removed-stranded", code: 3, program: policy(withStudents({ keyRestrictions: list([OTHER]) })) },
  {
    name: "model-removed-acknowledged",
    code: 2,
    async program(stack) {
      stack.program(policy(withStudents({ keyRestrictions: list([OTHER]) })));
      const { json } = await reportOf(stack, [await previewOf(stack)]);
      const { digest, acknowledgement } = JSON.parse(json).tenants[0].plans[0];
      assert.match(acknowledgement, new RegExp(`plan: "${digest}", lockedOut: 2,`));
      const acknowledge = { plan: digest, lockedOut: 2, ...ONE_DAY };
      return policy({ ...withStudents({ keyRestrictions: list([OTHER]) }), acknowledge });
    },
  },
  { name: "state-off", code: 3, program: policy({ ...base, state: "disabled" }) },
  {
    name: "profile-added-and-targeted",
    code: 3,
    program: policy({
      ...base,
      profiles: { students, admins, nurses: { ...admins, name: "Nurses", exclusive: false } },
      includeTargets: (base.includeTargets as { group: string }[]).map((target) =>
        target.group === "Nurses" ? { group: "Nurses", profiles: ["nurses"] } : target,
      ),
    }),
  },
  { name: "exclude-added", code: 3, program: policy({ ...without("Nurses"), excludeTargets: ["Nurses"] }) },
  {
    name: "toggle",
    code: 2,
    program: policy({
      ...base,
      profiles: {
        students,
        admins,
        default: { keyRestrictions: { isEnforced: false, models: [KEY], microsoftAuthenticator: true } },
      },
      toggle: "enforceFirst",
    }),
  },
  {
    name: "drift",
    code: 2,
    program: policy(withStudents({ attestationEnforcement: "disabled" })),
    args: ["--refresh"],
    meanwhile(tenant) {
      tenant.setPolicy((now) => {
        now.isSelfServiceRegistrationAllowed = false;
        const profile = now.passkeyProfiles.find(({ name }) => name === "Students")!;
        profile.keyRestrictions!.aaGuids.pop();
      });
    },
  },
  {
    name: "unknown-values",
    code: 2,
    program: `const strength = new PasskeyAuthenticationStrength("keys", { displayName: "Keys", models: ["${KEY}"] });
const args = ${JSON.stringify(base)};
new PasskeyPolicy("passkeys", { ...args, isSelfServiceRegistrationAllowed: strength.graphPath.apply((path) => path === "") });`,
  },
  {
    name: "policy-over-size",
    code: 1,
    program: policy(withStudents({ keyRestrictions: list(NOBODYS) })),
  },
  {
    name: "synced-for-administrators",
    code: 4,
    program: policy({
      ...base,
      profiles: {
        students,
        admins: { ...admins, passkeyTypes: ["deviceBound", "synced"], attestationEnforcement: "disabled" },
      },
    }),
  },
  {
    name: "removed-from-the-program",
    code: 4,
    program: "",
  },
  {
    name: "revoked-model",
    code: 2,
    program: policy(withStudents({ keyRestrictions: list([KEY, OTHER, "TruU Windows Authenticator"]) })),
  },
  {
    name: "hostile-names",
    code: 2,
    program: policy({
      ...base,
      profiles: {
        students: { ...students, name: "<img src=x onerror=alert(1)> | @all `#1` **b**" },
        admins,
      },
      excludeTargets: ["[click](https://evil.example) ](x) <!-- -->\u202e\n## Verdict: nothing"],
    }),
    meanwhile(tenant) {
      tenant.groups.add({ displayName: "[click](https://evil.example) ](x) <!-- -->\u202e\n## Verdict: nothing" });
    },
  },
  // Nothing gives the account its key back: the last case.
  {
    name: "emergency-account-without-key",
    code: 2,
    program: policy(withStudents({ keyRestrictions: list([KEY]) })),
    meanwhile(tenant) {
      const account = tenant.users.list().find(({ displayName }) => displayName === "Emergency Two")!;
      for (const { id } of tenant.passkeys.list(account.id)) tenant.passkeys.remove(account.id, id);
    },
  },
];

describeWithEngine("A report of a pull request", function () {
  this.timeout(240_000);
  let stack: Stack;

  before(async () => {
    stack = await Stack.create({ seed: "personas", switches: { ...UNTHROTTLED, profileLimit: 5 } }, policy());
    const tenant = stack.emulator.tenant();
    for (const model of [OTHER, KEY]) register(tenant, "Ben Okoye", model);
    register(tenant, "Cleo Martin", KEY);
    await stack.up();
  });
  after(() => stack[Symbol.asyncDispose]());

  for (const { name, code, program, args, meanwhile } of cases) {
    it(name, async () => {
      const tenant = stack.emulator.tenant();
      const before = structuredClone(tenant.policy());
      const groups = new Set(tenant.groups.list().map(({ id }) => id));
      meanwhile?.(tenant);
      stack.program(typeof program === "string" ? program : await program(stack));
      const seen = stack.requests().length;
      const preview = await previewOf(stack, args);
      const report = await reportOf(stack, [preview]);
      assert.deepEqual(await reportOf(stack, [preview]), report, "the same input gives the same bytes");
      assert.ok(
        stack.requests(seen).every((request) => request.startsWith("GET") || /^POST (token|batch)$/.test(request)),
        "nothing is written",
      );
      if (meanwhile !== undefined) {
        tenant.setPolicy((now) => void Object.assign(now, before));
        for (const { id } of tenant.groups.list()) if (!groups.has(id)) tenant.groups.remove(id);
      }
      check(name, report, code);
    });
  }
});

describeWithEngine("A report of several previews", function () {
  this.timeout(240_000);

  it("of two stacks in one tenant is one report", async () => {
    await using stack = await Stack.create(
      { seed: "personas", switches: { ...UNTHROTTLED, profileLimit: 5 } },
      policy(),
    );
    await using other = await stack.beside("", "hospital");
    const nurses = { ...admins, name: "Nurses", exclusive: false, keyRestrictions: list([FIPS, KEY]) };
    other.program(
      policy({
        profiles: { nurses },
        includeTargets: [{ group: "Nurses", profiles: ["nurses"] }],
        profileLimit: 5,
        breakGlass: { group: "Break-glass" },
      }),
    );
    const { includeTargets, ...rest } = without("Nurses");
    stack.program(policy({ ...rest, includeTargets, profileLimit: 5 }));
    const previews = [await previewOf(stack), await previewOf(other)];
    check("two-stacks", await reportOf(stack, previews), 3);
    const together = await execute(process.execPath, [CLI, "report", "-", "--json", "-"], {
      cwd: stack.folder,
      env: { ...stack.env, ...SALT },
      input: previews.join("\n"),
    });
    assertGolden("two-stacks.json", together.stdout);
  });

  it("of two stacks that together want more profiles than there may be is an error, though each alone is none", async () => {
    const one = { ...admins, exclusive: false };
    const profiles = (...names: string[]) =>
      policy({
        profiles: Object.fromEntries(names.map((name) => [name, { ...one, name }])),
        breakGlass: { group: "Break-glass" },
      });
    await using stack = await Stack.create({ seed: "personas", switches: UNTHROTTLED }, profiles("A", "B"));
    await using other = await stack.beside(profiles("C"), "hospital");
    const previews = [await previewOf(stack), await previewOf(other)];
    for (const preview of previews) assert.equal((await reportOf(stack, [preview])).code, 2);
    const { code, markdown } = await reportOf(stack, previews);
    assert.equal(code, 1);
    assert.match(markdown, /Together the changes would be refused: .*4 passkey profiles/);
  });

  it("of two tenants by their saved policies is one report, and each policy has to be somebody's", async () => {
    const switches = { ...UNTHROTTLED, profileLimit: 5 };
    await using north = await Stack.create({ seed: "personas", switches }, policy());
    const seed = { tenants: [(seeds.personas as Seed).tenants.find(({ mode }) => mode === "legacy")!] };
    await using south = await Stack.create({ seed, switches }, policy({ state: "enabled" }), "south");
    const previews = [await previewOf(north), await previewOf(south)];
    const saved = [north, south].map((stack) => {
      const { id } = stack.emulator.tenant();
      const file = join(stack.folder, "saved.json");
      writeFileSync(file, stack.policy());
      return ["--policy", `${id}=${file}`];
    });
    const env = Object.fromEntries(
      Object.entries(north.env).filter(([name]) => !/^(ARM_|ENTRA_PASSKEYS_ENDPOINT)/.test(name)),
    );
    const { code, json, markdown } = await reportOf(north, previews, saved.flat(), env);
    assert.equal(code, 3);
    assert.match(markdown, /in 1 of 2 tenants: /);
    const { tenants } = JSON.parse(json) as PreviewReport;
    assert.deepEqual(
      tenants.map(({ stacks, verdict }) => [stacks, verdict.level]),
      [
        [["project/dev"], "lockout"],
        [["south/dev"], "nothing"],
      ],
    );
    const nobodys = await execute(
      process.execPath,
      [
        CLI,
        "report",
        ...["0", "1"].map((n) => join(north.folder, `preview-${n}.json`)),
        "--policy",
        saved[0]![1]!.split("=")[1]!,
      ],
      { cwd: north.folder, env: { ...env, ...SALT } },
    );
    assert.equal(nobodys.code, 1);
    assert.match(nobodys.stderr, /there are 2 tenants\. Say whose policy it is: --policy /);
  });

  it("of a saved policy needs no connection, and says what it could not read", async () => {
    await using stack = await Stack.create({ seed: "personas", switches: UNTHROTTLED }, policy());
    const preview = await previewOf(stack);
    const saved = join(stack.folder, "saved.json");
    const live = await reportOf(stack, [preview], ["--save-policy", saved]);
    const { ENTRA_PASSKEYS_ENDPOINT: _endpoint, ...rest } = stack.env;
    const env = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith("ARM_")));
    const report = await reportOf(stack, [preview], ["--policy", saved], env);
    assert.equal(report.code, 3);
    assert.match(report.markdown, /there is no connection to it|could not be read/);
    assert.deepEqual(
      JSON.parse(report.json).tenants[0].personas.map(({ change }: { change: string }) => change),
      JSON.parse(live.json).tenants[0].personas.map(({ change }: { change: string }) => change),
    );
  });

  it("of a program that fails says so, and that of a refusal without the records says how to get them", async () => {
    await using stack = await Stack.create({ seed: "personas", switches: UNTHROTTLED }, 'throw new Error("no @luck");');
    const failed = await reportOf(stack, [await previewOf(stack)]);
    assert.equal(failed.code, 1);
    assert.match(failed.markdown, /Previews that failed[^]*no @\u200bluck/);
    stack.program(policy());
    const silent = await reportOf(stack, [await previewOf(stack, [], { ENTRA_PASSKEYS_REPORT: "" })]);
    assert.equal(silent.code, 1);
    assert.match(silent.markdown, /Run the preview with ENTRA\\_PASSKEYS\\_REPORT=1/);
  });

  it("in a tenant without profiles tells the tenant-wide settings", async () => {
    const seed = { tenants: [(seeds.personas as Seed).tenants.find(({ mode }) => mode === "legacy")!] };
    const program = policy({
      profiles: { default: { attestationEnforcement: "registrationOnly", keyRestrictions: list([KEY, FIPS]) } },
      breakGlass: { group: "Break-glass" },
    });
    await using stack = await Stack.create({ seed, switches: UNTHROTTLED }, program);
    check("without-profiles", await reportOf(stack, [await previewOf(stack)]), 3);
  });
});

function check(name: string, { markdown, json, code, stderr }: Reported, expected: number): void {
  assertGolden(`${name}.md`, markdown);
  assertGolden(`${name}.json`, json);
  assert.equal(code, expected, `${stderr}\n${markdown.slice(0, 600)}`);
}
