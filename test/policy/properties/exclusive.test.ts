import assert from "node:assert/strict";
import fc from "fast-check";

import { findOverlaps, groupsToCompare, normalizePolicy } from "../../../provider/dist/policy/index.js";
import type { Fido2Policy } from "../../../provider/dist/policy/index.js";
import { GROUPS, MODELS, profilePolicies, PROFILES, USERS } from "../arbitraries.ts";
import { canUse } from "../oracle.ts";
import { RUNS, SLOW } from "./shared.ts";

const memberships = fc
  .tuple(...GROUPS.map(() => fc.subarray(USERS)))
  .map((users) => new Map(users.map((some, index) => [GROUPS[index]!, new Set(some)])));

/** A tenant that has only one of its profiles. */
function only(policy: Fido2Policy, id: string): Fido2Policy {
  return { ...policy, passkeyProfiles: policy.passkeyProfiles!.filter((profile) => profile.id.toLowerCase() === id) };
}

describe("findOverlaps", function () {
  this.timeout(SLOW);

  it("finds everyone with an exclusive profile who could use a key that it does not accept", () => {
    let [apart, refused, unknown] = [0, 0, 0];
    fc.assert(
      fc.property(profilePolicies, memberships, fc.constantFrom(...PROFILES.slice(0, 2)), (policy, members, id) => {
        const normal = normalizePolicy(policy);
        const exclusive = [{ id, place: "profiles.paw" }];
        const found = findOverlaps(normal, exclusive, members);
        refused += found.refusals.length;
        unknown += found.warnings.length;
        for (const target of groupsToCompare(normal, exclusive)) assert.ok(GROUPS.includes(target as never));
        if (found.refusals.length + found.warnings.length > 0) return;
        const covered = { ...policy, state: "enabled", excludeTargets: [] };
        const strict = only(covered, id);
        // An empty block list takes every model, also where nobody knows whether it is enforced.
        const list = strict.passkeyProfiles![0]?.keyRestrictions;
        const takesAll = list?.enforcementType === "block" && list.aaGuids?.length === 0;
        for (const user of USERS) {
          const groups = GROUPS.filter((group) => members.get(group)!.has(user));
          const keys = [...MODELS, "ffffffff-0000-4000-8000-0000000000ff"].flatMap((aaguid) =>
            ["deviceBound", "synced"].map((passkeyType) => ({ user, groups, aaguid, passkeyType })),
          );
          const isMine = strict.passkeyProfiles!.length > 0 && isTargeted(strict, id, user, groups);
          if (!isMine) continue;
          apart += 1;
          for (const key of keys) {
            if (canUse(covered, key) !== "no") assert.notEqual(canUse(strict, key), "no", JSON.stringify(key));
            if (canUse(covered, key) === "yes" && !takesAll)
              assert.equal(canUse(strict, key), "yes", JSON.stringify(key));
          }
        }
      }),
      { numRuns: RUNS },
    );
    assert.ok(apart > RUNS / 20 && refused > RUNS / 20 && unknown > 0, `${apart} ${refused} ${unknown}`);
  });
});

/** Whether a user is in a target of a profile for certain. */
function isTargeted(policy: Fido2Policy, id: string, user: string, groups: readonly string[]): boolean {
  return policy.includeTargets!.some((target) => {
    const group = target.id.toLowerCase();
    const isIn =
      group === "all_users" ||
      (target.targetType === "group" && groups.includes(group)) ||
      (target.targetType === "user" && group === user);
    return isIn && target.allowedPasskeyProfiles!.some((allowed) => allowed.toLowerCase() === id);
  });
}
