import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveModel } from "../../provider/dist/catalogue/index.js";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import type { Fido2Policy } from "../../provider/dist/policy/index.js";
import { hospital, KEY, NAMES, NURSES, PHONE, SALT, TENANT } from "../impact/util.ts";
import { allow, DEFAULT_ID, include, profile, profilePolicy, STRICT_ID } from "../policy/util.ts";

const MAIN = fileURLToPath(new URL("../../provider/dist/cli/main.js", import.meta.url));

interface Args {
  state?: string;
  profiles: Record<
    string,
    { id?: string; keyRestrictions: { isEnforced: boolean; enforcementType: string; models: string[] } }
  >;
  includeTargets?: unknown;
}

/** The arguments that a printed program gives to its resources. */
function evaluate(text: string): Args[] {
  const found: Args[] = [];
  class PasskeyPolicy {
    constructor(_name: string, args: Args) {
      found.push(args);
    }
  }
  const code = text.replaceAll('import { PasskeyPolicy } from "pulumi-entra-passkeys";', "");
  new Function("PasskeyPolicy", code)(PasskeyPolicy);
  return found;
}
const aaguidsOf = (models: string[]) =>
  models.flatMap((model) => resolveModel(model).aaguids ?? assert.fail(model)).sort();

describe("entra-passkeys suggest", function () {
  this.timeout(30_000);
  let emulator: Emulator;
  let folder: string;
  beforeEach(async () => {
    emulator = await startEmulator({ seed: hospital });
    folder = mkdtempSync(join(tmpdir(), "suggest-"));
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const { client } = emulator.tenant();
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        ARM_TENANT_ID: TENANT,
        ARM_CLIENT_ID: client.id,
        ARM_CLIENT_SECRET: client.secret,
        ENTRA_PASSKEYS_ENDPOINT: emulator.url,
        ENTRA_PASSKEYS_CACHE: join(folder, "cache"),
        ENTRA_PASSKEYS_SALT: SALT,
        ...env,
      },
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const [code] = (await once(child, "close")) as [number | null];
    assert.doesNotMatch(out + err, NAMES);
    assert.doesNotMatch(out + err, /p-[0-9a-f]{20}/, "pseudonyms are nobody's business either");
    return { code, out, err };
  };
  const suggest = (...args: string[]) => run(["suggest", "--inventory", "passkeys.jsonl", ...args]);
  const readInventory = async () => assert.equal((await run(["inventory"])).code, 0);
  const save = (name: string, policy: Fido2Policy) => writeFileSync(join(folder, name), JSON.stringify(policy));
  const offline = { ARM_TENANT_ID: "", ARM_CLIENT_ID: "", ARM_CLIENT_SECRET: "", ENTRA_PASSKEYS_ENDPOINT: "" };

  it("proposes a list for the policy of the tenant, in words", async () => {
    await readInventory();
    const { code, out, err } = await suggest();
    assert.equal(code, 0, err);
    assert.match(out, /^An allow list for .*default.* that leaves everyone a key: 1 model \(no smaller one does\)\.\n/);
    assert.match(out, new RegExp(`^ {2}${KEY} {2}YubiKey 5 .*: 2 people, 1 of them has no other$`, "m"));
    assert.match(out, new RegExp(`Left out.*:\\n {2}${PHONE} {2}Microsoft Authenticator.*: 1 person`));
    assert.match(
      out,
      /What it does:\n {2}of 3 people: 1 unknown\n {2}unknown, because: 1: .*a nested one, is not known/,
    );
    const covered = await suggest("--nested-membership", "covered");
    assert.match(
      covered.out,
      /What it does:\n {2}of 3 people: 1 reduced\n {2}reduced, because: 1: Microsoft Authenticator/,
    );
  });

  it("proposes it as a program that means the same", async () => {
    await readInventory();
    const { code, out, err } = await suggest("--format", "program", "--profile", "default");
    assert.equal(code, 0, err);
    const [{ profiles }] = evaluate(out) as [Args];
    assert.deepEqual(Object.keys(profiles), ["default"]);
    const { isEnforced, enforcementType, models } = profiles["default"]!.keyRestrictions;
    assert.deepEqual([isEnforced, enforcementType, aaguidsOf(models)], [true, "allow", [KEY]]);
    assert.match(out, new RegExp(`// .*(${KEY}|YubiKey).*2 people`));
  });

  it("proposes it as JSON, with counts and nobody in it", async () => {
    await readInventory();
    const { code, out, err } = await suggest("--format", "json", "--group", NURSES);
    assert.equal(code, 0, err);
    const found = JSON.parse(out) as {
      models: { aaguid: string }[];
      impact: { loss: Record<string, unknown> };
      policy: Fido2Policy;
    };
    assert.deepEqual(
      found.models.map(({ aaguid }) => aaguid),
      [KEY],
    );
    assert.ok(!("affected" in found.impact.loss));
    assert.deepEqual(found.policy.passkeyProfiles![0]!.keyRestrictions!.aaGuids, [KEY]);
  });

  it("writes nothing to Graph", async () => {
    await readInventory();
    await suggest();
    const written = emulator.audit.entries.filter(
      ({ method, path }) => method !== "GET" && !/token|\$batch/.test(path),
    );
    assert.deepEqual(written, []);
  });

  it("needs no Graph with a saved policy", async () => {
    await readInventory();
    save("saved.json", emulator.tenant().policy() as Fido2Policy);
    const before = emulator.audit.lastSeq;
    const args = ["suggest", "--inventory", "passkeys.jsonl", "--policy", "saved.json"];
    const { code, out, err } = await run(args, offline);
    assert.equal(code, 0, err);
    assert.match(out, /1 model \(no smaller one does\)/);
    assert.equal(emulator.audit.lastSeq, before);
  });

  it("finds the tenant of an inventory of very many groups", async () => {
    await readInventory();
    const file = join(folder, "passkeys.jsonl");
    const [first, ...rest] = readFileSync(file, "utf8").split("\n");
    const header = JSON.parse(first!) as { groups: string[] };
    for (let n = 0; n < 3000; n += 1) header.groups.push(`40000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
    writeFileSync(file, [JSON.stringify(header), ...rest].join("\n"));
    save("saved.json", emulator.tenant().policy() as Fido2Policy);
    const { code, err } = await run(["suggest", "--inventory", file, "--policy", "saved.json"], offline);
    assert.equal(code, 0, err);
  });

  describe("--wanted", () => {
    const today = profilePolicy([profile(DEFAULT_ID)], { includeTargets: [include(NURSES, DEFAULT_ID)] });
    const wanted = profilePolicy(
      [profile(DEFAULT_ID), profile(STRICT_ID, { name: "Nurses' phones", keyRestrictions: allow(PHONE) })],
      {
        includeTargets: [include(NURSES, STRICT_ID)],
      },
    );
    const plan = async (...args: string[]) => {
      await readInventory();
      save("today.json", today);
      save("wanted.json", wanted);
      return suggest("--policy", "today.json", "--wanted", "wanted.json", "--nested-membership", "covered", ...args);
    };

    it("says what can be applied now, and who comes first", async () => {
      const { code, out, err } = await plan();
      assert.equal(code, 0, err);
      assert.match(
        out,
        /^Can be applied now:\n {2}the wanted policy, with the models that people still need\n {2}still accepted by Nurses' phones/,
      );
      assert.match(out, new RegExp(`^ {4}${KEY} {2}YubiKey 5`, "m"));
      assert.match(
        out,
        /Before the rest:\n {2}1 person through .* with YubiKey 5.*: register one of Microsoft Authenticator/,
      );
      assert.match(out, /Then the wanted policy can be applied\.$/m);
    });

    it("gives a program for each stage", async () => {
      const { code, out, err } = await plan("--format", "program");
      assert.equal(code, 0, err);
      const [now, end] = evaluate(out);
      const models = (args: Args | undefined) => aaguidsOf(args!.profiles["nursesPhones"]!.keyRestrictions.models);
      assert.deepEqual([models(now), models(end)], [[KEY, PHONE].sort(), [PHONE]]);
      assert.deepEqual(end!.includeTargets, [{ group: NURSES, profiles: ["nursesPhones"] }]);
    });

    it("gives JSON with nobody in it", async () => {
      const { code, out, err } = await plan("--format", "json");
      assert.equal(code, 0, err);
      const { stages } = JSON.parse(out) as { stages: { stillAccepted: unknown; first: { people: number }[] }[] };
      assert.deepEqual(stages[0]!.stillAccepted, { [STRICT_ID]: [KEY] });
      assert.deepEqual(
        stages[1]!.first.map(({ people }) => people),
        [1],
      );
    });
  });

  const refused: [it: string, args: string[], code: number, message: RegExp][] = [
    ["no inventory named", ["suggest"], 2, /required option '--inventory <file>'/],
    [
      "two ways to say whose",
      ["suggest", "--inventory", "x", "--profile", "a", "--group", "b"],
      2,
      /exclude each other/,
    ],
    [
      "a profile beside a whole policy",
      ["suggest", "--inventory", "x", "--wanted", "w", "--group", "b"],
      2,
      /leave --profile and --group out/,
    ],
    [
      "a format that there is not",
      ["suggest", "--inventory", "x", "--format", "xml"],
      2,
      /Allowed choices are text, program, json/,
    ],
    ["an age that is none", ["suggest", "--inventory", "x", "--max-age", "0"], 2, /Hours are a number above 0/],
    ["an inventory that is not there", ["suggest", "--inventory", "none.jsonl"], 1, /none\.jsonl/],
    [
      "a policy that is not there",
      ["suggest", "--inventory", "x", "--policy", "none.json"],
      1,
      /none\.json cannot be read \(ENOENT\)\. Give the Passkey/,
    ],
  ];
  for (const [name, args, code, message] of refused) {
    it(`${name}: exit code ${code}`, async () => {
      const found = await run(args);
      assert.equal(found.code, code);
      assert.match(found.err, message);
      assert.equal(found.out, "");
    });
  }

  it("ends with 1 for a policy that is none, a profile that there is not, and where nobody has a key", async () => {
    await readInventory();
    writeFileSync(join(folder, "text.json"), "no JSON");
    save("empty.json", {});
    for (const [file, message] of [
      ["text.json", /text\.json is no policy/],
      ["empty.json", /empty\.json is no policy: state is missing/],
    ] as const) {
      const { code, err } = await suggest("--policy", file);
      assert.equal(code, 1);
      assert.match(err, message);
    }
    const unknown = await suggest("--profile", "Astronauts");
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /No profile is called "Astronauts"; there are/);
    save("off.json", { ...(emulator.tenant().policy() as Fido2Policy), state: "disabled" });
    const off = await suggest("--policy", "off.json");
    assert.equal(off.code, 1);
    assert.match(off.err, /No list can be proposed: 0 people are covered/);
  });

  it("takes an inventory with other pseudonyms, and says so", async () => {
    await readInventory();
    const { code, err } = await run(["suggest", "--inventory", "passkeys.jsonl"], {
      ENTRA_PASSKEYS_SALT: "another salt, quite as long as that",
    });
    assert.equal(code, 0, err);
    assert.match(err, /other pseudonyms than this machine/);
  });

  it("is listed in the help", async () => {
    assert.match((await run(["--help"])).out, /suggest .*strands nobody/s);
  });
});
