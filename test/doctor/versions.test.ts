import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { engineFacts, type EngineFacts } from "../../provider/dist/doctor/engineFacts.js";
import { checkVersions, isAtLeast } from "../../provider/dist/doctor/versions.js";
import { badOf, checkForm, found } from "./util.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const EDITION = { number: 291, nextUpdate: "2026-05-01", additions: "2026-04-01" };
const GOOD: EngineFacts = {
  version: "0.1.0",
  node: "24.1.0",
  pulumi: { version: "3.259.0", missing: [] },
  folder: "/program",
  installed: { "@pulumi/pulumi": "3.270.0", "@pulumi/azuread": "6.9.1", "pulumi-entra-passkeys": "0.1.0" },
  azureadPlugin: "there",
  compileCache: true,
};

function check(facts: Partial<EngineFacts>, purposes: Parameters<typeof checkVersions>[1] = ["write"], now = NOW) {
  const findings = checkVersions({ ...GOOD, ...facts }, purposes, now, EDITION);
  checkForm(findings);
  return findings;
}

describe("checkVersions", () => {
  it("finds nothing wrong where all go together", () => {
    assert.ok(check({}).every(({ severity }) => severity === "ok"));
  });

  it("calls a missing or old engine an error, and information where no program runs", () => {
    const none = { pulumi: undefined, node: undefined };
    found(check(none), "pulumi", /none on PATH/, "error");
    found(check(none), "node", /none on PATH/, "error");
    assert.deepEqual(badOf(check(none, ["inventory"])), []);
    found(check({ pulumi: { version: "3.100.0", missing: [] } }), "pulumi", /older than/, "error");
    found(check({ pulumi: { missing: [] } }), "pulumi", /does not tell/, "warning");
    found(check({ node: "20.20.0" }), "node", /needs 22 or newer/, "error");
  });

  it("names each program that an engine lacks", () => {
    const lacking = { pulumi: { version: "3.259.0", missing: ["pulumi-resource-pulumi-nodejs"] } };
    const { next } = found(
      check(lacking),
      "pulumi-resource-pulumi-nodejs",
      /neither beside pulumi nor on PATH/,
      "error",
    );
    assert.match(next ?? "", /as a whole/);
  });

  it("compares the packages of the program", () => {
    found(check({ installed: {} }), "@pulumi/pulumi", /not installed/, "info");
    found(check({ installed: { "@pulumi/pulumi": "3.215.9" } }), "@pulumi/pulumi", /older than/, "error");
    found(
      check({ installed: { "pulumi-entra-passkeys": "0.0.9" } }),
      "pulumi-entra-passkeys",
      /program has 0\.0\.9/,
      "warning",
    );
    found(check({ azureadPlugin: "missing" }), "azuread plugin", /is not there yet/, "info");
    found(check({ azureadPlugin: "onPath" }), "azuread plugin", /on PATH/, "ok");
  });

  it("warns of a catalogue that was due for renewal a year ago", () => {
    found(check({}, ["write"], Date.parse("2027-04-30T00:00:00Z")), "catalogue", /edition 291/, "ok");
    found(check({}, ["write"], Date.parse("2027-05-03T00:00:00Z")), "catalogue", /more than a year ago/, "warning");
  });

  it("recommends the compile cache", () =>
    found(check({ compileCache: false }), "NODE_COMPILE_CACHE", /not set/, "info"));
});

describe("isAtLeast", () => {
  for (const [version, least, answer] of [
    ["3.216.0", "3.216.0", true],
    ["v3.216.1-alpha", "3.216.0", true],
    ["3.99.9", "3.216.0", false],
    ["4.0.0", "3.216.9", true],
    ["3.9.0", "3.10.0", false],
    ["", "3.0.0", false],
  ] as const) {
    it(`${version || "nothing"} and ${least}: ${answer}`, () => assert.equal(isAtLeast(version, least), answer));
  }
});

describe("engineFacts", function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "doctor-engine-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const program = (path: string, says: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `#!/bin/sh\necho ${says}\n`);
    chmodSync(join(folder, path), 0o755);
  };
  const installed = (name: string, version: string) => {
    const package_ = join(folder, "program", "node_modules", name);
    mkdirSync(package_, { recursive: true });
    writeFileSync(join(package_, "package.json"), JSON.stringify({ name, version }));
  };
  const facts = (...path: string[]) => {
    const env = { PATH: path.map((one) => join(folder, one)).join(delimiter), PULUMI_HOME: join(folder, "home") };
    return engineFacts({ ...env, NODE_COMPILE_CACHE: folder }, join(folder, "program"), 10_000);
  };

  it("finds the engine on PATH, what belongs to it, and what the program has", async () => {
    program("bin/pulumi", "v3.259.0");
    program("bin/pulumi-language-nodejs", "x");
    program("other/pulumi-resource-pulumi-nodejs", "x");
    program("other/node", "v24.3.0");
    installed("@pulumi/pulumi", "3.270.0");
    installed("@pulumi/azuread", "6.9.1");
    mkdirSync(join(folder, "home/plugins/resource-azuread-v6.9.1"), { recursive: true });
    assert.deepEqual(await facts("bin", "other"), {
      ...{ version: "0.1.0", node: "24.3.0", folder: join(folder, "program"), compileCache: true },
      pulumi: { version: "3.259.0", missing: [] },
      installed: { "@pulumi/pulumi": "3.270.0", "@pulumi/azuread": "6.9.1" },
      azureadPlugin: "there",
    });
  });

  it("says what is missing, and does not trip over what is broken", async () => {
    program("bin/pulumi", "what is a version");
    installed("@pulumi/azuread", "6.9.1");
    writeFileSync(join(folder, "bin/node"), "no program");
    const found = await facts("bin", "nowhere");
    assert.deepEqual(found.pulumi, { missing: ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"] });
    assert.deepEqual([found.node, found.azureadPlugin], [undefined, "missing"]);
    const nothing = await facts();
    assert.deepEqual([nothing.pulumi, nothing.node], [undefined, undefined]);
  });
});
