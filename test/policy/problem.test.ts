import assert from "node:assert/strict";

import { alreadyThere, problemText } from "../../provider/dist/policy/index.js";

const problem = { code: "conflict", place: "a.b", reason: "it is", wayOut: "Do so" } as const;

describe("problemText", () => {
  it("is one line with place, reason and way out", () => assert.equal(problemText(problem), "a.b: it is. Do so."));
});

describe("alreadyThere", () => {
  it("says that the change is not the cause, and keeps the rest", () =>
    assert.deepEqual(alreadyThere(problem), {
      ...problem,
      reason: "it is (the tenant has it so already; this change does not make it worse)",
    }));
});
