import assert from "node:assert/strict";
import fc from "fast-check";
import { readPreviews } from "../../provider/dist/resources/preview/index.js";
import { noteRefused, refusedRecords } from "../../provider/dist/resources/preview/record.js";

const urn = (type: string, name: string) => `urn:pulumi:dev::school::${type}::${name}`;
const step = (op: string, more: object = {}) => ({
  op,
  urn: urn("pulumi-nodejs:dynamic/entra:PasskeyPolicy", "keys"),
  newState: { type: "pulumi-nodejs:dynamic/entra:PasskeyPolicy", custom: true, inputs: { a: 1 } },
  ...more,
});
const preview = (more: object = {}) =>
  JSON.stringify({ steps: [step("create")], diagnostics: [], changeSummary: { create: 1 }, ...more }, undefined, 2);

describe("A preview of the engine", () => {
  it("is read with its stack, resources, errors and lines", () => {
    const diagnostics = [
      { urn: urn("x:y:Z", "z"), severity: "error", message: "<{%fg 1%}>error: <{%reset%}>no luck\n" },
      { severity: "info#err", message: "one\ntwo\n" },
    ];
    const [read] = readPreviews(preview({ diagnostics }), "p.json");
    assert.equal(read!.stack, "school/dev");
    assert.deepEqual(
      read!.resources.map(({ op, name, type }) => [op, name, type]),
      [["create", "keys", "pulumi-nodejs:dynamic/entra:PasskeyPolicy"]],
    );
    assert.deepEqual(read!.errors, [{ urn: urn("x:y:Z", "z"), message: "error: no luck" }]);
    assert.ok(read!.lines.includes("two"));
  });

  it("may come with others in one text", () => {
    const two = `${preview()}\n${preview()}\n`;
    assert.equal(readPreviews(two, "-").length, 2);
  });

  it("counts unchanged resources that it does not show", () => {
    assert.equal(readPreviews(preview({ changeSummary: { same: 3 } }), "-")[0]!.hidden, 3);
    assert.equal(readPreviews(preview({ steps: [step("same")], changeSummary: { same: 1 } }), "-")[0]!.hidden, 0);
  });

  it("leaves out components, providers and what only is refreshed", () => {
    const steps = [
      step("refresh"),
      step("create", { newState: { type: "school:index:Persona", custom: false } }),
      step("create", { newState: { type: "pulumi:providers:azuread", custom: true } }),
    ];
    assert.deepEqual(readPreviews(preview({ steps }), "-")[0]!.resources, []);
  });

  for (const [what, text, says] of [
    ["nothing", " \n", /p\.json: it is empty\. Give what `pulumi preview --json` prints/],
    ["no JSON", "Previewing update", /p\.json: it is not JSON/],
    ["half a preview", preview().slice(0, 60), /p\.json: it is not JSON/],
    ["another JSON", '{"deployment": {}}', /p\.json: it is no preview/],
    ["a list", "[]", /p\.json: it is no preview/],
  ] as const) {
    it(`refuses ${what} with the place, the reason and the way out`, () => {
      assert.throws(() => readPreviews(text, "p.json"), says);
    });
  }

  it("is read without a crash, or refused, whatever it has in it", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.jsonValue()), (steps, diagnostics) => {
        const text = JSON.stringify({ steps, diagnostics });
        try {
          readPreviews(text, "p.json");
        } catch (error) {
          assert.match((error as Error).message, /^p\.json: /);
        }
      }),
    );
  });
});

describe("The record of a refused plan", () => {
  const refusals = [{ code: "stranded", place: "a", reason: "100% of 1 person {%reset%}", wayOut: "b" }] as never;
  const told = (value: string | undefined) => {
    const lines: string[] = [];
    const host = { env: { ENTRA_PASSKEYS_REPORT: value }, logOnce: (line: string) => void lines.push(line) };
    const inputs = { owner: "p/s/keys", tenantId: "t", __provider: "x", profileIds: {}, resolved: {} } as never;
    noteRefused(host, { operation: "create", inputs, refusals });
    return lines;
  };

  it("is a line that comes back whole, and that the engine makes no colours of", () => {
    const lines = told("1");
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0]!, /%/);
    const [record] = refusedRecords(["noise", ...lines, "entra-passkeys refused: {half"]);
    assert.equal(record!.owner, "p/s/keys");
    assert.deepEqual(record!.refusals, refusals);
    assert.ok(!("__provider" in record!.inputs!));
  });

  it("is there only where a report is to be made", () => {
    for (const value of [undefined, "", "0", "false"]) assert.deepEqual(told(value), []);
  });
});
