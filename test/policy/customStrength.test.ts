import assert from "node:assert/strict";
import fc from "fast-check";
import { strengthMembers, withStrengthMembers } from "../../provider/dist/policy/customStrength.js";
import type { CustomStrength } from "../../provider/dist/policy/customStrength.js";

const strength = (id: string, ...models: string[]): CustomStrength => ({
  ...{ id, displayName: `Keys ${id}`, description: "", policyType: "custom", allowedCombinations: ["fido2"] },
  ...(models.length > 0 && { fido2: { id: "limit", allowedAAGUIDs: models } }),
});
const [own, other] = [strength("own", "b", "a"), strength("other")];
const doc = { strengths: [own, other], own };

describe("withStrengthMembers", () => {
  it("has the members that it was given, and the others as they were", () => {
    const members = fc.record(
      {
        displayName: fc.string(),
        description: fc.string(),
        allowedCombinations: fc.constantFrom(["fido2"], ["fido2", "temporaryAccessPassOneTime"]),
        allowedAAGUIDs: fc.constantFrom(null, ["a"], ["a", "c"]),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(members, (given) => {
        const next = withStrengthMembers(doc, new Map(Object.entries(given)));
        assert.deepEqual(Object.fromEntries(strengthMembers(next)), {
          ...Object.fromEntries(strengthMembers(doc)),
          ...given,
        });
        assert.deepEqual(new Set(next.strengths), new Set([next.own, other]));
      }),
    );
  });

  it("has no strength that is gone", () => {
    assert.deepEqual(withStrengthMembers(doc, new Map([["exists", null]])), { strengths: [other], own: undefined });
  });
});
