/** `npm run demo -- tenants`: one program rolled out over twelve tenants, wave by wave. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { startEmulator, type TenantHandle } from "../../provider/dist/emulator/index.js";
import { ensureEngine } from "../engine/index.ts";
import { Workshop } from "./project.ts";
import { listAuthenticator, register } from "./scenes.ts";
import { PHONE_ONLY, prefixOf, TENANTS, tenantsSeed, type DemoTenant } from "./tenants.ts";

const CLI = resolve(import.meta.dirname, "../../provider/bin/entra-passkeys.js");
/** Several commands in a row; the documented limits are tested elsewhere. */
const UNTHROTTLED = { reportRequestsPer10Seconds: 1000, conditionalAccessRequestsPerSecond: 1000 };

/** Whom the guard holds back at first, and where the first update fails. */
const HELD_BACK = "Lake School";
const FAILS_ONCE = "North Clinic";
const DRIFTS = "Hill School";
/** Who gets back what was there before. */
const RETURNED = "River School";

const heading = (text: string) => console.log(`\n== ${text}\n`);

/**
 * Plays the rollout. Everything that it says happened is checked.
 *
 * @throws AssertionError where something did not go as it must.
 */
export async function playTenants(): Promise<void> {
  const engine = await ensureEngine();
  await using emulator = await startEmulator({ seed: tenantsSeed(), switches: UNTHROTTLED });
  using workshop = new Workshop(engine, emulator);
  console.log(`Pulumi ${engine.version}; ${TENANTS.length} tenants`);
  const project = workshop.example("tenants");
  const handle = ({ id }: DemoTenant): TenantHandle => emulator.tenant(id);
  const named = (name: string) => TENANTS.find((tenant) => tenant.name === name)!;
  const env: NodeJS.ProcessEnv = { ...workshop.env };
  for (const name of Object.keys(env)) if (name.startsWith("ARM_")) delete env[name];
  for (const tenant of TENANTS) {
    env[`${prefixOf(tenant)}_ARM_CLIENT_ID`] = handle(tenant).client.id;
    env[`${prefixOf(tenant)}_ARM_CLIENT_SECRET`] = handle(tenant).client.secret;
    if (tenant.name !== HELD_BACK) equip(handle(tenant));
  }
  const before = new Map(TENANTS.map((tenant) => [tenant.id, policyOf(handle(tenant))]));

  /** Runs the command, says what it says, and tells its exit code. */
  const rollout = (args: string[], onLine?: (line: string) => void) => {
    console.log(`$ entra-passkeys rollout ${args.join(" ")}`);
    const child = spawn(process.execPath, [CLI, "rollout", ...args], { cwd: project, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        process.stdout.write(text.replace(/^(?=.)/gm, "    "));
        text.split("\n").forEach((line) => onLine?.(line));
      });
    }
    return new Promise<{ code: number | null; output: string }>((done, reject) => {
      child.once("error", reject);
      child.once("close", (code) => done({ code, output }));
    });
  };

  heading("What it would do to each tenant of the first wave, on one page");
  const preview = await rollout(["preview", "tenants.yaml", "--wave", "pilot"]);
  assert.equal(preview.code, 0, "every tenant of the pilot should be ready");

  heading(`The rollout. At ${FAILS_ONCE} the first update fails; ${HELD_BACK} has a pupil with nothing but a phone`);
  emulator.faults.status({ method: "PATCH", kind: "policy", tenant: named(FAILS_ONCE).id }, 400);
  let approving: Promise<{ code: number | null }> | undefined;
  const up = await rollout(["up", "tenants.yaml", "--yes"], (line) => {
    if (approving === undefined && /approve pilot$/.test(line)) {
      approving = rollout(["approve", "pilot", "tenants.yaml", "--by", "the change board"]);
    }
  });
  assert.equal((await approving)?.code, 0, "somebody should have been asked, and have approved");
  assert.equal(up.code, 1, `${HELD_BACK} should have been held back`);
  assert.match(up.output, /1 person/);
  for (const tenant of TENANTS) {
    const isHeld = tenant.name === HELD_BACK;
    assert.equal(policyOf(handle(tenant)) === before.get(tenant.id), isHeld, tenant.name);
  }

  heading("The pupil gets a key, and the rollout is taken up again: one tenant is left");
  equip(handle(named(HELD_BACK)));
  const writes = () => emulator.audit.writes("policy").length;
  const sofar = writes();
  const resumed = await rollout(["resume", "tenants.yaml", "--retry"]);
  assert.equal(resumed.code, 0, "every tenant should have the rule now");
  assert.equal(writes() - sofar, 1, "nobody else should have been written to");

  heading("Once more: nothing to do, found by one request for each tenant and without an engine");
  const seen = emulator.audit.entries.length;
  assert.equal((await rollout(["up", "tenants.yaml", "--yes"])).code, 0);
  const asked = emulator.audit.entries.slice(seen).filter(({ kind }) => kind === "policy");
  assert.equal(asked.length, TENANTS.length, "one read of the policy for each tenant");

  heading(`Somebody lists Microsoft Authenticator at ${DRIFTS}`);
  listAuthenticator(handle(named(DRIFTS)), named(DRIFTS).group);
  assert.equal((await rollout(["drift", "tenants.yaml"])).code, 4, "the drift should have been found");

  heading(`${RETURNED} gets back what it had before, once somebody says that weaker keys may come back`);
  const [, first = ""] = /Rollout (\S+) begins/.exec(up.output) ?? [];
  const back = ["rollback", "tenants.yaml", "--rollout", first, "--tenant", RETURNED, "--yes"];
  const refused = await rollout(back);
  assert.equal(refused.code, 1, "the guard should have refused it");
  const [, acknowledgement] = /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/.exec(refused.output) ?? [];
  assert.ok(acknowledgement, "the refusal should propose an acknowledgement");
  env.ENTRA_PASSKEYS_ACKNOWLEDGE = acknowledgement.replace("...", "the pilot has ended");
  console.log(`\n$ export ENTRA_PASSKEYS_ACKNOWLEDGE='${env.ENTRA_PASSKEYS_ACKNOWLEDGE}'`);
  assert.equal((await rollout(back)).code, 0, "it should have been given back");
  const returned = named(RETURNED);
  assert.equal(policyOf(handle(returned)), before.get(returned.id), "the policy is as it was, byte for byte");
}

/** Whoever has nothing but a phone gets a key of each persona's rule. */
function equip(tenant: TenantHandle): void {
  register(tenant, PHONE_ONLY.students, "Security Key NFC by Yubico");
  register(tenant, PHONE_ONLY.nurses, "YubiKey 5 FIPS Series with NFC");
}

const policyOf = (tenant: TenantHandle): string => JSON.stringify(tenant.policy());
