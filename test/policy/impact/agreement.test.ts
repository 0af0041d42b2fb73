import assert from "node:assert/strict";
import fc from "fast-check";
import { assessImpact, normalizePolicy, reachOf } from "../../../provider/dist/policy/index.js";
import type { Outcome, Passkey } from "../../../provider/dist/policy/index.js";
import {
  ADMINS,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
} from "../util.ts";
import { cases, GROUPS, MODELS } from "./cases.ts";
import type { Case } from "./cases.ts";
import { outcomeOf } from "./oracle.ts";
import type { KnownKey, KnownPerson, World } from "./oracle.ts";

const RUNS = Math.max(10_000, Number(process.env.FAST_CHECK_RUNS ?? 0));

function assessed({ before, after, inventory, methods, strengths, ...options }: Case): Outcome {
  const impact = assessImpact(before, after, inventory, { ...options, tenant: { methods, strengths } });
  const [outcome] = Object.entries(impact.loss!.counts).find(([, count]) => count === 1)!;
  return outcome as Outcome;
}

/** Decides whatever is open about a case, one way or the other. */
function decide(it: Case, choose: <T>(values: readonly T[]) => T): { person: KnownPerson; world: World } {
  const { person, inventory } = it;
  const nested = (group: string) =>
    !person.nested?.includes(group) ||
    (it.nestedMembership === "unknown" ? choose([true, false]) : it.nestedMembership === "covered");
  const unread = GROUPS.filter((group) => inventory.groupsRead?.has(group) === false);
  const keys: readonly Passkey[] = person.passkeys ?? choose<Passkey[]>([[], [{}], [{}, {}]]);
  return {
    person: {
      user: person.user,
      groups: [...person.groups.filter(nested), ...unread.filter(() => choose([true, false]))],
      keys: keys.map((key) => ({
        aaguid: key.aaguid ?? choose([...MODELS, "99999999-0000-4000-8000-000000000000"]),
        passkeyType: (key.passkeyType ?? choose(["deviceBound", "synced"])) as KnownKey["passkeyType"],
      })),
      otherMethods:
        person.otherMethods ??
        choose([[], ["mobilePhone"], ["microsoftAuthenticatorPush"], ["windowsHelloForBusiness"]]),
      hasCertificate: choose([true, false]),
      isAdmin: person.isAdmin ?? choose([true, false]),
    },
    world: {
      attestedTakesSynced: choose([true, false]),
      conditionsMet: choose([true, false]),
      countLocalCredentials: it.countLocalCredentials,
      methods: it.methods,
      strengths: it.strengths,
    },
  };
}

/** What each outcome promises: nothing worse and nothing else may be true. */
const PROMISES: Record<Exclude<Outcome, "unknown">, readonly string[]> = {
  keeps: ["keeps"],
  reduced: ["keeps", "reduced"],
  stranded: ["stranded"],
  lockedOut: ["lockedOut"],
};

describe("assessImpact against a brute-force evaluator", function () {
  this.timeout(120_000);

  it("agrees where everything is known", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(cases(0), (it) => {
        // Certificates are registered nowhere, conditions are met or not, and an administrator has one role or another:
        // leave out what stays open for that.
        const open =
          it.methods.some(({ id, state }) => id === "X509Certificate" && state === "enabled") ||
          it.strengths.some(({ conditional, includesRoles, excludesRoles }) => {
            return conditional || (it.person.isAdmin === true && (includesRoles || excludesRoles));
          }) ||
          (it.before.passkeyProfiles!.length === 0 &&
            (it.before.isAttestationEnforced || it.after.isAttestationEnforced));
        fc.pre(!open);
        const { person, world } = decide(it, ([first]) => first!);
        const truth = outcomeOf(it.before, it.after, person, world);
        assert.equal(assessed(it), truth);
        seen.set(truth, (seen.get(truth) ?? 0) + 1);
      }),
      { numRuns: RUNS },
    );
    for (const outcome of ["keeps", "reduced", "stranded", "lockedOut"]) {
      assert.ok((seen.get(outcome) ?? 0) > RUNS / 200, `${outcome} was met ${seen.get(outcome)} times`);
    }
  });

  it("promises nothing that what is unread could break", () => {
    let [known, all] = [0, 0];
    fc.assert(
      fc.property(cases(15), fc.infiniteStream(fc.nat(1_000_000)), (it, numbers) => {
        const outcome = assessed(it);
        all += 1;
        if (outcome === "unknown") return;
        known += 1;
        for (let world = 0; world < 12; world += 1) {
          const { person, world: one } = decide(
            it,
            (values) => values[(numbers.next().value as number) % values.length]!,
          );
          const truth = outcomeOf(it.before, it.after, person, one);
          assert.ok(PROMISES[outcome].includes(truth), `${outcome} was promised, and ${truth} is possible`);
        }
      }),
      { numRuns: RUNS },
    );
    assert.ok(known > all / 3, `only ${known} of ${all} were known`);
  });

  it("takes nothing from anyone whom the change does not reach", () => {
    let [out, all] = [0, 0];
    fc.assert(
      fc.property(cases(15), (it) => {
        const reach = reachOf(normalizePolicy(it.before), normalizePolicy(it.after));
        const unread = GROUPS.filter((group) => it.inventory.groupsRead?.has(group) === false);
        const groups = [...it.person.groups, ...unread];
        all += 1;
        if (reach.everyone || groups.some((group) => reach.groups.includes(group))) return;
        out += 1;
        assert.equal(assessed(it), "keeps");
      }),
      { numRuns: RUNS },
    );
    assert.ok(out > all / 10, `only ${out} of ${all} were out of reach`);
  });

  it("takes nothing from whoever may be in one of two groups that were not read, where neither group loses anything", () => {
    const rules = (types: string, aaGuids?: string[]) => ({
      passkeyTypes: types,
      keyRestrictions: { isEnforced: aaGuids !== undefined, enforcementType: "block", aaGuids: aaGuids ?? [] },
    });
    const ids = [DEFAULT_ID, STRICT_ID, LOOSE_ID];
    const policy = (...parts: ReturnType<typeof rules>[]) =>
      profilePolicy(
        parts.map((part, index) => profile(ids[index]!, part)),
        { includeTargets: [include(NURSES, STRICT_ID, LOOSE_ID), include(ADMINS, DEFAULT_ID, LOOSE_ID)] },
      );
    const before = policy(rules("deviceBound"), rules("synced"), rules("deviceBound", [KEY_A]));
    const after = policy(rules("deviceBound"), rules("deviceBound,synced"), rules("synced"));
    const passkeys = [{ aaguid: KEY_B, passkeyType: "deviceBound" }];
    const inventory = {
      people: [{ user: "p-1", groups: [], otherMethods: [], passkeys }],
      scope: "everyone" as const,
      groupsRead: new Set<string>(),
    };
    assert.equal(assessImpact(before, after, inventory).loss!.counts.keeps, 1);
    assert.deepEqual(reachOf(normalizePolicy(before), normalizePolicy(after)).groups, []);
  });
});
