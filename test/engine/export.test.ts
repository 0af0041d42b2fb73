import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import type { Fido2Policy as EmulatedPolicy } from "../../provider/dist/emulator/index.js";
import { normalizePolicy } from "../../provider/dist/policy/index.js";
import { policies } from "../policy/arbitraries.ts";
import { describeWithEngine, Stack, UNTHROTTLED } from "./stack.ts";

const root = resolve(import.meta.dirname, "../..");
const MAIN = join(root, "provider/dist/cli/main.js");
const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
/** How many random policies; each is a stack of its own on the engine. */
const POLICIES = 4;
const SEED = 20261126;

/** Runs a command of the CLI with a stack's connection. */
async function cli(stack: Stack, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: stack.env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 0, output);
  return output;
}

/** Exports the tenant to a project, takes it over, and gives it back; the tenant must not notice. */
async function takeOver(stack: Stack, ...flags: string[]): Promise<string> {
  const folder = join(stack.folder, "exported");
  const before = stack.policy();
  const said = await cli(stack, "export", "--out", folder, "--stack", "dev", ...flags);
  stack.project = folder;
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
  await stack.ok("stack", "init", "dev");
  const writes = () => stack.emulator.audit.writes().map(({ method, path }) => `${method} ${path}`);
  await stack.preview();
  await stack.up();
  await stack.unchanged();
  await stack.ok("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  assert.deepEqual(writes(), []);
  assert.match(await stack.refused("destroy", "--yes", "--skip-preview"), /protect/);
  await stack.ok("state", "unprotect", "--all", "--yes");
  await stack.destroy();
  assert.deepEqual(writes(), [], "nothing was changed, so there is nothing to give back");
  assert.equal(stack.policy(), before);
  return `${said}\n${readFileSync(join(folder, "index.ts"), "utf8")}`;
}

describeWithEngine("entra-passkeys export", function () {
  this.timeout(300_000);

  for (const seed of ["contoso-legacy", "contoso-profiles"]) {
    it(`writes ${seed}, with strengths and passes, as a program that changes nothing`, async () => {
      await using stack = await Stack.create({ seed, switches: UNTHROTTLED }, "");
      const tenant = stack.emulator.tenant();
      tenant.authenticationStrengths.add({
        displayName: "Hardware keys",
        allowedCombinations: ["fido2"],
        allowedAaguids: [KEY],
      });
      tenant.authenticationStrengths.add({ displayName: "Anything", allowedCombinations: ["password,sms"] });
      const said = await takeOver(stack, "--strengths", "--temporary-access-pass");
      assert.match(said, /new PasskeyAuthenticationStrength\(\n {2}"hardware-keys"/);
      assert.match(said, /new TemporaryAccessPassPolicy\(/);
      assert.match(
        said,
        /left as it is: authenticationStrengths\["Anything"\]: other methods than passkeys satisfy it/,
      );
    });
  }

  const readable = policies.filter((policy) => policy.state !== null && normalizePolicy(policy).mode !== "unknown");
  for (const [index, policy] of fc.sample(readable, { seed: SEED, numRuns: POLICIES }).entries()) {
    it(`takes random policy ${index + 1} of seed ${SEED} over and gives it back, without a PATCH`, async () => {
      await using stack = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, "");
      stack.emulator.tenant().setPolicy(() => policy as unknown as EmulatedPolicy);
      await takeOver(stack);
    });
  }

  it("takes a change from there on", async () => {
    await using stack = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, "");
    const folder = join(stack.folder, "exported");
    await cli(stack, "export", "--out", folder, "--stack", "dev");
    stack.project = folder;
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    await stack.ok("stack", "init", "dev");
    await stack.up();
    const file = join(folder, "index.ts");
    const text = readFileSync(file, "utf8");
    const changed = text.replace("isSelfServiceRegistrationAllowed: true", "isSelfServiceRegistrationAllowed: false");
    assert.notEqual(changed, text);
    writeFileSync(file, changed);
    await stack.up();
    assert.equal(stack.writes(), 1);
    assert.equal(stack.emulator.tenant().policy().isSelfServiceRegistrationAllowed, false);
  });
});
