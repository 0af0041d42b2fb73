import assert from "node:assert/strict";
import fc from "fast-check";
import {
  diffPolicy,
  findViolations,
  newViolations,
  planChange,
  problemText,
  UNKNOWN,
} from "../../provider/dist/policy/index.js";
import type { DesiredPolicy, Fido2Policy, Plan } from "../../provider/dist/policy/index.js";
import { toDesired } from "../../provider/dist/resources/passkeyPolicy/desired.js";
import type { CheckedInputs, PasskeyPolicyInputs } from "../../provider/dist/resources/passkeyPolicy/inputs.js";
import { passkeyGroupTarget } from "../../provider/dist/resources/parts/passkeyGroupTarget.js";
import type { PasskeyGroupTargetInputs } from "../../provider/dist/resources/parts/passkeyGroupTarget.js";
import { passkeyKeyRestrictions } from "../../provider/dist/resources/parts/passkeyKeyRestrictions.js";
import { passkeyProfile } from "../../provider/dist/resources/parts/passkeyProfile.js";
import { scenarios } from "../policy/scenarios.ts";

const CONTRADICTIONS: ReadonlySet<string> = new Set(["conflict", "windowsHelloAttestation"]);

const LIMITS = { profiles: 99, policyBytes: 99_999 };

/** A declaration as a resource has it once its names are looked up. */
function desiredBy(inputs: PasskeyPolicyInputs, ids: Record<string, string>): DesiredPolicy {
  const aaGuids = Object.fromEntries(
    Object.entries(inputs.profiles ?? {}).flatMap(([key, { keyRestrictions }]) =>
      keyRestrictions?.models === undefined ? [] : [[key, keyRestrictions.models]],
    ),
  );
  const resolved = { catalogue: 1, profileIds: ids, groups: {}, aaGuids };
  return toDesired({ ...inputs, owner: "", tenantId: "", profileIds: ids, resolved } as CheckedInputs, resolved);
}

/** One `PasskeyPolicy` and, in the order of their dependencies, the single resources that say the same. */
function bothWays(desired: DesiredPolicy): { whole: DesiredPolicy; parts: DesiredPolicy[] } {
  const { state, isSelfServiceRegistrationAllowed } = desired;
  const settings = { state, isSelfServiceRegistrationAllowed } as PasskeyPolicyInputs;
  const ids: Record<string, string> = {};
  const whole: PasskeyPolicyInputs = { ...settings };
  const profiles: DesiredPolicy[] = [];
  const restrictions: DesiredPolicy[] = [];
  const targets: DesiredPolicy[] = [];
  for (const [index, { id, keyRestrictions, ...rest }] of (desired.profiles ?? []).entries()) {
    const key = id === "default" ? id : `p${index}`;
    ids[key] = id;
    const { aaGuids, ...switches } = keyRestrictions ?? {};
    const list = { ...switches, ...(aaGuids !== undefined && { models: aaGuids as string[] }) };
    const parts = {
      name: rest.name,
      passkeyTypes: rest.passkeyTypes,
      attestationEnforcement: rest.attestationEnforcement,
    };
    const profile = JSON.parse(JSON.stringify(parts)) as Record<string, never>;
    (whole.profiles ??= {})[key] = { id, ...profile, ...(keyRestrictions && { keyRestrictions: list }) };
    const own = { [id === "default" ? id : "profile"]: id };
    if (Object.keys(profile).length > 0 || !keyRestrictions) {
      const { profiles: [made] = [] } = desiredBy(passkeyProfile.toPolicy({ profile: id, ...profile }), own);
      profiles.push({ profiles: [{ ...made!, closed: true }] });
    }
    if (keyRestrictions) restrictions.push(desiredBy(passkeyKeyRestrictions.toPolicy({ profile: id, ...list }), own));
  }
  const target = (args: PasskeyGroupTargetInputs) => targets.push(desiredBy(passkeyGroupTarget.toPolicy(args), {}));
  const named = { ...ids, ...Object.fromEntries(Object.values(ids).map((id) => [id, id])) };
  for (const { id, profiles: of } of desired.includeTargets ?? []) {
    const args = { group: id as string, ...(of && { profiles: of as string[] }) };
    (whole.includeTargets ??= []).push(args);
    target({ groups: [args.group], ...(of && { profiles: of as string[] }) });
  }
  const lists = [
    ["excludeTargets", (desired.excludeTargets ?? []).map(({ id }) => id), { kind: "exclude" }],
    ["removedIncludeTargets", desired.removedIncludeTargets ?? [], { removed: true }],
    ["removedExcludeTargets", desired.removedExcludeTargets ?? [], { kind: "exclude", removed: true }],
  ] as const;
  for (const [list, groups, args] of lists) {
    if (groups.length === 0) continue;
    whole[list] = groups as string[];
    target({ groups: groups as string[], ...args });
  }
  return {
    whole: desiredBy(whole, named),
    parts: [desiredBy(settings, {}), ...profiles, ...restrictions, ...targets],
  };
}

const known = (value: unknown): boolean =>
  value !== UNKNOWN && (typeof value !== "object" || value === null || Object.values(value).every(known));

const plan = (policy: Fido2Policy, desired: DesiredPolicy) =>
  planChange(policy, desired, { toggle: "direct", limits: LIMITS });

const refusals = ({ refusals: list }: Plan) => list.map(problemText).join("\n");

describe("one PasskeyPolicy, and single resources that say the same", function () {
  this.timeout(600_000);

  it("reach the same policy, and neither way gets round a refusal of the other", () => {
    const counts = { same: 0, refused: 0, contradictory: 0 };
    fc.assert(
      fc.property(
        scenarios.filter(({ desired }) => known(desired)),
        ({ current, desired }) => {
          const { whole, parts } = bothWays(desired);
          const atOnce = plan(current, whole);
          let policy = current;
          let refused = "";
          for (const part of parts) {
            const step = plan(policy, part);
            refused = refusals(step);
            if (refused !== "") break;
            policy = step.after;
          }
          if (refused === "" && atOnce.refusals.length === 0) {
            assert.deepEqual(diffPolicy(atOnce.after, policy), []);
            counts.same += 1;
          } else if (refused === "") {
            // Two properties of one declaration that contradict each other; with two owners each says its own.
            const others = atOnce.refusals.filter(({ code }) => !CONTRADICTIONS.has(code));
            assert.deepEqual(others.map(problemText), [], "only the whole is refused");
            assert.deepEqual(newViolations(findViolations(current, LIMITS), findViolations(policy, LIMITS)), []);
            counts.contradictory += 1;
          } else {
            assert.ok(atOnce.refusals.length > 0, `only a part is refused: ${refused}`);
            counts.refused += 1;
          }
        },
      ),
      { numRuns: Number(process.env.FAST_CHECK_RUNS ?? 1_000) },
    );
    if (process.env.FAST_CHECK_STATISTICS !== undefined) console.log(counts);
    assert.ok(counts.same >= 500 && counts.refused > 0, JSON.stringify(counts));
  });
});
