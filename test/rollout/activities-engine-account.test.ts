import assert from "node:assert/strict";
import { hostname, userInfo } from "node:os";
import { EngineAccount, failureOf, printedBy, refusalsOf } from "../../provider/dist/rollout/activities/events.js";
import { locksIn, whose } from "../../provider/dist/rollout/activities/lock.js";

const TYPE = "pulumi-nodejs:dynamic/entra:PasskeyPolicy";
const urn = `urn:pulumi:north::school::${TYPE}::passkeys`;
const state = { type: TYPE, custom: true, inputs: {}, outputs: {} };
const diagnostic = (severity: string, message: string, more: object = {}) => ({
  diagnosticEvent: { severity, message, urn, ...more },
});

function accountOf(events: object[], lines: string[] = []): EngineAccount {
  const account = new EngineAccount((line) => lines.push(line));
  for (const event of events) account.take(event as never);
  return account;
}

describe("EngineAccount", () => {
  it("is read as the preview that the events are of", () => {
    const account = accountOf([
      { preludeEvent: { config: { "school:group": "Sales", "school:key": "[secret]" } } },
      { resourcePreEvent: { metadata: { op: "update", urn, type: TYPE, old: state, new: state, diffs: ["state"] } } },
      { resourcePreEvent: { metadata: { op: "same", urn: `${urn}2`, type: TYPE, old: state, new: state } } },
      diagnostic("error", "<{%fg 1%}>error: <{%reset%}>no luck\n"),
      { summaryEvent: { resourceChanges: { update: 1, same: 1 } } },
    ]);
    const preview = account.preview("north");
    assert.equal(preview.stack, "school/north");
    assert.deepEqual(
      preview.resources.map(({ op, name, changed }) => [op, name, changed]),
      [
        ["update", "passkeys", ["state"]],
        ["same", "passkeys2", []],
      ],
    );
    assert.deepEqual([...preview.config], [["school:group", "Sales"]]);
    assert.deepEqual([preview.hidden, preview.errors.length], [0, 1]);
  });

  it("tells lines for people, and neither debug output nor records", () => {
    const lines: string[] = [];
    accountOf(
      [
        diagnostic("info#err", "<{%reset%}>one\n\ntwo\u202e\n<{%reset%}>"),
        diagnostic("debug", "RegisterResource RPC finished"),
        diagnostic("info", "working on it", { ephemeral: true }),
        diagnostic("info", 'entra-passkeys refused: {"version":1}'),
      ],
      lines,
    );
    assert.equal(lines.length, 2);
    assert.equal(lines[0], "one");
  });

  it("counts what was written: no provider, no component, nothing that stays", () => {
    const done = (op: string, type: string, custom = true) => ({
      resOutputsEvent: { metadata: { op, type, urn: `${op} ${type}`, new: { type, custom } } },
    });
    const account = accountOf([
      done("same", TYPE),
      done("refresh", TYPE),
      done("create", "pulumi:pulumi:Stack", false),
      done("create", "pulumi:providers:azuread"),
      done("create", TYPE),
      { resOutputsEvent: { metadata: { op: "delete", type: TYPE, urn, old: state } } },
    ]);
    assert.equal(account.written, 2);
  });
});

describe("failureOf", () => {
  it("is also what a policy pack of the team forbids", () => {
    const policyEvent = { resourceUrn: urn, policyName: "no-synced", message: "No.", enforcementLevel: "mandatory" };
    const preview = accountOf([{ policyEvent }, { policyEvent: { ...policyEvent, enforcementLevel: "advisory" } }]);
    assert.match(
      failureOf(preview.preview("n"), failure),
      /^passkeys: the policy no-synced of the team forbids it: No\.$/,
    );
  });

  const failure = new Error(
    "code: -2\n stdout: \n stderr: Command failed\nerror: no stack\nmore of it\n\n err?: Error",
  );

  it("is what the engine says, without what follows from it", () => {
    const preview = accountOf([diagnostic("error", "update failed"), diagnostic("error", "error: no luck")]).preview(
      "n",
    );
    assert.equal(failureOf(preview, failure), "passkeys: no luck");
  });

  it("has of a stack trace only the program's own lines", () => {
    const trace =
      "Error: no luck\n    at f (/school/index.js:3:7)\n    at g (node:internal/a:1:1)\n    at /a/node_modules/b.js:1:2";
    const preview = accountOf([diagnostic("error", trace)]).preview("n");
    assert.equal(failureOf(preview, failure), "passkeys: Error: no luck\n    at f (/school/index.js:3:7)");
  });

  it("is else what the command has printed", () => {
    assert.equal(failureOf(accountOf([]).preview("n"), failure), "no stack\nmore of it");
    assert.equal(printedBy(new Error("spawn pulumi ENOENT")), "spawn pulumi ENOENT");
    const killed =
      "code: -2\n stdout: \n stderr: Command was killed with SIGKILL (Forced termination): pulumi up\nUpdating";
    assert.equal(printedBy(new Error(killed)), "the command was killed with SIGKILL (Forced termination)");
  });
});

describe("refusalsOf", () => {
  it("are those of the records, else of the handlers that wrote nothing", () => {
    const record = {
      ...{ version: 1, owner: "school/north/passkeys", operation: "create" },
      refusals: [{ code: "overSize", place: "profiles", reason: "it is too large", wayOut: "Make it smaller" }],
    };
    const recorded = accountOf([diagnostic("info", `entra-passkeys refused: ${JSON.stringify(record)}`)]);
    assert.match(refusalsOf(recorded.preview("n"))[0]!, /^PasskeyPolicy passkeys: .*it is too large/);
    const thrown = accountOf([
      diagnostic(
        "error",
        "error: The change was refused and nothing was written. profiles: too large. Make it smaller.",
      ),
    ]);
    assert.deepEqual(refusalsOf(thrown.preview("n")), ["passkeys: profiles: too large. Make it smaller."]);
    const partly = accountOf([diagnostic("error", "The change was refused and a part of it was written. Look.")]);
    assert.deepEqual(refusalsOf(partly.preview("n")), []);
  });
});

describe("whose", () => {
  const text = (user: string, host: string, pid: number) =>
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock " +
    `file with \`pulumi cancel\`.\n  file:///locks/1.json: created by ${user}@${host} (pid ${pid}) at ` +
    "2026-11-26T10:00:00Z";
  const { username } = userInfo();
  const begun = Date.parse("2026-11-26T09:59:58Z");
  const gone = () => false;

  it("is left by a killed update where it is of this machine and user, made since then, and its process is gone", () => {
    const [lock] = locksIn(text(username, hostname(), 123));
    assert.equal(lock!.pid, 123);
    assert.equal(whose(lock!, begun, gone), "left");
    assert.equal(
      whose(lock!, begun, () => true),
      "running",
    );
    assert.equal(whose(lock!, begun + 60_000, gone), "foreign", "it was there before");
    assert.equal(whose(locksIn(text(username, "elsewhere", 123))[0]!, begun, gone), "foreign");
    assert.equal(whose(locksIn(text("someone", hostname(), 123))[0]!, begun, gone), "foreign");
    assert.equal(whose(locksIn(text(username, hostname(), process.pid))[0]!, begun), "running", "this process lives");
  });

  it("is not known of a backend that tells of no process", () => {
    assert.deepEqual(locksIn("[409] Conflict: Another update is currently in progress."), []);
  });
});
