import assert from "node:assert/strict";

import type { Fido2Policy } from "../../../provider/dist/policy/index.js";
import { declaredBy, undeclared } from "../undeclared.ts";
import { RUNS, SLOW, forEveryPlan } from "./shared.ts";

const groupsOf = (rewritten: object) => Object.keys(rewritten).map((facet) => facet.split("/")[1]!);
const listOf = (policy: Fido2Policy, id: string) =>
  (policy.passkeyProfiles?.length ? policy.passkeyProfiles.find((profile) => profile.id === id) : policy)
    ?.keyRestrictions?.aaGuids ?? [];

describe("what was not declared", function () {
  this.timeout(SLOW);

  it("is the same, byte for byte, in every state; between two steps only restrictions may differ", () => {
    let compared = 0;
    forEveryPlan((plan, { current, desired, removed, rewritten }) => {
      const declared = declaredBy(desired, removed, groupsOf(rewritten));
      for (const [index, step] of plan.steps.entries()) {
        const isLast = index === plan.steps.length - 1;
        const windowed = step.kind === "enforceWindow" ? step.expects.map(({ facet }) => facet.split("/")[1]!) : [];
        const open = new Set(isLast ? [] : windowed);
        assert.equal(
          undeclared(step.after, current, declared, open),
          undeclared(current, current, declared, open),
          `after step ${index + 1}`,
        );
        compared += 1;
      }
      assert.equal(
        undeclared(plan.after, current, declared, new Set()),
        undeclared(current, current, declared, new Set()),
      );
    });
    assert.ok(compared > RUNS / 3, `only ${compared}`);
  });

  it("is not named by any facet", () =>
    forEveryPlan((plan, { desired, removed, rewritten }) => {
      const declared = declaredBy(desired, removed, groupsOf(rewritten));
      for (const name of plan.facets.keys()) {
        const [kind, id, part, aaguid] = name.split("/") as [string, string, string?, string?];
        const parts = declared.profiles.get(id) ?? declared.profiles.get("00000000-0000-0000-0000-000000000001");
        const known =
          declared.properties.has(kind) ||
          (kind === "include" && declared.included.has(id)) ||
          (kind === "exclude" && declared.excluded.has(id)) ||
          (kind === "profile" && (parts?.has(aaguid ?? part ?? "name") || parts?.has("*")));
        assert.ok(known, name);
      }
    }));

  it("keeps its place on a list: what stays comes first, as it was, and what is new last, once, in lower case", () => {
    let changed = 0;
    forEveryPlan((plan) => {
      for (const state of plan.steps.map(({ after }) => after)) {
        for (const id of plan.before.passkeyProfiles?.map((profile) => profile.id) ?? [""]) {
          const [old, now] = [listOf(plan.before, id), listOf(state, id)];
          if (state === plan.steps[0]!.after && plan.steps[0]!.kind === "enforceWindow") continue;
          const has = (list: string[], entry: string) => list.some((one) => one.toLowerCase() === entry.toLowerCase());
          const kept = old.filter((entry) => has(now, entry));
          assert.deepEqual(now.slice(0, kept.length), kept);
          const added = now.slice(kept.length);
          assert.ok(added.every((entry) => !has(old, entry) && entry === entry.toLowerCase()));
          assert.equal(new Set(added).size, added.length);
          if (added.length > 0 && kept.length > 0) changed += 1;
        }
      }
    });
    assert.ok(changed > RUNS / 50, `only ${changed}`);
  });

  it("does not turn up in a body: only top-level properties that differ are sent", () =>
    forEveryPlan((plan) => {
      let from: Fido2Policy = plan.before;
      for (const step of plan.steps) {
        for (const property of Object.keys(step.body).filter((key) => key !== "@odata.type")) {
          assert.notDeepEqual(step.after[property], from[property], property);
        }
        from = step.after;
      }
    }));
});
