import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeWithEngine, Stack } from "./stack.ts";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const FIRST = "first-secret~of.the-application";
const SECOND = "second-secret~of.the-application";

const students = {
  name: "Students",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  keyRestrictions: { isEnforced: true, enforcementType: "allow", models: [KEY] },
};
const program = (group: string) => {
  const args = { profiles: { students }, includeTargets: [{ group, profiles: ["students"] }], profileLimit: 5 };
  return `new PasskeyPolicy("students", ${JSON.stringify(args)});`;
};

describeWithEngine("Connecting on the real engine", function (this: Mocha.Suite) {
  this.timeout(120_000);
  let stack: Stack;
  afterEach(() => stack[Symbol.asyncDispose]());

  const tenant = () => stack.emulator.tenant();
  const valid = (...secrets: string[]) => tenant().setSecrets({ [stack.env.ARM_CLIENT_ID!]: secrets });
  const open = async (options: Parameters<typeof Stack.create>[0] = {}) => {
    stack = await Stack.create({ seed: "contoso-profiles", ...options }, program("Sales"));
  };
  /** Outputs of the resource; Pulumi's own resource for the plugin has the secret, encrypted anew each time. */
  const saved = async () => {
    const { resources } = await stack.state();
    return resources.filter(({ type }) => type.endsWith(":PasskeyPolicy")).map(({ outputs }) => outputs);
  };
  const set = (env: NodeJS.ProcessEnv) => void (stack.env = { ...stack.env, ...env });

  it("destroys with the secret of the environment after the one of the stack configuration was rotated", async () => {
    await open();
    set({ ARM_CLIENT_SECRET: undefined });
    valid(FIRST);
    await stack.ok("config", "set", "--secret", "azuread:clientSecret", FIRST);
    const before = stack.policy();
    // One less than what Pulumi itself logs the configuration at; docs/connect.md says so.
    const talk = await stack.up("-v=8", "--logtostderr", "--logflow", "--debug");
    assert.match(talk, /"v":[78]\}/);
    assert.ok(!talk.includes(FIRST));
    const declared = stack.policy();
    assert.notEqual(declared, before);

    valid(SECOND);
    const [state, writes] = [await saved(), stack.writes()];
    const refused = await stack.refused("destroy", "--yes", "--skip-preview");
    assert.match(refused, /SignInError|signing in to tenant/);
    assert.match(refused, /AADSTS7000215.*Check ARM_CLIENT_SECRET/s);
    assert.ok(!refused.includes(FIRST));
    assert.equal(stack.writes(), writes, "nothing was written");
    assert.equal(stack.policy(), declared);
    assert.deepEqual(await saved(), state, "nothing was lost");

    set({ ARM_CLIENT_SECRET: SECOND });
    await stack.destroy();
    assert.equal(stack.policy(), before);
  });

  it("reads a secret file again, so that a rotated file is all that a destroy needs", async () => {
    await open();
    set({ ARM_CLIENT_SECRET: undefined });
    const file = join(stack.folder, "secret");
    const rotate = (secret: string) => {
      valid(secret);
      writeFileSync(file, `${secret}\n`);
    };
    await stack.ok("config", "set", "--plaintext", "azuread:clientSecretFilePath", file);
    rotate(FIRST);
    const before = stack.policy();
    await stack.up();
    rotate(SECOND);
    await stack.destroy();
    assert.equal(stack.policy(), before);
  });

  it("says the type of every target in a government cloud, in create, update and restore", async () => {
    await open({ switches: { targetTypeAnnotation: "required" } });
    set({ ARM_ENVIRONMENT: "usgovernment" });
    const before = stack.policy();
    await stack.up();
    stack.program(program("Executives"));
    await stack.up();
    await stack.destroy();
    assert.equal(stack.policy(), before);
    const patches = stack.emulator.audit.entries.filter(({ method }) => method === "PATCH");
    assert.ok(patches.length >= 3);
    type Body = { includeTargets?: { allowedPasskeyProfiles?: string[]; "@odata.type"?: string }[] };
    const targets = patches.flatMap(({ requestBody }) => (requestBody as Body).includeTargets ?? []);
    assert.ok(targets.length > 0);
    for (const target of targets.filter(({ allowedPasskeyProfiles }) => allowedPasskeyProfiles !== undefined)) {
      assert.equal(target["@odata.type"], "#microsoft.graph.passkeyAuthenticationMethodTarget");
    }
  });

  it("refuses China, a metadata host without an endpoint, and a tenant of a resource, before anything is sent", async () => {
    await open();
    const { env } = stack;
    const mark = stack.requests().length;
    set({ ARM_ENVIRONMENT: "china" });
    assert.match(await stack.refused("preview"), /no Passkey \(FIDO2\) policy/);
    stack.env = { ...env, ENTRA_PASSKEYS_ENDPOINT: undefined, ARM_METADATA_HOSTNAME: new URL(stack.emulator.url).host };
    assert.match(await stack.refused("preview"), /azuread:metadataHost would decide where tokens/);
    stack.env = env;
    stack.program(
      `const { PasskeyPersona } = require("pulumi-entra-passkeys");
       new PasskeyPersona("nurses", { groups: ["Sales"], keyRestrictions: { models: ["${KEY}"] }, tenantId: "other" });`,
    );
    assert.match(await stack.refused("preview"), /tenantId: a resource does not say where and as whom to connect/);
    assert.deepEqual(stack.requests(mark), []);
  });
});
