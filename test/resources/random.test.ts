import assert from "node:assert/strict";
import fc from "fast-check";
import { AUTHENTICATOR, KEY, KEY_B, KEY_C, startWorld } from "./util.ts";

const defined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const models = fc.uniqueArray(fc.constantFrom(KEY, KEY_B, KEY_C, ...AUTHENTICATOR), { minLength: 1 });
const groups = ["Executives", "Sales", "Break-glass", "IT administrators"];

const wanted = fc
  .record({
    state: option(fc.constantFrom("enabled", "disabled")),
    isSelfServiceRegistrationAllowed: option(fc.boolean()),
    defaults: option(
      fc.record({
        isEnforced: option(fc.constant(true)),
        enforcementType: option(fc.constantFrom("allow", "block")),
        models: option(models),
      }),
    ),
    profile: option(fc.record({ models, attested: fc.boolean(), enforced: fc.boolean() })),
    shuffled: fc.shuffledSubarray(groups, { minLength: 4, maxLength: 4 }),
    counts: fc.tuple(fc.nat(2), fc.nat(1)),
    removeEveryone: fc.boolean(),
  })
  .map(({ defaults, profile, shuffled, counts: [included, excluded], removeEveryone, ...rest }) => {
    const profiles = {
      ...(defaults && { default: { keyRestrictions: defined(defaults) } }),
      ...(profile && {
        own: {
          name: "Own",
          passkeyTypes: ["deviceBound"],
          attestationEnforcement: profile.attested ? "registrationOnly" : "disabled",
          keyRestrictions: { isEnforced: profile.enforced, enforcementType: "allow", models: profile.models },
        },
      }),
    };
    return defined({
      ...rest,
      profiles,
      includeTargets: shuffled.slice(0, included).map((group) => ({ group, profiles: [profile ? "own" : "default"] })),
      excludeTargets: shuffled.slice(2, 2 + excluded),
      removedIncludeTargets: removeEveryone ? ["all_users"] : [],
    });
  });

describe("any policy that is taken", function () {
  this.timeout(60_000);

  it("shows no change afterwards, and is given back byte for byte", async () => {
    const world = await startWorld({ seed: "contoso-profiles" });
    const bytes = world.bytes();
    let taken = 0;
    try {
      await fc.assert(
        fc.asyncProperty(wanted, wanted, async (args, next) => {
          const stack = world.stack();
          await stack.apply(args);
          assert.equal(await stack.preview(args), false);
          const { inputs } = stack;
          assert.deepEqual(await stack.refresh(), inputs);
          await stack.apply(next);
          assert.equal(await stack.preview(next), false);
          await stack.destroy();
          assert.equal(world.bytes(), bytes);
          taken += 1;
        }),
        { numRuns: 1000, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
      );
      assert.ok(taken >= 30, `only ${taken} runs fitted`);
    } finally {
      await world.close();
    }
  });
});
