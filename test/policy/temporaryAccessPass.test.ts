import assert from "node:assert/strict";
import fc from "fast-check";
import { changesTo, giveBackMembers, managedMembers, type MemberValue } from "../../provider/dist/policy/documents.js";
import {
  passMembers,
  passTarget,
  withPassMembers,
  type TemporaryAccessPass,
} from "../../provider/dist/policy/temporaryAccessPass.js";

const ids = ["all_users", "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222", "ABCD"];

const targets = fc
  .uniqueArray(fc.constantFrom(...ids))
  .map((list) => list.map((id) => ({ id, targetType: "group", isRegistrationRequired: false })));

const passes: fc.Arbitrary<TemporaryAccessPass> = fc.record({
  state: fc.constantFrom("enabled", "disabled"),
  defaultLifetimeInMinutes: fc.integer({ min: 60, max: 480 }),
  defaultLength: fc.integer({ min: 8, max: 48 }),
  minimumLifetimeInMinutes: fc.constant(60),
  maximumLifetimeInMinutes: fc.constant(480),
  isUsableOnce: fc.boolean(),
  includeTargets: targets,
  excludeTargets: targets,
});

const wanted = fc
  .record(
    {
      state: fc.constantFrom("enabled", "disabled"),
      isUsableOnce: fc.boolean(),
      defaultLength: fc.integer({ min: 8, max: 48 }),
      ...Object.fromEntries(
        ids.flatMap((id) => [
          [passTarget("include", id), fc.constantFrom<MemberValue>(true, null)],
          [passTarget("exclude", id), fc.constantFrom<MemberValue>(true, null)],
        ]),
      ),
    },
    { requiredKeys: [] },
  )
  .map((members) => new Map(Object.entries(members) as [string, MemberValue][]));

const inOrder = (pass: TemporaryAccessPass) => {
  const sorted = (list: TemporaryAccessPass["includeTargets"]) =>
    list.map(({ id }) => id.toLowerCase()).sort((a, b) => (a < b ? -1 : 1));
  return { ...pass, includeTargets: sorted(pass.includeTargets), excludeTargets: sorted(pass.excludeTargets) };
};

describe("members of the Temporary Access Pass policy", () => {
  it("are what is declared after a change, and nothing else changes", () => {
    fc.assert(
      fc.property(passes, wanted, (before, members) => {
        const changes = changesTo(passMembers(before), members);
        const after = passMembers(withPassMembers(before, changes));
        for (const [name, value] of members) assert.equal(after.get(name) ?? null, value, name);
        for (const [name, value] of passMembers(before)) if (!members.has(name)) assert.equal(after.get(name), value);
        for (const name of after.keys()) assert.ok(members.has(name) || passMembers(before).has(name), name);
      }),
      { numRuns: 1000 },
    );
  });

  it("go back to what was there before where nobody changed them since, and stay where somebody did", () => {
    fc.assert(
      fc.property(
        passes,
        wanted,
        fc.option(wanted, { nil: new Map<string, MemberValue>() }),
        (before, members, later) => {
          const managed = managedMembers(members, passMembers(before), {});
          const written = withPassMembers(before, changesTo(passMembers(before), members));
          const changed = withPassMembers(written, later);
          const { values, notes } = giveBackMembers(
            passMembers(changed),
            managed,
            Object.keys(managed),
            () => false,
            (name) => name,
          );
          const end = withPassMembers(changed, values);
          if (later.size === 0) assert.deepEqual(inOrder(end), inOrder(before));
          const told = new Set(notes.map(({ place }) => place));
          for (const name of Object.keys(managed)) {
            const [was, is, now] = [before, changed, end].map((pass) => passMembers(pass).get(name) ?? null);
            assert.ok(now === was || (now === is && told.has(name)), name);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
