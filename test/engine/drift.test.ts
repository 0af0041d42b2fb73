import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { DriftReport } from "../../provider/dist/drift/index.js";
import { describeWithEngine, engineOfTests, Stack, UNTHROTTLED } from "./stack.ts";

const MAIN = resolve(import.meta.dirname, "../../provider/dist/cli/main.js");

const program = (selfService: boolean) => `
const profile = new PasskeyProfile("students", {
  name: "Students", passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
});
const keys = new PasskeyKeyRestrictions("students", {
  profile: profile.profileId, isEnforced: true, enforcementType: "allow", models: ["YubiKey 5 Series with NFC"],
});
new PasskeyGroupTarget("sales", { groups: ["Sales"], profiles: [keys.profileId] });
new PasskeyPolicy("flag", { isSelfServiceRegistrationAllowed: ${selfService} });
new TemporaryAccessPassPolicy("passes", { isUsableOnce: true });`;

/** The report of a command that compares a stack, and its exit code. */
async function drift(stack: Stack, args: string[], input = ""): Promise<[number, DriftReport]> {
  const path = [dirname(engineOfTests().pulumi), stack.env["PATH"]].join(":");
  const env = { ...stack.env, PATH: path };
  const child = spawn(process.execPath, [MAIN, "drift", "--json", ...args], { cwd: stack.project, env });
  child.stdin.end(input);
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, "close")) as [number];
  assert.ok([0, 2].includes(code), `${await out}${await err}`);
  return [code, JSON.parse(await out) as DriftReport];
}

describeWithEngine("entra-passkeys drift", function () {
  this.timeout(120_000);

  it("compares single resources by the state and by the program, also after a refresh", async () => {
    await using stack = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, program(false));
    const declared = async () => {
      const { stdout } = await stack.json("preview", "--json", "--show-sames");
      return drift(stack, ["--preview", "-"], stdout);
    };
    const parts = ({ drift: found }: DriftReport) => found.map(({ resource, part }) => `${resource}: ${part}`).sort();
    assert.equal((await declared())[0], 2, "nothing of it is there yet");
    await stack.up();
    const [code, clean] = await drift(stack, ["--stack", "dev"]);
    assert.deepEqual([code, clean.drift, clean.compared.resources], [0, [], 5]);
    assert.deepEqual((await declared())[0], 0);
    const sales = stack.emulator.tenant().groups.get("Sales").id;
    stack.emulator.tenant().setPolicy((now) => {
      now.isSelfServiceRegistrationAllowed = true;
      now.includeTargets = now.includeTargets.filter(({ id }) => id !== sales);
    });
    stack.emulator.tenant().setMethod("TemporaryAccessPass", { isUsableOnce: false });
    const expected = [
      "PasskeyGroupTarget sales: target Sales",
      "PasskeyPolicy flag: self-service registration",
      "TemporaryAccessPassPolicy passes: the Temporary Access Pass policy, isUsableOnce",
    ];
    const writes = stack.emulator.audit.writes().length;
    for (const refreshed of [false, true]) {
      if (refreshed) await stack.refresh();
      const [drifted, report] = await drift(stack, ["--stack", "dev"]);
      assert.equal(drifted, 2);
      assert.deepEqual(parts(report), expected, refreshed ? "after a refresh" : "before it");
      assert.deepEqual(parts((await declared())[1]), expected);
    }
    assert.equal(stack.emulator.audit.writes().length, writes, "nothing was written");
    await stack.up();
    assert.equal((await drift(stack, ["--stack", "dev"]))[0], 0);
    stack.program(program(true));
    assert.equal((await drift(stack, ["--stack", "dev"]))[0], 0, "the state is as written");
    assert.deepEqual(parts((await declared())[1]), ["PasskeyPolicy flag: self-service registration"]);
  });
});
