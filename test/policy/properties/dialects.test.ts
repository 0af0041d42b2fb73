import assert from "node:assert/strict";
import fc from "fast-check";

import { diffPolicy, normalizePolicy, planFacets, policyMode, readFacet } from "../../../provider/dist/policy/index.js";
import type { FacetName, FacetValue } from "../../../provider/dist/policy/index.js";
import { legacyPolicies } from "../arbitraries.ts";
import { planOf, scenariosFrom } from "../scenarios.ts";
import { answered, migrated, patched } from "../service.ts";
import { RUNS, SLOW, forEveryPlan } from "./shared.ts";

describe("a plan made in legacy mode", function () {
  this.timeout(SLOW);

  it("has nothing left to do after the tenant was migrated to profiles", () => {
    let changed = 0;
    forEveryPlan(
      (plan, scenario) => {
        if (plan.refusals.length > 0) return;
        const end = plan.steps.reduce(
          (policy, { body }) => patched(policy, body as Record<string, unknown>),
          plan.before,
        );
        const current = migrated(end);
        assert.equal(policyMode(current), "profiles");
        const again = planOf({ ...scenario, current, options: { ...scenario.options, limits: undefined } });
        assert.deepEqual([again.refusals, again.steps, again.changes], [[], [], []]);
        for (const [name, wanted] of plan.facets)
          assert.deepEqual(
            readFacet(normalizePolicy(current), name),
            readFacet(normalizePolicy(end), name),
            `${name} ${String(wanted)}`,
          );
        if (plan.steps.length > 0) changed += 1;
      },
      scenariosFrom(legacyPolicies.map(structuredClone)),
    );
    assert.ok(changed > RUNS / 5, `only ${changed}`);
  });

  it("differs from the migrated tenant in the default profile's name only", () =>
    fc.assert(
      fc.property(legacyPolicies, (policy) => {
        const names = diffPolicy(policy, migrated(policy)).map(({ facet }) => facet);
        const isUnread = policy.isAttestationEnforced == null;
        assert.deepEqual(names.slice(0, 1), ["profile/default"]);
        const rest = isUnread ? ["profile/default/passkeyTypes", "profile/default/attestationEnforcement"] : [];
        assert.deepEqual(names.slice(1), rest);
      }),
      { numRuns: RUNS },
    ));
});

describe("planFacets for a restore", function () {
  this.timeout(SLOW);

  it("takes every part back to what it was", () => {
    let restored = 0;
    forEveryPlan((plan) => {
      if (plan.steps.length === 0) return;
      const before = normalizePolicy(plan.before);
      const prior = new Map<FacetName, FacetValue>();
      for (const name of plan.facets.keys()) {
        const value = readFacet(before, name);
        if (value !== undefined) prior.set(name, value);
      }
      // Parts that could not be read before cannot be brought back, and what was broken before may not be broken again.
      if (prior.size < plan.facets.size) return;
      const back = planFacets(plan.after, { facets: prior, verbatim: true }, { toggle: "direct" });
      if (back.refusals.length > 0) {
        for (const { code } of back.refusals)
          assert.match(
            code,
            /^(emptyAllowList|attestationWithSynced|noPasskeyTypes|overSize|tooManyProfiles|missingProfile|missingProfilePart)$/,
          );
        return;
      }
      const end = back.steps.reduce(
        (policy, { body, risk }) =>
          patched(policy, body as Record<string, unknown>, { mayRemoveTargeted: risk !== undefined }),
        answered(plan.after),
      );
      restored += 1;
      assert.deepEqual(diffPolicy(end, plan.before), []);
    });
    assert.ok(restored > RUNS / 5, `only ${restored}`);
  });
});
