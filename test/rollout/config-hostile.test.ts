import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { PlanError, readPlan } from "../../provider/dist/rollout/config/index.js";
import { A, FULL, REFUSED, VALID } from "./files.ts";
import { FILE, problemsOf } from "./config-util.ts";

const numRuns = 1000;
const NAMES = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "version", "tenants", "waves", "defaults"],
  ...["id", "name", "stack", "cloud", "config", "credential", "wave", "size", "rest", "gate", "environment", "<<", ""],
];
const word = fc.oneof(
  fc.constantFrom(...NAMES, A, "\u202e", "\ud800", "1e999", ".nan", "0x1F", "~", "*a", "&a", "!!js x"),
);
const scalar = fc.oneof(
  word,
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(1),
);
const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie("anything"), { maxLength: 4 }),
    fc.dictionary(word, tie("anything"), { maxKeys: 5 }),
  ),
}));
const pieces = fc.constantFrom(
  ...[
    "a: ",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "? ",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "'",
    '"',
    "|",
    ">",
  ],
  ...["#", "---\n", "...\n", "%YAML 1.1\n", "\t", "\r\n", "\u0000", "\ufeff", "\u2028", "<<: ", ...NAMES],
);

/** A file that is a plan but for some characters. */
const spoiled = fc
  .tuple(
    fc.constantFrom(FULL, ...Object.values(VALID)),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 20 }), fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 5 }))), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, cuts]) =>
    cuts.reduce((all, [at, length, piece]) => {
      const start = at % (all.length + 1);
      return all.slice(0, start) + piece + all.slice(start + length);
    }, text),
  );

/** Reads a file; whatever is in it, problems are in the file, on one line each, and nothing else has changed. */
function survives(text: string): void {
  const before = Object.getOwnPropertyNames(Object.prototype).sort();
  const problems = problemsOf(text);
  const lines = text.split(/\r\n|\n/);
  for (const { line, column, place, reason } of problems) {
    assert.ok(line >= 1 && line <= Math.max(1, lines.length), `${line} of ${lines.length}`);
    assert.ok(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 2, `${line}:${column}`);
    assert.doesNotMatch(place + reason, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    assert.doesNotMatch(reason, /undefined|\[object|Invalid|Expected/);
  }
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before);
  assert.equal(({} as Record<string, unknown>).stack, undefined);
}

describe("readPlan of hostile files", () => {
  it("survives any text of YAML's characters", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, word), { maxLength: 40 }), (all) => survives(all.join(""))),
      {
        numRuns,
      },
    );
  });

  it("survives any values in any place", () => {
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom("top", "tenants", "waves", "defaults"),
        fc.boolean(),
        (value, part, json) => {
          const file = part === "top" ? value : { version: 1, tenants: [{ id: A, stack: "a" }], [part]: value };
          survives(json ? (JSON.stringify(file) ?? "") : stringify(file));
        },
      ),
      { numRuns },
    );
  });

  it("survives plans that somebody has spoiled", () => {
    fc.assert(fc.property(spoiled, survives), { numRuns });
  });

  it("points at a key that nobody knows, wherever it is", () => {
    const lines = FULL.split("\n");
    const places = lines.flatMap((line, index) => (/^ {4}(stack|name|gate|size|rest):/.test(line) ? [index + 1] : []));
    assert.ok(places.length > 5);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.stringMatching(/^[a-z]{3,8}zq$/), (at, key) => {
        // Behind all that belongs to the one before.
        while (/^ {6}/.test(lines[at] ?? "")) at += 1;
        const text = lines.toSpliced(at, 0, `    ${key}: 1`).join("\n");
        const [problem, ...others] = problemsOf(text);
        assert.deepEqual(others, []);
        assert.equal(`${problem?.line}:${problem?.column}`, `${at + 1}:5`);
        assert.ok(problem?.place.endsWith(`].${key}`), problem?.place);
      }),
      { numRuns },
    );
  });

  it("shows nothing that looks like a secret", () => {
    const secret = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9_]{3}8Q~[a-zA-Z0-9_]{34}$/),
      fc.stringMatching(/^eyJ[a-zA-Z0-9]{10,20}\.eyJ[a-zA-Z0-9]{10,20}\.[a-zA-Z0-9]{10}$/),
      fc
        .stringMatching(/^[a-zA-Z0-9]{20}$/)
        .map((key) => `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`),
    );
    const places = ["id", "name", "stack", "cloud", "wave", "other", "config", "credential", "environment"] as const;
    fc.assert(
      fc.property(secret, fc.constantFrom(...places), (value, place) => {
        const tenant: Record<string, unknown> = { id: A, stack: "a", credential: { environment: "N" } };
        if (place === "config") tenant.config = { a: value };
        else if (place === "environment") tenant.credential = { environment: value };
        else tenant[place] = value;
        const file = { version: 1, tenants: [tenant] };
        assert.throws(
          () => readPlan(FILE, JSON.stringify(file)),
          (error: Error) => error instanceof PlanError && !error.message.includes(value.slice(10, 30)),
        );
        assert.match(
          problemsOf(JSON.stringify(file))
            .map(({ reason }) => reason)
            .join("\n"),
          /never a secret/,
        );
      }),
      { numRuns },
    );
  });

  const deep = 200_000;
  const bomb = [
    "version: 1",
    "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
    ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]`),
  ].join("\n");
  const chain = Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [${i === 0 ? "x" : `*a${i}`}]`).join(
    "\n",
  );
  for (const [what, text, words] of [
    ["lists in lists", "[".repeat(deep), /nested more than 30 deep/],
    ["mappings in mappings", "{a: ".repeat(deep), /nested more than 30 deep/],
    ["dashes behind dashes", "- ".repeat(deep), /nested more than 30 deep/],
    ["keys of keys", "? ".repeat(deep), /nested more than 30 deep/],
    ["aliases of aliases", bomb, /too large with its aliases written out/],
    ["a chain of aliases", chain, /too large with its aliases written out/],
    ["an alias of itself", "version: &a [*a]", /anchor "a" that is not there before it/],
    ["a tag", "version: !!js/function x", /Unresolved tag|has a tag/],
    ["a tag of its own", "%TAG ! tag:example.com,2000:\n---\nversion: !x 1", /Unresolved tag|has a tag/],
    ["a merge key", "version: 1\n<<: { tenants: [] }", /"<<"|is unknown here/],
    ["YAML 1.1", "%YAML 1.1\n---\nversion: 1", /is YAML 1\.1/],
    ["two documents", `${VALID["the least"]}---\nversion: 1\n`, /second document/],
    ["no YAML", "a: [1, 2", /is no YAML/],
    ["a mapping as a key", "{ a: b }: c", /cannot be one/],
    ["a file that is too large", `# ${"x".repeat(5 << 20)}\n`, /bytes, and 4194304 at most/],
    ["very many problems", `version: 1\ntenants:\n${"  - a\n".repeat(20_000)}`, /is no mapping/],
    ["very many keys", `version: 1\n${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join("")}`, /is unknown/],
    [
      "very many names of nobody",
      `version: 1\ntenants:\n${Array.from({ length: 3000 }, (_, i) => `  - { name: name number ${i} }\n`).join("")}waves:\n  - { name: x, tenants: [${Array.from({ length: 20_000 }, (_, i) => `mane ${i}`).join(", ")}] }\n`,
      /is no tenant of this file/,
    ],
  ] as const) {
    it(`refuses ${what}, soon`, () => {
      const begun = Date.now();
      const problems = problemsOf(text);
      assert.match(problems.map(({ reason }) => reason).join("\n"), words);
      assert.ok(Date.now() - begun < 10_000);
    }).timeout(30_000);
  }

  it("lists 500 problems, and says how many more there are", () => {
    const text = `version: 1\ntenants:\n${"  - a\n".repeat(700)}`;
    assert.throws(() => readPlan(FILE, text), /\n\/plans\/here\/tenants\.yaml: and \d{3,} more$/);
  });

  it("has one line for each problem, with place and way out", () => {
    for (const { text } of Object.values(REFUSED)) {
      assert.throws(
        () => readPlan("tenants.yaml", text),
        (error: Error) => {
          for (const line of error.message.split("\n")) assert.match(line, /^tenants\.yaml:\d+:\d+: .+(\. |\?).*[^.]$/);
          return true;
        },
      );
    }
  });

  it("reads files of UTF-8 with a byte order mark and Windows line ends, and of nothing else", () => {
    const folder = mkdtempSync(join(tmpdir(), "tenants-"));
    try {
      const file = join(folder, "tenants.yaml");
      writeFileSync(file, `\ufeff${FULL.replaceAll("\n", "\r\n")}`);
      assert.deepEqual(
        readPlan(file).tenants,
        readPlan(FILE, FULL).tenants.map((tenant) => {
          const { credential } = tenant;
          if (credential.kind !== "federatedToken") return tenant;
          return { ...tenant, credential: { ...credential, tokenFile: join(folder, "tokens/b") } };
        }),
      );
      writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe]));
      assert.throws(() => readPlan(file), /is no UTF-8/);
      writeFileSync(file, Buffer.alloc(5 << 20, 0x23));
      assert.throws(() => readPlan(file), PlanError);
      assert.throws(() => readPlan(join(folder, "none.yaml")), { code: "ENOENT" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
