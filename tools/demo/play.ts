import assert from "node:assert/strict";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { keyMatrix } from "../../provider/dist/policy/access/index.js";
import { normalizePolicy, type Fido2Policy } from "../../provider/dist/policy/index.js";
import { changesText, matrixTable, policyTable } from "../../provider/dist/report/index.js";
import { ensureEngine } from "../engine/index.ts";
import { Workshop } from "./project.ts";
import { KEYS, listAuthenticator, peopleOf, register, seedOf, accessOf, type Scene } from "./scenes.ts";

const PENDING = /to (create|update|delete|replace)|\d+ (created|updated|deleted|replaced)/;
/** Several commands in a row; the documented limits are tested elsewhere. */
const UNTHROTTLED = { reportRequestsPer10Seconds: 1000, conditionalAccessRequestsPerSecond: 1000 };

const indent = (text: string) => text.trim().replace(/^(?=.)/gm, "    ");
const heading = (text: string) => console.log(`\n== ${text}\n`);

/**
 * Plays one scene. Everything that it says happened is checked.
 *
 * @throws AssertionError where something did not go as it must.
 */
export async function play(scene: Scene): Promise<void> {
  const engine = await ensureEngine();
  await using emulator = await startEmulator({ seed: seedOf(scene), tls: "self-signed", switches: UNTHROTTLED });
  using workshop = new Workshop(engine, emulator);
  const azuread = await workshop.withAzuread();
  console.log(`Pulumi ${engine.version}; azuread ${azuread.version}${azuread.kind === "real" ? "" : ", a stand-in"}`);

  const tenant = emulator.tenant();
  const project = workshop.example(scene.example);
  const timings: [command: string, seconds: string][] = [];
  const groupName = (id: string) => tenant.groups.list().find((group) => group.id === id)?.displayName;
  const read = () => tenant.policy() as unknown as Fido2Policy;
  const command = async (args: string[]) => {
    console.log(`\n$ pulumi ${args.join(" ")}`);
    const { code, output, ms } = await workshop.run(project, args);
    const seconds = `${(ms / 1000).toFixed(1)} s`;
    timings.push([`pulumi ${args.join(" ")}`, seconds]);
    console.log(`${indent(output)}\n    (${seconds})`);
    return { code, output };
  };
  const pulumi = async (...args: string[]) => {
    const { code, output } = await command(args);
    assert.equal(code, 0, `pulumi ${args.join(" ")} ended with ${code}`);
    return output;
  };
  /** A command that has to fail, with what it says. */
  const refused = async (...args: string[]) => {
    const { code, output } = await command(args);
    assert.notEqual(code, 0, `pulumi ${args.join(" ")} should have been refused`);
    return output;
  };
  const configure = (config: Readonly<Record<string, string>>) =>
    workshop.ok(
      project,
      "config",
      "set-all",
      ...Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
    );

  await workshop.ok(project, "stack", "init", "demo");
  await configure(scene.config);
  heading(`${tenant.displayName}: the policy before`);
  const before = read();
  console.log(indent(policyTable(before, { groupName })));

  if (scene.refused !== undefined) {
    const { key, value, says } = scene.refused;
    heading(`A mistake in the configuration is refused: ${key} ${value}`);
    await configure({ [key]: value });
    assert.match(await refused("preview"), says, "the mistake should have been refused");
    await workshop.ok(project, "config", "rm", key);
  }
  if (scene.stranded !== undefined) {
    const { person, model } = scene.stranded;
    heading("Somebody has nothing but a phone: the plan is refused");
    assert.match(await refused("preview"), /1 person would be stranded/, "the guard should have refused the plan");
    assert.deepEqual(read(), before, "a refused plan must not change the policy");
    register(tenant, person, model);
    console.log(`\n${person} registers a security key.`);
  }

  heading("What would change, and the change");
  assert.match(await pulumi("preview"), PENDING, "the first preview should show a change");
  assert.deepEqual(read(), before, "a preview must not change the policy");
  await pulumi("up", "--yes", "--skip-preview");
  const managed = read();
  const changes = changesText(before, managed, { groupName });
  assert.notEqual(changes, "no changes", "the up should have changed the policy");
  heading("In short");
  console.log(indent(changes));
  heading("Who may use which key, and why");
  console.log(indent(matrixTable(keyMatrix(normalizePolicy(managed), peopleOf(tenant), KEYS, accessOf(tenant)))));

  heading("Once more: nothing to do, and the passkey policy is not even read");
  const seen = emulator.audit.entries.length;
  assert.doesNotMatch(await pulumi("preview"), PENDING, "the second preview should show no change");
  const asked = emulator.audit.entries.slice(seen).filter(({ kind }) => kind === "policy");
  assert.equal(asked.length, 0, "a preview without changes should not read the policy");

  heading(`Somebody lists Microsoft Authenticator for ${scene.drift} in the admin centre`);
  listAuthenticator(tenant, scene.drift);
  console.log(indent(changesText(managed, read(), { groupName })));
  assert.match(await pulumi("preview", "--refresh", "--diff"), PENDING, "the preview should show the drift");
  await pulumi("up", "--refresh", "--yes", "--skip-preview");
  assert.equal(changesText(managed, read()), "no changes", "the up should have repaired the drift");
  console.log("\nRepaired: the policy is what the program says.");

  heading("They leave: everything goes back, once somebody says that it may");
  const destroy = ["destroy", "--yes", "--skip-preview"];
  const [, acknowledgement] = /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/.exec(await refused(...destroy)) ?? [];
  assert.ok(acknowledgement, "the refused destroy should propose an acknowledgement");
  workshop.env.ENTRA_PASSKEYS_ACKNOWLEDGE = acknowledgement.replace("...", "the pilot has ended");
  console.log(`\n$ export ENTRA_PASSKEYS_ACKNOWLEDGE='${workshop.env.ENTRA_PASSKEYS_ACKNOWLEDGE}'`);
  await pulumi(...destroy);
  assert.deepEqual(read(), before, `destroy should restore the policy:\n${changesText(before, read(), { groupName })}`);
  assert.deepEqual(
    tenant.conditionalAccessPolicies.list(),
    [],
    "destroy should remove the Conditional Access policies",
  );
  console.log("\nRestored: the policy equals the one before, field by field.");

  heading("Time");
  const width = Math.max(...timings.map(([line]) => line.length));
  for (const [line, seconds] of timings) console.log(`    ${line.padEnd(width)}  ${seconds.padStart(6)}`);
}
