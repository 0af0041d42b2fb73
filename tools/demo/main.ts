/** `npm run demo`: the student example from preview to destroy, on a real engine and an emulated tenant. */
import assert from "node:assert/strict";
import { MICROSOFT_AUTHENTICATOR_AAGUIDS } from "../../provider/dist/catalogue/index.js";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Fido2Policy } from "../../provider/dist/policy/index.js";
import { changesText, policyTable } from "../../provider/dist/report/index.js";
import { EngineUnavailableError, ensureEngine } from "../engine/index.ts";
import { Workshop } from "./project.ts";
import { handOutKeys, schoolSeed, SECURITY_KEY } from "./seed.ts";

const PENDING = /to (create|update|delete|replace)|\d+ (created|updated|deleted|replaced)/;
const timings: [command: string, seconds: string][] = [];

const indent = (text: string) => text.trim().replace(/^(?=.)/gm, "    ");
const heading = (text: string) => console.log(`\n== ${text}\n`);

try {
  await demo();
} catch (error) {
  const known = error instanceof EngineUnavailableError || error instanceof assert.AssertionError;
  console.error(`\nThe demo failed: ${known ? error.message : error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}

async function demo(): Promise<void> {
  const engine = await ensureEngine();
  console.log(`Pulumi ${engine.version}`);
  await using emulator = await startEmulator({ seed: schoolSeed() });
  using workshop = new Workshop(engine, emulator);
  const tenant = emulator.tenant();
  const pupil = handOutKeys(tenant);
  const project = workshop.example("student");
  const groupName = (id: string) => tenant.groups.list().find((group) => group.id === id)?.displayName;
  const read = () => tenant.policy() as unknown as Fido2Policy;
  const show = () => console.log(indent(policyTable(read(), { groupName })));
  const pulumi = async (...args: string[]) => {
    console.log(`\n$ pulumi ${args.join(" ")}`);
    const { output, ms } = await workshop.ok(project, ...args);
    const seconds = `${(ms / 1000).toFixed(1)} s`;
    timings.push([`pulumi ${args.join(" ")}`, seconds]);
    console.log(`${indent(output)}\n    (${seconds})`);
    return output;
  };
  /** A command that has to fail, with what it says. */
  const refused = async (...args: string[]) => {
    console.log(`\n$ pulumi ${args.join(" ")}`);
    const { code, output } = await workshop.run(project, args);
    assert.notEqual(code, 0, `pulumi ${args.join(" ")} should have been refused`);
    console.log(indent(output));
    return output;
  };

  await workshop.ok(project, "stack", "init", "school");
  await workshop.ok(project, "config", "set", "studentsGroup", "Students");
  await workshop.ok(project, "config", "set", "breakGlassGroup", "Break-glass");
  heading(`${tenant.displayName}: the policy before`);
  const before = read();
  show();

  heading("One pupil has nothing but a phone: the plan is refused");
  const warned = await refused("preview");
  assert.match(warned, /1 person would be locked out/, "the guard should have refused the plan");
  assert.deepEqual(read(), before, "a refused plan must not change the policy");
  tenant.passkeys.add(pupil, { aaGuid: SECURITY_KEY, attestationLevel: "attested" });
  console.log("\nThe pupil registers a security key.");

  heading("What would change, and the change");
  assert.match(await pulumi("preview"), PENDING, "the first preview should show a change");
  assert.deepEqual(read(), before, "a preview must not change the policy");
  await pulumi("up", "--yes", "--skip-preview");
  const managed = read();
  const changes = changesText(before, managed, { groupName });
  assert.notEqual(changes, "no changes", "the up should have changed the policy");
  heading("The policy after");
  show();
  heading("In short");
  console.log(indent(changes));

  heading("Once more: nothing to do, no request");
  const requests = emulator.audit.lastSeq;
  assert.doesNotMatch(await pulumi("preview"), PENDING, "the second preview should show no change");
  assert.equal(emulator.audit.lastSeq, requests, "a preview without changes should make no request");

  heading("Someone lists Microsoft Authenticator for the pupils in the admin centre");
  tenant.setPolicy((policy) => {
    const profile = policy.passkeyProfiles.find(({ name }) => name === "Students");
    assert.ok(profile, "the profile Students should be there");
    profile.keyRestrictions?.aaGuids.push(...MICROSOFT_AUTHENTICATOR_AAGUIDS);
  });
  console.log(indent(changesText(managed, read(), { groupName })));
  assert.match(await pulumi("preview", "--refresh", "--diff"), PENDING, "the preview should show the drift");
  await pulumi("up", "--refresh", "--yes", "--skip-preview");
  assert.equal(changesText(managed, read()), "no changes", "the up should have repaired the drift");
  console.log("\nRepaired: the policy is what the program says.");

  heading("The school leaves: everything goes back, once somebody says that it may");
  const destroy = ["destroy", "--yes", "--skip-preview"];
  const [, acknowledgement] = /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/.exec(await refused(...destroy)) ?? [];
  assert.ok(acknowledgement, "the refused destroy should propose an acknowledgement");
  workshop.env.ENTRA_PASSKEYS_ACKNOWLEDGE = acknowledgement.replace("...", "the pilot has ended");
  console.log(`\n$ export ENTRA_PASSKEYS_ACKNOWLEDGE='${workshop.env.ENTRA_PASSKEYS_ACKNOWLEDGE}'`);
  await pulumi(...destroy);
  assert.deepEqual(read(), before, `destroy should restore the policy:\n${changesText(before, read(), { groupName })}`);
  console.log("\nRestored: the policy equals the one before, field by field.");

  heading("Time");
  const width = Math.max(...timings.map(([command]) => command.length));
  for (const [command, seconds] of timings) console.log(`    ${command.padEnd(width)}  ${seconds.padStart(6)}`);
}
