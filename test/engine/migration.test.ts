import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeWithEngine, Stack } from "./stack.ts";

const settings = (model: string, more = "") => `
new PasskeyPolicy("everyone", {
  isSelfServiceRegistrationAllowed: true,
  profiles: {
    default: {
      attestationEnforcement: "registrationOnly",
      keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ["${model}"] },
    },
  },
  ${more}
});`;

describeWithEngine("A tenant that moves to passkey profiles", function () {
  let stack: Stack;
  beforeEach(async function () {
    this.timeout(60_000);
    stack = await Stack.create({ seed: "contoso-legacy" }, settings("YubiKey 5 Series with NFC"));
  });
  afterEach(() => stack[Symbol.asyncDispose]());

  const own = () => {
    const policy = stack.emulator.tenant().policy();
    return policy.passkeyProfiles!.find(({ id }) => id === policy.defaultPasskeyProfile)!;
  };

  it("goes on without replacement between create and update, and without the legacy fields", async function () {
    this.timeout(90_000);
    await stack.up();
    stack.emulator.tenant().migrateToProfiles();
    await stack.unchanged("--refresh");
    stack.emulator.tenant().stopLegacyFields();
    await stack.unchanged("--refresh");
    stack.program(settings("YubiKey 5 FIPS Series with NFC"));
    const output = await stack.up();
    assert.match(output, /~ 1 updated/);
    const body = stack.emulator.audit.writes("policy").at(-1)!.requestBody as Record<string, unknown>;
    assert.deepEqual(Object.keys(body).sort(), ["@odata.type", "passkeyProfiles"]);
    assert.equal(own().keyRestrictions!.isEnforced, true);
  });

  it("restores what was there before, in the new dialect, on destroy", async function () {
    this.timeout(90_000);
    const before = stack.emulator.tenant().policy();
    await stack.up();
    stack.emulator.tenant().migrateToProfiles();
    await stack.destroy();
    const after = own();
    assert.deepEqual(after.keyRestrictions, before.keyRestrictions);
    assert.equal(after.attestationEnforcement === "registrationOnly", before.isAttestationEnforced);
  });

  it("gives back what a later program does not declare any more", async function () {
    this.timeout(90_000);
    const before = stack.emulator.tenant().policy();
    await stack.up();
    stack.program('new PasskeyPolicy("everyone", { isSelfServiceRegistrationAllowed: true });');
    await stack.up();
    assert.deepEqual(stack.emulator.tenant().policy().keyRestrictions, before.keyRestrictions);
    await stack.unchanged("--refresh");
  });
});

describeWithEngine("State of an older version", function () {
  it("can be refreshed and destroyed with today's handlers", async function () {
    this.timeout(90_000);
    await using stack = await Stack.create({ seed: "contoso-legacy" }, settings("YubiKey 5 Series with NFC"));
    const before = JSON.stringify(stack.emulator.tenant().policy());
    await stack.up();
    // The first shape that was ever written: without what later versions may add.
    const saved = JSON.parse(await stack.ok("stack", "export")) as {
      deployment: { resources: { outputs?: Record<string, unknown>; inputs?: Record<string, unknown> }[] };
    };
    for (const resource of saved.deployment.resources) delete resource.outputs?.["profileIds"];
    const file = join(stack.project, "state.json");
    writeFileSync(file, JSON.stringify(saved));
    await stack.ok("stack", "import", "--file", file);
    await stack.ok("refresh", "--yes", "--skip-preview");
    await stack.destroy();
    assert.equal(JSON.stringify(stack.emulator.tenant().policy()), before);
  });
});

describeWithEngine("A tenant that breaks a rule already", function () {
  it("gets back what it had when the part is not declared any more", async function () {
    this.timeout(90_000);
    const declares = (attestation: string) =>
      `new PasskeyPolicy("default", { isSelfServiceRegistrationAllowed: true, profiles: { default: { ${attestation} } } });`;
    await using stack = await Stack.create(
      { seed: "contoso-profiles" },
      declares('attestationEnforcement: "disabled"'),
    );
    const before = stack.emulator.tenant().policy().passkeyProfiles;
    await stack.up();
    stack.program('new PasskeyPolicy("default", { isSelfServiceRegistrationAllowed: true });');
    await stack.up();
    assert.deepEqual(stack.emulator.tenant().policy().passkeyProfiles, before);
  });
});
