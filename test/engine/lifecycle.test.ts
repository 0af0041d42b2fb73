import assert from "node:assert/strict";
import { describeWithEngine, Stack } from "./stack.ts";

const policy = (extra = "", options = "{}", name = "students") => `
new PasskeyPolicy("${name}", {
  profiles: {
    students: {
      name: "Students",
      passkeyTypes: ["deviceBound"],
      attestationEnforcement: "registrationOnly",
      keyRestrictions: {
        isEnforced: true, enforcementType: "allow",
        models: ["YubiKey 5 Series with NFC"], microsoftAuthenticator: false,
      },
    },
  },
  includeTargets: [{ group: "IT administrators", profiles: ["students"] }],
  ${extra}
}, ${options});`;

describeWithEngine("PasskeyPolicy on the real engine", function () {
  let stack: Stack;
  let before: string;

  beforeEach(async function () {
    this.timeout(60_000);
    stack = await Stack.create({ seed: "contoso-profiles" }, policy());
    before = JSON.stringify(stack.emulator.tenant().policy());
  });

  afterEach(() => stack[Symbol.asyncDispose]());

  const now = () => JSON.stringify(stack.emulator.tenant().policy());

  it("adopts, stays without changes, shows drift, repairs it and restores what was there", async function () {
    this.timeout(120_000);
    await stack.preview();
    assert.equal(stack.writes(), 0, "a preview writes nothing");
    await stack.up();
    assert.equal(stack.writes(), 1);

    let mark = stack.requests().length;
    await stack.unchanged();
    assert.deepEqual(stack.requests(mark), [], "a preview without changes makes no request");

    mark = stack.requests().length;
    await stack.unchanged("--refresh");
    assert.deepEqual(stack.requests(mark), ["POST token", "GET policy"]);

    stack.emulator.tenant().setPolicy((current) => {
      current.passkeyProfiles!.at(-1)!.passkeyTypes = "deviceBound,synced";
      return current;
    });
    const drift = await stack.preview("--refresh", "--diff");
    assert.match(drift, /~ passkeyTypes/);
    assert.match(drift, /synced/);
    await stack.up("--refresh");
    assert.equal(stack.emulator.tenant().policy().passkeyProfiles!.at(-1)!.passkeyTypes, "deviceBound");
    await stack.destroy();
    assert.equal(now(), before, "destroy gives everything back byte for byte");
  });

  it("keeps a short provider text, the same in every folder, without a path", async function () {
    this.timeout(60_000);
    await stack.up();
    const other = await Stack.create({ seed: "contoso-profiles" }, policy(), "another-name");
    try {
      await other.up();
      const texts: unknown[] = [];
      for (const each of [stack, other]) {
        const { resources } = await each.state();
        const resource = resources.find(({ type }) => type.endsWith(":PasskeyPolicy"))!;
        assert.equal(resource.inputs!.__provider, resource.outputs!.__provider);
        texts.push(resource.outputs!.__provider);
      }
      assert.equal(texts[0], texts[1]);
      assert.equal(texts[0], 'exports.handler=()=>require("pulumi-entra-passkeys/handlers").passkeyPolicy;');
      assert.ok(Buffer.byteLength(String(texts[0])) < 600);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  it("refuses bad input at preview, names place, reason and way out, and writes nothing", async function () {
    this.timeout(120_000);
    const cases: [string, RegExp][] = [
      [policy().replace("YubiKey 5 Series with NFC", "YubKey 5 NFC"), /models\[0\].*no model is called.*Did you mean/],
      [policy().replace("IT administrators", "Nobody"), /includeTargets\[0\].*no group called "Nobody"/],
      [policy('excludeTargets: ["all_users"],'), /excludeTargets\[0\].*excluding all_users/],
      [policy().replace("deviceBound", "synced"), /attestationEnforcement.*never attest/],
    ];
    for (const [program, message] of cases) {
      stack.program(program);
      const output = await stack.refused("preview");
      assert.match(output, message);
      assert.match(output, /students/);
    }
    assert.equal(now(), before);
    assert.equal(stack.writes(), 0);
  });

  it("says which permission is missing, and writes nothing", async function () {
    this.timeout(60_000);
    stack.emulator.tenant().revokePermission("Policy.ReadWrite.AuthenticationMethod");
    stack.emulator.tenant().revokePermission("Policy.Read.AuthenticationMethod");
    stack.emulator.tenant().revokePermission("Policy.Read.All");
    const output = await stack.refused("preview");
    assert.match(output, /403.*Grant the application permission Policy\.Read/s);
    assert.equal(stack.writes(), 0);
  });

  it("respects protect, --target, ignoreChanges and retainOnDelete", async function () {
    this.timeout(180_000);
    stack.program(policy("", "{ protect: true }"));
    await stack.up();
    assert.match(await stack.refused("destroy", "--yes", "--skip-preview"), /protect/);
    const declared = now();

    const looser = policy()
      .replace('["deviceBound"]', '["deviceBound", "synced"]')
      .replace("registrationOnly", "disabled");
    stack.program(looser.replace("}, {});", '}, { ignoreChanges: ["profiles"] });'));
    await stack.up();
    assert.equal(now(), declared, "ignored changes are not applied");

    stack.program(looser);
    await stack.up("--target", "**students");
    assert.notEqual(now(), declared, "a targeted resource is applied");

    stack.program(policy("", "{ retainOnDelete: true }"));
    await stack.up();
    await stack.destroy();
    assert.equal(now(), declared, "retained");
  });

  it("survives a rename without an alias: what the new name declares is not undone by deleting the old one", async function () {
    this.timeout(120_000);
    await stack.up();
    const declared = now();
    stack.program(policy("", "{}", "pupils"));
    assert.match(await stack.refused("preview"), /profiles\.students\.name.*adopt: true/);
    stack.program(policy("", "{}", "pupils").replace('name: "Students",', 'name: "Students", adopt: true,'));
    const output = await stack.up();
    assert.equal(now(), declared);
    assert.match(output, /left alone: .* PasskeyPolicy pupils declares it now/);
  });

  it("refuses two resources that declare the same part, with both names", async function () {
    this.timeout(60_000);
    stack.program(
      'new PasskeyPolicy("one", { state: "enabled" }, {}); new PasskeyPolicy("two", { state: "enabled" }, {});',
    );
    const output = await stack.refused("preview");
    assert.match(output, /state: the resource project\/dev\/(one|two) declares this part of the policy too/);
    assert.equal(stack.writes(), 0);
  });

  it("costs no write to rename with an alias", async function () {
    this.timeout(120_000);
    await stack.up();
    const declared = now();
    const wrote = stack.writes();
    stack.program(policy("", '{ aliases: [{ name: "students" }] }', "pupils"));
    await stack.up();
    assert.equal(now(), declared);
    assert.equal(stack.writes(), wrote, "an alias costs no write");
    await stack.destroy();
    assert.equal(now(), before);
  });
});
