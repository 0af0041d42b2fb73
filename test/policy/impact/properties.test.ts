import assert from "node:assert/strict";
import fc from "fast-check";
import { assessImpact, normalizePolicy, reachesNobody, reachOf } from "../../../provider/dist/policy/index.js";
import type { Fido2Policy, Impact, Inventory, Passkey, Person } from "../../../provider/dist/policy/index.js";
import { policies } from "../arbitraries.ts";
import { cases, GROUPS } from "./cases.ts";
import type { Case } from "./cases.ts";
import { gains, speaksOf } from "./exposureOracle.ts";

const RUNS = { numRuns: Math.max(2_000, Number(process.env.FAST_CHECK_RUNS ?? 0)) };

const assess = (
  { before, after, inventory, methods, strengths, ...options }: Case,
  people?: readonly Person[],
): Impact =>
  assessImpact(
    before,
    after,
    { ...inventory, people: people ?? inventory.people },
    {
      ...options,
      tenant: { methods, strengths },
    },
  );

/** One change, and several people who need not fit to it. */
const crowd = fc
  .tuple(
    cases(10),
    fc.array(
      cases(10).map(({ person }) => person),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .map(([it, others]) => {
    const people = [it.person, ...others].map((person, index) => ({ ...person, user: `${person.user}-${index}` }));
    return { it: { ...it, inventory: { ...it.inventory, people } } as Case, people };
  });

/** What an impact says, whoever comes first. */
function told({ loss, ...impact }: Impact) {
  const affected = loss!.affected.map(({ person, outcome, reasons }) => [
    person.user.toLowerCase(),
    outcome,
    [...reasons].map((reason) => JSON.stringify(reason)).sort(),
  ]);
  return { ...impact, loss: { ...loss, affected: affected.sort() } };
}

const reversed = (policy: Fido2Policy): Fido2Policy => ({
  ...policy,
  includeTargets: policy.includeTargets!.toReversed().map((target) => ({
    ...target,
    allowedPasskeyProfiles: target.allowedPasskeyProfiles!.toReversed(),
  })),
  excludeTargets: policy.excludeTargets!.toReversed(),
  passkeyProfiles: policy.passkeyProfiles!.toReversed().map((profile) => ({
    ...profile,
    passkeyTypes: profile.passkeyTypes!.split(",").reverse().join(","),
    keyRestrictions: { ...profile.keyRestrictions, aaGuids: profile.keyRestrictions!.aaGuids!.toReversed() },
  })),
});

const upper = (text: string) => (text === "all_users" ? text : text.toUpperCase());
const shouted = (policy: Fido2Policy): Fido2Policy => {
  const list = <T extends { aaGuids?: string[] | null }>(restrictions: T) => ({
    ...restrictions,
    aaGuids: restrictions.aaGuids!.map(upper),
  });
  return {
    ...policy,
    ...(policy.defaultPasskeyProfile && { defaultPasskeyProfile: upper(policy.defaultPasskeyProfile) }),
    keyRestrictions: list(policy.keyRestrictions!),
    includeTargets: policy.includeTargets!.map((target) => ({
      ...target,
      id: upper(target.id),
      allowedPasskeyProfiles: target.allowedPasskeyProfiles!.map(upper),
    })),
    excludeTargets: policy.excludeTargets!.map((target) => ({ ...target, id: upper(target.id) })),
    passkeyProfiles: policy.passkeyProfiles!.map((profile) => ({
      ...profile,
      id: upper(profile.id),
      keyRestrictions: list(profile.keyRestrictions!),
    })),
  };
};

/** No id is a group here and something else there: ids are unique, so only a generator does that. */
function oneKind(...both: Fido2Policy[]): boolean {
  const kinds = new Map<string, string>();
  return both
    .flatMap(({ includeTargets, excludeTargets }) => [...includeTargets!, ...excludeTargets!])
    .every(({ id, targetType }) => {
      const known = kinds.get(id.toLowerCase()) ?? targetType;
      kinds.set(id.toLowerCase(), targetType);
      return known === targetType;
    });
}

describe("assessImpact for every input", function () {
  this.timeout(120_000);

  it("adds up: everyone is counted once, and every reason belongs to an outcome", () => {
    fc.assert(
      fc.property(crowd, ({ it, people }) => {
        const some = people.map((person, index): Person => {
          const kind = ["member", "guest", "Guest", undefined][index % 4];
          return { ...person, ...(kind && { userType: kind }), ...(index % 3 === 2 && { enabled: false }) };
        });
        const { counts, reasons, affected, guests, disabled } = assess(it, some).loss!;
        const isGuest = ({ userType }: Person) => userType?.toLowerCase() === "guest";
        const members = some.filter((person) => !isGuest(person) && person.enabled !== false);
        assert.equal(
          Object.values(counts).reduce((sum, count) => sum + count),
          members.length,
        );
        assert.equal(affected.length, members.length - counts.keeps);
        assert.ok(guests <= some.filter(isGuest).length);
        const off = some.filter((person) => !isGuest(person) && person.enabled === false);
        assert.ok(disabled.withoutKey + disabled.unknown <= off.length);
        for (const outcome of ["lockedOut", "stranded", "unknown", "reduced"] as const) {
          const mine = affected.filter((one) => one.outcome === outcome);
          assert.equal(mine.length, counts[outcome]);
          const sum = mine.reduce((all, one) => all + one.reasons.length, 0);
          const told = reasons.filter((one) => one.outcome === outcome);
          assert.equal(
            told.reduce((all, { people: count }) => all + count, 0),
            sum,
          );
          assert.ok(mine.every((one) => one.reasons.length > 0));
        }
      }),
      RUNS,
    );
  });

  it("is the same for people one by one and all together", () => {
    fc.assert(
      fc.property(crowd, ({ it, people }) => {
        const together = assess(it, people).loss!.counts;
        const alone = people.map((person) => assess(it, [person]).loss!.counts);
        for (const [outcome, count] of Object.entries(together)) {
          assert.equal(
            alone.reduce((sum, one) => sum + one[outcome as "keeps"], 0),
            count,
          );
        }
      }),
      RUNS,
    );
  });

  it("does not take people for alike who only share their lists", () => {
    fc.assert(
      fc.property(cases(10), (it) => {
        const { person } = it;
        const admin = (isAdmin: boolean): Person => ({ ...person, isAdmin });
        const variants: Person[] = [
          person,
          admin(true),
          admin(false),
          { ...person, user: "p-17" },
          { ...person, user: "p-0123456789abcdef0123" },
          { ...person, user: "a9000000-0000-4000-8000-0000000000cd" },
          { ...person, userType: "member" },
          person,
        ];
        const together = assess(it, variants).loss!;
        const alone = variants.map((one) => assess(it, [one]).loss!);
        assert.deepEqual(
          together.affected,
          alone.flatMap(({ affected }) => affected),
        );
      }),
      RUNS,
    );
  });

  it("does not depend on the order of people, keys, targets, profiles and lists", () => {
    fc.assert(
      fc.property(crowd, ({ it, people }) => {
        const turned: Person[] = people.toReversed().map((person) => ({
          ...person,
          groups: person.groups.toReversed(),
          ...(person.passkeys && { passkeys: person.passkeys.toReversed() }),
          ...(person.otherMethods && { otherMethods: person.otherMethods.toReversed() }),
        }));
        const other = {
          ...it,
          before: reversed(it.before),
          after: reversed(it.after),
          methods: it.methods.toReversed(),
        };
        assert.deepEqual(told(assess(other, turned)), told(assess(it)));
      }),
      RUNS,
    );
  });

  it("does not depend on the letter case of ids and AAGUIDs", () => {
    fc.assert(
      fc.property(crowd, ({ it, people }) => {
        const loud = people.map((person): Person => {
          const key = (one: Passkey): Passkey => ({ ...one, ...(one.aaguid && { aaguid: upper(one.aaguid) }) });
          return { ...person, ...(person.passkeys && { passkeys: person.passkeys.map(key) }) };
        });
        const other = { ...it, before: shouted(it.before), after: shouted(it.after) };
        assert.deepEqual(told(assess(other, loud)), told(assess(it)));
      }),
      RUNS,
    );
  });

  it("finds nothing where nothing changes, whatever could not be read", () => {
    fc.assert(
      fc.property(policies, cases(30), (policy, { inventory }) => {
        const { reach, loss, exposure } = assessImpact(policy, structuredClone(policy), inventory);
        assert.ok(reachesNobody(reach));
        assert.deepEqual([loss!.affected, exposure], [[], []]);
      }),
      RUNS,
    );
  });

  it("says of any inventory that nobody loses a key where the reach is empty", () => {
    fc.assert(
      fc.property(policies, policies, cases(30), (before, after, { inventory }) => {
        fc.pre(oneKind(before, after));
        fc.pre(reachesNobody(reachOf(normalizePolicy(before), normalizePolicy(after))));
        assert.deepEqual(assessImpact(before, after, inventory).loss!.affected, []);
      }),
      RUNS,
    );
  });
});

describe("exposure against a brute-force evaluator", function () {
  this.timeout(120_000);

  it("speaks of everything that anyone gains, at one of their groups", () => {
    let met = 0;
    fc.assert(
      fc.property(cases(0), fc.subarray(GROUPS), fc.boolean(), ({ before, after }, groups, world) => {
        const { exposure } = assessImpact(before, after);
        const mine = exposure.filter(({ group }) => group === "all_users" || (groups as string[]).includes(group));
        for (const gain of gains(before, after, groups, world)) {
          met += 1;
          assert.ok(
            mine.some((one) => speaksOf(one, gain)),
            `${JSON.stringify(gain)} is missing among ${JSON.stringify(mine)}`,
          );
        }
      }),
      RUNS,
    );
    assert.ok(met > RUNS.numRuns);
  });

  it("tells nothing that somebody who is in that group only does not gain", () => {
    let met = 0;
    fc.assert(
      fc.property(cases(0), ({ before, after }: { before: Fido2Policy; after: Fido2Policy; inventory: Inventory }) => {
        for (const one of assessImpact(before, after).exposure) {
          if (one.kind === "exclusionLifted") continue;
          met += 1;
          const groups = one.group === "all_users" ? [] : [one.group];
          const all = [true, false].flatMap((world) => gains(before, after, groups, world));
          const to = one.kind === "unattested" ? "registerUnproven" : "use";
          assert.ok(
            all.some((gain) => gain.to === to && speaksOf(one, gain)),
            `nobody gains ${JSON.stringify(one)}`,
          );
        }
      }),
      RUNS,
    );
    assert.ok(met > RUNS.numRuns / 4);
  });
});
