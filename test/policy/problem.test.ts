import assert from "node:assert/strict";

import { alreadyThere, printable, problemText } from "../../provider/dist/policy/index.js";

const problem = { code: "conflict", place: "a.b", reason: "it is", wayOut: "Do so" } as const;

describe("problemText", () => {
  it("is one line with place, reason and way out", () => assert.equal(problemText(problem), "a.b: it is. Do so."));

  it("stays one line whatever a name of the tenant holds", () =>
    assert.equal(
      problemText({ ...problem, reason: "it is\n\u001b[2K“none”" }),
      "a.b: it is\\u000a\\u001b[2K“none”. Do so.",
    ));
});

describe("alreadyThere", () => {
  it("says that the change is not the cause, and keeps the rest", () =>
    assert.deepEqual(alreadyThere(problem), {
      ...problem,
      reason: "it is (the tenant has it so already; this change does not make it worse)",
    }));
});

describe("printable", () => {
  it("leaves text in any script as it is", () => {
    for (const text of ["Schüler, 7. Klasse", "تلاميذ", "生徒 👩‍🏫"]) assert.equal(printable(text), text);
  });

  it("shows what would turn the direction of reading round", () =>
    assert.equal(printable("Staff\u202etsixe\u2066\u2028"), "Staff\\u202etsixe\\u2066\\u2028"));
});
