import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describeWithEngine, Stack } from "./stack.ts";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";
const THIRD = "e77e3c64-05e3-428b-8824-0cbeb04b829d";
const ADELE = "adele.vance@contoso.example";
const CLI = resolve(import.meta.dirname, "../../provider/dist/cli/main.js");

const program = (models: string[], more = "") => `
new PasskeyPolicy("everyone", {
  profiles: { default: { keyRestrictions: { models: ${JSON.stringify(models)} } } },
  ${more}
});`;

/** The acknowledgement that a refusal proposes. Pulumi breaks no lines where there is no terminal. */
function proposal(output: string): string {
  const [, text] = /acknowledge this plan: acknowledge: (\{.*?\})/.exec(output) ?? [];
  assert.ok(text, output);
  return `acknowledge: ${text.replace('"..."', '"two keys are replaced by hand"')},`;
}

describeWithEngine("The lock-out guard on the real engine", function (this: Mocha.Suite) {
  this.timeout(120_000);
  let stack: Stack;

  const tenant = () => stack.emulator.tenant();
  const open = async (models: string[], more = "") => {
    stack = await Stack.create({ seed: "contoso-profiles" }, program(models, more));
  };
  const holds = (...aaGuids: string[]) => aaGuids.forEach((aaGuid) => tenant().passkeys.add(ADELE, { aaGuid }));

  /** The command line, while the emulator in this process goes on answering. */
  const cli = async (args: string[], input = "") => {
    const child = spawn(process.execPath, [CLI, ...args], { env: stack.env });
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    child.stdin.end(input);
    const [code] = (await once(child, "close")) as [number];
    return { code, stdout: await stdout, stderr: await stderr };
  };

  afterEach(() => stack[Symbol.asyncDispose]());

  it("refuses a create at preview and at up, and lets it through once the plan is acknowledged", async () => {
    await open([OTHER]);
    holds(KEY);
    const preview = await stack.refused("preview");
    assert.match(preview, /lockoutGuard: 1 person would be locked out: no method to sign in with is left/);
    assert.match(preview, /YubiKey 5 Series with NFC is not accepted by profile default/);
    assert.match(await stack.refused("up", "--yes", "--skip-preview"), /1 person would be locked out/);
    assert.equal(stack.writes(), 0);
    stack.program(program([OTHER], proposal(preview)));
    const shown = await stack.preview();
    assert.match(shown, /of 7 people: 1 locked out/);
    await stack.up();
    assert.equal(stack.writes(), 1);
    await stack.unchanged();
  });

  it("refuses an update at preview and at up, with an acknowledgement that has ended, too", async () => {
    await open([KEY, OTHER]);
    await stack.up();
    holds(KEY);
    stack.program(program([OTHER]));
    const preview = await stack.refused("preview");
    assert.match(preview, /1 person would be locked out/);
    await stack.refused("up", "--yes", "--skip-preview");
    const ended = proposal(preview).replace(/until: "[^"]*"/, 'until: "2020-01-31"');
    stack.program(program([OTHER], ended));
    assert.match(await stack.refused("preview"), /the acknowledgement ended on 2020-01-31/);
    assert.equal(stack.writes(), 1);
    stack.program(program([OTHER], proposal(preview)));
    await stack.up();
    assert.equal(stack.writes(), 2);
  });

  it("counts at up whoever registered a key after the preview", async () => {
    await open([OTHER]);
    await stack.preview();
    holds(KEY);
    assert.match(await stack.refused("up", "--yes", "--skip-preview"), /1 person would be locked out/);
    assert.equal(stack.writes(), 0);
  });

  it("refuses one change of which each part is harmless", async () => {
    // Adele's first key works for everyone, her second one through her group: either may go, but not both.
    const both = (everyone: string[], sales: boolean) => `
new PasskeyPolicy("everyone", {
  profiles: {
    default: { keyRestrictions: { models: ${JSON.stringify(everyone)} } },
    sales: {
      name: "Sales", passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
      keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ["${OTHER}"] },
    },
  },
  includeTargets: [{ group: "${sales ? "Sales" : "Executives"}", profiles: ["sales"] }],
});`;
    await open([]);
    stack.program(both([KEY, THIRD], true));
    await stack.up();
    holds(KEY, OTHER);
    for (const part of [both([THIRD], true), both([KEY, THIRD], false)]) {
      stack.program(part);
      assert.match(await stack.preview(), /: 1 reduced/);
    }
    stack.program(both([THIRD], false));
    assert.match(await stack.refused("preview"), /1 person would be locked out/);
    await stack.refused("up", "--yes", "--skip-preview");
    assert.equal(stack.writes(), 1);
  });

  it("refuses a destroy that locks people out, tells it beforehand, and takes an acknowledgement of the environment", async () => {
    await open([KEY, THIRD]);
    await stack.up();
    holds(THIRD);
    const exported = join(stack.folder, "stack.json");
    writeFileSync(exported, await stack.ok("stack", "export"));
    const names = join(stack.folder, "names.jsonl");
    const told = await cli(["destroy-impact", exported, "--show-users", names]);
    assert.equal(told.code, 3, told.stderr);
    assert.match(told.stdout, /would be refused: lockoutGuard: 1 person would be locked out/);
    assert.match(readFileSync(names, "utf8"), new RegExp(ADELE));
    assert.doesNotMatch(told.stdout + told.stderr, new RegExp(ADELE));

    const refused = await stack.refused("destroy", "--yes", "--skip-preview");
    const [, acknowledgement = ""] = /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/.exec(refused) ?? [];
    assert.match(refused, /1 person would be locked out/);
    assert.equal(stack.writes(), 1);
    stack.env = { ...stack.env, ENTRA_PASSKEYS_ACKNOWLEDGE: acknowledgement };
    const json = await cli(["destroy-impact", "--json"], readFileSync(exported, "utf8"));
    assert.equal(json.code, 0, json.stderr);
    const [resource] = JSON.parse(json.stdout) as [{ people: { lockedOut: number }; refusals: unknown[] }];
    assert.deepEqual([resource.people.lockedOut, resource.refusals], [1, []]);
    await stack.destroy();
    assert.equal(stack.writes(), 2);
  });

  it("keeps a key for break-glass accounts, whatever is acknowledged", async () => {
    await open([OTHER], 'breakGlass: { group: "Break-glass" }, lockoutGuard: "off",');
    tenant().passkeys.add("emergency1@contoso.example", { aaGuid: KEY });
    const preview = await stack.refused("preview");
    assert.match(preview, /breakGlass: the account p-[0-9a-f]{20} would have no passkey that works/);
    await stack.refused("up", "--yes", "--skip-preview");
    assert.equal(stack.writes(), 0);
  });

  it("writes nobody's name to output, state or files", async () => {
    await open([OTHER]);
    holds(KEY);
    const preview = await stack.refused("preview");
    stack.program(program([OTHER], proposal(preview)));
    const output = [preview, await stack.up(), await stack.ok("stack", "export")];
    const files = readdirSync(stack.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    const everything = [...output, ...files].join("\n").toLowerCase();
    for (const { displayName, userPrincipalName, id } of tenant().users.list()) {
      for (const name of [displayName, userPrincipalName, id])
        assert.ok(!everything.includes(name.toLowerCase()), name);
    }
  });
});
