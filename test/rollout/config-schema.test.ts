import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { parse } from "yaml";
import { readPlan } from "../../provider/dist/rollout/config/index.js";
import { A, REFUSED, VALID } from "./files.ts";
import { problemsOf } from "./config-util.ts";

const root = join(import.meta.dirname, "../..");
const schema = JSON.parse(readFileSync(join(root, "docs/schema/tenants-1.json"), "utf8")) as object;

describe("The published schema of tenants.yaml", () => {
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false }).compile(schema);
  const passes = (value: unknown) => validate(value);

  for (const [what, text] of Object.entries(VALID)) {
    it(`takes ${what}`, () => assert.ok(passes(parse(text)), JSON.stringify(validate.errors, undefined, 1)));
  }

  for (const [what, { text, beyondSchema }] of Object.entries(REFUSED)) {
    const title = beyondSchema ? `cannot tell what is wrong with ${what}` : `refuses ${what}`;
    it(title, () => assert.equal(passes(parse(text, { uniqueKeys: false })), beyondSchema === true));
  }

  it("says of every part what the command says", () => {
    const values = fc.constantFrom<unknown>(
      ...[
        "",
        " ",
        "a",
        "a ",
        "N_",
        "_",
        "x/y",
        "-",
        "10%",
        "100%",
        "101%",
        "30m",
        "0s",
        "0m",
        "90d",
        "91d",
        "090d",
        "2160h",
      ],
      ...[
        "2161h",
        "2170h",
        "10000h",
        "99999999s",
        "DoD",
        "china",
        "GLOBAL",
        "usGovernmentL4",
        A,
        A.slice(1),
        "\u202e",
        "é",
      ],
      ...[
        "a".repeat(100),
        "a".repeat(101),
        0,
        1,
        -1,
        1.5,
        true,
        false,
        [],
        ["a"],
        [1],
        {},
        { a: 1 },
        { timeout: "1h" },
      ],
      ...[{ clientId: A }, { clientId: "x" }, { clientId: A, path: "p" }, { command: ["a"] }, { command: [] }, 1e300],
      ...[{ environment: "N" }, { managedIdentity: true }, { soak: "1m" }, { approval: true }, { "a:b": "c", d: 1 }],
      ...[
        { "azuread:tenantId": "x" },
        { "azuread:useMsi": true },
        { adminPassword: "x" },
        { "x y": 1 },
        { "a:b:c": 1 },
      ],
    );
    const wave = ["name", "tenants", "size", "rest", "concurrency", "gate"];
    const tenant = ["id", "name", "stack", "cloud", "config", "credential"];
    const gate = ["healthCheck", "soak", "approval", "other"];
    const credential = ["environment", "federatedToken", "certificate", "managedIdentity"];
    const top = ["version", "project", "failureBudget", "defaults", "waves", "other"];
    const change = fc.oneof(
      ...Object.entries({ wave, tenant, gate, credential, top }).map(([part, keys]) =>
        fc.tuple(fc.constant(part), fc.constantFrom(...keys), values),
      ),
    );
    const beyond = /is no tenant of this file|no wave of this file|in no wave|has no tenant:|longer than 90d/;
    fc.assert(
      fc.property(change, ([part, key, value]) => {
        const parts: Record<string, Record<string, unknown>> = {
          top: { version: 1 },
          tenant: { id: A, stack: "a", name: "Ay" },
          wave: { name: "all" },
          gate: {},
          credential: part === "credential" ? {} : { environment: "N" },
        };
        parts[part]![key] = value;
        const { top, tenant, wave, gate, credential } = parts as Record<keyof typeof parts, object>;
        const ways = ["tenants", "size", "rest"].some((way) => way in wave!);
        const file = {
          tenants: [{ credential, ...tenant }],
          waves: [{ gate, ...(ways ? {} : { rest: true }), ...wave }],
          ...top,
        };
        const problems = problemsOf(JSON.stringify(file)).filter(({ reason }) => !beyond.test(reason));
        const found = problems.map(({ place, reason }) => `${place}: ${reason}`).join("\n");
        assert.equal(passes(file), problems.length === 0, `${JSON.stringify(file)}\n${found}`);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("docs/rollout.md", () => {
  const text = readFileSync(join(root, "docs/rollout.md"), "utf8");
  const [example, messages] = [/```yaml\n(.*?)```/s, /```text\n(.*?)\n```/s].map((block) => block.exec(text)![1]!);

  it("has an example that is a plan", () => assert.deepEqual(problemsOf(example!), []));

  it("shows what is said of the example with two mistakes", () => {
    const wrong = example!.replace("5f0c7d1e-0000-4000-8000-000000000001", "northbank").replace("gate:", "gte:");
    assert.throws(() => readPlan("tenants.yaml", wrong), { message: messages! });
  });
});
