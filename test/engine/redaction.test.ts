import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FaultMatch } from "../../provider/dist/emulator/index.js";
import { Tokens } from "../../provider/dist/emulator/tokens.js";
import { engineHome } from "../../tools/test/files.ts";
import { filesOf, leaks, type Hidden, type Written } from "./leaks.ts";
import { CLI, execute } from "./reports.ts";
import { describeWithEngine, engineOfTests, Stack, UNTHROTTLED } from "./stack.ts";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";
/** With characters that every encoding writes in its own way. */
const SECRET = "kQ8~s3cret/of+the=application&co";
const ASSERTION = "eyJhbGciOiJub25lIn0.eyJhc3NlcnRpb24iOiJvZiB0aGUgam9iIn0.c2lnbmF0dXJlLW9mLWl0";

const program = (models: string[], more = "") => `
new PasskeyPolicy("everyone", {
  profiles: { default: { keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ${JSON.stringify(models)} } } },
  breakGlass: { group: "Break-glass" },
  ${more}
});`;

/**
 * The one line in which the engine itself writes the secret: at `-v=9` it logs, before it calls the plugin, what it gives
 * the plugin of the stack configuration. docs/connect.md says so. Nothing else of the line is let through.
 */
function withoutEnginesOwn(text: string): string {
  const line =
    /(Marshaling property for RPC\[Provider\[0x[0-9a-f]+\]\.Configure\(\)\.inputs\]: value=\{)([^}]*)(\}","v":9\})/g;
  return text.replace(line, (whole, before: string, value: string, after: string) =>
    value === SECRET ? `${before}the engine's own${after}` : whole,
  );
}

describe("the search for leaks", () => {
  const hidden: Hidden[] = [{ what: "the secret", value: SECRET }];
  const planted: [form: string, text: string][] = [
    ["as it is", `x${SECRET}x`],
    ["in upper case", SECRET.toUpperCase()],
    ["in a URL", `?a=${encodeURIComponent(SECRET)}&b`],
    ["in a form", new URLSearchParams({ client_secret: SECRET }).toString()],
    ["in JSON in JSON", JSON.stringify(JSON.stringify({ a: SECRET }))],
    ["in hex", Buffer.from(SECRET).toString("hex")],
    ...["", "a", "ab", "abc", "client:"].map((before): [string, string] => [
      `in base64 after "${before}"`,
      Buffer.from(`${before}${SECRET} and so on`).toString("base64"),
    ]),
    ["in base64 for URLs", Buffer.from(`{"a":"${SECRET}"}`).toString("base64url")],
  ];

  for (const [form, text] of planted) {
    it(`finds one ${form}, in a file among others`, () => {
      const folder = mkdtempSync(join(tmpdir(), "leaks-"));
      try {
        writeFileSync(join(folder, "other"), "nothing to see");
        assert.deepEqual(leaks(filesOf(folder), hidden), []);
        writeFileSync(join(folder, "one"), `before\n${text}\nafter`);
        assert.match(leaks(filesOf(folder), hidden).join("\n"), /the secret, .* in .*one at \d+/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describeWithEngine("What a whole life writes", function (this: Mocha.Suite) {
  this.timeout(600_000);
  const issued = new Set<string>();
  const { issue } = Tokens.prototype;
  /** While it is set, every token is this one, so that a fault can echo it. */
  let same: string | undefined;
  let stack: Stack;

  before(() => {
    Tokens.prototype.issue = function (this: Tokens, ...args: Parameters<typeof issue>) {
      const token = same ?? issue.apply(this, args);
      issued.add(token);
      return token;
    };
  });
  after(async () => {
    Tokens.prototype.issue = issue;
    await stack?.[Symbol.asyncDispose]();
  });

  const written: Written[] = [];
  const events: string[] = [];
  /** Runs pulumi, as talkative as it can be, and keeps all that it says. */
  const run = async (expected: "ok" | "refused", verb: string, ...more: string[]) => {
    const log = join(stack.folder, `events-${events.length}.json`);
    events.push(log);
    const yes = verb === "preview" ? [] : ["--yes"];
    const args = [verb, ...yes, "--event-log", log, "-v=9", "--logtostderr", "--logflow", "--debug", ...more];
    const { code, output } = await stack.run(args);
    written.push({ place: `output of ${verb} ${more.join(" ")} (${written.length})`, text: output });
    assert.equal(code === 0, expected === "ok", `${verb}: ${output.slice(-4000)}`);
    return output;
  };
  const cli = async (codes: number[], args: string[], input = "") => {
    const env = { ...stack.env, ARM_CLIENT_SECRET: SECRET };
    const { code, stdout, stderr } = await execute(process.execPath, [CLI, ...args], {
      cwd: stack.project,
      env,
      input,
    });
    written.push({ place: `output of ${args[0]} (${written.length})`, text: stdout + stderr });
    assert.ok(codes.includes(code ?? -1), `${args.join(" ")} ended with ${code}: ${stderr}`);
    return stdout;
  };
  /** An answer that says back all that it should keep for itself. */
  const echo = (match: FaultMatch, status: number) => {
    const body = new URLSearchParams({ client_secret: SECRET, client_assertion: ASSERTION }).toString();
    const base64 = Buffer.from(`Bearer ${same} ${SECRET}`).toString("base64");
    const { displayName, userPrincipalName, id } = stack.emulator.tenant().users.list()[0]!;
    const who =
      match.kind === "policy" || match.kind === "token" ? "" : ` for ${displayName} ${userPrincipalName} ${id}`;
    const message = `Authorization: Bearer ${same} of ${SECRET}, ${ASSERTION}, body ${body}, ${base64}${who}`;
    const answer =
      match.kind === "token"
        ? { error: "invalid_client", error_description: `AADSTS7000215: ${message}` }
        : { error: { code: "Denied", message, innerError: { authorization: `Bearer ${same}` } } };
    return stack.emulator.faults.add({ match, do: { kind: "status", status, body: answer }, times: "always" });
  };

  it("has no secret, no token, no assertion and no name or id of a person in it", async () => {
    const since = Date.now() - 1000;
    stack = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, program([KEY, OTHER]));
    const tenant = stack.emulator.tenant();
    tenant.setSecrets({ [stack.env.ARM_CLIENT_ID!]: SECRET });
    stack.env = { ...stack.env, ARM_CLIENT_SECRET: undefined, ENTRA_PASSKEYS_REPORT: "1", PULUMI_DEBUG_COMMANDS: "1" };
    await stack.ok("config", "set", "--secret", "azuread:clientSecret", SECRET);
    // The seed's own people stand in the code of the emulator, and so in what Node.js compiled of it.
    tenant.users.list().forEach(({ id }, index) => {
      tenant.users.update(id, {
        displayName: `Qwzx${index} Vbnmj`,
        userPrincipalName: `qwzx${index}.vbnmj@contoso.example`,
      });
    });
    for (const { userPrincipalName } of tenant.users.list()) {
      if (tenant.passkeys.list(userPrincipalName).length === 0) tenant.passkeys.add(userPrincipalName, { aaGuid: KEY });
    }

    await run("ok", "preview");
    await run("ok", "up");
    stack.program(program([KEY, OTHER], "isSelfServiceRegistrationAllowed: false,"));
    await run("ok", "up", "--skip-preview");
    assert.match(await run("ok", "refresh", "--skip-preview"), /everyone/);

    // Refused by the guard, which has read people for it; at preview and at up.
    stack.program(program([OTHER]));
    assert.match(await run("refused", "preview"), /would be (locked out|stranded)|breakGlass/);
    await run("refused", "up", "--skip-preview");

    // Failed, with answers that echo what was sent.
    stack.program(program([KEY, OTHER], 'state: "enabled", removedExcludeTargets: ["Sales"],'));
    same = stack.emulator.token();
    const failing: [FaultMatch, number][] = [
      [{ kind: "policy", method: "GET" }, 401],
      [{ kind: "policy", method: "GET" }, 403],
      [{ kind: "token" }, 401],
      [{ kind: "group" }, 403],
    ];
    for (const [match, status] of failing) {
      const fault = echo(match, status);
      await run("refused", "up", "--skip-preview", "--refresh");
      assert.ok(fault.fired > 0, JSON.stringify(match));
      fault.remove();
    }
    stack.program(program([KEY, OTHER], "isSelfServiceRegistrationAllowed: true,"));
    for (const status of [403, 500]) {
      const fault = echo({ kind: "policy", method: "PATCH" }, status);
      await run("refused", "up", "--skip-preview");
      assert.ok(fault.fired > 0);
      fault.remove();
    }
    const people = echo({ kind: "registrations" }, 403);
    stack.program(program([OTHER]));
    await run("refused", "up", "--skip-preview");
    people.remove();
    same = undefined;

    // The other commands.
    const inFolder = (name: string) => join(stack.folder, name);
    await cli([0], ["inventory", "--out", inFolder("passkeys.jsonl"), "--json"]);
    const preview = await execute(engineOfTests().pulumi, ["preview", "--json", "--show-sames", "--non-interactive"], {
      cwd: stack.project,
      env: stack.env,
    });
    writeFileSync(inFolder("preview.json"), preview.stdout);
    written.push({ place: "output of preview --json", text: preview.stdout + preview.stderr });
    const reports = [
      "--markdown",
      inFolder("report.md"),
      "--html",
      inFolder("report.html"),
      "--json",
      inFolder("r.json"),
    ];
    await cli([0, 3], ["report", inFolder("preview.json"), ...reports]);
    const exported = await stack.ok("stack", "export");
    writeFileSync(inFolder("exported.json"), exported);
    await cli([0, 3], ["destroy-impact", inFolder("exported.json")]);
    await cli([0, 3], ["destroy-impact", "--json"], exported);

    // The secret in the environment, as is recommended: there is no ciphertext in the state and no exception below.
    stack.program(program([KEY, OTHER]));
    await stack.ok("config", "rm", "azuread:clientSecret");
    stack.env = { ...stack.env, ARM_CLIENT_SECRET: SECRET };
    const fromHere = written.length;
    await run("ok", "up", "--skip-preview");
    assert.ok(!(await stack.ok("stack", "export")).includes('"ciphertext"'));
    await run("ok", "destroy", "--skip-preview");

    const hidden: Hidden[] = [
      { what: "the secret", value: SECRET },
      { what: "the assertion", value: ASSERTION },
      ...[...issued].flatMap((token, index) => [
        { what: `token ${index}`, value: token },
        { what: `signature of token ${index}`, value: token.split(".")[2]! },
      ]),
      ...tenant.users.list().flatMap(({ displayName, userPrincipalName, id }, index) => [
        { what: `address of person ${index}`, value: userPrincipalName },
        { what: `name of person ${index}`, value: displayName },
        { what: `id of person ${index}`, value: id },
      ]),
    ];
    assert.ok(issued.size > 5, `${issued.size} tokens`);
    const everything = [...written, ...filesOf(stack.folder), ...filesOf(engineHome, since)];
    const places = everything.map(({ place }) => place).join("\n");
    for (const part of ["/state/", "history", "/cache/", "events-", "report.html", "passkeys.jsonl", ".json.bak"]) {
      assert.ok(places.includes(part), `nothing of ${part} was looked at`);
    }
    const size = everything.reduce((sum, { text }) => sum + text.length, 0);
    assert.ok(size > 100_000, `${size} characters`);
    assert.ok(exported.includes('"ciphertext"'), "the state has the secret of the configuration as ciphertext");
    assert.deepEqual(leaks(written.slice(fromHere), hidden), []);
    const looked = everything.map(({ place, text }) => ({ place, text: withoutEnginesOwn(text) }));
    assert.deepEqual(leaks(looked, hidden), []);

    // The same search, with one of each in one of the files.
    const file = inFolder("r.json");
    for (const { what, value } of [hidden[0]!, hidden[1]!, hidden[2]!, ...hidden.slice(-3)]) {
      writeFileSync(file, `{"planted":${JSON.stringify(value)}}`);
      assert.ok(leaks(filesOf(stack.folder), hidden).join("\n").includes(`${what}, as it is, in ${file}`));
    }
  });
});
